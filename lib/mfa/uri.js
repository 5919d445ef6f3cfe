'use strict';

const { HauberkError, show } = require('../internal/fault');
const { invalid, parse, integer } = require('../internal/options');
const { qrSvg } = require('./codes');

/**
 * `otpauth://` URIs, in the form that authenticator apps read, and their QR codes.
 */

const MAX_LABEL = 100;

/** Control characters, and the colon that parts issuer from account. */
// eslint-disable-next-line no-control-regex
const UNUSABLE = /[\x00-\x1f\x7f-\x9f:]/;

/** @param {unknown} value @returns {value is string} */
function isLabel(value) {
  return (
    typeof value === 'string' &&
    value.trim() !== '' &&
    value.length <= MAX_LABEL &&
    value.isWellFormed() &&
    !UNUSABLE.test(value)
  );
}

const EXPECTED = `1 to ${MAX_LABEL} characters without control characters and colons`;

/** @type {import('../internal/options').Check} */
const label = (value, path) => {
  if (value === undefined || isLabel(value)) return value;
  throw invalid(path, EXPECTED, value);
};

/**
 * @param {'totp' | 'hotp'} kind
 * @param {string} secret base32
 * @param {unknown} account
 * @param {unknown} issuer
 * @param {{ algorithm: string, digits: number }} settings
 * @param {Record<string, number>} more `period` or `counter`
 */
function uri(kind, secret, account, issuer, { algorithm, digits }, more) {
  for (const [name, value] of /** @type {const} */ ([
    ['issuer', issuer],
    ['account', account],
  ])) {
    if (isLabel(value)) continue;
    const hint = name === 'issuer' ? ' (the name of your service, an option of mfa.totp and mfa.hotp)' : '';
    const got = typeof value === 'string' ? 'a string that is not' : show(value);
    throw new HauberkError('ERR_HAUBERK_ARGUMENT', `${name}${hint} must be ${EXPECTED}; got ${got}`);
  }
  const [by, who] = [encodeURIComponent(String(issuer)), encodeURIComponent(String(account))];
  const rest = Object.entries(more).map(([name, value]) => `&${name}=${value}`);
  return (
    `otpauth://${kind}/${by}:${who}?secret=${secret}&issuer=${by}` +
    `&algorithm=${algorithm}&digits=${digits}${rest.join('')}`
  );
}

const QR = Object.freeze({ size: integer({ min: 64, max: 2048, unit: 'pixels', default: 0 }) });

/** @param {unknown} options @returns {{ size: number }} */
const checkQr = (options) => parse('mfa qr', options, QR);

/**
 * @param {unknown} text
 * @param {unknown} [options]
 * @returns {string} SVG
 */
function qr(text, options) {
  const { size } = checkQr(options);
  if (typeof text !== 'string' || !text.isWellFormed() || text.length > 1024) {
    throw new HauberkError('ERR_HAUBERK_MFA_QR', 'the text of a QR code is a string of 1 to 1024 bytes');
  }
  return qrSvg(text, size);
}

module.exports = { label, uri, qr, checkQr };
