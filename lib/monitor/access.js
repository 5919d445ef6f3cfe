'use strict';

const { createHash, timingSafeEqual } = require('node:crypto');
const { clientOf } = require('../client/stage');
const { contextOf } = require('../internal/context');
const { boolean, invalid } = require('../internal/options');
const { sendRefusal } = require('../internal/problem');
const { refusal } = require('../internal/refusal');
const { tell } = require('../internal/stage');

/**
 * Who may read what the monitor knows.
 *
 * 1. Whoever sends the token, as `Authorization: Bearer <token>`.
 * 2. A client on this machine, unless `loopback: false`: the peer of the socket and the client are loopback addresses,
 *    there is no forwarding field (a proxy on this machine would make every client local), and Host is a local name
 *    or a loopback address (a page of another site that had its name resolved to 127.0.0.1 sends its own).
 *
 * Otherwise 403.
 */

const LEAST_TOKEN = 16;

/** @param {unknown} value @param {string} path @returns {string | undefined} */
function token(value, path) {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && /^[\x21-\x7e]{16,512}$/.test(value)) return value;
  // The value itself is a secret.
  throw invalid(path, `a string of ${LEAST_TOKEN} to 512 printable characters without spaces`, typeof value);
}

const ACCESS = Object.freeze({ token, loopback: boolean(true) });

const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];
// eslint-disable-next-line security/detect-unsafe-regex -- each part has one way to match
const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|::ffff:127(?:\.\d{1,3}){3})$/;
// eslint-disable-next-line security/detect-unsafe-regex -- each part has one way to match
const LOCAL_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/** @param {any} req */
function isLocal(req) {
  if (!LOOPBACK.test(req.socket?.remoteAddress ?? '') || !LOCAL_HOST.test(req.headers.host ?? ''))
    return false;
  if (FORWARDED.some((name) => req.headers[name] !== undefined)) return false;
  return LOOPBACK.test(clientOf(req, contextOf(req)).address ?? '');
}

/** @param {string} text */
const digest = (text) => createHash('sha256').update(text).digest();

/**
 * @param {{ token?: string, loopback: boolean }} settings
 * @returns {(req: any) => boolean}
 */
function access({ token: expected, loopback }) {
  const wanted = expected === undefined ? undefined : digest(expected);
  return function mayRead(req) {
    if (wanted !== undefined) {
      const given = /^bearer ([\x21-\x7e]{1,512})$/i.exec(req.headers.authorization ?? '')?.[1];
      if (given !== undefined && timingSafeEqual(digest(given), wanted)) return true;
    }
    return loopback && isLocal(req);
  };
}

/**
 * Answers 403, and tells it.
 *
 * @param {any} req
 * @param {any} res
 */
function refuse(req, res) {
  const context = contextOf(req);
  clientOf(req, context);
  const refused = refusal(
    'monitor',
    'ERR_HAUBERK_MONITOR_ACCESS',
    'Only for this machine, or with a token.',
    { event: 'authz_fail' },
  );
  tell(refused, context, true);
  sendRefusal(req, res, refused, context.requestId);
}

module.exports = { ACCESS, access, refuse };
