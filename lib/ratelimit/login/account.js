'use strict';

const crypto = require('node:crypto');
const { unawaited } = require('../../internal/unawaited');

/** Longer names are nobody's. */
const LONGEST = 512;

/**
 * The fingerprint of the account that a request names: the same for all spellings that a person would take
 * for one (compatibility forms and case folded, blanks around it dropped), and of no use without the key.
 *
 * @param {(req: any) => unknown} accountOf
 * @param {any} req
 * @param {Buffer} key
 * @returns {string | undefined} undefined where it names none: no text, empty, too long, ill-formed
 */
function fingerprint(accountOf, req, key) {
  let name;
  try {
    name = unawaited(accountOf(req));
  } catch {
    // A body without the field is the caller's doing, and must not be a way around.
    return undefined;
  }
  if (typeof name !== 'string' || name.length > LONGEST || !name.isWellFormed()) return undefined;
  // Case first and last: folding makes characters that have compatibility forms, and the other way round.
  const canonical = name.toLowerCase().normalize('NFKC').toLowerCase().trim();
  if (canonical === '') return undefined;
  return crypto.createHmac('sha256', key).update(canonical).digest('base64url').slice(0, 22);
}

module.exports = { fingerprint };
