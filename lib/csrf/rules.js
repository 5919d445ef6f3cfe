'use strict';

const client = require('../client');
const { hostOf, isSecure } = require('../internal/transport');

/**
 * Whether a request that changes something was sent by a page of this very origin, told from the fields
 * that a page cannot forge (Fetch Metadata, W3C; `Origin`, RFC 6454). The first rule that matches decides:
 *
 * 1. GET, HEAD and OPTIONS pass (option `ignoredMethods`). A method that was overridden counts as both: the
 *    one that it was and the one that it is. A CORS preflight always passes.
 * 2. `Origin` in `csrf.origins` passes.
 * 3. `Sec-Fetch-Site: same-origin` or `none` (the user typed the address) passes.
 * 4. No `Sec-Fetch-Site`, and the host of `Origin` is `Host`: passes. Browsers send no Fetch Metadata over plain
 *    HTTP. Over TLS an `http:` origin is another one.
 * 5. Neither field: passes, it is no browser. With `strict`, not when a cookie is sent.
 * 6. No Cookie field, and a content type that no form can send: passes. Such a request needs a CORS preflight,
 *    and carries nothing that the browser added.
 * 7. A valid token passes: `X-CSRF-Token`, or the field `_csrf` of a form.
 *
 * Otherwise 403, with the code of the rule that turned the request away.
 */

/** What `judge` gives: the rule that decided, negative where a token may still save the request. */
const PASSED = 0;
const CROSS_SITE = -3;
const SAME_SITE = -2;
const ORIGIN = -4;
const NO_ORIGIN = -5;

/** What an HTML form or a request without preflight can send (Fetch, 2.2.2: CORS-safelisted). */
const FORM_TYPES = new Set(['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']);
const MEDIA_TYPE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+$/;

/**
 * Rule 1.
 *
 * @param {any} req
 * @param {ReadonlySet<string>} ignored
 */
function changesNothing(req, ignored) {
  const { method, originalMethod } = req;
  if (originalMethod === undefined || originalMethod === method) {
    if (ignored.has(method)) return true;
  } else if (ignored.has(method) && ignored.has(originalMethod)) {
    return true;
  }
  return method === 'OPTIONS' && req.headers['access-control-request-method'] !== undefined;
}

/**
 * Rules 2 to 6.
 *
 * @param {any} req
 * @param {ReadonlySet<string>} origins
 * @param {boolean} strict
 * @returns {number} PASSED, or the rule that did not pass it
 */
function judge(req, origins, strict) {
  const { headers } = req;
  const { origin } = headers;
  if (origin !== undefined && origins.size > 0 && origins.has(origin)) return PASSED;
  const site = headers['sec-fetch-site'];
  let failed;
  if (site !== undefined) {
    if (site === 'same-origin' || site === 'none') return PASSED;
    failed = site === 'same-site' ? SAME_SITE : CROSS_SITE;
  } else if (origin !== undefined) {
    if (isOwn(origin, req)) return PASSED;
    failed = ORIGIN;
  } else {
    if (!strict || headers.cookie === undefined) return PASSED;
    failed = NO_ORIGIN;
  }
  if (headers.cookie === undefined && !aFormCanSend(headers['content-type'])) return PASSED;
  return failed;
}

/**
 * Rule 4.
 *
 * @param {string} origin
 * @param {any} req
 */
function isOwn(origin, req) {
  const start = origin.startsWith('https://') ? 8 : origin.startsWith('http://') ? 7 : 0;
  if (start === 0) return false;
  const host = hostOf(req, client.trusts);
  if (host === '' || bareHost(origin.slice(start), start) !== bareHost(host, start)) return false;
  return start === 8 || !isSecure(req, client.trusts);
}

/**
 * @param {string} host
 * @param {number} start of which scheme the default port goes
 */
function bareHost(host, start) {
  const lower = host.toLowerCase();
  const port = start === 8 ? ':443' : ':80';
  return lower.endsWith(port) ? lower.slice(0, -port.length) : lower;
}

/**
 * Rule 6. What cannot be read as a media type counts as one that a form can send.
 *
 * @param {string | undefined} type
 */
function aFormCanSend(type) {
  if (type === undefined) return true;
  if (type === 'application/json') return false;
  const essence = type.split(';', 1)[0].trim().toLowerCase();
  return FORM_TYPES.has(essence) || !MEDIA_TYPE.test(essence);
}

module.exports = { changesNothing, judge, PASSED, CROSS_SITE, SAME_SITE, ORIGIN, NO_ORIGIN };
