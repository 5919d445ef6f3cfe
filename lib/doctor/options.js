'use strict';

const { integer, invalid, list, parse, string } = require('../internal/options');

const file = string({ pattern: /^[^\0]+$/, expected: 'the name of a file' });

/** @param {unknown} value @param {string} path */
function address(value, path) {
  if (value === undefined) return undefined;
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw invalid(path, 'an http or https URL without a password', undefined);
  }
  url.hash = '';
  return url.href;
}

const place = string({ pattern: /^\/(?!\/)[!-~]{0,2000}$/, expected: 'a path such as /login' });

/** @param {unknown} input */
function settingsOf(input) {
  const settings = parse('doctor', input, {
    root: string({ default: process.cwd(), pattern: /^[^\0]+$/, expected: 'the name of a folder' }),
    url: address,
    app: file,
    paths: list(place, []),
    timeoutMs: integer({ min: 100, max: 60_000, unit: 'milliseconds', default: 5000 }),
    startTimeoutMs: integer({ min: 100, max: 120_000, unit: 'milliseconds', default: 20_000 }),
  });
  if (settings.url !== undefined && settings.app !== undefined) {
    throw invalid('doctor.url', 'left out where doctor.app is given: the application has its own', undefined);
  }
  return settings;
}

module.exports = { settingsOf };
