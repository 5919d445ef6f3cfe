'use strict';

const { complete } = require('../internal/events');
const { redactText } = require('../internal/secrets');
const { cut, escapeUnprintable } = require('../internal/text');

/** UTF-16 units of the longest text of a record. */
const MOST = 1024;

/** The same range as `escapeUnprintable` has, and quotes: a text without them is safe as it stands. */
const PLAIN = /^[\x20-\x7e]*$/;

/** Changes of state that nobody has to look at. */
const GOOD = new Set([
  'session_created',
  'session_renewed',
  'authn_login_success',
  'sys_startup',
  'authz_admin',
]);

/**
 * An event as the log has it: printable on one line, bounded, without secrets.
 *
 * @param {import('../internal/events').HauberkEvent} event
 * @param {any} members of the refusal
 * @param {string | undefined} client as the option `keys` shows it
 * @returns {import('./index').EventRecord}
 */
function recordOf(event, members, client) {
  const { rule, reason } = complete(event, members);
  return {
    time: new Date(event.time).toISOString(),
    level: GOOD.has(event.event) ? 'info' : 'warn',
    event: line(event.event),
    practice: line(event.practice),
    code: event.code,
    rule: line(rule),
    reason: line(reason),
    detail: line(event.detail),
    blocked: event.blocked,
    requestId: event.requestId === undefined ? undefined : line(event.requestId),
    client: client === undefined ? undefined : line(client),
  };
}

/** @param {unknown} value */
function line(value) {
  const text = redactText(cut(String(value), MOST));
  return PLAIN.test(text) ? text : escapeUnprintable(text);
}

module.exports = { recordOf, line };
