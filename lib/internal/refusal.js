'use strict';

const CODES = require('./codes');

/**
 * A request that a practice turns down. Not an Error: an attacker causes it, so it must be cheap (no
 * stack is captured) and it carries only what the client may see.
 *
 * @typedef {object} Refusal
 * @property {string} practice
 * @property {string} code
 * @property {number} status
 * @property {string} detail one sentence for the client
 * @property {string} event name of the OWASP logging vocabulary
 * @property {Record<string, unknown> | undefined} members further members of the problem, such as `pointer`; `type` is the problem's own
 * @property {Record<string, string> | undefined} fields response fields, such as `Retry-After`
 * @property {boolean} close whether the connection must not be used again (unread or broken body)
 * @property {((req: any, res: any) => void) | undefined} send answers in place of the problem, where the developer gave a handler
 */

/**
 * @param {string} practice
 * @param {string} code
 * @param {string} detail
 * @param {{ event?: string, status?: number, members?: Record<string, unknown>, fields?: Record<string, string>, close?: boolean, send?: (req: any, res: any) => void }} [more]
 * @returns {Refusal}
 */
function refusal(practice, code, detail, more = {}) {
  return {
    practice,
    code,
    status: more.status ?? CODES[code].status,
    detail,
    event: more.event ?? 'input_validation_fail',
    members: more.members,
    fields: more.fields,
    close: more.close ?? false,
    send: more.send,
  };
}

module.exports = { refusal };
