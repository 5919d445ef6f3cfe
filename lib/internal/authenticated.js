'use strict';

const sessionCookies = require('./session-cookies');

/**
 * What "authenticated" means everywhere: the request carried `Authorization`, or a session cookie, under the name
 * that the application knows or with a prefix that browsers check before it.
 *
 * @param {any} req
 * @param {ReadonlySet<string>} names the names of session cookies
 * @returns {boolean}
 */
function isAuthenticated(req, names) {
  const { authorization, cookie } = req.headers;
  if (authorization !== undefined) return true;
  return cookie !== undefined && (holdsOne(cookie, names) || holdsOne(cookie, sessionCookies.names));
}

/** Prefixes that browsers check (RFC 6265bis, 4.1.3). */
const PREFIX = /^__(?:Host|Secure)-/;

/**
 * @param {string} header
 * @param {ReadonlySet<string>} names
 */
function holdsOne(header, names) {
  for (let start = 0; start < header.length;) {
    let end = header.indexOf(';', start);
    if (end === -1) end = header.length;
    const equals = header.indexOf('=', start);
    if (equals === -1) return false;
    if (equals < end) {
      const name = header.slice(start, equals).trim();
      if (names.has(name) || (name.startsWith('__') && names.has(name.replace(PREFIX, '')))) return true;
    }
    start = end + 1;
  }
  return false;
}

module.exports = { isAuthenticated };
