'use strict';

/**
 * What the practices know about one request. One object per request, kept on the request under a
 * symbol; a practice writes only the fields under its own name.
 */
const CONTEXT = Symbol('hauberk.context');

/** @typedef {(res: import('node:http').ServerResponse, context: Context) => void} HeadStep acts when the head is written */

class Context {
  constructor() {
    /** @type {any} guard: the guard that the request has passed, if any */
    this.guard = undefined;
    /** @type {string | undefined} the correlation id, when the guard gave one */
    this.requestId = undefined;
    /** @type {number} monitor: when the request came, in us of a clock that wraps; 0 when it is not measured */
    this.cameAt = 0;
    /** @type {number} monitor: when the practice before decided, of requests whose practices are timed; else 0 */
    this.lapAt = 0;
    /** @type {string | undefined} the code of the refusal that the request ended with */
    this.refused = undefined;
    /** @type {import('../client/stage').Client | undefined} client: who is calling */
    this.client = undefined;
    /** @type {import('../client/resolver').Resolver | undefined} client: whose trust goes for the request */
    this.resolver = undefined;
    /** @type {HeadStep[] | undefined} what acts when the head is written, in order */
    this.head = undefined;
    /** @type {boolean} head: whether it has acted */
    this.headDone = false;
    /** @type {{ plan: import('../headers/plan').Plan, trusts: ((req: any) => boolean) | undefined } | undefined} headers: what applies to this request */
    this.headers = undefined;
    /** @type {import('../headers/plan').List | undefined} headers: what was laid down for the response */
    this.laid = undefined;
    /** @type {string[] | undefined} headers: what the policy's functions gave for this request */
    this.policyValues = undefined;
    /** @type {string | undefined} headers: the nonce, once somebody asked for it */
    this.nonce = undefined;
    /** @type {import('../ratelimit/fields').Charge | undefined} ratelimit: what the response fields will tell, last limiter first */
    this.ratelimit = undefined;
    /** @type {import('../cookies/policy').Policy | undefined} cookies: what applies to this request */
    this.cookies = undefined;
    /** @type {string[] | undefined} cookies: names that the handler said scripts may read */
    this.readableCookies = undefined;
    /** @type {string[] | undefined} cookies: old names that the request came with, and that are still read */
    this.oldCookies = undefined;
    /** @type {import('../csrf/stage').CsrfStage | undefined} csrf: what checked the request, and makes its tokens */
    this.csrf = undefined;
    /** @type {number} csrf: the rule that turned the request away, while a form may still hold the token; else 0 */
    this.csrfRule = 0;
    /** @type {string | undefined} csrf: the value of its own cookie that the response sets */
    this.csrfCookie = undefined;
    /** @type {import('../sessions/instance').Passage | undefined} sessions: what became of the session in this request */
    this.sessions = undefined;
    /** @type {Buffer | undefined} body: the raw bytes, until the response ends */
    this.rawBody = undefined;
    /** @type {unknown} body: what the raw bytes were parsed into, so that a replaced `req.body` is noticed */
    this.parsedBody = undefined;
    /** @type {Record<string, unknown> | undefined} validate: the parts that it judged, as handlers may use them */
    this.validated = undefined;
    /** @type {any[] | undefined} validate: what the chains of the language that ran have found */
    this.chains = undefined;
  }
}

/**
 * The request's context, made on first use.
 *
 * @param {any} req
 * @returns {Context}
 */
function contextOf(req) {
  return req[CONTEXT] ?? (req[CONTEXT] = new Context());
}

/**
 * @param {any} req
 * @returns {Context | undefined}
 */
function peekContext(req) {
  return req[CONTEXT];
}

exports.Context = Context;
exports.contextOf = contextOf;
exports.peekContext = peekContext;
