'use strict';

const { EventEmitter } = require('node:events');
const { HauberkError } = require('../internal/fault');
const { peekContext } = require('../internal/context');
const { Ended } = require('./ended');
const { createdAt, overBy } = require('./lifetime');

/**
 * What stands between express-session and the application's store.
 *
 * 1. A store that fails, or does not answer within the deadline, is an error with a code: the request fails closed.
 *    express-session itself would go on without a session when a store says that it is disconnected.
 * 2. A session over its idle or absolute lifetime is destroyed and not given out, whatever the store kept.
 * 3. A session that has ended is never saved again: before a session that was loaded is saved, the store is asked
 *    whether it still has it. So a request that was on its way while another one logged out brings nothing back.
 * 4. The index of users, where there is one, learns of each saved session that belongs to a user.
 *
 * @param {any} express the package express-session
 * @param {{ store: any, index: any, storeDeadlineMs: number, userOf: (session: any) => string | undefined, idleMs: number, absoluteMs: number }} settings
 * @returns {any} a store for express-session
 */
function guardedStore(express, settings) {
  const { store } = settings;
  const guarded = Object.create(express.Store.prototype);
  EventEmitter.call(guarded);
  const ask = asker(store, settings.storeDeadlineMs);
  const ended = new Ended();
  /** @type {Set<string>} those whose end was just found, for the event */
  const found = new Set();
  const load = async (/** @type {string} */ id) => {
    if (ended.has(id)) return null;
    const session = await ask('get', [id]);
    if (!session || ended.has(id)) return null;
    const why = overBy(id, session, settings, Date.now());
    if (why === undefined) return session;
    found.add(id);
    ended.add(id);
    await ask('destroy', [id]);
    return null;
  };
  const destroy = (/** @type {string} */ id) => {
    ended.add(id);
    return ask('destroy', [id]);
  };
  const touch = async (/** @type {string} */ id, /** @type {any} */ session) => {
    if (!ended.has(id)) await ask('touch', [id, session]);
  };
  return Object.assign(guarded, {
    ended,
    load,
    end: destroy,
    found: (/** @type {string} */ id) => found.delete(id),
    get: called(load),
    set: called((/** @type {string} */ id, /** @type {any} */ session) =>
      save(id, session, ask, ended, settings),
    ),
    destroy: called(destroy),
    // express-session asks whether there is such a method.
    ...(typeof store.touch === 'function' && { touch: called(touch) }),
    ...(typeof store.all === 'function' && { sessions: () => ask('all', []) }),
  });
}

/**
 * @param {string} id
 * @param {any} session
 * @param {(method: string, args: unknown[]) => Promise<any>} ask
 * @param {Ended} ended
 * @param {{ index: any, userOf: (session: any) => string | undefined, absoluteMs: number, storeDeadlineMs: number }} settings
 */
async function save(id, session, ask, ended, { index, userOf, absoluteMs, storeDeadlineMs }) {
  const passage = session.req && peekContext(session.req)?.sessions;
  const fresh = passage?.fresh === id;
  if (!fresh && !ended.has(id) && !(await ask('get', [id]))) ended.add(id);
  if (ended.has(id)) return;
  await ask('set', [id, session]);
  if (fresh) passage.fresh = undefined;
  const user = index === undefined ? undefined : userOf(session);
  if (user !== undefined) await bounded(index.add(user, id, createdAt(id) + absoluteMs), storeDeadlineMs);
}

/**
 * A method as express-session calls it, with a callback.
 *
 * @param {(...args: any[]) => Promise<any>} work
 */
function called(work) {
  return (/** @type {any[]} */ ...args) => {
    const done = typeof args.at(-1) === 'function' ? args.pop() : () => {};
    work(...args).then(
      (value) => setImmediate(done, null, value),
      (error) => setImmediate(done, error),
    );
  };
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
