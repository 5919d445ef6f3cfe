'use strict';

/* eslint-disable security/detect-unsafe-regex -- only options of the developer are matched, and their length is bounded */

const { HauberkError } = require('../internal/fault');
const { parse, invalid, boolean, integer, isPlainObject, list, string } = require('../internal/options');

/** The default of `maxLength`: 1 Mi UTF-16 units. */
const MAX_LENGTH = 1_048_576;

const NAME = /^(?:[a-z][a-z0-9]*)(?:-[a-z0-9]+)*$/;

const tagName = string({ pattern: /^[a-z][a-z0-9-]{0,63}$/, expected: 'a lower-case element name' });
const scheme = string({
  pattern: /^[a-z][a-z0-9+.-]{0,31}$/,
  expected: 'a lower-case URL scheme without ":"',
});
const host = string({
  pattern: /^(?:\*\.)?[a-z0-9](?:[a-z0-9.-]{0,252})$/,
  expected: 'a lower-case host name such as "example.com" or "*.example.com"',
});
const className = string({
  pattern: /^[^\s*]{1,128}\*?$/,
  expected: 'a class name, or the start of one with "*" after it',
});

/** Schemes that run code or hold a document of their own. */
const NEVER_SCHEMES = ['javascript', 'vbscript', 'data', 'blob', 'filesystem'];

/** Attributes that run code, or hold several URLs or a language of their own. */
const NEVER_ATTRIBUTES =
  /^(?:on.*|style|srcdoc|srcset|imagesrcset|ping|is|http-equiv|archive|xmlns.*|.*:.*)$/;

/** The names that other sanitizers have for the same thing. @type {Readonly<Record<string, string>>} */
const ELSEWHERE = Object.freeze({
  allowedTags: 'tags',
  allowedAttributes: 'attributes',
  allowedSchemes: 'schemes',
  allowedClasses: 'classes',
  allowedIframeHostnames: 'hosts',
  relTarget: 'rel and target',
  ALLOWED_TAGS: 'tags',
  ALLOWED_ATTR: 'attributes',
  whiteList: 'tags and attributes',
});

const SHAPE = Object.freeze({
  tags: list(tagName, []),
  attributes: perTag(attributeName),
  schemes: list(schemeName, ['http', 'https', 'mailto']),
  hosts: list(host),
  classes: perTag(className),
  rel: textOrNull(/^[a-z]+(?: [a-z]+)*$/, 'noopener noreferrer'),
  target: textOrNull(/^_(?:blank|self|parent|top)$/, undefined),
  relative: boolean(true),
  maxLength: integer({ min: 1, max: 64 * MAX_LENGTH, unit: 'UTF-16 units', default: MAX_LENGTH }),
});

/** @type {import('../internal/options').Check} */
function attributeName(value, path) {
  if (typeof value !== 'string' || value.length > 64 || !NAME.test(value)) {
    throw invalid(path, 'a lower-case attribute name', value);
  }
  if (NEVER_ATTRIBUTES.test(value)) {
    throw new HauberkError('ERR_HAUBERK_SANITIZE_POLICY', `${path}: ${value} cannot be allowed safely`);
  }
  return value;
}

/** @type {import('../internal/options').Check} */
function schemeName(value, path) {
  const name = scheme(value, path);
  if (!NEVER_SCHEMES.includes(name)) return name;
  throw new HauberkError('ERR_HAUBERK_SANITIZE_POLICY', `${path}: ${name} URLs cannot be allowed safely`);
}

/**
 * @param {import('../internal/options').Check} check for each name in the lists
 * @returns {import('../internal/options').Check} gives `[element, ...names][]`
 */
function perTag(check) {
  const names = list(check);
  return (value, path) => {
    if (value === undefined) return [];
    if (!isPlainObject(value)) throw invalid(path, 'an object of lists, such as { a: ["href"] }', value);
    return Object.keys(value).map((tag) => {
      if (tag !== '*') tagName(tag, `${path}: each key`);
      if (value[tag] === undefined) throw invalid(`${path}.${tag}`, 'an array', undefined);
      return [tag, ...names(value[tag], `${path}.${tag}`)];
    });
  };
}

/**
 * @param {RegExp} pattern
 * @param {string | undefined} fallback
 * @returns {import('../internal/options').Check} null means none
 */
function textOrNull(pattern, fallback) {
  return (value, path) => {
    if (value === undefined) return fallback;
    if (value === null) return undefined;
    if (typeof value === 'string' && value.length <= 128 && pattern.test(value)) return value;
    throw invalid(path, `null, or text like ${JSON.stringify(fallback ?? '_blank')}`, value);
  };
}

/**
 * @param {unknown} options of `sanitize.policy`
 */
function parsePolicy(options) {
  if (isPlainObject(options)) {
    const foreign = Object.keys(options).find((name) => Object.hasOwn(ELSEWHERE, name));
    if (foreign !== undefined) {
      const message = `sanitize.policy has no option ${foreign}; did you mean ${ELSEWHERE[foreign]}?`;
      throw new HauberkError('ERR_HAUBERK_OPTION_UNKNOWN', message);
    }
  }
  const plan = parse('sanitize.policy', options, SHAPE);
  ownedByOption(plan, 'rel');
  ownedByOption(plan, 'target');
  return plan;
}

/**
 * @param {any} plan
 * @param {'rel' | 'target'} name an attribute that cannot be both set and left to the author of the text
 */
function ownedByOption(plan, name) {
  if (plan[name] === undefined) return;
  /** @type {string[] | undefined} */
  const listed = plan.attributes.find((/** @type {string[]} */ [tag, ...names]) => {
    return (tag === 'a' || tag === '*') && names.includes(name);
  });
  if (listed === undefined) return;
  throw new HauberkError(
    'ERR_HAUBERK_SANITIZE_POLICY',
    `sanitize.policy.attributes.${listed[0]}: the option ${name} sets it; use ${name}: null to let the text decide`,
  );
}

module.exports = { parsePolicy };
