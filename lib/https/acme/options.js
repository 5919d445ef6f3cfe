'use strict';

const path = require('node:path');
const options = require('../../internal/options');

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
// eslint-disable-next-line security/detect-unsafe-regex -- labels end with a dot: linear
const NAME = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** @type {import('../../internal/options').Check} HTTP-01 proves single names: no wildcards, no addresses */
function domain(value, at) {
  if (typeof value === 'string' && NAME.test(value) && !/(?:^|\.)\d+$/.test(value)) return value;
  throw options.invalid(at, 'a name such as "api.example.com", in lower case, IDN as punycode', value);
}

/** @type {import('../../internal/options').Check} */
function domains(value, at) {
  const list = options.list(domain)(value, at);
  if (list !== undefined && list.length > 0 && list.length <= 100) return [...new Set(list)];
  throw options.invalid(at, 'an array of 1 to 100 names', value);
}

/** @type {import('../../internal/options').Check} */
function directoryUrl(value, at) {
  if (value === undefined) return 'https://acme-v02.api.letsencrypt.org/directory';
  if (typeof value === 'string' && URL.canParse(value) && new URL(value).protocol === 'https:') return value;
  throw options.invalid(at, 'an https URL', value);
}

/** @type {import('../../internal/options').Check} */
function folder(value, at) {
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return path.resolve(value);
  throw options.invalid(at, 'the path of a folder', value);
}

/** @param {number} min @param {number} fallback */
function ms(min, fallback) {
  return options.integer({ min, max: 24 * HOUR_MS, unit: 'ms', default: fallback });
}

const SHAPE = Object.freeze({
  domains,
  email: options.string({ pattern: /^[^\s@,?&]+@[^\s@,?&]+$/, expected: 'one mail address' }),
  directoryUrl,
  directory: folder,
  checkMs: ms(100, HOUR_MS),
  deadlineMs: ms(1000, 5 * MINUTE_MS),
  // Let's Encrypt counts five failed validations an hour for a name: 5, 10, 20, 40 minutes stay below.
  retryMinMs: ms(100, 5 * MINUTE_MS),
  retryMaxMs: ms(100, 12 * HOUR_MS),
});

/** @param {unknown} input */
function parse(input) {
  return options.parse('https.acme', input, SHAPE);
}

exports.parse = parse;
