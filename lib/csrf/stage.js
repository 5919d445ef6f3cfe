'use strict';

const { Keys } = require('../internal/keys');
const { refusal } = require('../internal/refusal');
const { unawaited } = require('../internal/unawaited');
const { Binding } = require('./binding');
const { offer } = require('./offer');
const { parse } = require('./options');
const { changesNothing, judge, PASSED, CROSS_SITE, SAME_SITE, ORIGIN, NO_ORIGIN } = require('./rules');
const { Tokens, VALID, EXPIRED } = require('./tokens');

/** @typedef {import('../internal/refusal').Refusal} Refusal */
/** @typedef {import('../internal/context').Context} Context */

const FORM = 'application/x-www-form-urlencoded';

/** @type {Readonly<Record<number, readonly [string, string]>>} */
const BY_RULE = Object.freeze({
  [CROSS_SITE]: ['ERR_HAUBERK_CSRF_CROSS_SITE', 'The request came from a page of another site.'],
  [SAME_SITE]: ['ERR_HAUBERK_CSRF_SAME_SITE', 'The request came from a page of another origin of this site.'],
  [ORIGIN]: ['ERR_HAUBERK_CSRF_ORIGIN', 'The request came from a page of another origin.'],
  [NO_ORIGIN]: ['ERR_HAUBERK_CSRF_NO_ORIGIN', 'The request does not say which page it came from.'],
});

/**
 * Cross-site request forgery: lib/csrf/rules.js states the rules. The step before the body applies all of
 * them; where only a form's field can still hold the token (rule 7), the refusal waits for the step behind the body.
 */
class CsrfStage {
  /**
   * @param {ReturnType<typeof parse>} settings
   * @param {{ mode?: 'enforce' | 'report', keys?: Keys, composed?: boolean }} shared
   */
  constructor(settings, shared) {
    this.practice = 'csrf';
    this.settings = { ...settings, mode: settings.mode ?? shared.mode };
    const keys =
      settings.secret === undefined ? (shared.keys ?? new Keys(undefined)) : new Keys(settings.secret);
    this.ignored = new Set(settings.ignoredMethods);
    this.origins = new Set(settings.origins);
    this.header = settings.header.toLowerCase();
    this.composed = shared.composed === true;
    this.tokens = new Tokens(keys, settings.expiresInMs);
    this.binding = new Binding(settings, keys);
    this.run = this.run.bind(this);
    this.later = { behind: 'body', run: this.runLater.bind(this) };
  }

  /**
   * @param {any} req
   * @param {any} res
   * @param {Context} context
   * @returns {void | Refusal}
   */
  run(req, res, context) {
    context.csrf = this;
    context.csrfRule = PASSED;
    if (req.csrfToken === undefined) offer(req, res);
    if (changesNothing(req, this.ignored)) return undefined;
    const rule = judge(req, this.origins, this.settings.strict);
    if (rule === PASSED) return undefined;
    const { skip } = this.settings;
    if (skip !== undefined && unawaited(skip(req)) === true) return undefined;
    const given = req.headers[this.header] ?? this.field(req.body);
    if (given !== undefined) return this.judgeToken(req, given, rule);
    if (!this.composed || req._body === true || !isForm(req)) return refuse(rule);
    context.csrfRule = rule;
    return undefined;
  }

  /**
   * Behind the body: the requests whose form may hold the token.
   *
   * @param {any} req
   * @param {any} _res
   * @param {Context} context
   * @returns {void | Refusal}
   */
  runLater(req, _res, context) {
    const rule = context.csrfRule;
    if (rule === PASSED || context.csrf !== this) return undefined;
    context.csrfRule = PASSED;
    const given = this.field(req.body);
    return given === undefined ? refuse(rule) : this.judgeToken(req, given, rule);
  }

  /**
   * @param {any} body what a parser has made
   * @returns {string | undefined}
   */
  field(body) {
    if (typeof body !== 'object' || body === null || !Object.hasOwn(body, this.settings.field))
      return undefined;
    const value = body[this.settings.field];
    return typeof value === 'string' ? value : '';
  }

  /**
   * Rule 7.
   *
   * @param {any} req
   * @param {string} given
   * @param {number} rule which rule did not pass the request
   * @returns {void | Refusal}
   */
  judgeToken(req, given, rule) {
    const { kind, value } = this.binding.received(req);
    const verdict = this.tokens.check(given, kind, value);
    if (verdict === VALID) return undefined;
    const [code, detail] =
      verdict === EXPIRED
        ? ['ERR_HAUBERK_CSRF_EXPIRED', 'The token is too old; load the form again.']
        : ['ERR_HAUBERK_CSRF_TOKEN', 'The token does not belong to this session.'];
    return refused(code, detail, 7, rule);
  }

  /**
   * @param {any} req
   * @param {any} res
   * @returns {string} a token, another one on each call
   */
  token(req, res) {
    const { kind, value } = this.binding.next(req, res);
    return this.tokens.make(kind, value);
  }

  close() {
    this.tokens.close();
  }
}

/** @param {any} req */
function isForm(req) {
  const type = req.headers['content-type'];
  return type !== undefined && type.slice(0, FORM.length).toLowerCase() === FORM;
}

/** @param {number} rule @returns {Refusal} */
function refuse(rule) {
  const [code, detail] = BY_RULE[rule];
  return refused(code, detail, undefined, rule);
}

/**
 * @param {string} code
 * @param {string} detail
 * @param {number | undefined} token 7 where a token was given
 * @param {number} rule
 */
function refused(code, detail, token, rule) {
  // Rule 3 has two codes.
  const number = token ?? (rule === SAME_SITE ? -CROSS_SITE : -rule);
  return refusal('csrf', code, detail, { event: 'malicious_csrf', members: { rule: number } });
}

/**
 * @param {ReturnType<typeof parse>} settings
 * @param {{ mode?: 'enforce' | 'report', keys?: Keys, composed?: boolean }} [shared] the guard's mode and keys;
 *   `composed`: the step behind the body will run
 * @returns {import('../internal/stage').Stage & CsrfStage}
 */
function create(settings, shared = {}) {
  return new CsrfStage(settings, shared);
}

exports.parse = parse;
exports.create = create;
exports.CsrfStage = CsrfStage;
