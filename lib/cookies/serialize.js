'use strict';

const { HauberkError, show } = require('../internal/fault');
const { isPlainObject } = require('../internal/options');

/**
 * Writes a Set-Cookie field (RFC 6265bis, 4.1.1), with the option names of the package `cookie`. Stricter than that
 * one: a name with a prefix that browsers check must have what the prefix promises, and what browsers would refuse or
 * cut is refused here.
 */

/** A token (RFC 9110, 5.6.2), and the colon that cookie-session has in its names. */
const NAME = /^[!#$%&'*+.^_`|~:\w-]+$/;
/** What may stand in a value: cookie-octet, and `"`, `,` and `\`, which every parser takes. */
const VALUE = /^[\x21-\x3a\x3c-\x7e]*$/;
const DOMAIN = /^\.?[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*$/i;
const PATH = /^\/[\x20-\x3a\x3c-\x7e]*$/;
/** RFC 6265bis, 5.6: bytes of name and value together. */
const MAX_PAIR = 4096;
const MAX_ATTRIBUTE = 1024;
const MAX_DOMAIN = 254;

const SAME_SITE = Object.freeze({ strict: 'Strict', lax: 'Lax', none: 'None' });
const PRIORITY = Object.freeze({ low: 'Low', medium: 'Medium', high: 'High' });

/**
 * @param {string} name
 * @param {string} value encoded by `encodeURIComponent`, or by `options.encode`
 * @param {import('./index').SerializeOptions} [options]
 * @returns {string}
 * @throws {HauberkError} ERR_HAUBERK_COOKIES_SERIALIZE, ERR_HAUBERK_COOKIES_SIZE, ERR_HAUBERK_OPTION_UNKNOWN
 */
function serialize(name, value, options) {
  if (typeof name !== 'string' || !NAME.test(name)) throw refused('the name', name);
  if (typeof value !== 'string') throw refused('the value', value);
  const text = encoded(value, options?.encode);
  if (name.length + text.length > MAX_PAIR) throw tooLarge(name);
  let field = `${name}=${text}`;
  if (options === undefined) {
    if (name.startsWith('__')) checkPrefix(name, {});
    return field;
  }
  if (!isPlainObject(options)) throw refused('the options', options);
  checkKeys(options);
  const { maxAge, domain, path, expires, httpOnly, secure, partitioned, priority, sameSite } = options;
  if (maxAge !== undefined) field += `; Max-Age=${lifeOf(maxAge)}`;
  if (domain !== undefined) field += `; Domain=${domainOf(domain)}`;
  if (path !== undefined) field += `; Path=${pathOf(path)}`;
  if (expires !== undefined) field += `; Expires=${dateOf(expires)}`;
  if (httpOnly) field += '; HttpOnly';
  if (secure) field += '; Secure';
  if (partitioned) field += '; Partitioned';
  if (priority !== undefined) field += `; Priority=${choice('priority', PRIORITY, priority)}`;
  if (sameSite !== undefined && sameSite !== false) field += sameSiteOf(sameSite);
  // Browsers drop them without a word.
  if (!secure && partitioned) throw refused('partitioned', true, 'needs secure: true');
  if (!secure && field.endsWith('=None')) throw refused('sameSite', sameSite, 'needs secure: true');
  if (name.startsWith('__')) checkPrefix(name, options);
  return field;
}

/** @param {import('./index').SerializeOptions} options */
function checkKeys(options) {
  for (const key in options) {
    switch (key) {
      case 'maxAge':
      case 'domain':
      case 'path':
      case 'expires':
      case 'httpOnly':
      case 'secure':
      case 'partitioned':
      case 'priority':
      case 'sameSite':
      case 'encode':
        break;
      default:
        throw unknown(key);
    }
  }
}

/**
 * @param {string} value
 * @param {((value: string) => string) | undefined} encode
 */
function encoded(value, encode) {
  if (encode !== undefined) {
    const text = encode(value);
    if (typeof text !== 'string' || !VALUE.test(text)) throw refused('the encoded value', text);
    return text;
  }
  try {
    return encodeURIComponent(value);
  } catch {
    throw refused('the value', value, 'is not well-formed text');
  }
}

/** @param {unknown} maxAge */
function lifeOf(maxAge) {
  if (Number.isSafeInteger(maxAge)) return maxAge;
  throw refused('maxAge', maxAge, 'must be a whole number of seconds');
}

/** @param {unknown} domain */
function domainOf(domain) {
  if (typeof domain === 'string' && domain.length <= MAX_DOMAIN && DOMAIN.test(domain)) return domain;
  throw refused('domain', domain);
}

/** @param {unknown} path */
function pathOf(path) {
  if (path === '/') return path;
  if (typeof path === 'string' && path.length <= MAX_ATTRIBUTE && PATH.test(path)) return path;
  throw refused('path', path);
}

/** @param {unknown} expires */
function dateOf(expires) {
  const ms = expires instanceof Date ? expires.getTime() : NaN;
  if (Number.isNaN(ms)) throw refused('expires', expires, 'must be a valid Date');
  return dateText(ms);
}

/** @param {unknown} value */
function sameSiteOf(value) {
  if (value === 'lax') return '; SameSite=Lax';
  if (value === true || value === 'strict') return '; SameSite=Strict';
  return `; SameSite=${choice('sameSite', SAME_SITE, value)}`;
}

/** The last whole second that was written, and its text: cookies of one response mostly end together. */
let lastSecond = NaN;
let lastText = '';

/** @param {number} ms */
function dateText(ms) {
  const second = Math.floor(ms / 1000);
  if (second !== lastSecond) {
    lastText = new Date(ms).toUTCString();
    lastSecond = second;
  }
  return lastText;
}

/**
 * @param {string} what
 * @param {Readonly<Record<string, string>>} known
 * @param {unknown} value
 */
function choice(what, known, value) {
  const text = typeof value === 'string' ? (known[value] ?? known[value.toLowerCase()]) : undefined;
  if (typeof text !== 'string') throw refused(what, value, `must be one of ${Object.keys(known).join(', ')}`);
  return text;
}

/**
 * What browsers ask of a prefix, in any case (RFC 6265bis, 4.1.3).
 *
 * @param {string} name
 * @param {import('./index').SerializeOptions} options
 */
function checkPrefix(name, { secure, httpOnly, path, domain }) {
  const lower = name.toLowerCase();
  const host = lower.startsWith('__host-');
  const http = lower.startsWith('__http-') || lower.startsWith('__host-http-');
  if (!host && !http && !lower.startsWith('__secure-')) return;
  if (!secure) throw refused('the name', name, 'asks for secure: true');
  if (host && (path !== '/' || domain !== undefined)) {
    throw refused('the name', name, "asks for path: '/' and no domain");
  }
  if (http && !httpOnly) throw refused('the name', name, 'asks for httpOnly: true');
}

/**
 * @param {string} what
 * @param {unknown} value
 * @param {string} [why]
 */
function refused(what, value, why = 'cannot be written') {
  return new HauberkError('ERR_HAUBERK_COOKIES_SERIALIZE', `${what} of a cookie (${show(value)}) ${why}`);
}

/** @param {string} name */
function tooLarge(name) {
  return new HauberkError(
    'ERR_HAUBERK_COOKIES_SIZE',
    `the cookie ${show(name)} is larger than the ${MAX_PAIR} bytes of name and value that browsers keep`,
  );
}

/** @param {string} key */
function unknown(key) {
  return new HauberkError(
    'ERR_HAUBERK_OPTION_UNKNOWN',
    `serialize has no option ${show(key)}; it has maxAge, expires, domain, path, httpOnly, secure, partitioned, priority, sameSite, encode`,
  );
}

module.exports = { serialize, MAX_PAIR };
