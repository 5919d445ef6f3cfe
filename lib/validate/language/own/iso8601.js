'use strict';

/**
 * ISO 8601, as the package `validator` reads it: a date (month and day, week, or day of the year), and behind it,
 * after a `T` or a blank, a time with a zone. The date is read sign by sign; what may follow it is one of three
 * forms, by how the parts of the time are set apart.
 */

const ZONE = '(?:[zZ]|[+-](?:[01]\\d|2[0-3]):?(?:[0-5]\\d)?)?$';
const HOUR = '(?:[01]\\d|2[0-3])';

// eslint-disable-next-line security/detect-non-literal-regexp -- built from the constants above
const form = (/** @type {string} */ text) => new RegExp(`^${text}${ZONE}`);

/** No repetition stands inside a repetition, and no two that follow each other take the same text twice. */
const TIMES = Object.freeze([
  form(`${HOUR}:[0-5]\\d(?:[.,]\\d+(?!:))?(?::[0-5]\\d(?:[.,]\\d+)?)?`),
  form(`(?:${HOUR}(?:[0-5]\\d)?|24:?00)(?:[.,]\\d+(?!:))?(?:[0-5]\\d(?:[.,]\\d+)?)?`),
  form('(?:[0-5]\\d(?:[.,]\\d+)?)?'),
]);

/** The number of `count` digits, or -1. @param {string} text @param {number} at @param {number} count */
function digits(text, at, count) {
  let number = 0;
  for (let i = at; i < at + count; i += 1) {
    const digit = text.charCodeAt(i) - 0x30;
    // Behind the end it is no number at all.
    if (!(digit >= 0 && digit <= 9)) return -1;
    number = 10 * number + digit;
  }
  return number;
}

/** Whether text or time may end where the date does. @typedef {(text: string, at: number) => boolean} Rest */

/**
 * Behind the year, from `at`: month and day, or the day of the year. Each of them may be all of the date.
 *
 * @param {string} text
 * @param {number} at
 * @param {boolean} hyphens whether one stands before it
 * @param {Rest} rest
 */
function isDate(text, at, hyphens, rest) {
  if (text[at] === 'W') return isWeek(text, at, rest);
  const month = digits(text, at, 2);
  if (month >= 1 && month <= 12) {
    const from = at + 2 + (hyphens ? 1 : 0);
    const day = hyphens && text[at + 2] !== '-' ? -1 : digits(text, from, 2);
    if (day >= 1 && day <= 31 && rest(text, from + 2)) return true;
    if (rest(text, at + 2)) return true;
  }
  const ofYear = digits(text, at, 3);
  // The package's pattern leaves out 360.
  return ofYear >= 1 && ofYear <= 366 && ofYear !== 360 && rest(text, at + 3);
}

/** @param {string} text @param {number} at @param {Rest} rest */
function isWeek(text, at, rest) {
  const week = digits(text, at + 1, 2);
  if (week < 0 || week > 53) return false;
  const day = at + (text[at + 3] === '-' ? 4 : 3);
  const number = digits(text, day, 1);
  return (number >= 1 && number <= 7 && rest(text, day + 1)) || rest(text, at + 3);
}

/** @type {Rest} */
function afterT(text, at) {
  return at === text.length || (text[at] === 'T' && isTime(text.slice(at + 1)));
}

/** @type {Rest} */
function afterTOrBlank(text, at) {
  return afterT(text, at) || (/^\s$/.test(text.charAt(at)) && isTime(text.slice(at + 1)));
}

/** @param {string} text */
function isTime(text) {
  return TIMES[0].test(text) || TIMES[1].test(text) || TIMES[2].test(text);
}

/** @param {string} text @param {Rest} rest */
function isForm(text, rest) {
  const at = (text[0] === '+' || text[0] === '-' ? 1 : 0) + 4;
  if (digits(text, at - 4, 4) < 0) return false;
  if (text.length === at) return true;
  // Year and month need a hyphen between them, where that is all.
  if (digits(text, at, 2) >= 0 && !/^\w$/.test(text.charAt(at + 2))) return false;
  const hyphens = text[at] === '-';
  return isDate(text, at + (hyphens ? 1 : 0), hyphens, rest);
}

/**
 * Whether the day exists, of a text of the form. The package sees a day of the year only where no sign stands
 * before and a `T`, a space or nothing behind it; elsewhere it reads it as a month and a day.
 *
 * @param {string} text
 */
function isThere(text) {
  const from = text[0] === '+' || text[0] === '-' ? 1 : 0;
  const year = digits(text, from, 4);
  const at = from + (text[from + 4] === '-' ? 5 : 4);
  const after = text[at + 3];
  const ofYear =
    from === 0 && (after === undefined || after === ' ' || after === 'T') ? digits(text, at, 3) : -1;
  if (ofYear >= 0) return ofYear <= (daysOf(year, 2) === 29 ? 366 : 365);
  const month = digits(text, at, 2);
  const dayAt = at + (text[at + 2] === '-' ? 3 : 2);
  const two = digits(text, dayAt, 2);
  const day = two < 0 ? digits(text, dayAt, 1) : two;
  if (!(month > 0 && day > 0)) return true;
  return month <= 12 && day <= daysOf(year, month);
}

/** @param {number} year @param {number} month */
function daysOf(year, month) {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (month === 2) return leap ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** @param {any} [options] */
function isISO8601(options) {
  const rest = options?.strictSeparator ? afterT : afterTOrBlank;
  const strict = Boolean(options?.strict);
  return (/** @type {string} */ text) => isForm(text, rest) && (!strict || isThere(text));
}

module.exports = { isISO8601 };
