'use strict';

const diagnostics = require('node:diagnostics_channel');
const CODES = require('./codes');

const channel = diagnostics.channel('hauberk:event');
const allowed = diagnostics.channel('hauberk:event:allowed');

/**
 * The event bus: every refusal, would-be refusal and state change, on `diagnostics_channel`
 * `hauberk:event`. Events are data; they hold no secret and no body.
 *
 * @typedef {object} HauberkEvent
 * @property {string} event name of the OWASP logging vocabulary, such as `excess_rate_limit_exceeded`
 * @property {string} practice
 * @property {string | undefined} code undefined for a change of state that is no refusal
 * @property {boolean} blocked false in dry run (`mode: 'report'`)
 * @property {string} detail
 * @property {string | undefined} requestId
 * @property {string | undefined} client masked key of the client
 * @property {number} time ms since the epoch
 * @property {string} [rule] what decided, `<practice>/<what>`; added for subscribers
 * @property {string} [reason] why, as a fixed phrase; added for subscribers
 */

/**
 * What monitors: it sees the event before it is complete, and the client behind it, whose key never goes to a channel.
 * It never throws.
 *
 * @callback Watcher
 * @param {HauberkEvent} event
 * @param {import('../client/stage').Client | undefined} client
 * @param {any} members of the refusal, if it was one
 */

/** @type {readonly Watcher[]} */
let watchers = [];

/**
 * @param {Watcher} watcher
 * @returns {() => void} ends it
 */
function watch(watcher) {
  watchers = [...watchers, watcher];
  return () => {
    watchers = watchers.filter((one) => one !== watcher);
  };
}

/**
 * @param {HauberkEvent} event
 * @param {import('../client/stage').Client} [client] who caused it
 * @param {any} [members] of the refusal
 */
function publish(event, client, members) {
  for (let i = 0; i < watchers.length; i += 1) watchers[i](event, client, members);
  if (!channel.hasSubscribers) return;
  channel.publish(complete(event, members));
}

/**
 * The event with what decided and why.
 *
 * @param {HauberkEvent} event
 * @param {any} members
 */
function complete(event, members) {
  event.rule ??= ruleOf(event, members);
  event.reason ??= reasonOf(event);
  return event;
}

/** @type {Map<string, string>} by code */
const rules = new Map();

/**
 * What decided: `csrf/token#7` is the seventh rule of `csrf`, `ratelimit/exceeded#login` the policy `login`.
 *
 * @param {HauberkEvent} event
 * @param {any} members
 * @returns {string}
 */
function ruleOf({ code, practice, event }, members) {
  if (code === undefined) return `${practice}/${event}`;
  let rule = rules.get(code);
  if (rule === undefined) {
    const words = code.replace(/^ERR_HAUBERK_/, '').toLowerCase();
    const own = words.indexOf('_');
    rule = `${words.slice(0, own)}/${words.slice(own + 1).replaceAll('_', '-')}`;
    if (Object.hasOwn(CODES, code)) rules.set(code, rule);
  }
  const which = members?.rule ?? members?.['violated-policies']?.join();
  return which === undefined ? rule : `${rule}#${which}`;
}

/** @param {HauberkEvent} event @returns {string} */
function reasonOf({ code, event }) {
  const known = code === undefined ? undefined : CODES[code];
  return known?.title ?? event.replaceAll('_', ' ');
}

/**
 * Tells that a practice let a request go on, where somebody wants to hear that.
 *
 * @param {string} practice
 * @param {import('./context').Context} context
 */
function publishAllowed(practice, context) {
  if (!allowed.hasSubscribers) return;
  allowed.publish({
    event: 'allowed',
    practice,
    code: undefined,
    blocked: false,
    detail: 'the request went on',
    requestId: context.requestId,
    client: context.client?.masked,
    time: Date.now(),
    rule: `${practice}/allowed`,
    reason: 'allowed',
  });
}

const said = new Set();

/**
 * Tells the operator something once per process, on stderr (as a Node.js warning, so that
 * `--no-warnings` and `process.on('warning')` work).
 *
 * @param {string} topic what counts as the same thing
 * @param {string} message
 */
function sayOnce(topic, message) {
  if (said.has(topic)) return;
  said.add(topic);
  process.emitWarning(message, { type: 'HauberkWarning', code: topic });
}

module.exports = { publish, publishAllowed, watch, complete, sayOnce };
