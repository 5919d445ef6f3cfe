'use strict';

const { HauberkError, fromNative, show } = require('../internal/fault');
const native = require('../internal/native').passwords;
const { callOptions, syncOptions } = require('./options');
const { isPassword, normalized, usable, withBytes } = require('./password');
const { run } = require('./pool');
// From now on there is something to measure.
require('./stats');

/** @type {typeof import('./index').hash} */
async function hash(password, options) {
  const settings = callOptions('hash', options);
  const { recipe, peppers, deadlineMs, signal } = settings;
  const plain = usable(normalized(password, settings), settings.bare);
  return run(signal, (link, id) =>
    withBytes(plain, (bytes) => native.hash(link, id, bytes, recipe, peppers, deadlineMs)),
  );
}

/** @type {typeof import('./index').verify} */
async function verify(stored, password, options) {
  const settings = callOptions('verify', options);
  const { recipe, peppers, deadlineMs, signal } = settings;
  const plain = normalized(password, settings);
  if (!isPassword(plain)) return false;
  const text = storedText(stored);
  return run(signal, (link, id) =>
    withBytes(plain, (bytes) => native.verify(link, id, bytes, text, recipe, peppers, deadlineMs)),
  );
}

/** @type {typeof import('./index').hashSync} */
function hashSync(password, options) {
  const settings = syncOptions('hashSync', options);
  const plain = usable(normalized(password, settings), settings.bare);
  return direct(() => withBytes(plain, (bytes) => native.hashSync(bytes, settings.recipe, settings.peppers)));
}

/** @type {typeof import('./index').verifySync} */
function verifySync(stored, password, options) {
  const settings = syncOptions('verifySync', options);
  const { recipe, peppers } = settings;
  const plain = normalized(password, settings);
  if (!isPassword(plain)) return false;
  const text = storedText(stored);
  return direct(() => withBytes(plain, (bytes) => native.verifySync(bytes, text, recipe, peppers)));
}

/** @type {typeof import('./index').needsRehash} */
function needsRehash(stored, options) {
  const { recipe, peppers } = syncOptions('needsRehash', options);
  const text = storedText(stored);
  if (text === undefined) throw unreadable(stored);
  return direct(() => native.needsRehash(text, recipe, peppers));
}

/**
 * @param {unknown} stored
 * @returns {string | undefined} undefined for a user who does not exist
 */
function storedText(stored) {
  if (stored === null || stored === undefined) return undefined;
  // Longer than any format: not even copied.
  if (typeof stored === 'string' && stored.length <= 1024) return stored;
  throw unreadable(stored);
}

/** @param {unknown} stored */
function unreadable(stored) {
  const what = typeof stored === 'string' ? 'a string longer than 1024 characters' : show(stored);
  return new HauberkError(
    'ERR_HAUBERK_PASSWORDS_HASH',
    `a stored hash is a string (or null for an unknown user, in verify); got ${what}`,
  );
}

/**
 * @template T
 * @param {() => T} call
 * @returns {T}
 */
function direct(call) {
  try {
    return call();
  } catch (error) {
    throw fromNative(error);
  }
}

module.exports = { hash, verify, hashSync, verifySync, needsRehash, direct };
