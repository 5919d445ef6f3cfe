'use strict';

const { publish } = require('../../internal/events');
const { open } = require('./filter');
const { Ranges } = require('./range');
const { reason } = require('./reasons');

/**
 * Is a password in a breach: by a filter file, then by the range service. Without either there is nothing to ask.
 *
 * @param {any} settings
 * @returns {(password: string) => Promise<{ count: number | null | undefined, found: any[] }>}
 */
function breachCheck({ filter, breached }) {
  const ranges = breached && new Ranges(breached);
  return async (password) => {
    if (filter !== undefined && (await holds(filter, password))) return hit(null, 'filter');
    if (!ranges) return { count: filter === undefined ? undefined : 0, found: [] };
    try {
      const count = await ranges.count(password);
      return count > 0 ? hit(count, 'range') : { count, found: [] };
    } catch (error) {
      return unknown(error, breached.onFailure);
    }
  };
}

/**
 * A path is opened each time: a new list counts at once, and nothing is left open.
 *
 * @param {string | { has(password: string): Promise<boolean> }} filter
 * @param {string} password
 */
async function holds(filter, password) {
  if (typeof filter !== 'string') return filter.has(password);
  const file = await open(filter);
  try {
    return await file.has(password);
  } finally {
    await file.close();
  }
}

/** @param {number | null} count null: a filter does not count @param {string} source */
function hit(count, source) {
  return { count: count ?? 1, found: [reason('breached', { source, ...(count !== null && { count }) })] };
}

/** @param {unknown} error @param {'allow' | 'refuse'} onFailure */
function unknown(error, onFailure) {
  const refuses = onFailure === 'refuse';
  publish({
    event: 'sys_monitor_disabled',
    practice: 'passwords',
    code: 'ERR_HAUBERK_PASSWORDS_BREACH',
    blocked: refuses,
    detail: `a password could not be checked against breaches: ${/** @type {Error} */ (error).message}`,
    requestId: undefined,
    client: undefined,
    time: Date.now(),
  });
  return { count: null, found: refuses ? [reason('breach_unknown', {})] : [] };
}

module.exports = { breachCheck };
