'use strict';

/**
 * Set-Cookie fields (RFC 6265bis, 4.1).
 *
 * @typedef {{ name: string, value: string, secure: boolean, httpOnly: boolean, sameSite: string | undefined, session: boolean, csrf: boolean }} Cookie
 */

/** A cookie whose theft is a login. */
const SESSION = /sess|sid$|^sid|login|auth|token|jwt/i;
const CSRF = /csrf|xsrf|antiforgery/i;

/** @param {string} field @returns {Cookie} */
function parse(field) {
  const [pair, ...attributes] = field.split(';').map((part) => part.trim());
  const equals = pair.indexOf('=');
  const name = equals === -1 ? '' : pair.slice(0, equals);
  const value = equals === -1 ? pair : pair.slice(equals + 1);
  const of = (/** @type {string} */ word) =>
    attributes.find((one) => one.toLowerCase() === word || one.toLowerCase().startsWith(`${word}=`));
  const csrf = CSRF.test(name);
  return {
    name,
    value,
    secure: of('secure') !== undefined,
    httpOnly: of('httponly') !== undefined,
    sameSite: of('samesite')?.split('=')[1]?.trim().toLowerCase(),
    session: !csrf && (SESSION.test(name) || /^__host-/i.test(name)),
    csrf,
  };
}

/**
 * The Observatory's modifier; the worst cookie counts.
 *
 * @param {readonly string[]} fields
 * @param {boolean} hsts whether the host is pinned to HTTPS, which makes up for part of a missing Secure
 * @returns {{ modifier: number, what: string }}
 */
function judge(fields, hsts) {
  if (fields.length === 0) return { modifier: 0, what: 'no cookies' };
  const all = fields.map(parse);
  const verdicts = all.map((cookie) => judgeOne(cookie, hsts));
  const worst = verdicts.reduce((a, b) => (b.modifier < a.modifier ? b : a));
  return worst;
}

/** @param {Cookie} cookie @param {boolean} hsts */
function judgeOne({ name, secure, httpOnly, sameSite, session, csrf }, hsts) {
  const say = (/** @type {number} */ modifier, /** @type {string} */ what) => ({
    modifier,
    what: `${name}: ${what}`,
  });
  const known = sameSite === undefined || ['strict', 'lax', 'none'].includes(sameSite);
  if (session && !secure && !hsts) return say(-40, 'a session cookie without Secure');
  if (session && !httpOnly) return say(-30, 'a session cookie without HttpOnly');
  if (!known || (sameSite === 'none' && !secure)) return say(-20, 'a SameSite that is not valid');
  if (csrf && sameSite === undefined) return say(-20, 'a CSRF cookie without SameSite');
  if (!secure && !hsts) return say(-20, 'without Secure');
  if (session && !secure) return say(-10, 'a session cookie without Secure, on a host with HSTS');
  if (!secure) return say(-5, 'without Secure, on a host with HSTS');
  if (sameSite === undefined) return say(0, 'without SameSite');
  return say(5, 'all flags');
}

module.exports = { parse, judge };
