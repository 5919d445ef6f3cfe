'use strict';

const { HauberkError, fromNative, show } = require('../internal/fault');
const { headers: native } = require('../internal/native');
const { unawaited } = require('../internal/unawaited');
const { dangerouslyDisableDefaultSrc } = require('./options');

/**
 * The Content-Security-Policy: what is fixed is built and checked by the native core at construction;
 * what functions give for one response is checked here, by the same rules.
 *
 * @typedef {(req: any, res: any) => string} Source
 * @typedef {{ directive: string, source: Source }} Dynamic
 * @typedef {object} Policy
 * @property {string} name the field it is sent in
 * @property {string | undefined} text the whole value, where nothing in it depends on the response
 * @property {(string | number)[]} parts otherwise: texts, and numbers of dynamic sources (0 is the nonce)
 * @property {boolean} usesNonce
 */

const KEYWORDS = new Set(native.keywords());
const PREFIXES = native.prefixes();

/**
 * @param {'helmet' | 'site' | 'api'} set
 * @param {{ directives: Record<string, unknown>, useDefaults: boolean, reportOnly: boolean }} given
 * @param {{ upgrade: boolean, dynamic: Dynamic[], report: boolean }} how `dynamic` gets the functions
 * @returns {Policy}
 */
function compile(set, given, { upgrade, dynamic, report }) {
  const names = Object.keys(given.directives);
  const changes = names.map((name) => change(name, given.directives[name], dynamic));
  const parts = build(given.useDefaults ? set : 'none', names, changes, upgrade);
  const fixed = parts.every((part) => typeof part === 'string');
  return {
    name: report || given.reportOnly ? 'Content-Security-Policy-Report-Only' : 'Content-Security-Policy',
    text: fixed ? parts.join('') : undefined,
    parts,
    usesNonce: parts.includes(0),
  };
}

/** @type {typeof native.policy} */
function build(set, names, changes, upgrade) {
  try {
    return native.policy(set, names, changes, upgrade);
  } catch (error) {
    throw fromNative(error);
  }
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {Dynamic[]} dynamic
 * @returns {(string | number)[] | boolean} as the native core takes it
 */
function change(name, value, dynamic) {
  if (value === null) return false;
  if (value === dangerouslyDisableDefaultSrc) return true;
  const list = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(list) && !(list instanceof Set))
    throw refused(name, 'must be a string or an array', value);
  return Array.from(list, (item) => {
    if (typeof item === 'string') return item;
    if (typeof item !== 'function') throw refused(name, 'must hold strings and functions only', item);
    const known = dynamic.findIndex((one) => one.source === item && one.directive === name);
    return known === -1 ? dynamic.push({ directive: name, source: item }) : known + 1;
  });
}

/**
 * What the functions give for this response, in their order.
 *
 * @param {Dynamic[]} dynamic
 * @param {any} req
 * @param {any} res
 * @returns {string[]}
 * @throws what a function throws (an Error in any case), or ERR_HAUBERK_HEADERS_DIRECTIVE for a value
 *   that would end the source, the directive or the field
 */
function evaluate(dynamic, req, res) {
  return dynamic.map(({ directive, source }) => {
    const value = call(source, req, res);
    if (typeof value !== 'string') throw refused(directive, 'needs a function that returns a string', value);
    if (/[;,]|[^\t\x20-\x7e]/.test(value)) {
      throw refused(directive, 'got a value with ";", "," or a character that no field may carry', value);
    }
    for (const token of value
      .trim()
      .toLowerCase()
      .split(/[\t ]+/)) {
      if (KEYWORDS.has(token) || PREFIXES.some((prefix) => token.startsWith(prefix))) {
        throw refused(directive, 'got a source without its quotes', value);
      }
    }
    return value.trim();
  });
}

/** @param {Source} source @param {any} req @param {any} res */
function call(source, req, res) {
  try {
    return unawaited(source(req, res));
  } catch (error) {
    throw error instanceof Error ? error : new Error(String(error), { cause: error });
  }
}

/**
 * The value for one response.
 *
 * @param {Policy} policy
 * @param {string[] | undefined} values of the functions; without them their sources are left out
 * @param {string | undefined} nonce without it its sources are left out
 */
function write(policy, values, nonce) {
  let text = '';
  for (const part of policy.parts) {
    if (typeof part === 'string') text += part;
    else if (part === 0) text += nonce === undefined ? '' : ` 'nonce-${nonce}'`;
    else text += values?.[part - 1] ? ` ${values[part - 1]}` : '';
  }
  return text;
}

/** @param {string} text a policy */
function withoutNonce(text) {
  return text.replace(/ 'nonce-[^']*'/g, '');
}

/**
 * @param {string} directive
 * @param {string} what
 * @param {unknown} value
 */
function refused(directive, what, value) {
  const message = `Content-Security-Policy: ${show(directive)} ${what}; got ${show(value)}`;
  return new HauberkError('ERR_HAUBERK_HEADERS_DIRECTIVE', message);
}

/**
 * The directives that a set starts from.
 *
 * @param {'helmet' | 'site' | 'api'} [set] default `helmet`, as helmet's function of this name
 * @returns {Record<string, string[]>}
 */
function getDefaultDirectives(set = 'helmet') {
  try {
    return Object.fromEntries(native.directives(set).map(([name, ...sources]) => [name, sources]));
  } catch (error) {
    throw fromNative(error);
  }
}

exports.compile = compile;
exports.evaluate = evaluate;
exports.write = write;
exports.withoutNonce = withoutNonce;
exports.getDefaultDirectives = getDefaultDirectives;
