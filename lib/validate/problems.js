'use strict';

const { refusal } = require('../internal/refusal');

/**
 * What is told to the client about a value.
 *
 * @typedef {object} Problem
 * @property {string} in the part of the request
 * @property {string} pointer JSON Pointer (RFC 6901) into that part
 * @property {string} code the keyword or rule
 * @property {string} detail one sentence
 */

const MAX_POINTER = 256;
const MAX_DETAIL = 200;
const MAX_CODE = 64;

/**
 * Text that may hold names or values from the client: cut, and without characters that mean something in
 * HTML, in a terminal or in the order of writing.
 *
 * @param {unknown} text
 * @param {number} max
 */
function clean(text, max) {
  const short = String(text).slice(0, max);
  return short.replace(
    // eslint-disable-next-line no-control-regex -- control characters are what this removes
    /[\u0000-\u001f\u007f-\u009f<>"'&`\\\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]/g,
    (char) => (char === '"' || char === "'" ? '\u2019' : '?'),
  );
}

/**
 * @param {string} location
 * @param {string} pointer
 * @param {string} code
 * @param {string} detail our own sentence; a text of somebody else goes through `cleanDetail` first
 * @returns {Problem}
 */
function problem(location, pointer, code, detail) {
  return {
    in: location,
    pointer: clean(pointer, MAX_POINTER),
    code: clean(code, MAX_CODE),
    detail,
  };
}

/** @param {unknown} text a message of a library or of the app, which may repeat the value */
function cleanDetail(text) {
  return clean(text, MAX_DETAIL);
}

/** @param {readonly PropertyKey[]} path */
function pointerTo(path) {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** @param {Problem[]} problems @param {number} max */
function refuse(problems, max) {
  const errors = problems.slice(0, max);
  return refusal(
    'validate',
    'ERR_HAUBERK_VALIDATE_FAILED',
    'The request does not fit what this route asks.',
    {
      members: { errors },
    },
  );
}

module.exports = { cleanDetail, problem, pointerTo, refuse };
