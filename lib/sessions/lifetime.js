'use strict';

const crypto = require('node:crypto');

/**
 * Session ids that carry the time of their making, so that the absolute lifetime needs no field in the session and
 * holds with any store: 24 random bytes (192 bits; OWASP ASVS 5, 7.2.3 asks for 128) and the second, as base64url. The
 * id is signed in the cookie and is the store's key, so the time cannot be changed.
 */

const RANDOM_BYTES = 24;
const TIME_BYTES = 6;
const SHAPE = /^[\w-]{40}$/;

/** @returns {string} 40 characters of base64url */
function makeId() {
  const bytes = crypto.randomBytes(RANDOM_BYTES + TIME_BYTES);
  bytes.writeUIntBE(Date.now(), RANDOM_BYTES, TIME_BYTES);
  return bytes.toString('base64url');
}

/**
 * @param {unknown} id
 * @returns {number} when the session began, ms since the epoch; -Infinity for an id that is none of ours
 */
function createdAt(id) {
  if (typeof id !== 'string' || !SHAPE.test(id)) return -Infinity;
  return Buffer.from(id, 'base64url').readUIntBE(RANDOM_BYTES, TIME_BYTES);
}

/**
 * Why a session that the store still has is over.
 *
 * @param {string} id
 * @param {{ cookie?: { expires?: Date | string | null } }} session as it was loaded
 * @param {{ idleMs: number, absoluteMs: number }} limits
 * @param {number} now
 * @returns {'idle' | 'absolute' | undefined} undefined while it goes on
 */
function overBy(id, session, { absoluteMs }, now) {
  if (now - createdAt(id) >= absoluteMs) return 'absolute';
  const expires = session.cookie?.expires;
  if (expires !== undefined && expires !== null && new Date(expires).getTime() <= now) return 'idle';
  return undefined;
}

/**
 * How long the session lasts from now on if nothing more comes: the idle time, cut at the absolute end.
 *
 * @param {string} id
 * @param {{ idleMs: number, absoluteMs: number }} limits
 * @param {number} now
 */
function remaining(id, { idleMs, absoluteMs }, now) {
  return Math.max(1, Math.min(idleMs, createdAt(id) + absoluteMs - now));
}

module.exports = { makeId, createdAt, overBy, remaining };
