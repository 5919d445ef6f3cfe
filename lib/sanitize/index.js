'use strict';

const { later, settle } = require('../internal/later');
const { middleware } = require('../internal/stage');
// Loaded at once: a binary that is missing or broken fails at start.
require('../internal/native');

/**
 * Sanitizes named fields of the parsed body and query.
 *
 * ```js
 * app.post('/profile', sanitize({ body: { bio: 'basic', 'links.*.label': 'text' } }), handler);
 * ```
 *
 * @param {import('./index').FieldOptions} options
 * @throws ERR_HAUBERK_OPTION_UNKNOWN, ERR_HAUBERK_OPTION_INVALID, ERR_HAUBERK_SANITIZE_POLICY
 */
function sanitize(options) {
  const { create, parse } = require('./stage');
  return middleware(create(parse(options)));
}

exports = module.exports = sanitize;
exports.html = later(() => require('./html').html);
exports.text = later(() => require('./html').text);
exports.url = later(() => require('./url').url);
exports.filename = later(() => require('./filename').filename);
exports.policy = later(() => require('./html').policy);
exports.raw = later(() => require('./stage').raw);
settle(exports);
