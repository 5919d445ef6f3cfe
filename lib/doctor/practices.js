'use strict';

/** The eleven, in the order of the report: the word, and what it asks for. */
const PRACTICES = Object.freeze(
  /** @type {[import('./index').Practice, string][]} */ ([
    ['privileges', 'never run as root'],
    ['audit', 'know your dependencies'],
    ['cookies', 'cookies and sessions that nobody takes'],
    ['headers', 'security headers on every response'],
    ['ratelimit', 'rate limits'],
    ['passwords', 'passwords and secrets'],
    ['errors', 'errors that tell nothing'],
    ['monitor', 'know what happens'],
    ['https', 'HTTPS only'],
    ['body', 'check what comes in'],
    ['eslint', 'a linter that knows security'],
  ]),
);

module.exports = { PRACTICES };
