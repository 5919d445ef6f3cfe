'use strict';

/* eslint-disable security/detect-unsafe-regex -- only options of the developer are matched, and their length is bounded */

const { HauberkError } = require('../internal/fault');
const {
  parse,
  invalid,
  boolean,
  func,
  integer,
  isPlainObject,
  list,
  string,
} = require('../internal/options');

/** The default of `maxLength`: 1 Mi UTF-16 units. */
const MAX_LENGTH = 1_048_576;

const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:-\*)?$/;

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
const urlPlace = string({
  pattern: /^(?:[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)?|\*\.[a-z][a-z0-9-]*)$/,
  expected: 'named by an element, "element.attribute" or "*.attribute"',
});

/** Schemes that run code or hold a document of their own. */
const NEVER_SCHEMES = ['javascript', 'vbscript', 'data', 'blob', 'filesystem'];

/** Attributes that run code, or hold several URLs or a language of their own. */
const NEVER_ATTRIBUTES = /^(?:on.*|srcdoc|ping|is|http-equiv|archive|xmlns.*|.*:.*)$/;

/** sanitize-html's names for the same options. @type {Readonly<Record<string, string>>} */
const ALIASES = Object.freeze({
  allowedTags: 'tags',
  allowedAttributes: 'attributes',
  allowedSchemes: 'schemes',
  allowedClasses: 'classes',
});

/** The names that other sanitizers have for a thing that is done in another way here. @type {Readonly<Record<string, string>>} */
const ELSEWHERE = Object.freeze({
  allowedSchemesByTag: 'urls',
  allowedIframeHostnames: 'hosts',
  transformTags: 'rewriteLink, rel or target',
  relTarget: 'rel and target',
  ALLOWED_TAGS: 'tags',
  ALLOWED_ATTR: 'attributes',
  whiteList: 'tags and attributes',
});

const schemes = list(schemeName, ['http', 'https', 'mailto']);
const hosts = list(host);

const SHAPE = Object.freeze({
  tags: list(tagName, []),
  attributes: perTag(attributeName),
  schemes,
  hosts,
  classes: perTag(className),
  allowedStyles: styles,
  urls,
  rel: textOrNull(/^[a-z]+(?: [a-z]+)*$/, 'noopener noreferrer'),
  target: textOrNull(/^_(?:blank|self|parent|top)$/, undefined),
  relative: boolean(true),
  allowProtocolRelative: boolean(true),
  rewriteLink: func(),
  maxLength: integer({ min: 1, max: 64 * MAX_LENGTH, unit: 'UTF-16 units', default: MAX_LENGTH }),
});

const URL_SHAPE = Object.freeze({ schemes: list(schemeName), hosts, relative: boolean() });

/** @type {import('../internal/options').Check} */
function attributeName(value, path) {
  if (typeof value !== 'string' || value.length > 64 || !NAME.test(value)) {
    throw invalid(path, 'a lower-case attribute name, or its start and "-*"', value);
  }
  if (value === 'style') {
    const message = `${path}: style is allowed by the option allowedStyles, property by property`;
    throw new HauberkError('ERR_HAUBERK_SANITIZE_POLICY', message);
  }
  if (NEVER_ATTRIBUTES.test(value) || (value.endsWith('*') && !/^(?:data|aria)-/.test(value))) {
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
 * sanitize-html's form: element (or `*`), property, patterns of its values.
 *
 * @type {import('../internal/options').Check} gives `[element, property, ...patterns][]`
 */
function styles(value, path) {
  if (value === undefined) return [];
  const example = 'an object such as { p: { color: [/^#[0-9a-f]{6}$/] } }';
  if (!isPlainObject(value)) throw invalid(path, example, value);
  return Object.keys(value).flatMap((tag) => {
    if (tag !== '*') tagName(tag, `${path}: each key`);
    const properties = value[tag];
    if (!isPlainObject(properties)) throw invalid(`${path}.${tag}`, example, properties);
    return Object.keys(properties).map((property) => {
      const at = `${path}.${tag}.${property}`;
      if (!/^-?[a-z]+(?:-[a-z]+)*$/.test(property)) throw invalid(at, 'named by a CSS property', property);
      const patterns = properties[property];
      if (patterns === undefined) throw invalid(at, 'an array of patterns', patterns);
      return [tag, property, ...list(pattern)(patterns, at)];
    });
  });
}

/** @type {import('../internal/options').Check} */
function pattern(value, path) {
  if (!(value instanceof RegExp) || /[^giu]/.test(value.flags) || value.source.length > 1024) {
    throw invalid(path, 'a regular expression with no flags but i and u', value);
  }
  return value.ignoreCase ? `(?i)${value.source}` : value.source;
}

/** @type {import('../internal/options').Check} */
function urls(value, path) {
  if (value === undefined) return [];
  if (!isPlainObject(value))
    throw invalid(path, 'an object such as { "img.src": { schemes: ["https"] } }', value);
  return Object.keys(value).map((at) => {
    urlPlace(at, `${path}: each key`);
    return { at, ...parse(`${path}.${at}`, value[at] ?? null, URL_SHAPE) };
  });
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
  const given = isPlainObject(options) ? withOwnNames(options) : options;
  const plan = parse('sanitize.policy', given, SHAPE);
  ownedByOption(plan, 'rel');
  ownedByOption(plan, 'target');
  return plan;
}

/** @param {Record<string, unknown>} options */
function withOwnNames(options) {
  /** @type {Record<string, unknown>} */
  const given = {};
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(ELSEWHERE, name)) {
      const message = `sanitize.policy has no option ${name}; did you mean ${ELSEWHERE[name]}?`;
      throw new HauberkError('ERR_HAUBERK_OPTION_UNKNOWN', message);
    }
    const own = Object.hasOwn(ALIASES, name) ? ALIASES[name] : name;
    if (own !== name && Object.hasOwn(options, own)) {
      throw invalid(
        `sanitize.policy.${name}`,
        `left out where ${own} is given: they are the same`,
        options[name],
      );
    }
    Object.defineProperty(given, own, { value: options[name], enumerable: true });
  }
  return given;
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
