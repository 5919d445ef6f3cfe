'use strict';

const { randomUUID } = require('node:crypto');
const CODES = require('../internal/codes');
const { contextOf } = require('../internal/context');
const { sendProblem, sendBody } = require('../internal/problem');
const { mayShowDetail } = require('../internal/production');
const { createLog } = require('./log');
const { negotiate } = require('./negotiate');
const { parse } = require('./options');
const { htmlPage, textPage } = require('./page');
const { problemOf } = require('./problem');
const { validStatus } = require('./read');
const { errorRecord, line } = require('./record');
const { secretNames } = require('../internal/secrets');

/**
 * The last two layers of an application: what no route answered, and what failed.
 *
 * @typedef {(req: any, res: any, next: (error?: unknown) => void) => void} NotFound
 * @typedef {(error: unknown, req: any, res: any, next: (error?: unknown) => void) => void} Handler
 */

/** Fields that described the answer that failed, not this one. */
const STALE = [
  ...['Content-Encoding', 'Content-Language', 'Content-Range', 'Content-Disposition', 'Content-Location'],
  ...['ETag', 'Last-Modified', 'Expires', 'Location', 'Refresh', 'Trailer', 'Transfer-Encoding'],
];

/** For an application without the practice `headers`; an existing policy is left alone. */
const NO_CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/**
 * @param {import('./options').Settings} settings
 * @param {{ mode?: 'enforce' | 'report' }} [shared] `mode` of the guard
 * @returns {{ practice: 'errors', settings: import('./options').Settings, notFound: NotFound, handler: Handler, report: () => import('../internal/stage').Finding[] }}
 */
function create(settings, shared = {}) {
  const dryRun = (settings.mode ?? shared.mode) === 'report';
  const log = createLog(settings.logger);
  const isSecret = secretNames(settings.redact);

  /** @type {NotFound} */
  function hauberkNotFound(req, res, next) {
    if (dryRun) return next();
    const id = correlate(req);
    if (settings.logNotFound) log(recordOf(req, id, 'warn', 'no route answered', { status: 404 }));
    if (res.headersSent) return abandon(req, res);
    const code = 'ERR_HAUBERK_ERRORS_NOT_FOUND';
    answer(req, res, { status: 404, title: CODES[code].title, code, requestId: id }, undefined);
  }

  /** @type {Handler} */
  function hauberkErrors(error, req, res, next) {
    try {
      handle(error, req, res, next);
    } catch {
      lastAnswer(res);
    }
  }

  /** @type {Handler} */
  function handle(error, req, res, next) {
    const id = correlate(req);
    const gone = req.aborted === true || res.destroyed === true || res.closed === true;
    const problem = problemOf(error, {
      fallbackStatus: validStatus(res.statusCode),
      retryAfterSeconds: res.hasHeader('Retry-After') ? undefined : settings.retryAfterSeconds,
    });
    const detail = errorRecord(error, isSecret);
    const level = problem.status < 500 || gone ? 'warn' : 'error';
    const what = gone ? 'request failed after the client had gone' : 'request failed';
    log(recordOf(req, id, level, what, { status: problem.status, code: problem.code, error: detail }));
    if (dryRun) return next(error);
    if (res.headersSent) return abandon(req, res);
    if (gone) return void res.end();
    problem.requestId = id;
    answer(req, res, problem, settings.detail && mayShowDetail() ? detail : undefined);
  }

  return Object.freeze({
    practice: 'errors',
    settings,
    notFound: hauberkNotFound,
    handler: hauberkErrors,
    report: () => findings(settings),
  });
}

/**
 * @param {any} req
 * @returns {string} the correlation id: the guard's, or a new one
 */
function correlate(req) {
  const context = contextOf(req);
  return (context.requestId ??= randomUUID());
}

/**
 * @param {any} req
 * @param {string} requestId
 * @param {'error' | 'warn'} level
 * @param {string} message
 * @param {Record<string, unknown>} more
 * @returns {import('./log').Record_}
 */
function recordOf(req, requestId, level, message, more) {
  const url = String(req.originalUrl ?? req.url ?? '');
  // The query string may hold a token or a password-reset code; the path is enough to find the route.
  const path = line(url.split('?', 1)[0], 1024);
  const time = new Date().toISOString();
  return {
    time,
    level,
    message,
    practice: 'errors',
    requestId,
    method: line(String(req.method), 32),
    path,
    ...more,
  };
}

/**
 * @param {any} req
 * @param {any} res
 * @param {import('./problem').Problem} problem
 * @param {Record<string, unknown> | undefined} debug
 */
function answer(req, res, problem, debug) {
  for (const name of STALE) res.removeHeader(name);
  if (!res.hasHeader('Content-Security-Policy')) res.setHeader('Content-Security-Policy', NO_CONTENT_POLICY);
  res.setHeader('X-Content-Type-Options', 'nosniff');
  vary(res);
  // What was not read of the request is thrown away, so that the connection can go on.
  req.unpipe?.();
  req.resume?.();
  const form = negotiate(req.headers?.accept);
  if (form === 'json') {
    if (debug !== undefined) problem.members = { ...problem.members, debug };
    return sendProblem(req, res, problem);
  }
  const text = debug === undefined ? '' : JSON.stringify(debug, null, 2);
  const html = form === 'html';
  const body = html ? htmlPage(problem, text) : textPage(problem, text);
  return sendBody(req, res, problem, html ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8', body);
}

/** @param {any} res */
function vary(res) {
  const given = String(res.getHeader('Vary') ?? '');
  if (/(?:^|,)\s*(?:\*|accept)\s*(?:,|$)/i.test(given)) return;
  res.setHeader('Vary', given === '' ? 'Accept' : `${given}, Accept`);
}

/**
 * The head has left, so nothing can be said any more: a cut connection tells the client that the body
 * is incomplete. A body that was complete already is left alone.
 *
 * @param {any} req
 * @param {any} res
 */
function abandon(req, res) {
  if (!res.writableEnded) req.socket?.destroy();
}

/**
 * What is left when the answer itself failed, such as a header step that throws.
 *
 * @param {any} res
 */
function lastAnswer(res) {
  try {
    if (res.headersSent) return void res.socket?.destroy();
    for (const name of res.getHeaderNames()) res.removeHeader(name);
    res.statusCode = 500;
    res.setHeader('Content-Type', 'application/problem+json');
    res.end('{"type":"about:blank","title":"Internal Server Error","status":500}');
  } catch {
    res.socket?.destroy();
  }
}

/** @param {import('./options').Settings} settings @returns {import('../internal/stage').Finding[]} */
function findings(settings) {
  if (!settings.detail) return [];
  const shown = mayShowDetail();
  return [
    {
      level: shown ? 'unsafe' : 'note',
      what: shown
        ? 'errors: detail is on, and answers show stack traces'
        : 'errors: detail is on, but NODE_ENV is neither "development" nor "test", so none is shown',
      fix: 'remove errors.detail before you deploy',
    },
  ];
}

module.exports = { parse, create };
