'use strict';

const { fromNative, HauberkError, show } = require('../../internal/fault');
const native = require('../../internal/native');
const { isPlainObject } = require('../../internal/options');
const { problem } = require('../problems');
const { coercions } = require('./coerce');
const { removeAt } = require('./remove');

/** Keywords that say "this property should not be there". */
const UNKNOWN = new Set(['additionalProperties', 'unevaluatedProperties']);
/** With `strip`, each unknown property is one finding; a body has far fewer keys than this. */
const MAX_STRIPPED = 100_000;
// eslint-disable-next-line security/detect-unsafe-regex -- no repetition inside a repetition: linear
const JSON_TYPE = /^application\/(?:[\w!#$&^.+-]+\+)?json[ \t]*(?:;|$)/i;
/** Browsers, proxies and servers put their own fields there; params are named by the route. */
const OPEN = new Set(['headers', 'cookies', 'params']);

/** Gives the memory of a schema back once nobody can reach it any more. */
const registry = new FinalizationRegistry((/** @type {number} */ handle) => native.validate.forget(handle));

class JsonPart {
  /** @param {string} location @param {any} schema @param {any} settings */
  constructor(location, schema, settings) {
    if (!isPlainObject(schema)) {
      throw new HauberkError(
        'ERR_HAUBERK_VALIDATE_SCHEMA',
        `validate.${location} must be a JSON Schema (an object), a Standard Schema, a rule or an array of rules`,
      );
    }
    if (location === 'headers') refuseUpperCase(schema);
    this.location = location;
    this.unknown = OPEN.has(location) ? 'allow' : settings.unknown;
    this.max = settings.maxErrors;
    this.most = this.unknown === 'strip' ? MAX_STRIPPED : this.max;
    this.handle = compile(location, schema, settings, this.unknown !== 'allow');
    this.coerce = location !== 'body' && settings.coerce ? coercions(schema) : undefined;
    registry.register(this, this.handle);
  }

  /** @param {any} req @param {import('../../internal/context').Context} context */
  judge(req, context) {
    const given = req[this.location];
    if (this.location === 'body') {
      const bytes = rawJson(req, context, given);
      if (bytes !== undefined) {
        const found = native.validate.judge(this.handle, bytes, this.most);
        return found === null ? { value: given } : this.refuse(given, found);
      }
    }
    const value = this.coerce === undefined ? given : this.coerce(given ?? {});
    const text = textOf(value);
    if (text === undefined) return this.missing();
    const found = native.validate.judgeText(this.handle, text, this.most);
    return found === null ? { value } : this.refuse(value, found);
  }

  missing() {
    return { problems: [problem(this.location, '', 'required', 'is required')] };
  }

  /** @param {any} value @param {string} found */
  refuse(value, found) {
    /** @type {[string, string, string][]} */
    const findings = JSON.parse(found);
    // A body that was left as bytes has no properties that could be removed.
    if (this.unknown !== 'strip' || Buffer.isBuffer(value)) return this.problems(findings);
    const known = findings.filter(([, keyword]) => !UNKNOWN.has(keyword));
    if (known.length > 0) return this.problems(known);
    const stripped = removeAt(
      value,
      findings.map(([pointer]) => pointer),
    );
    // What is left must be valid by itself: removing may offend minProperties or a dependency.
    const text = textOf(stripped);
    if (text === undefined) return this.missing();
    const left = native.validate.judgeText(this.handle, text, this.max);
    return left === null ? { value: stripped } : this.problems(JSON.parse(left));
  }

  /** @param {[string, string, string][]} findings */
  problems(findings) {
    return {
      problems: findings
        .slice(0, this.max)
        .map(([pointer, code, detail]) => problem(this.location, pointer, code, detail)),
    };
  }
}

/**
 * Node.js writes the names of header fields in lower case: a rule for another spelling would never be met.
 *
 * @param {any} schema
 */
function refuseUpperCase(schema) {
  const properties = isPlainObject(schema.properties) ? Object.keys(schema.properties) : [];
  const required = Array.isArray(schema.required) ? schema.required : [];
  const wrong = [...properties, ...required].find((name) => String(name) !== String(name).toLowerCase());
  if (wrong === undefined) return;
  throw new HauberkError(
    'ERR_HAUBERK_VALIDATE_SCHEMA',
    `validate.headers: names of header fields are in lower case here; write ${show(wrong.toLowerCase())}`,
  );
}

/**
 * @param {string} location
 * @param {any} schema
 * @param {any} settings
 * @param {boolean} close
 */
function compile(location, schema, settings, close) {
  const { formats, strict, schemas } = settings;
  try {
    const text = JSON.stringify(schema);
    return native.validate.compile(text, JSON.stringify(schemas), formats === 'assert', close, strict);
  } catch (error) {
    const own = /** @type {any} */ (fromNative(error));
    if (own.code !== 'ERR_HAUBERK_VALIDATE_SCHEMA' && !(error instanceof TypeError)) throw own;
    throw new HauberkError('ERR_HAUBERK_VALIDATE_SCHEMA', `validate.${location}: ${own.message}`, {
      cause: error,
    });
  }
}

/**
 * The bytes that `req.body` was parsed from, where they are JSON and the body was not replaced since.
 *
 * @param {any} req
 * @param {import('../../internal/context').Context} context
 * @param {unknown} given
 * @returns {Buffer | undefined}
 */
function rawJson(req, context, given) {
  if (Buffer.isBuffer(given)) return given;
  const { rawBody, parsedBody } = context;
  if (rawBody === undefined || given === undefined || given === null) return undefined;
  if (parsedBody !== undefined && parsedBody !== given) return undefined;
  if (!JSON_TYPE.test(req.headers?.['content-type'] ?? '')) return undefined;
  // A byte order mark, or a charset that the body practice was told to allow: the parsed value is judged.
  return rawBody[0] > 0x7f || rawBody[0] === 0 || rawBody[1] === 0 ? undefined : rawBody;
}

/** @param {unknown} value @returns {string | undefined} undefined where there is no value, or none that is JSON */
function textOf(value) {
  try {
    return JSON.stringify(value);
  } catch {
    // Nested too deeply to be written.
    return '';
  }
}

module.exports = { JsonPart };
