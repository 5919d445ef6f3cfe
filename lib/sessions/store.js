'use strict';

const { EventEmitter } = require('node:events');
const { HauberkError } = require('../internal/fault');
const { peekContext } = require('../internal/context');
const { Ended } = require('./ended');

/** @typedef {(error?: unknown, value?: any) => void} Done */

/**
 * What stands between express-session and the application's store.
 *
 * 1. A store that fails, or does not answer within the deadline, is an error with a code: the request fails closed.
 *    express-session itself would go on without a session when a store is disconnected.
 * 2. A session that has ended is never saved again: before a session that was loaded is saved, the store is asked
 *    whether it still has it. So a request that was on its way while another one logged out brings nothing back.
 * 3. The index of users, where there is one, learns of each saved session that belongs to a user.
 *
 * @param {any} express the package express-session
 * @param {{ store: any, index: any, storeDeadlineMs: number, userOf: (session: any) => string | undefined, absoluteMs: number }} settings
 * @returns {any} a store for express-session
 */
function guardedStore(express, { store, index, storeDeadlineMs, userOf, absoluteMs }) {
  const ended = new Ended();
  const ask = asker(store, storeDeadlineMs);
  const guarded = Object.assign(Object.create(express.Store.prototype), {
    ended,
    get: (/** @type {string} */ id, /** @type {Done} */ done) =>
      ask('get', [id]).then(
        (session) => done(null, ended.has(id) ? null : session),
        (error) => done(error),
      ),
    set: (/** @type {string} */ id, /** @type {any} */ session, /** @type {Done} */ done = () => {}) =>
      save(id, session).then(
        () => done(null),
        (error) => done(error),
      ),
    destroy: (/** @type {string} */ id, /** @type {Done} */ done = () => {}) => {
      if (typeof id === 'string') ended.add(id);
      ask('destroy', [id]).then(
        () => done(null),
        (error) => done(error),
      );
    },
    all: () => ask('all', []),
  });
  EventEmitter.call(guarded);
  if (typeof store.touch === 'function') {
    guarded.touch = (/** @type {string} */ id, /** @type {any} */ session, /** @type {Done} */ done = () => {}) => {
      if (ended.has(id)) return done(null);
      return ask('touch', [id, session]).then(
        () => done(null),
        (error) => done(error),
      );
    };
  }

  /** @param {string} id @param {any} session */
  async function save(id, session) {
    const context = session.req && peekContext(session.req);
    const fresh = context?.sessionFresh === id;
    if (!fresh && !(await ask('get', [id]))) ended.add(id);
    if (ended.has(id)) return;
    await ask('set', [id, session]);
    if (fresh) context.sessionFresh = undefined;
    const user = index && userOf(session);
    if (user !== undefined && index) await bounded(index.add(user, id, Date.now() + absoluteMs), storeDeadlineMs);
  }

  return guarded;
}

/**
 * Calls a store's method with a callback and a deadline.
 *
 * @param {any} store
 * @param {number} deadlineMs
 */
function asker(store, deadlineMs) {
  return (/** @type {string} */ method, /** @type {unknown[]} */ args) =>
    bounded(
      new Promise((resolve, reject) => {
        const answer = store[method](...args, (/** @type {any} */ error, /** @type {any} */ value) => {
          // Stores on files say so of a session that is not there.
          if (error && error.code !== 'ENOENT') reject(error);
          else resolve(error ? null : value);
        });
        // A store written with async functions may reject as well as call back.
        if (typeof answer?.then === 'function') answer.then(undefined, reject);
      }),
      deadlineMs,
    );
}

/**
 * @template T
 * @param {Promise<T>} work
 * @param {number} deadlineMs
 * @returns {Promise<T>} rejects with ERR_HAUBERK_SESSIONS_STORE
 */
function bounded(work, deadlineMs) {
  return new Promise((resolve, reject) => {
    const fail = (/** @type {string} */ what, /** @type {unknown} */ cause) =>
      reject(new HauberkError('ERR_HAUBERK_SESSIONS_STORE', `the session store ${what}`, { cause }));
    const timer = setTimeout(() => fail('did not answer in time', undefined), deadlineMs);
    timer.unref();
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error) => {
        clearTimeout(timer);
        fail('failed', error);
      },
    );
  });
}

module.exports = { guardedStore, bounded };
