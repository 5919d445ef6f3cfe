'use strict';

const { contextOf, peekContext } = require('../internal/context');
const { HauberkError } = require('../internal/fault');
const { tell } = require('./instance');

/** @typedef {import('./instance').Passage} Passage */

/**
 * @param {any} req
 * @returns {Passage} of a request that has a session
 */
function passageOf(req) {
  const passage = peekContext(req)?.sessions;
  if (passage === undefined || !req.session) {
    throw new HauberkError(
      'ERR_HAUBERK_SESSIONS_ABSENT',
      passage === undefined
        ? 'the request has not passed app.use(hauberk.sessions(...))'
        : 'the request has no session any more',
    );
  }
  return passage;
}

/**
 * @param {any} user
 * @returns {string}
 */
function idOf(user) {
  const id = typeof user === 'object' && user !== null ? user.id : user;
  if ((typeof id === 'string' && id !== '') || (typeof id === 'number' && Number.isFinite(id)))
    return String(id);
  throw new HauberkError(
    'ERR_HAUBERK_ARGUMENT',
    'sessions.login takes the user: an id that is a string or a number, or an object with such an id',
  );
}

/**
 * Begins the session of a user who has just proved who they are.
 *
 * 1. The id is another one from here on, and the old session ends: whoever planted or knew the old id has nothing
 *    (fixation; OWASP ASVS 5, 7.2.4). CSRF tokens of before end with it.
 * 2. Of what the old session held, only `keep` goes over.
 * 3. The promise settles when the store has saved it: what follows, a redirect too, finds the user logged in.
 *
 * @param {any} req
 * @param {any} user
 * @param {{ keep?: readonly string[] }} [options]
 * @returns {Promise<any>} the session
 */
async function login(req, user, { keep = [] } = {}) {
  passageOf(req);
  const id = idOf(user);
  const kept = pick(req.session, keep);
  await regenerate(req);
  Object.assign(req.session, kept, { user, hauberk: { user: id, id: req.sessionID } });
  await save(req);
  tell('session_created', 'a session began with a login', contextOf(req));
  return req.session;
}

/**
 * Gives the session another id and keeps what it holds: for a step up of rights.
 *
 * @param {any} req
 * @returns {Promise<any>} the session
 */
async function renew(req) {
  passageOf(req);
  const names = Object.keys(req.session).filter((name) => name !== 'cookie');
  const kept = pick(req.session, names);
  await regenerate(req);
  Object.assign(req.session, kept);
  if (kept.hauberk !== undefined) req.session.hauberk = { ...kept.hauberk, id: req.sessionID };
  await save(req);
  tell('session_renewed', 'a session has another id', contextOf(req));
  return req.session;
}

/**
 * Ends the session, in the store and in the browser. `req.session` is undefined afterwards.
 *
 * @param {any} req
 * @returns {Promise<void>}
 */
async function logout(req) {
  const passage = passageOf(req);
  const { instance, res } = passage;
  const id = req.sessionID;
  const user = instance.userOf(req.session);
  delete req.session;
  passage.ended = true;
  clear(instance, req, res);
  await instance.end(id, user);
  tell('session_expired', 'a session ended with a logout', contextOf(req));
}

/**
 * @param {import('./instance').Instance} instance
 * @param {any} req
 * @param {any} res
 */
function clear(instance, req, res) {
  if (res.headersSent) return;
  const name = instance.nameFor(req);
  const secure = name.startsWith('__') ? '; Secure' : '';
  res.appendHeader('Set-Cookie', `${name}=; Path=/; Max-Age=0; HttpOnly${secure}; SameSite=Lax`);
}

/**
 * @param {any} session
 * @param {readonly string[]} names
 */
function pick(session, names) {
  /** @type {Record<string, any>} */
  const picked = {};
  for (const name of names)
    if (Object.hasOwn(session, name) && name !== 'cookie') picked[name] = session[name];
  return picked;
}

/** @param {any} req */
function regenerate(req) {
  return new Promise((resolve, reject) => {
    req.session.regenerate((/** @type {unknown} */ error) => (error ? reject(error) : resolve(undefined)));
  });
}

/** @param {any} req */
function save(req) {
  return new Promise((resolve, reject) => {
    req.session.save((/** @type {unknown} */ error) => (error ? reject(error) : resolve(undefined)));
  });
}

module.exports = { login, renew, logout };
