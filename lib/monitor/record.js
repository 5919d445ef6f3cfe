'use strict';

const { complete } = require('../internal/events');
const { redactText } = require('../internal/secrets');
const { cut, escapeUnprintable } = require('../internal/text');

/** UTF-16 units of the longest text of a record. */
const MOST = 1024;

/** What `escapeUnprintable` would leave as it is, mostly. */
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
    event: event.event,
    practice: event.practice,
    code: event.code,
    rule: printable(String(rule)),
    reason: printable(String(reason)),
    detail: line(String(event.detail)),
    blocked: event.blocked,
    requestId: event.requestId === undefined ? undefined : printable(event.requestId),
    client: client === undefined ? undefined : printable(client),
  };
}

/** @param {string} text */
function printable(text) {
  const short = cut(text, MOST);
  return PLAIN.test(short) ? short : escapeUnprintable(short);
}

/** Sentences that stand in the source come again and again. */
const KEPT = 256;

/** @type {Map<string, string>} by the text as it came */
const known = new Map();

/**
 * Printable, and without what looks like a secret.
 *
 * @param {string} text
 */
function line(text) {
  let made = known.get(text);
  if (made !== undefined) return made;
  made = printable(redactText(cut(text, MOST)));
  if (known.size >= KEPT) known.clear();
  if (text.length <= MOST) known.set(text, made);
  return made;
}

module.exports = { recordOf, line };
