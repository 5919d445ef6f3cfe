'use strict';

const crypto = require('node:crypto');
const client = require('../client');
const { contextOf } = require('../internal/context');
const { valueOf, has } = require('../internal/cookie-header');
const { derive } = require('../internal/cookie-names');
const { publish, sayOnce } = require('../internal/events');
const { HauberkError } = require('../internal/fault');
const { onHead } = require('../internal/head');
const { Keys } = require('../internal/keys');
const { peer } = require('../internal/peer');
const { isProduction } = require('../internal/production');
const sessionCookies = require('../internal/session-cookies');
const { isSecure } = require('../internal/transport');
const { indexOf } = require('./redis-index');
const { makeId, remaining } = require('./lifetime');
const { bounded, guardedStore } = require('./store');

/** Fewer different characters than this are no secret that was drawn at random. */
const DISTINCT = 8;

/**
 * What became of the session in one request.
 *
 * @typedef {object} Passage
 * @property {Instance} instance
 * @property {any} res
 * @property {string | undefined} fresh the id that was made for this request and is in no store yet
 * @property {boolean} ended whether the request has logged out
 */

/**
 * express-session, set up so that a stolen or planted id is worth as little as possible.
 *
 * 1. The cookie is `__Host-` and a name derived from the secret: HttpOnly, Secure, SameSite=Lax, Path=/. Over plain HTTP,
 *    where a browser takes no such name, it is `Host-` and the same name, and not Secure.
 * 2. An id is 192 random bits and its time; it is signed. A session that holds nothing is neither saved nor sent.
 * 3. Idle time moves on with each request; the absolute end does not.
 * 4. What lib/sessions/store.js says about the store.
 * 5. A session that ended while this request was on its way is not sent again.
 */
class Instance {
  /** @param {Readonly<import('./options').Settings>} settings */
  constructor(settings) {
    const express = expressSession();
    const keys = strong(new Keys(settings.secret));
    const store = settings.store ?? new express.MemoryStore();
    refuseMemory(store, express);
    this.express = express;
    this.settings = settings;
    this.secrets = keys.derive('sessions/cookie').map((key) => key.toString('base64url'));
    this.names = settings.name === undefined ? derive(keys, 'hauberk.sessions') : [settings.name];
    for (const prefix of ['__Host-', 'Host-']) {
      for (const name of this.names) sessionCookies.add(prefix + name);
    }
    this.userOf = (/** @type {any} */ session) => userOf(session, settings.user);
    this.index = settings.index ?? indexOf(store);
    this.store = guardedStore(express, { ...settings, store, index: this.index, userOf: this.userOf });
    this.resave = typeof store.touch !== 'function';
    /** @type {Map<string, Function>} by the cookie's name */
    this.layers = new Map();
    this.head = this.head.bind(this);
  }

  /**
   * @param {any} req
   * @param {any} res
   * @param {(error?: unknown) => void} next
   */
  run(req, res, next) {
    if (req.session) return next();
    const context = contextOf(req);
    context.sessions = { instance: this, res, fresh: undefined, ended: false };
    onHead(req, res, this.head);
    const name = this.nameFor(req);
    const claimed = this.claimed(valueOf(req.headers.cookie, name));
    return this.layer(name)(req, res, (/** @type {unknown} */ error) => {
      if (error) {
        // Otherwise express-session would take the session that was not loaded for one that was unset, and destroy it.
        req.sessionID = undefined;
        return next(error);
      }
      if (claimed !== undefined && claimed !== req.sessionID) this.tellLost(claimed, context);
      else if (claimed !== undefined) this.goOn(req);
      return next();
    });
  }

  /**
   * The name under which the request's session travels: one of an older secret where only that came.
   *
   * @param {any} req
   */
  nameFor(req) {
    const { cookie } = req.headers;
    const host = this.names.find((name) => has(cookie, `__Host-${name}`));
    if (host !== undefined) return `__Host-${host}`;
    if (isSecure(req, client.trusts)) return `__Host-${this.names[0]}`;
    return `Host-${this.names.find((name) => has(cookie, `Host-${name}`)) ?? this.names[0]}`;
  }

  /** @param {string} name @returns {Function} */
  layer(name) {
    let layer = this.layers.get(name);
    if (layer === undefined) this.layers.set(name, (layer = this.makeLayer(name)));
    return /** @type {Function} */ (layer);
  }

  /** @param {string} name */
  makeLayer(name) {
    const { idleMs, sameSite } = this.settings;
    return this.express({
      name,
      secret: this.secrets,
      store: this.store,
      resave: this.resave,
      saveUninitialized: false,
      rolling: true,
      unset: 'destroy',
      // Whether the cookie may leave at all; whether it is Secure is decided below, by who may be believed.
      proxy: true,
      genid: (/** @type {any} */ req) => {
        const id = makeId();
        const passage = contextOf(req).sessions;
        if (passage !== undefined) passage.fresh = id;
        return id;
      },
      cookie: (/** @type {any} */ req) => ({
        path: '/',
        httpOnly: true,
        sameSite,
        secure: isSecureOrSay(req),
        maxAge: idleMs,
      }),
    });
  }

  /**
   * @param {string | undefined} value of the cookie
   * @returns {string | undefined} the id in it, where we signed it
   */
  claimed(value) {
    if (value === undefined || !value.startsWith('s:')) return undefined;
    const dot = value.lastIndexOf('.');
    const id = value.slice(2, dot);
    const given = Buffer.from(value.slice(dot + 1));
    const signed = this.secrets.some((secret) => {
      const code = crypto.createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/, '');
      return given.length === code.length && crypto.timingSafeEqual(given, Buffer.from(code));
    });
    return signed ? id : undefined;
  }

  /**
   * @param {string} id
   * @param {any} context
   */
  tellLost(id, context) {
    if (this.store.found(id))
      tell('session_expired', 'a session was over its idle or absolute lifetime', context);
    else tell('session_use_after_expire', 'a request brought the id of a session that has ended', context);
  }

  /** @param {any} req whose session was loaded */
  goOn(req) {
    const { cookie } = req.session;
    cookie.originalMaxAge = remaining(req.sessionID, this.settings, Date.now());
    cookie.secure = isSecureOrSay(req);
  }

  /**
   * Ends a session in the store and in the index.
   *
   * @param {string} id
   * @param {string | undefined} user
   * @returns {Promise<void>}
   */
  async end(id, user) {
    await this.store.end(id);
    if (user !== undefined && this.index !== undefined) {
      await bounded(this.index.remove(user, id), this.settings.storeDeadlineMs);
    }
  }

  /** @type {import('../internal/context').HeadStep} */
  head(res) {
    const { sessionID } = /** @type {any} */ (res).req;
    if (sessionID === undefined || !this.store.ended.has(sessionID)) return;
    const fields = res.getHeader('set-cookie');
    if (fields === undefined) return;
    const list = Array.isArray(fields) ? fields : [String(fields)];
    const kept = list.filter((field) => !field.includes(sessionID));
    if (kept.length === 0) res.removeHeader('Set-Cookie');
    else res.setHeader('Set-Cookie', kept);
  }
}

/**
 * express-session, of a version that takes the cookie's options by request: 1.15 ignores them and sends a cookie
 * that is neither Secure nor SameSite, 1.16 to 1.18 fail each request that makes a session.
 */
function expressSession() {
  const express = peer('express-session', 'hauberk.sessions');
  const [major, minor] = versionOf('express-session/package.json').split('.').map(Number);
  if (major > 1 || (major === 1 && minor >= 19) || Number.isNaN(major)) return express;
  throw new HauberkError(
    'ERR_HAUBERK_PEER_MISSING',
    `hauberk.sessions needs express-session 1.19.0 or newer, here is ${major}.${minor}: npm install express-session@latest`,
  );
}

/** @param {string} file package.json of a package @returns {string} `unknown` where it does not say */
function versionOf(file) {
  try {
    // eslint-disable-next-line security/detect-non-literal-require -- a name from our own source
    return String(require(file).version);
  } catch {
    // In a bundle there is no such file.
    return 'unknown';
  }
}

/** @param {Keys} keys */
function strong(keys) {
  if (!keys.lasting && isProduction()) {
    throw new HauberkError('ERR_HAUBERK_SECRET', 'sessions need a secret in production: set HAUBERK_SECRET');
  }
  if (keys.secrets.some((secret) => new Set(secret).size < DISTINCT)) {
    throw new HauberkError('ERR_HAUBERK_SECRET', `a secret has fewer than ${DISTINCT} different characters`);
  }
  return keys;
}

/**
 * @param {any} store
 * @param {any} express
 */
function refuseMemory(store, express) {
  const inMemory = store instanceof express.MemoryStore || store.constructor?.name === 'MemoryStore';
  if (!inMemory || !isProduction()) return;
  throw new HauberkError(
    'ERR_HAUBERK_SESSIONS_MEMORY',
    'in production sessions need a store that outlives the process: sessions({ store }), such as connect-redis',
  );
}

/** @param {any} req */
function isSecureOrSay(req) {
  const secure = isSecure(req, client.trusts);
  if (!secure && isProduction()) {
    sayOnce(
      'HAUBERK_SESSIONS_PLAIN',
      'a session began over plain HTTP in production; if a proxy ends TLS, let it send X-Forwarded-Proto and ' +
        'trust it: client: { trustProxy }',
    );
  }
  return secure;
}

/**
 * Whose session it is.
 *
 * @param {any} session
 * @param {((session: any) => unknown) | undefined} custom
 * @returns {string | undefined}
 */
function userOf(session, custom) {
  const user = custom === undefined ? (session.hauberk?.user ?? session.passport?.user) : custom(session);
  return typeof user === 'string' || typeof user === 'number' ? String(user) : undefined;
}

/**
 * @param {'session_created' | 'session_renewed' | 'session_expired' | 'session_use_after_expire'} event
 * @param {string} detail
 * @param {any} [context]
 */
function tell(event, detail, context) {
  const told = {
    event,
    practice: 'sessions',
    code: undefined,
    blocked: false,
    detail,
    requestId: context?.requestId,
    client: context?.client?.masked,
    time: Date.now(),
  };
  publish(told, context?.client);
}

exports.Instance = Instance;
exports.tell = tell;
