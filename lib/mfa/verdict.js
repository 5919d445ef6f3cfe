'use strict';

const { publish } = require('../internal/events');

/**
 * What a second factor answers. A refusal is a value, for an attacker causes it; it says why as a code of
 * docs/codes.md.
 *
 * @typedef {{ ok: false, code: import('../internal/error-code').ErrorCode, retryAfterMs?: number }} Refused
 */

/** @type {Readonly<Refused>} */
const WRONG = Object.freeze({ ok: false, code: 'ERR_HAUBERK_MFA_CODE' });
/** @type {Readonly<Refused>} */
const REPLAYED = Object.freeze({ ok: false, code: 'ERR_HAUBERK_MFA_REPLAY' });
/** @type {Readonly<Refused>} */
const NO_PASSKEY = Object.freeze({ ok: false, code: 'ERR_HAUBERK_MFA_PASSKEY' });

/** @type {Readonly<Record<string, string>>} names of the OWASP logging vocabulary */
const EVENTS = Object.freeze({
  ERR_HAUBERK_MFA_CODE: 'authn_login_fail',
  ERR_HAUBERK_MFA_REPLAY: 'authn_token_reuse',
  ERR_HAUBERK_MFA_LIMITED: 'authn_login_fail_max',
  ERR_HAUBERK_MFA_PASSKEY: 'authn_login_fail',
});

/**
 * Tells a refusal on the event bus and gives it back.
 *
 * @param {Refused} refused
 * @param {string} detail for the operator
 * @returns {Refused}
 */
function tell(refused, detail) {
  publish({
    event: EVENTS[refused.code],
    practice: 'mfa',
    code: refused.code,
    blocked: true,
    detail,
    requestId: undefined,
    client: undefined,
    time: Date.now(),
  });
  return refused;
}

module.exports = { WRONG, REPLAYED, NO_PASSKEY, tell };
