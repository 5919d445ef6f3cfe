'use strict';

const { fromNative, HauberkError } = require('../../internal/fault');
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
    this.location = location;
    this.unknown = OPEN.has(location) ? 'allow' : settings.unknown;
    this.max = settings.maxErrors;
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
        return native.validate.accepts(this.handle, bytes) ? { value: given } : this.refuse(given, bytes);
      }
    }
    const value = this.coerce === undefined ? given : this.coerce(given ?? {});
    const text = textOf(value);
    if (text === undefined) return this.missing();
    if (native.validate.acceptsText(this.handle, text)) return { value };
    return this.refuse(value, Buffer.from(text));
  }

  missing() {
    return { problems: [problem(this.location, '', 'required', 'is required')] };
  }

  /** @param {any} value @param {Buffer} bytes */
  refuse(value, bytes) {
    const findings = this.findings(bytes, this.unknown === 'strip' ? MAX_STRIPPED : this.max);
    if (this.unknown === 'strip') {
      const known = findings.filter(([, keyword]) => !UNKNOWN.has(keyword));
      if (known.length > 0) return this.problems(known.slice(0, this.max));
      const stripped = removeAt(
        value,
        findings.map(([pointer]) => pointer),
      );
      // What is left must be valid by itself: removing may offend minProperties or a dependency.
      const text = textOf(stripped);
      if (text === undefined) return this.missing();
      if (native.validate.acceptsText(this.handle, text)) return { value: stripped };
      return this.problems(this.findings(Buffer.from(text), this.max));
    }
    return this.problems(findings);
  }

  /** @param {Buffer} bytes @param {number} max @returns {[string, string, string][]} */
  findings(bytes, max) {
    return JSON.parse(native.validate.findings(this.handle, bytes, max));
  }

  /** @param {[string, string, string][]} findings */
  problems(findings) {
    return {
      problems: findings.map(([pointer, code, detail]) => problem(this.location, pointer, code, detail)),
    };
  }
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
