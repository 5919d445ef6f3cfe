'use strict';

const { names } = require('./session-cookies');

/**
 * What "authenticated" means everywhere: the request carried `Authorization`, or a session cookie.
 *
 * @param {any} req
 * @param {readonly string[]} cookies the names of session cookies
 * @returns {boolean}
 */
function isAuthenticated(req, cookies) {
  const { authorization, cookie } = req.headers;
  if (authorization !== undefined) return true;
  if (cookie === undefined) return false;
  for (let i = 0; i < cookies.length; i += 1) if (hasCookie(cookie, cookies[i])) return true;
  for (let i = 0; i < names.length; i += 1) if (hasCookie(cookie, names[i])) return true;
  return false;
}

/** Prefixes that browsers check (RFC 6265bis, 4.1.3). */
const PREFIXES = Object.freeze(['__Host-', '__Secure-']);

/**
 * Whether a Cookie field holds a pair of that name, with or without a prefix (RFC 6265, 5.4: pairs are
 * separated by `; `).
 *
 * @param {string} field
 * @param {string} name
 */
function hasCookie(field, name) {
  for (let at = field.indexOf(name); at !== -1; at = field.indexOf(name, at + 1)) {
    if (field[at + name.length] !== '=') continue;
    const before = field.slice(0, at);
    const prefix = PREFIXES.find((one) => before.endsWith(one)) ?? '';
    const mark = at - prefix.length;
    if (mark === 0 || /[; \t]/.test(field[mark - 1])) return true;
  }
  return false;
}

module.exports = { isAuthenticated };
