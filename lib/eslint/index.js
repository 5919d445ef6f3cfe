'use strict';

const { peer } = require('../internal/peer');
const { rules } = require('./rules');

const NEEDED_BY = 'hauberk/eslint configs.recommended';

/**
 * Practice `eslint`: the wiring of an Express application, checked before it runs. An ESLint plugin (flat
 * config, ESLint 9 and 10). Needs no native binary, and loads nothing of ESLint until a config is asked for.
 *
 * `configs.recommended` is ESLint's own recommended set, eslint-plugin-security's, and every rule here as an
 * error. It needs the packages `@eslint/js` and `eslint-plugin-security`. `configs.express` is the rules here
 * alone and needs neither.
 */
const manifest = require('../../package.json');

const own = { name: 'hauberk/express', plugins: { hauberk: exports }, rules: allAsErrors() };

function allAsErrors() {
  return Object.fromEntries(Object.keys(rules).map((name) => [`hauberk/${name}`, 'error']));
}

exports.meta = Object.freeze({ name: 'hauberk', version: manifest.version, namespace: 'hauberk' });
exports.rules = rules;
exports.configs = Object.freeze({
  get recommended() {
    return [
      peer('@eslint/js', NEEDED_BY).configs.recommended,
      peer('eslint-plugin-security', NEEDED_BY).configs.recommended,
      own,
    ];
  },
  get express() {
    return [own];
  },
});
