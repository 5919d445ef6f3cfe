'use strict';

const { sendProblem } = require('../internal/problem');

/**
 * Answers a refusal with the developer's handler. The status and Retry-After are set before it runs; a
 * handler that rejects still ends the response.
 *
 * @param {Readonly<import('./options').Settings>} settings
 * @param {import('./limiter').Decision} decision
 * @param {string} retryAfter
 * @returns {(req: any, res: any) => void}
 */
function sendWith(settings, decision, retryAfter) {
  const handler = /** @type {NonNullable<typeof settings.handler>} */ (settings.handler);
  return function sendRefusedByHandler(req, res) {
    res.statusCode = settings.statusCode;
    res.setHeader('Retry-After', retryAfter);
    const result = handler(req, res, decision);
    if (!(result instanceof Promise)) return;
    result.catch(() => {
      if (res.headersSent) res.destroy();
      else sendProblem(req, res, { status: 500, title: 'Internal Server Error' });
    });
  };
}

module.exports = { sendWith };
