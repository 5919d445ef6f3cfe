'use strict';

const CODES = require('./codes');

/**
 * Answers with problem details (RFC 9457, `application/problem+json`). Used for refusals by every
 * practice and for errors by the error handler, so that all of them look the same.
 *
 * @param {import('node:http').IncomingMessage} req
 * @param {import('node:http').ServerResponse} res
 * @param {{ status: number, title: string, detail?: string, type?: string, code?: string, requestId?: string, members?: Record<string, unknown>, fields?: Record<string, string>, close?: boolean }} problem
 */
function sendProblem(req, res, problem) {
  const { status, title, detail, type = 'about:blank', code, requestId, members } = problem;
  const text = JSON.stringify({
    ...members,
    type,
    title,
    status,
    detail,
    code,
    instance: requestId === undefined ? undefined : `urn:hauberk:request:${requestId}`,
  });
  sendBody(req, res, problem, 'application/problem+json', text);
}

/**
 * The same answer in another form.
 *
 * @param {import('node:http').IncomingMessage} req
 * @param {import('node:http').ServerResponse} res
 * @param {{ status: number, fields?: Record<string, string>, close?: boolean }} problem
 * @param {string} type the content type
 * @param {string} text
 */
function sendBody(req, res, problem, type, text) {
  res.statusCode = problem.status;
  for (const [name, value] of Object.entries(problem.fields ?? {})) res.setHeader(name, value);
  res.setHeader('Content-Type', type);
  res.setHeader('Content-Length', Buffer.byteLength(text));
  res.setHeader('Cache-Control', 'no-store');
  if (problem.close) res.setHeader('Connection', 'close');
  res.end(req.method === 'HEAD' ? undefined : text);
}

/**
 * Answers with a refusal, unless the request was answered already.
 *
 * @param {import('node:http').IncomingMessage} req
 * @param {import('node:http').ServerResponse} res
 * @param {import('./refusal').Refusal} refusal
 * @param {string} [requestId]
 * @returns {void}
 */
function sendRefusal(req, res, refusal, requestId) {
  // Somebody has answered while the practice was still deciding (a time-out in front of it).
  if (res.headersSent) return undefined;
  const { status, code, detail, members, fields, close, send } = refusal;
  if (send !== undefined) return send(req, res);
  return sendProblem(req, res, {
    status,
    type: /** @type {string | undefined} */ (members?.type),
    code,
    detail,
    members,
    fields,
    close,
    requestId,
    title: CODES[code].title,
  });
}

module.exports = { sendProblem, sendBody, sendRefusal };
