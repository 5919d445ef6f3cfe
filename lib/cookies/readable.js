'use strict';

const { peekContext } = require('../internal/context');
const { sharedPrototype } = require('../internal/head');

/**
 * `res.cookie(name, value, { httpOnly: false })` says in so many words that scripts may read the cookie; the field that
 * it becomes does not tell it from one where nobody thought of HttpOnly. So the call is seen, by a method put once
 * on the prototype that all responses of an Express share.
 */

const SEEN = Symbol('hauberk.cookie');

/** @param {any} res */
function watch(res) {
  const { cookie } = res;
  if (cookie === undefined || cookie[SEEN] === true) return;
  const shared = sharedPrototype(res);
  if (shared === undefined || !Object.hasOwn(shared, 'cookie') || shared.cookie[SEEN] === true) return;
  const own = shared.cookie;
  /** @this {any} @param {any} name @param {any} _value @param {any} options */
  const watched = function cookie(name, _value, options) {
    if (options?.httpOnly === false) allow(this, String(name));
    return own.apply(this, arguments);
  };
  Object.defineProperty(watched, SEEN, { value: true });
  Object.defineProperty(watched, 'length', { value: own.length });
  shared.cookie = watched;
}

/**
 * @param {any} res
 * @param {string} name
 */
function allow(res, name) {
  const context = peekContext(res.req);
  if (context?.cookies === undefined) return;
  (context.readableCookies ??= []).push(name);
}

module.exports = { watch };
