'use strict';

const { STATUS_CODES } = require('node:http');
const CODES = require('../internal/codes');
const { exposedText } = require('./exposed');
const { get, ownNames, readError, validStatus } = require('./read');

/**
 * What a client is told about an error. The rules, in order:
 *
 * 1. A Refusal of a practice is shown as it is: it holds only what the client may see.
 * 2. A failure of the body parsers of Express and a malformed request target get hauberk's own words.
 * 3. A status of 500 or more: the standard phrase and nothing else, whatever NODE_ENV says.
 * 4. A message is shown only where `error.expose === true`, and only what `exposed.js` leaves of it.
 * 5. `code` is shown only where it is one of hauberk's that a request can meet.
 *
 * @typedef {Parameters<typeof import('../internal/problem').sendProblem>[2]} Problem
 */

const UNEXPECTED =
  'The server could not complete this request. The reference helps its operator to find out why.';

/** What body-parser's `error.type` means. @type {Readonly<Record<string, [code: string, detail: string]>>} */
const PARSER = Object.freeze({
  'entity.parse.failed': ['ERR_HAUBERK_BODY_SYNTAX', 'The body could not be parsed.'],
  'entity.too.large': ['ERR_HAUBERK_BODY_TOO_LARGE', 'The body is larger than the server accepts.'],
  'encoding.unsupported': ['ERR_HAUBERK_BODY_ENCODING', 'The content encoding is not supported.'],
  'charset.unsupported': ['ERR_HAUBERK_BODY_CHARSET', 'The charset is not supported.'],
  'request.aborted': ['ERR_HAUBERK_BODY_ABORTED', 'The body ended too early.'],
  'request.size.invalid': ['ERR_HAUBERK_BODY_LENGTH', 'The body is not as long as Content-Length says.'],
  'parameters.too.many': ['ERR_HAUBERK_BODY_KEYS', 'The body has too many parameters.'],
  'querystring.parse.rangeError': ['ERR_HAUBERK_BODY_DEPTH', 'The body is nested too deeply.'],
});

/** What an error may send besides the body. Anything else (a Set-Cookie of an upstream answer) stays inside. */
const FIELDS = new Set([
  ...['accept', 'accept-encoding', 'accept-patch', 'accept-post', 'allow', 'content-range'],
  ...['proxy-authenticate', 'retry-after', 'upgrade', 'www-authenticate'],
]);

/**
 * @param {unknown} thrown
 * @param {{ fallbackStatus: number | undefined, retryAfterSeconds: number | undefined }} context
 * @returns {Problem}
 */
function problemOf(thrown, { fallbackStatus, retryAfterSeconds }) {
  const problem = refusalProblem(thrown) ?? errorProblem(thrown, fallbackStatus);
  if (problem.status === 503 && retryAfterSeconds !== undefined) {
    problem.fields = { 'Retry-After': String(retryAfterSeconds), ...problem.fields };
  }
  return problem;
}

/**
 * @param {unknown} thrown
 * @returns {Problem | undefined}
 */
function refusalProblem(thrown) {
  const code = get(thrown, 'code');
  const detail = get(thrown, 'detail');
  const status = validStatus(get(thrown, 'status'));
  if (typeof code !== 'string' || !Object.hasOwn(CODES, code) || status === undefined) return undefined;
  if (typeof get(thrown, 'practice') !== 'string' || typeof detail !== 'string') return undefined;
  const refusal = /** @type {import('../internal/refusal').Refusal} */ (thrown);
  return {
    status,
    title: CODES[code].title,
    code,
    detail,
    members: refusal.members,
    fields: validFields(refusal.fields, () => true),
    close: refusal.close === true,
  };
}

/**
 * @param {unknown} thrown
 * @param {number | undefined} fallbackStatus
 * @returns {Problem}
 */
function errorProblem(thrown, fallbackStatus) {
  const error = readError(thrown);
  if (error.name === 'URIError' && (error.status ?? 400) === 400) {
    return coded(400, 'ERR_HAUBERK_ERRORS_URI', 'The request target holds a malformed percent-encoding.');
  }
  const status = error.status ?? fallbackStatus ?? 500;
  const fields = error.status === undefined ? {} : validFields(error.headers, (name) => FIELDS.has(name));
  if (error.expose && status < 500 && error.type !== undefined && Object.hasOwn(PARSER, error.type)) {
    return { ...coded(status, ...PARSER[error.type]), fields };
  }
  const code = isRequestCode(error.code) ? error.code : undefined;
  const title = code === undefined ? phrase(status) : CODES[code].title;
  if (status >= 500) return { status, title, code, detail: UNEXPECTED, fields };
  const detail = error.expose && error.message !== undefined ? exposedText(error.message) : undefined;
  return { status, title, code, detail, fields };
}

/**
 * @param {number} status
 * @param {string} code
 * @param {string} detail
 * @returns {Problem}
 */
function coded(status, code, detail) {
  return { status, title: CODES[code].title, code, detail };
}

/** @param {unknown} code @returns {code is string} */
function isRequestCode(code) {
  return typeof code === 'string' && Object.hasOwn(CODES, code) && CODES[code].status !== 0;
}

/** @param {number} status */
function phrase(status) {
  return STATUS_CODES[status] ?? (status < 500 ? 'Request refused' : 'Server error');
}

/**
 * @param {unknown} headers
 * @param {(name: string) => boolean} allowed asked with the lower-case name
 * @returns {Record<string, string>}
 */
function validFields(headers, allowed) {
  /** @type {Record<string, string>} */
  const fields = {};
  if (typeof headers !== 'object' || headers === null) return fields;
  for (const name of ownNames(headers).slice(0, 64)) {
    if (!/^[\w!#$%&'*+.^`|~-]{1,128}$/.test(name) || !allowed(name.toLowerCase())) continue;
    const value = get(headers, name);
    const text = typeof value === 'number' ? String(value) : value;
    if (typeof text === 'string' && /^[\t\x20-\x7e\x80-\xff]{1,4096}$/.test(text)) fields[name] = text;
  }
  return fields;
}

module.exports = { problemOf };
