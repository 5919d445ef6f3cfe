'use strict';

const INTEGER = /^[-+]?[0-9]+$/;
const PLAIN_INTEGER = /^[-+]?(?:0|[1-9][0-9]*)$/;
// eslint-disable-next-line security/detect-unsafe-regex -- no repetition inside a repetition: linear
const FLOAT = /^[-+]?[0-9]*(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?$/;
// eslint-disable-next-line security/detect-unsafe-regex -- no repetition inside a repetition: linear
const NUMERIC = /^[-+]?(?:[0-9]*\.)?[0-9]+$/;
const DIGITS = /^[0-9]+$/;
const NO_FLOAT = new Set(['', '.', ',', '-', '+']);

/**
 * The limits among a chain's options; `undefined` and `null` are no limit.
 *
 * @param {any} options
 */
function limits(options) {
  const own = (/** @type {string} */ name) =>
    options && Object.hasOwn(options, name) ? (options[name] ?? undefined) : undefined;
  const [min, max, lt, gt] = [own('min'), own('max'), own('lt'), own('gt')];
  if (min === undefined && max === undefined && lt === undefined && gt === undefined) return () => true;
  return (/** @type {any} */ value) =>
    (min === undefined || value >= min) &&
    (max === undefined || value <= max) &&
    (lt === undefined || value < lt) &&
    (gt === undefined || value > gt);
}

/** @param {any} [options] */
function isInt(options) {
  const form = options?.allow_leading_zeroes === false ? PLAIN_INTEGER : INTEGER;
  const within = limits(options);
  return (/** @type {string} */ text) => form.test(text) && within(text);
}

/** @param {any} [options] */
function isFloat(options) {
  if (options?.locale) return undefined;
  const within = limits(options);
  return (/** @type {string} */ text) => FLOAT.test(text) && !NO_FLOAT.has(text) && within(parseFloat(text));
}

/** @param {any} [options] */
function isNumeric(options) {
  if (options?.locale) return undefined;
  const form = options?.no_symbols ? DIGITS : NUMERIC;
  return (/** @type {string} */ text) => form.test(text);
}

/** @param {any} [options] */
function isDecimal({ locale = 'en-US', force_decimal: force = false, decimal_digits: digits = '1,' } = {}) {
  if (locale !== 'en-US' || !/^\d+,?\d*$/.test(digits)) return undefined;
  // eslint-disable-next-line security/detect-non-literal-regexp -- `digits` is a count, checked above
  const form = new RegExp(`^[-+]?[0-9]*(?:\\.[0-9]{${digits}})${force ? '' : '?'}$`);
  return (/** @type {string} */ text) => text !== '' && text !== '-' && text !== '+' && form.test(text);
}

const BOOLEANS = new Set(['true', 'false', '1', '0']);
const LOOSE_BOOLEANS = new Set([...BOOLEANS, 'yes', 'no']);

/** @param {any} [options] */
function isBoolean(options) {
  if (options?.loose) return (/** @type {string} */ text) => LOOSE_BOOLEANS.has(text.toLowerCase());
  return (/** @type {string} */ text) => BOOLEANS.has(text);
}

/** @param {any} divisor */
function isDivisibleBy(divisor) {
  const by = parseInt(divisor, 10);
  const isNumber = /** @type {(text: string) => boolean} */ (isFloat());
  return (/** @type {string} */ text) => isNumber(text) && parseFloat(text) % by === 0;
}

/** @param {string} text */
function isPortText(text) {
  return PLAIN_INTEGER.test(text) && Number(text) >= 0 && Number(text) <= 65535;
}

module.exports = {
  isInt,
  isFloat,
  isNumeric,
  isDecimal,
  isBoolean,
  isDivisibleBy,
  isPort: () => isPortText,
  toFloat: () => {
    const isNumber = /** @type {(text: string) => boolean} */ (isFloat());
    return (/** @type {string} */ text) => (isNumber(text) ? parseFloat(text) : NaN);
  },
};
