'use strict';

const crypto = require('node:crypto');
const { HauberkError } = require('../internal/fault');
const { tell } = require('./instance');
const { createdAt } = require('./lifetime');
const { bounded } = require('./store');

const HANDLE_CHARACTERS = 22;

/**
 * What an id is called outside: 128 bits of its hash. Who knows it cannot use the session.
 *
 * @param {string} id
 */
function handleOf(id) {
  return crypto.createHash('sha256').update(id).digest('base64url').slice(0, HANDLE_CHARACTERS);
}

/**
 * The ids of a user's sessions that the store still has, with what it has.
 *
 * @param {import('./instance').Instance} instance
 * @param {string} user
 * @returns {Promise<{ id: string, session: any }[]>}
 * @throws {HauberkError} ERR_HAUBERK_SESSIONS_UNSUPPORTED, ERR_HAUBERK_SESSIONS_STORE
 */
async function sessionsOf(instance, user) {
  const { index, store, settings } = instance;
  const ids =
    index === undefined
      ? await scan(instance, user)
      : await bounded(Promise.resolve(index.list(user)), settings.storeDeadlineMs);
  const found = [];
  for (const id of ids) {
    const session = await store.load(id);
    if (session && instance.userOf(session) === user) found.push({ id, session });
    else await index?.remove(user, id);
  }
  return found;
}

/**
 * @param {import('./instance').Instance} instance
 * @param {string} user
 * @returns {Promise<string[]>}
 */
async function scan({ store, userOf }, user) {
  if (store.sessions === undefined) throw unsupported();
  const all = await store.sessions();
  const pairs = Array.isArray(all)
    ? all.map((session) => [session.id ?? session.hauberk?.id, session])
    : Object.entries(all ?? {});
  return pairs
    .filter(([, session]) => userOf(session) === user)
    .map(([id]) => {
      if (typeof id !== 'string') throw unsupported();
      return id;
    });
}

function unsupported() {
  return new HauberkError(
    'ERR_HAUBERK_SESSIONS_UNSUPPORTED',
    'the session store cannot say which sessions a user has: give sessions({ index })',
  );
}

/**
 * @param {import('./instance').Instance} instance
 * @param {string} user
 * @param {any} [req] whose session is `current`
 */
async function list(instance, user, req) {
  const found = await sessionsOf(instance, user);
  return found.map(({ id, session }) => {
    const began = createdAt(id);
    const idleEnd = new Date(session.cookie?.expires ?? Infinity).getTime();
    const absoluteEnd = began + instance.settings.absoluteMs;
    return {
      handle: handleOf(id),
      createdAt: new Date(began),
      expiresAt: new Date(Number.isNaN(idleEnd) ? absoluteEnd : Math.min(idleEnd, absoluteEnd)),
      current: id === req?.sessionID,
    };
  });
}

/**
 * @param {import('./instance').Instance} instance
 * @param {string} user
 * @param {{ handle?: string, except?: any }} which
 * @returns {Promise<number>} how many ended
 */
async function revoke(instance, user, { handle, except }) {
  let ended = 0;
  for (const { id } of await sessionsOf(instance, user)) {
    if ((handle !== undefined && handleOf(id) !== handle) || id === except?.sessionID) continue;
    await instance.end(id, user);
    tell('session_expired', 'a session was revoked');
    ended += 1;
  }
  return ended;
}

module.exports = { list, revoke };
