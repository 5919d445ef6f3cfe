'use strict';

const { HauberkError, show } = require('../internal/fault');
const { invalid } = require('../internal/options');
const { tell } = require('./verdict');

/**
 * What every factor that remembers something needs: the user's name as a key, a cap on attempts, and a store
 * whose answers are believed only if they are of the right type. Where anything fails, the factor fails
 * closed: the promise rejects.
 */

const MAX_USER = 256;

/** `limiter`: an object with `consume(key)`; `false` says that attempts are capped elsewhere. @type {import('../internal/options').Check} */
const limiter = (value, path) => {
  if (value === false || typeof (/** @type {any} */ (value)?.consume) === 'function') return value;
  throw invalid(
    path,
    'an object with consume(key), such as hauberk.ratelimit({ limit: 5, windowMs: 300_000, burst: 5 }), ' +
      'or false where attempts are capped elsewhere',
    value,
  );
};

/** `store`: an object with these methods. @param {readonly string[]} methods @returns {import('../internal/options').Check} */
const storeWith = (methods) => (value, path) => {
  const store = /** @type {any} */ (value);
  const missing = methods.filter((name) => typeof store?.[name] !== 'function');
  if (missing.length === 0) return value;
  const has = methods.map((name) => `${name}()`).join(', ');
  throw invalid(path, `a store with ${has}, such as hauberk.mfa.memoryStore() in tests`, value);
};

/**
 * @param {unknown} user
 * @returns {string} the user, as it may stand in a key
 */
function userKey(user) {
  if (typeof user === 'string' && user !== '' && user.length <= MAX_USER && user.isWellFormed()) return user;
  const what = typeof user === 'string' ? 'an empty, too long or ill-formed string' : show(user);
  throw new HauberkError(
    'ERR_HAUBERK_ARGUMENT',
    `the user of a second factor is a string of 1 to ${MAX_USER} characters (their id, not what they typed); got ${what}`,
  );
}

/**
 * Charges one attempt.
 *
 * @param {any} cap
 * @param {string} key
 * @returns {Promise<import('./verdict').Refused | undefined>} nothing where the attempt may go on
 */
async function charge(cap, key) {
  if (cap === false) return undefined;
  let decision;
  try {
    decision = await cap.consume(key);
  } catch (cause) {
    throw new HauberkError('ERR_HAUBERK_MFA_LIMITER', 'the limiter failed, so the attempt was refused', {
      cause,
    });
  }
  if (decision?.allowed === true) return undefined;
  if (decision?.allowed !== false) {
    throw new HauberkError(
      'ERR_HAUBERK_MFA_LIMITER',
      'consume(key) of the limiter must give { allowed: true } or { allowed: false }; the attempt was refused',
    );
  }
  const { retryAfterMs } = decision;
  return tell(
    {
      ok: false,
      code: 'ERR_HAUBERK_MFA_LIMITED',
      ...(typeof retryAfterMs === 'number' && Number.isFinite(retryAfterMs) && { retryAfterMs }),
    },
    'too many attempts at a second factor',
  );
}

/**
 * Asks the store; what it throws is the cause of a coded error.
 *
 * @template T
 * @param {() => T | Promise<T>} call
 * @returns {Promise<T>}
 */
async function asked(call) {
  try {
    return await call();
  } catch (cause) {
    throw new HauberkError('ERR_HAUBERK_MFA_STORE', 'the store of the second factor failed', { cause });
  }
}

/**
 * Asks the store for a yes or no: anything else would be taken for a yes by mistake.
 *
 * @param {string} method
 * @param {() => unknown} call
 * @returns {Promise<boolean>}
 */
async function decided(method, call) {
  const answer = await asked(call);
  if (typeof answer === 'boolean') return answer;
  throw new HauberkError(
    'ERR_HAUBERK_MFA_STORE',
    `${method}() of the store must give true or false (did it change anything?); got ${show(answer)}`,
  );
}

module.exports = { limiter, storeWith, userKey, charge, asked, decided };
