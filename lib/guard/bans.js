'use strict';

const { isPlainObject } = require('../internal/options');

/**
 * Joins what bans with what asks for bans: the anomalies of `monitor` ban through the guard's own bans.
 */

/**
 * Whether the guard's bans are to be on although nobody asked for them by name.
 *
 * @param {any} input the guard's options
 */
function wanted({ bans, monitor }) {
  if (bans !== undefined || !isPlainObject(monitor)) return false;
  const rule =
    /** @type {any} */ (monitor).use?.anomalies?.settings.ban ?? /** @type {any} */ (monitor).anomalies?.ban;
  return rule !== undefined && rule !== false && rule.use === undefined;
}

/**
 * @param {any} monitor of the guard, if it has one
 * @param {any} bans of the guard, if it has some
 */
function connect(monitor, bans) {
  monitor?.anomalies?.useBans(bans);
}

module.exports = { wanted, connect };
