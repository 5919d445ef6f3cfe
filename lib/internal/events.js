'use strict';

const channel = require('node:diagnostics_channel').channel('hauberk:event');

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
 */

/** @param {HauberkEvent} event */
function publish(event) {
  if (!channel.hasSubscribers) return;
  channel.publish(event);
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

module.exports = { publish, sayOnce };
