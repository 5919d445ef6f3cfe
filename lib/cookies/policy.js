'use strict';

const { CHECKED } = require('../internal/cookie-names');
const { looksSecret } = require('./looks-secret');
const { MAX_PAIR } = require('./serialize');

/**
 * What a Set-Cookie field must be to leave.
 *
 * 1. It has a name. It holds no control character, and name and value have at most 4096 bytes: browsers drop others
 *    without a word, so it is left out and told.
 * 2. A telltale name travels as `__Host-...` (lib/internal/cookie-names.js), with Path=/ and without Domain; one that
 *    is shared with siblings as `__Secure-...`, where the application put it.
 * 3. A prefix that the application itself gave gets what it promises, in any case of its letters.
 * 4. Secure, always.
 * 5. HttpOnly where the name is a telltale one or the value looks like a secret, unless the application said that
 *    scripts may read it. Other cookies without HttpOnly are reported, not changed.
 * 6. SameSite=Lax where there is none or none that is known. None, Strict and Partitioned (CHIPS) are kept.
 * 7. Over plain HTTP in development no prefix and no Secure, and nothing that needs it: browsers and test clients would
 *    not send it back.
 *
 * @typedef {import('./set-cookie').SetCookie} SetCookie
 * @typedef {object} Policy
 * @property {any} settings
 * @property {boolean} enforce
 * @property {import('../internal/cookie-names').CookieNames | undefined} names undefined where nothing is renamed
 * @property {ReadonlySet<string>} readable
 * @property {ReadonlySet<string>} telltale names that are HttpOnly whatever their value
 * @property {string} sameSite
 * @property {(req: any) => boolean} isPlain
 * @property {import('./notes').Notes} notes
 */

// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x1f\x7f]/;
const SAME_SITE = new Map([
  ['strict', 'Strict'],
  ['lax', 'Lax'],
  ['none', 'None'],
]);

/**
 * Why a cookie must not leave.
 *
 * @param {SetCookie} cookie
 * @param {string} text as the application wrote it
 * @returns {string | undefined}
 */
function reasonToDrop(cookie, text) {
  if (cookie.name === '') return 'it has no name';
  if (CONTROL.test(text)) return 'it holds a control character';
  // Node.js writes header fields as Latin-1: a character is a byte.
  if (cookie.name.length + cookie.value.length > MAX_PAIR) {
    return `its name and value have more than ${MAX_PAIR} bytes`;
  }
  return undefined;
}

/**
 * Makes a cookie obey, and says what that took.
 *
 * @param {SetCookie} cookie changed in place
 * @param {Policy} policy
 * @param {boolean} plain
 * @param {boolean} mayBeRead whether the application said that scripts may read it
 * @returns {{ weak: string[], readable: boolean, forced: boolean }} what was missing; whether it stays readable for scripts without
 *   anybody having said so; whether HttpOnly was put on a cookie whose name is no telltale one
 */
function obey(cookie, policy, plain, mayBeRead) {
  /** @type {string[]} */
  const weak = [];
  const { name } = cookie;
  const given = policy.names?.out.get(name);
  if (given !== undefined) place(cookie, given.prefix, weak);
  cookie.name = policy.names === undefined ? name : policy.names.outgoing(name);
  if (cookie.name !== name) weak.push('a telltale name');
  const http = applyPrefix(cookie, given === undefined, weak);
  const told = { weak, readable: false, forced: false };
  if (!cookie.httpOnly) {
    const telltale = policy.telltale.has(name) || http;
    if (http || (!mayBeRead && (telltale || looksSecret(cookie.value)))) {
      cookie.httpOnly = true;
      told.forced = !telltale;
      weak.push('no HttpOnly');
    } else told.readable = !mayBeRead && !cookie.over && cookie.value !== '';
  }
  if (!cookie.secure) weak.push('no Secure');
  cookie.secure = true;
  const site = cookie.sameSite === undefined ? undefined : SAME_SITE.get(cookie.sameSite.toLowerCase());
  if (site === undefined) weak.push(cookie.sameSite === undefined ? 'no SameSite' : 'an unknown SameSite');
  cookie.sameSite = site ?? policy.sameSite;
  if (plain) makePlain(cookie, policy);
  return told;
}

/**
 * @param {SetCookie} cookie
 * @param {import('../internal/cookie-names').Prefix} prefix
 * @param {string[]} weak
 */
function place(cookie, prefix, weak) {
  if (prefix !== '__Host-') return;
  if (cookie.domain !== undefined) weak.push('a Domain');
  cookie.domain = undefined;
  cookie.path = '/';
}

/**
 * Gives a cookie whose name begins with a prefix what browsers ask of it.
 *
 * @param {SetCookie} cookie
 * @param {boolean} own whether the application wrote the prefix
 * @param {string[]} weak
 * @returns {boolean} whether the prefix asks for HttpOnly
 */
function applyPrefix(cookie, own, weak) {
  if (!CHECKED.test(cookie.name)) return false;
  const lower = cookie.name.toLowerCase();
  if (lower.startsWith('__host-')) {
    if (own && (cookie.domain !== undefined || cookie.path !== '/'))
      weak.push('a prefix without what it promises');
    cookie.domain = undefined;
    cookie.path = '/';
  }
  return lower.startsWith('__http-') || lower.startsWith('__host-http-');
}

/**
 * @param {SetCookie} cookie
 * @param {Policy} policy
 */
function makePlain(cookie, policy) {
  if (/^__(?:Host|Secure|Http)-/.test(cookie.name)) cookie.name = cookie.name.slice(2);
  cookie.secure = false;
  cookie.partitioned = false;
  if (cookie.sameSite === 'None') cookie.sameSite = policy.sameSite;
}

module.exports = { obey, reasonToDrop };
