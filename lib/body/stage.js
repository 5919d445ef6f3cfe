'use strict';

const native = require('../internal/native');
const { sendRefusal } = require('../internal/problem');
const { refusal } = require('../internal/refusal');
const { tell } = require('../internal/stage');
const { parseForm, pointerAt, pointerOf } = require('./form');
const { canInflate, inflate } = require('./inflate');
const { linger } = require('./linger');
const { media } = require('./media');
const { parseBody } = require('./options');
const { Reader, read } = require('./reader');
const { BODY, RULES, bits, eventOf } = require('./rules');
const { scanJson } = require('./scan');
const { walk } = require('./walk');

/**
 * Bodies. The first rule that matches decides:
 *
 * 1. Another parser was here (`req._body`, or `req.body` holds something): its object is judged.
 * 2. There is no body: `req.body` is what that Express version gives.
 * 3. Content-Length is over the limit: 413, nothing is read.
 * 4. A type that is not parsed passes with its stream untouched; with `strict`, 415.
 * 5. A charset or a content encoding that is not allowed: 415.
 * 6. The body is read within its limits, expanded, scanned as bytes, and parsed.
 *
 * @typedef {import('../internal/refusal').Refusal} Refusal
 * @typedef {import('../internal/context').Context} Context
 */

/** In dry run the size limit is this much larger: memory stays bounded, and nothing usual is blocked. */
const DRY_RUN_FACTOR = 16;
const NO_LIMIT = 0xffff_ffff;

const FAILURES = Object.freeze({
  large: ['ERR_HAUBERK_BODY_TOO_LARGE', 'The request body is larger than this server accepts.'],
  slow: ['ERR_HAUBERK_BODY_TIMEOUT', 'The request body did not arrive in time.'],
  aborted: ['ERR_HAUBERK_BODY_ABORTED', 'The connection ended before the request body did.'],
  length: ['ERR_HAUBERK_BODY_LENGTH', 'The request body is not as long as Content-Length says.'],
});

class BodyStage {
  /**
   * @param {Readonly<import('./index').BodySettings>} settings
   * @param {{ mode?: 'enforce' | 'report' }} [shared]
   */
  constructor(settings, shared) {
    this.practice = 'body';
    this.dryRun = (settings.mode ?? shared?.mode) === 'report';
    this.settings = Object.freeze({ ...settings, mode: this.dryRun ? 'report' : 'enforce' });
    this.limit = settings.limit * (this.dryRun ? DRY_RUN_FACTOR : 1);
    this.reading = Object.freeze({
      limit: this.limit,
      idleMs: settings.idleMs,
      timeoutMs: settings.timeoutMs,
    });
    /** @type {ReadonlySet<string>} */
    this.charsets = new Set(settings.charsets);
    const { duplicateKeys, prototypeKeys, operatorKeys, precision } = settings;
    this.actions = Object.freeze({ duplicateKeys, prototypeKeys, operatorKeys, precision });
    const { refuse, report } = bits(this.actions, this.dryRun);
    const { depth, keys, keyBytes, parameters, stringBytes = NO_LIMIT } = settings;
    this.json = native.body.register(depth, keys, keyBytes, stringBytes, refuse, report);
    this.form = native.body.register(depth, parameters, keyBytes, stringBytes, refuse, report);
    this.run = this.run.bind(this);
    /** @type {(reader: Reader, failure: any, bytes: Buffer | undefined) => void} */
    this.done = (reader, failure, bytes) => this.received(reader, failure, bytes);
  }

  /**
   * @param {any} req
   * @param {any} res
   * @param {Context} context
   * @returns {void | Refusal | Promise<void | Refusal>}
   */
  run(req, res, context) {
    if (req._body === true || holdsSomething(req.body)) return this.judgeObject(req.body, context);
    const length = req.headers['content-length'];
    if (length === undefined && req.headers['transfer-encoding'] === undefined) return noBody(req);
    const expected = length === undefined ? -1 : Number(length);
    if (expected > this.limit) return this.unread(req, res, context, this.failure('large'));
    const type = media(req.headers['content-type']);
    if (!this.parses(type)) {
      if (expected > this.settings.limit) return this.unread(req, res, context, this.failure('large'));
      return this.settings.strict ? this.unread(req, res, context, wrongType()) : leave(req);
    }
    const encoding = req.headers['content-encoding'] ?? '';
    if (type.charset !== undefined || encoding !== '') {
      const refused = this.judgeCoding(type, encoding);
      if (refused) return this.unread(req, res, context, refused);
    }
    // Somebody has read the stream and kept what was in it.
    if (!req.readable) return undefined;
    const coding = encoding === '' ? '' : encoding.toLowerCase();
    const wrapped = coding === 'identity' ? '' : coding;
    return read(new Reader(req, res, context, type, wrapped, expected, this.reading, this.done));
  }

  /** @param {import('./media').Media} type */
  parses(type) {
    const { raw, json, urlencoded } = this.settings;
    if (raw) return true;
    return (type.kind === 'json' && json) || (type.kind === 'form' && urlencoded);
  }

  /**
   * A refusal before anything was read: in dry run the stream goes on untouched, to whoever reads it.
   *
   * @param {any} req
   * @param {any} res
   * @param {Context} context
   * @param {Refusal} refused
   * @returns {void | Refusal | Promise<never>}
   */
  unread(req, res, context, refused) {
    if (!this.dryRun) return this.fail(req, res, context, refused);
    tell(refused, context, false);
    return leave(req);
  }

  /**
   * @param {import('./media').Media} type
   * @param {string} encoding
   * @returns {Refusal | undefined}
   */
  judgeCoding(type, encoding) {
    const { charset = 'utf-8', kind } = type;
    const known = this.charsets.has(charset) && (kind === 'json' || charset === 'utf-8');
    if (!known && !this.settings.raw) {
      const detail = `The charset is not accepted; send ${this.settings.charsets[0]}.`;
      return refusal('body', 'ERR_HAUBERK_BODY_CHARSET', detail, { close: true });
    }
    const name = encoding.toLowerCase();
    if (name === '' || name === 'identity' || (this.settings.inflate && canInflate(name))) return undefined;
    const detail = 'The content encoding is not accepted.';
    return refusal('body', 'ERR_HAUBERK_BODY_ENCODING', detail, { close: true });
  }

  /**
   * @param {keyof typeof FAILURES} failure
   * @param {boolean} [close]
   * @returns {Refusal}
   */
  failure(failure, close = true) {
    const [code, detail] = FAILURES[failure];
    const members = failure === 'large' ? { limit: this.limit } : undefined;
    return refusal('body', code, detail, { members, close });
  }

  /**
   * A refusal that dry run cannot let pass either, because what was read is no body to go on with: there it is
   * answered here, and the request goes no further.
   *
   * @param {any} req
   * @param {any} res
   * @param {Context} context
   * @param {Refusal} refused
   * @returns {Refusal | Promise<never>}
   */
  fail(req, res, context, refused) {
    if (refused.close) linger(req, res);
    if (!this.dryRun) return refused;
    tell(refused, context, true);
    sendRefusal(req, res, refused, context.requestId);
    return new Promise(() => {});
  }

  /**
   * @param {Reader} reader
   * @param {keyof typeof FAILURES | undefined} failure
   * @param {Buffer} [bytes]
   */
  received(reader, failure, bytes) {
    const { req, res, context, encoding, resolve } = reader;
    if (failure !== undefined || bytes === undefined) {
      return resolve(this.fail(req, res, context, this.failure(failure ?? 'aborted')));
    }
    if (encoding === '') return resolve(this.parse(reader, bytes));
    inflate(bytes, encoding, this.limit, (broken, expanded) => {
      if (broken === undefined) return resolve(this.parse(reader, expanded));
      const detail = 'The body is not what its content encoding says.';
      const refused =
        broken === 'large'
          ? this.failure('large', false)
          : refusal('body', 'ERR_HAUBERK_BODY_ENCODING', detail, { status: 400 });
      resolve(this.fail(req, res, context, refused));
    });
  }

  /**
   * @param {Reader} reader
   * @param {Buffer} bytes
   * @returns {void | Refusal | Promise<never>}
   */
  parse(reader, bytes) {
    const { req, res, context, type } = reader;
    if (this.dryRun && Math.max(reader.received, bytes.length) > this.settings.limit) {
      tell(this.failure('large'), context, false);
    }
    context.rawBody = bytes;
    req._body = true;
    if (this.settings.raw) {
      req.body = bytes;
      return undefined;
    }
    if (bytes.length === 0) {
      req.body = {};
      return undefined;
    }
    const refused =
      type.kind === 'json'
        ? this.parseJson(req, context, recode(bytes, type.charset))
        : this.parseFormBody(req, context, bytes);
    return refused === undefined ? undefined : this.fail(req, res, context, refused);
  }

  /** @param {any} req @param {Context} context @param {Buffer} bytes @returns {Refusal | undefined} */
  parseJson(req, context, bytes) {
    const verdict = scanJson(bytes, this.json);
    let text;
    if (verdict === undefined) {
      text = latin1(bytes);
    } else {
      const refused = this.judge(verdict, bytes, context, pointerInJson);
      if (refused) return refused;
      text = bytes.toString('utf8', verdict & 0x200 ? 3 : 0);
    }
    let value;
    try {
      value = JSON.parse(text);
    } catch {
      return refusal('body', 'ERR_HAUBERK_BODY_SYNTAX', 'The body is not valid JSON.');
    }
    if (this.settings.strictJson && (typeof value !== 'object' || value === null)) {
      const refused = refusal('body', 'ERR_HAUBERK_BODY_SYNTAX', 'The body must be a JSON object or array.');
      if (!this.dryRun) return refused;
      tell(refused, context, false);
    }
    req.body = context.parsedBody = value;
    return undefined;
  }

  /** @param {any} req @param {Context} context @param {Buffer} bytes @returns {Refusal | undefined} */
  parseFormBody(req, context, bytes) {
    const verdict = native.body.scanForm(bytes, this.form);
    if (verdict !== 0) {
      const refused = this.judge(verdict, bytes, context, pointerInForm);
      if (refused) return refused;
    }
    /** @type {Refusal | undefined} */
    let refused;
    const { arrays, duplicateKeys } = this.settings;
    const duplicate = (/** @type {string} */ name) => {
      if (duplicateKeys === false) return false;
      const found = offence('duplicateKeys', pointerOf(name));
      const blocks = duplicateKeys === 'refuse' && !this.dryRun;
      if (blocks) refused = found;
      else tell(found, context, false);
      return blocks;
    };
    req.body = context.parsedBody = parseForm(verdict & 0x100 ? bytes.toString() : latin1(bytes), {
      arrays,
      duplicate,
    });
    return refused;
  }

  /**
   * @param {number} verdict not 0; see src/body/native.rs
   * @param {Buffer} bytes
   * @param {Context} context
   * @param {(bytes: Buffer, offset: number) => string} pointer
   * @returns {Refusal | undefined}
   */
  judge(verdict, bytes, context, pointer) {
    if (verdict & 0x400) {
      const found = native.body.reported();
      for (let i = 0; i < found.length; i += 2) {
        tell(offence(RULES[found[i] - 1], pointer(bytes, found[i + 1])), context, false);
      }
    }
    const rule = verdict & 0xff;
    if (rule === 0) return undefined;
    return offence(RULES[rule - 1], pointer(bytes, Math.floor(verdict / 0x10000)));
  }

  /** @param {unknown} body @param {Context} context @returns {Refusal | undefined} */
  judgeObject(body, context) {
    /** @type {Refusal | undefined} */
    let refused;
    walk(body, this.settings, (rule, pointer) => {
      const action = /** @type {Record<string, unknown>} */ (this.actions)[rule] ?? 'refuse';
      if (action === false) return false;
      const found = offence(rule, pointer);
      const blocks = action === 'refuse' && !this.dryRun;
      if (blocks) refused = found;
      else tell(found, context, false);
      return blocks;
    });
    return refused;
  }
}

/** @param {unknown} body what another parser, or none, has left @returns {boolean} */
function holdsSomething(body) {
  if (typeof body !== 'object' || body === null) return false;
  return Object.keys(body).length > 0;
}

/** @param {any} req */
function noBody(req) {
  if (isExpress4(req)) req.body ??= {};
  else if (!('body' in req)) req.body = undefined;
}

/** Leaves the stream to whoever reads it. @param {any} req */
function leave(req) {
  if (isExpress4(req)) req.body ??= {};
}

function wrongType() {
  return refusal('body', 'ERR_HAUBERK_BODY_TYPE', 'This content type is not accepted here.', { close: true });
}

/** `req.param()` went with Express 5. @param {any} req */
function isExpress4(req) {
  return typeof req.param === 'function';
}

/** The method without `toString`'s look at its arguments: text of ASCII is most of what comes. @param {any} bytes @returns {string} */
function latin1(bytes) {
  return bytes.latin1Slice(0, bytes.length);
}

/** @param {Buffer} bytes @param {string | undefined} charset @returns {Buffer} as UTF-8 */
function recode(bytes, charset) {
  if (charset === 'iso-8859-1') return Buffer.from(latin1(bytes));
  if (charset === 'utf-16le') return Buffer.from(bytes.toString('utf16le'));
  return bytes;
}

/** @param {string} rule @param {string} pointer @returns {Refusal} */
function offence(rule, pointer) {
  const [code, detail] = BODY[/** @type {keyof typeof BODY} */ (rule)];
  return refusal('body', code, detail, { event: eventOf(rule), members: { pointer } });
}

/** @param {Buffer} bytes @param {number} offset */
function pointerInJson(bytes, offset) {
  return native.body.jsonPointer(bytes, offset);
}

/** @param {Buffer} bytes @param {number} offset */
function pointerInForm(bytes, offset) {
  return pointerAt(latin1(bytes), offset);
}

/**
 * @param {Readonly<import('./index').BodySettings>} settings from `parse`
 * @param {{ mode?: 'enforce' | 'report' }} [shared] only `mode` is used
 * @returns {import('../internal/stage').Stage}
 */
function create(settings, shared) {
  return new BodyStage(settings, shared);
}

exports.parse = parseBody;
exports.create = create;
