'use strict';

const crypto = require('node:crypto');
const client = require('../client');
const { setTrusted } = require('../internal/header-store');
const options = require('../internal/options');

/**
 * The correlation id: in the answer, in every event and in the log.
 *
 * 1. An inbound id counts only when the peer is a trusted hop and the id is `[\w.-]{1,64}`: from
 *    anybody else it could forge log lines or collide on purpose.
 * 2. Otherwise 128 bits from the operating system, as 32 hexadecimal digits.
 */

const SHAPE = Object.freeze({
  field: options.string({
    default: 'X-Request-Id',
    pattern:
      /^(?!(?:content-.*|transfer-encoding|connection|keep-alive|upgrade|trailer|te|set-cookie|date|location|cache-control|vary|etag)$)[\w!#$%&'*+.^`|~-]{1,64}$/i,
    expected: 'the name of a header field that has no other meaning',
  }),
});

const INBOUND = /^[\w.-]{1,64}$/;
const ID_BYTES = 16;
const POOL_BYTES = 4096;

const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/** @returns {string} 32 hexadecimal digits */
function makeId() {
  if (used === POOL_BYTES) {
    crypto.randomFillSync(pool);
    used = 0;
  }
  used += ID_BYTES;
  return pool.toString('hex', used - ID_BYTES, used);
}

/** @param {unknown} input */
function parse(input) {
  return options.parse('requestId', input, SHAPE);
}

/**
 * @param {{ field: string }} settings
 * @returns {import('../internal/stage').Stage}
 */
function create(settings) {
  const { field } = settings;
  const inbound = field.toLowerCase();
  return {
    practice: 'requestId',
    settings,
    run: function requestId(req, _res, context) {
      // A request that passes two guards keeps the id that earlier events carry.
      if (context.requestId !== undefined) return;
      const given = req.headers[inbound];
      context.requestId = given !== undefined && INBOUND.test(given) && client.trusts(req) ? given : makeId();
    },
    head: function requestIdHead(res, context) {
      if (context.requestId !== undefined) setTrusted(res, inbound, field, context.requestId);
    },
  };
}

module.exports = { parse, create };
