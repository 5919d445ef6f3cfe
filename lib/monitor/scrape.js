'use strict';

const { parse } = require('../internal/options');
const { ACCESS, access, refuse } = require('./access');
const { CONTENT_TYPE, exposition } = require('./exposition');

/**
 * The metrics as a handler: `app.get('/metrics', monitor.scrape())`.
 *
 * @param {unknown} options who may read
 * @param {() => import('./index').Snapshot} snapshot
 * @returns {(req: any, res: any) => void}
 */
function scrape(options, snapshot) {
  const mayRead = access(parse('monitor.scrape', options, ACCESS));
  return function hauberkMetrics(req, res) {
    if (!mayRead(req)) return refuse(req, res);
    const text = exposition(snapshot());
    res.setHeader('Content-Type', CONTENT_TYPE);
    res.setHeader('Content-Length', Buffer.byteLength(text));
    res.setHeader('Cache-Control', 'no-store');
    res.setHeader('X-Content-Type-Options', 'nosniff');
    res.end(req.method === 'HEAD' ? undefined : text);
  };
}

module.exports = { scrape };
