'use strict';

/**
 * A Set-Cookie field as browsers read it (RFC 6265bis, 5.6), taken apart and put together again.
 *
 * 1. What stands before the first `;` is the pair; without `=` the whole is the value of a cookie without a name.
 * 2. Blanks around names and values do not count, and neither does the case of an attribute's name.
 * 3. Of an attribute that comes twice the last one counts.
 * 4. An attribute whose value is longer than 1024 bytes is ignored, and a Domain without value, too.
 * 5. A Path that does not begin with `/` means the default path.
 *
 * @typedef {object} SetCookie
 * @property {string} name
 * @property {string} value as it stands on the wire
 * @property {boolean} secure
 * @property {boolean} httpOnly
 * @property {boolean} partitioned
 * @property {string | undefined} sameSite
 * @property {string | undefined} domain
 * @property {string | undefined} path undefined: the default path
 * @property {string} rest the other attributes, as they came, each after `; `
 * @property {boolean} over whether it clears the cookie: its life is over already
 */

const MAX_ATTRIBUTE = 1024;

/**
 * @param {string} text
 * @returns {SetCookie}
 */
function read(text) {
  const end = endOf(text, 0);
  const equals = text.indexOf('=');
  const named = equals !== -1 && equals < end;
  /** @type {SetCookie} */
  const cookie = {
    name: named ? text.slice(0, equals).trim() : '',
    value: text.slice(named ? equals + 1 : 0, end).trim(),
    secure: false,
    httpOnly: false,
    partitioned: false,
    sameSite: undefined,
    domain: undefined,
    path: undefined,
    rest: '',
    over: false,
  };
  let maxAge;
  let expires;
  for (let at = end + 1; at < text.length;) {
    const stop = endOf(text, at);
    const attribute = text.slice(at, stop).trim();
    at = stop + 1;
    const mark = attribute.indexOf('=');
    const name = (mark === -1 ? attribute : attribute.slice(0, mark).trimEnd()).toLowerCase();
    const value = mark === -1 ? '' : attribute.slice(mark + 1).trimStart();
    if (value.length > MAX_ATTRIBUTE || attribute === '') continue;
    if (name === 'max-age') maxAge = value;
    else if (name === 'expires') expires = value;
    if (!take(cookie, name, value)) cookie.rest += `; ${attribute}`;
  }
  cookie.over = isOver(maxAge, expires);
  return cookie;
}

/**
 * @param {SetCookie} cookie
 * @param {string} name
 * @param {string} value
 * @returns {boolean} whether it is one of those that the policy is about
 */
function take(cookie, name, value) {
  switch (name) {
    case 'secure':
      cookie.secure = true;
      return true;
    case 'httponly':
      cookie.httpOnly = true;
      return true;
    case 'partitioned':
      cookie.partitioned = true;
      return true;
    case 'samesite':
      cookie.sameSite = value;
      return true;
    case 'domain':
      if (value !== '') cookie.domain = value;
      return true;
    case 'path':
      cookie.path = value.startsWith('/') ? value : undefined;
      return true;
    default:
      return false;
  }
}

/**
 * Max-Age goes before Expires (RFC 6265bis, 5.7.2).
 *
 * @param {string | undefined} maxAge
 * @param {string | undefined} expires
 */
function isOver(maxAge, expires) {
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return maxAge.startsWith('-') || Number(maxAge) === 0;
  return expires !== undefined && Date.parse(expires) <= Date.now();
}

/**
 * @param {SetCookie} cookie
 * @returns {string}
 */
function write(cookie) {
  let text = `${cookie.name}=${cookie.value}`;
  if (cookie.domain !== undefined) text += `; Domain=${cookie.domain}`;
  if (cookie.path !== undefined) text += `; Path=${cookie.path}`;
  text += cookie.rest;
  if (cookie.httpOnly) text += '; HttpOnly';
  if (cookie.secure) text += '; Secure';
  if (cookie.partitioned) text += '; Partitioned';
  if (cookie.sameSite !== undefined) text += `; SameSite=${cookie.sameSite}`;
  return text;
}

/**
 * @param {string} text
 * @param {number} from
 */
function endOf(text, from) {
  const end = text.indexOf(';', from);
  return end === -1 ? text.length : end;
}

exports.read = read;
exports.write = write;
