'use strict';

const { boolean, invalid, oneOf, parse, string, integer } = require('../internal/options');
const { LEVELS } = require('./severity');

const LOCKFILES = ['npm-shrinkwrap.json', 'package-lock.json', 'pnpm-lock.yaml', 'yarn.lock'];
const file = string({ pattern: /^[^\0]+$/, expected: 'the name of a file' });

/** @param {unknown} value @param {string} path */
function address(value, path) {
  if (value === undefined) return undefined;
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw invalid(path, 'an http or https URL without a password', undefined);
  }
  return url.href;
}

/** @param {unknown} value @param {string} path */
function date(value, path) {
  if (value === undefined) return new Date();
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value;
  throw invalid(path, 'a Date', value);
}

/** @param {unknown} input */
function settingsOf(input) {
  return parse('audit', input, {
    cwd: string({ default: process.cwd(), pattern: /^[^\0]+$/, expected: 'the name of a folder' }),
    lockfile: oneOf(LOCKFILES),
    level: oneOf(LEVELS),
    production: boolean(),
    policy: file,
    db: file,
    snyk: file,
    registry: address,
    timeoutMs: integer({ min: 100, max: 600_000, unit: 'milliseconds', default: 30_000 }),
    now: date,
  });
}

module.exports = { settingsOf };
