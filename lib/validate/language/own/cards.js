'use strict';

const { HauberkError } = require('../../../internal/fault');

/**
 * What the number of each provider begins with (four digits, as a number) and how long it is, as the package
 * `validator` has it. It takes a number of mastercard's first range of any length, and one of the second with
 * anything before it.
 *
 * @type {Readonly<Record<string, (start: number, length: number, digits: string) => boolean>>}
 */
const PROVIDERS = Object.freeze(
  Object.assign(Object.create(null), {
    amex: (/** @type {number} */ start, /** @type {number} */ length) =>
      length === 15 && (within(start, 3400, 3499) || within(start, 3700, 3799)),
    dinersclub: (/** @type {number} */ start, /** @type {number} */ length) =>
      length === 14 && (within(start, 3000, 3059) || within(start, 3600, 3699) || within(start, 3800, 3899)),
    discover: (/** @type {number} */ start, /** @type {number} */ length) =>
      within(length, 16, 19) && (start === 6011 || within(start, 6500, 6599)),
    jcb: (/** @type {number} */ start, /** @type {number} */ length) =>
      (length === 15 && (start === 1800 || start === 2131)) || (length === 16 && within(start, 3500, 3599)),
    mastercard: (/** @type {number} */ start, /** @type {number} */ length, /** @type {string} */ digits) =>
      (length >= 4 && within(start, 5100, 5599)) ||
      (length >= 16 && within(Number(digits.slice(length - 16, length - 12)), 2221, 2720)),
    unionpay: (/** @type {number} */ start, /** @type {number} */ length) =>
      (length === 16 && (within(start, 6200, 6299) || within(start, 6700, 6799))) ||
      (within(length, 16, 19) && within(start, 8100, 8199)),
    visa: (/** @type {number} */ start, /** @type {number} */ length) =>
      within(start, 4000, 4999) && (length === 13 || within(length, 16, 19)),
  }),
);

/** @param {number} number @param {number} lowest @param {number} highest */
function within(number, lowest, highest) {
  return number >= lowest && number <= highest;
}

/**
 * The digits without blanks and hyphens, where there is nothing else and their sum is right (ISO/IEC 7812-1, Luhn).
 *
 * @param {string} text
 * @returns {string | undefined}
 */
function luhn(text) {
  let sum = 0;
  let doubled = false;
  for (let i = text.length - 1; i >= 0; i -= 1) {
    const code = text.charCodeAt(i);
    if (code === 0x20 || code === 0x2d) continue;
    const digit = code - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    const twice = digit > 4 ? 2 * digit - 9 : 2 * digit;
    sum += doubled ? twice : digit;
    doubled = !doubled;
  }
  if (sum % 10 !== 0) return undefined;
  return /[- ]/.test(text) ? text.replace(/[- ]/g, '') : text;
}

/** @param {any} [options] */
function isCreditCard(options) {
  const provider = options?.provider;
  const known = provider ? PROVIDERS[String(provider).toLowerCase()] : undefined;
  if (provider && (typeof provider !== 'string' || known === undefined)) {
    throw new HauberkError(
      'ERR_HAUBERK_VALIDATE_RULES',
      `isCreditCard: provider must be one of ${Object.keys(PROVIDERS).join(', ')}`,
    );
  }
  const accepted = known === undefined ? Object.values(PROVIDERS) : [known];
  return (/** @type {string} */ text) => {
    const digits = luhn(text);
    if (digits === undefined) return false;
    const start = Number(digits.slice(0, 4));
    return accepted.some((fits) => fits(start, digits.length, digits));
  };
}

module.exports = { isCreditCard };
