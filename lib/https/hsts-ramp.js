'use strict';

const options = require('../internal/options');

const DAY_MS = 24 * 60 * 60 * 1000;
/** Five minutes at once, a week after a day, a month after a week, two years after a month (hstspreload.org). */
const STEPS = Object.freeze([
  Object.freeze({ afterDays: 0, maxAge: 300 }),
  Object.freeze({ afterDays: 1, maxAge: 604_800 }),
  Object.freeze({ afterDays: 8, maxAge: 2_592_000 }),
  Object.freeze({ afterDays: 38, maxAge: 63_072_000 }),
]);

const STEP = Object.freeze({
  afterDays: options.integer({ min: 0, max: 3650, unit: 'days' }),
  maxAge: options.integer({ min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'seconds' }),
});

/** @type {import('../internal/options').Check} */
function step(value, path) {
  const parsed = options.parse(path, value, STEP);
  for (const name of ['afterDays', 'maxAge']) {
    if (parsed[name] === undefined) throw options.invalid(`${path}.${name}`, 'given', undefined);
  }
  return parsed;
}

/** @type {import('../internal/options').Check} */
function steps(value, path) {
  const list = options.list(step, STEPS)(value, path);
  if (list.length === 0) throw options.invalid(path, 'an array of at least one step', value);
  for (let i = 1; i < list.length; i += 1) {
    if (list[i].afterDays <= list[i - 1].afterDays || list[i].maxAge < list[i - 1].maxAge) {
      throw options.invalid(`${path}[${i}]`, 'later and not shorter than the step before it', value);
    }
  }
  return list;
}

/** @type {import('../internal/options').Check} ms since the epoch */
function date(value, path) {
  // A day or a full time: `Date` reads much else, differently by time zone.
  // eslint-disable-next-line security/detect-unsafe-regex -- no repetition within another
  const text = typeof value === 'string' && /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?$/.test(value);
  const time = text ? Date.parse(value) : value instanceof Date ? value.getTime() : NaN;
  if (!Number.isNaN(time)) return time;
  throw options.invalid(path, 'a Date or text such as "2026-01-31"', value);
}

const SHAPE = Object.freeze({
  from: date,
  steps,
  now: (/** @type {unknown} */ value, /** @type {string} */ path) =>
    value === undefined ? Date.now() : date(value, path),
});

/**
 * The `max-age` of HSTS for today, on the way from minutes to years: a browser cannot be made to forget a long
 * one, so it grows while everything works. Decided when it is called; the next start of the process takes the
 * next step.
 *
 * @param {{ from: Date | string, steps?: { afterDays: number, maxAge: number }[], now?: Date | string }} ramp
 * @returns {number} seconds, for `headers.strictTransportSecurity.maxAge`; 0 before `from` and before the first step
 */
function hstsRamp(ramp) {
  const settings = options.parse('https.hstsRamp', ramp, SHAPE);
  const days = (settings.now - settings.from) / DAY_MS;
  let maxAge = 0;
  for (const { afterDays, maxAge: next } of settings.steps) if (days >= afterDays) maxAge = next;
  return maxAge;
}

module.exports = { hstsRamp };
