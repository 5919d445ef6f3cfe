'use strict';

const { HauberkError, fromNative, show } = require('../internal/fault');
const native = require('../internal/native').passwords;
const { callOptions, syncOptions, poolOptions } = require('./options');
const { assertPassword, isPassword, withBytes } = require('./password');
const { run } = require('./pool');
const { stats } = require('./stats');

/** @type {typeof import('./index').hash} */
async function hash(password, options) {
  const { recipe, bcrypt, deadlineMs, signal } = callOptions('hash', options);
  assertPassword(password, bcrypt);
  return run(signal, (link, id) =>
    withBytes(password, (bytes) => native.hash(link, id, bytes, recipe, deadlineMs)),
  );
}

/** @type {typeof import('./index').verify} */
async function verify(stored, password, options) {
  const { recipe, deadlineMs, signal } = callOptions('verify', options);
  if (!isPassword(password)) return false;
  const text = storedText(stored);
  return run(signal, (link, id) =>
    withBytes(password, (bytes) => native.verify(link, id, bytes, text, recipe, deadlineMs)),
  );
}

/** @type {typeof import('./index').hashSync} */
function hashSync(password, options) {
  const { recipe, bcrypt } = syncOptions('hashSync', options);
  assertPassword(password, bcrypt);
  return direct(() => withBytes(password, (bytes) => native.hashSync(bytes, recipe)));
}

/** @type {typeof import('./index').verifySync} */
function verifySync(stored, password, options) {
  const { recipe } = syncOptions('verifySync', options);
  if (!isPassword(password)) return false;
  const text = storedText(stored);
  return direct(() => withBytes(password, (bytes) => native.verifySync(bytes, text, recipe)));
}

/** @type {typeof import('./index').needsRehash} */
function needsRehash(stored, options) {
  const { recipe } = syncOptions('needsRehash', options);
  const text = storedText(stored);
  if (text === undefined) throw unreadable(stored);
  return direct(() => native.needsRehash(text, recipe));
}

/** @type {typeof import('./index').configure} */
function configure(options) {
  const { threads, memoryMiB, queue } = poolOptions(options);
  direct(() => native.configure(threads, memoryMiB, queue));
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

exports.hash = hash;
exports.verify = verify;
exports.needsRehash = needsRehash;
exports.hashSync = hashSync;
exports.verifySync = verifySync;
exports.configure = configure;
exports.policy = require('./policy');
exports.stats = stats;
