'use strict';

const crypto = require('node:crypto');
const client = require('../client');
const { contextOf } = require('../internal/context');
const { valueOf, asItIs } = require('../internal/cookie-header');
const { derive } = require('../internal/cookie-names');
const { HauberkError } = require('../internal/fault');
const sessionCookies = require('../internal/session-cookies');
const { isSecure } = require('../internal/transport');
const { unawaited } = require('../internal/unawaited');

/**
 * What a token is bound to, so that the token of one session is worth nothing in another.
 *
 * 1. Option `session`: what it gives.
 * 2. The session cookie that the request brought: the id in it where it is one that cookie-signature signed, else its
 *    value. Of two with one name the first counts, as for those who read the session.
 * 3. No session: a cookie of our own, set when the first token is made. A sibling domain cannot plant it (`__Host-`,
 *    RFC 6265bis, 4.1.3.2).
 *
 * A request with a session cookie never falls back to 3: a token from before the login ends with the login.
 */

/** @typedef {{ kind: number, value: string }} Bound */

const NONE = 0;
const BY_SESSION = 1;
const BY_OWN_COOKIE = 2;
const BY_FUNCTION = 3;

const NOTHING = Object.freeze({ kind: NONE, value: '' });
const OWN_BYTES = 18;
const OWN_SHAPE = /^[\w-]{24}$/;
const EXPRESS_SESSION = 'connect.sid';
const PREFIXES = ['__Host-', '__Secure-', ''];

class Binding {
  /**
   * @param {Readonly<{ cookie?: readonly string[], session?: (req: any) => string | undefined }>} settings
   * @param {import('../internal/keys').Keys} keys
   */
  constructor({ cookie, session }, keys) {
    this.session = session;
    this.names = (cookie ?? [EXPRESS_SESSION]).flatMap((name) => PREFIXES.map((prefix) => prefix + name));
    this.usesKnown = cookie === undefined;
    /** Without a prefix; the first is written. */
    this.own = derive(keys, 'hauberk.csrf');
  }

  /**
   * What the tokens of a request must be bound to.
   *
   * @param {any} req
   * @returns {Bound}
   */
  received(req) {
    if (this.session !== undefined) {
      const value = fromFunction(this.session, req);
      if (value !== undefined) return { kind: BY_FUNCTION, value };
    } else {
      const value = this.sessionId(req);
      if (value !== undefined) return { kind: BY_SESSION, value };
    }
    return this.without(req);
  }

  /**
   * @param {any} req
   * @returns {Bound} of a request without a session
   */
  without(req) {
    const own = this.ownCookie(req);
    return own === undefined ? NOTHING : { kind: BY_OWN_COOKIE, value: own };
  }

  /**
   * What tokens must be bound to that the next request will bring.
   *
   * @param {any} req
   * @param {any} res
   * @returns {Bound}
   */
  next(req, res) {
    const context = contextOf(req);
    let bound = this.received(req);
    if (this.session === undefined)
      bound = context.sessions?.ended ? this.without(req) : newSession(req, bound);
    if (!res.headersSent && !res.hasHeader('cache-control')) res.setHeader('Cache-Control', 'no-store');
    if (bound.kind !== NONE) return bound;
    context.csrfCookie ??= this.setOwnCookie(req, res);
    return { kind: BY_OWN_COOKIE, value: context.csrfCookie };
  }

  /** @param {any} req @returns {string | undefined} */
  sessionId(req) {
    const { cookie } = req.headers;
    if (cookie === undefined) return undefined;
    if (this.usesKnown) {
      for (const name of sessionCookies.names) {
        // Over TLS a cookie without the underscores may be a sibling domain's.
        if (name.startsWith('Host-') && isSecure(req, client.trusts)) continue;
        const value = valueOf(cookie, name);
        if (value !== undefined) return idIn(value);
      }
    }
    for (const name of this.names) {
      const value = valueOf(cookie, name);
      if (value !== undefined) return idIn(value);
    }
    return undefined;
  }

  /** @param {any} req @returns {string | undefined} */
  ownCookie(req) {
    const { cookie } = req.headers;
    if (cookie === undefined) return undefined;
    for (const name of this.own) {
      const value = valueOf(cookie, `__Host-${name}`, asItIs);
      if (value !== undefined && OWN_SHAPE.test(value)) return value;
    }
    // Over TLS a cookie without the prefix may be a sibling domain's.
    if (isSecure(req, client.trusts)) return undefined;
    for (const name of this.own) {
      const value = valueOf(cookie, `Host-${name}`, asItIs);
      if (value !== undefined && OWN_SHAPE.test(value)) return value;
    }
    return undefined;
  }

  /**
   * @param {any} req
   * @param {any} res
   * @returns {string}
   */
  setOwnCookie(req, res) {
    if (res.headersSent) {
      throw new HauberkError(
        'ERR_HAUBERK_ARGUMENT',
        'a CSRF token was asked for after the head was sent: it needs a cookie, so make it before',
      );
    }
    const value = crypto.randomBytes(OWN_BYTES).toString('base64url');
    const field = isSecure(req, client.trusts)
      ? `__Host-${this.own[0]}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax`
      : `Host-${this.own[0]}=${value}; Path=/; HttpOnly; SameSite=Lax`;
    res.appendHeader('Set-Cookie', field);
    return value;
  }
}

/**
 * Where the handler has begun another session (a login, a first visit that stores something), the next request
 * will bring that one's cookie.
 *
 * @param {any} req
 * @param {Bound} bound by what the request brought
 * @returns {Bound}
 */
function newSession(req, bound) {
  const { session, sessionID } = req;
  if (typeof sessionID !== 'string' || typeof session !== 'object' || session === null) return bound;
  if (bound.kind === BY_SESSION && bound.value === sessionID) return bound;
  // express-session sends no cookie for a session that holds nothing.
  return Object.keys(session).some((key) => key !== 'cookie')
    ? { kind: BY_SESSION, value: sessionID }
    : bound;
}

/**
 * The id in a cookie that cookie-signature signed (`s:<id>.<signature>`); any other value is itself.
 *
 * @param {string} value
 */
function idIn(value) {
  if (!value.startsWith('s:')) return value;
  const dot = value.lastIndexOf('.');
  return dot === -1 ? value : value.slice(2, dot);
}

/**
 * @param {(req: any) => unknown} session
 * @param {any} req
 * @returns {string | undefined}
 */
function fromFunction(session, req) {
  let value;
  try {
    value = unawaited(session(req));
  } catch (cause) {
    throw new HauberkError('ERR_HAUBERK_CSRF_SESSION', 'the option csrf.session threw', { cause });
  }
  if (value === undefined || (typeof value === 'string' && value !== '')) return value;
  throw new HauberkError(
    'ERR_HAUBERK_CSRF_SESSION',
    'the option csrf.session must give a non-empty string, or undefined where there is no session',
  );
}

exports.Binding = Binding;
