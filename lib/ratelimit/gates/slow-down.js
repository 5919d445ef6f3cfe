'use strict';

/**
 * How long an allowed request waits: the longer, the emptier its bucket is.
 *
 * @param {Readonly<import('../options').Settings>} settings
 * @param {{ remaining: number, limit: number, policy?: string }} decision
 */
function delayOf({ slowDown: how, policies }, { remaining, limit, policy }) {
  const own = policies.find(({ name }) => name === policy) ?? policies[0];
  const burst = own.burst || limit;
  const { after, delayMs, maxDelayMs } = /** @type {import('./options').SlowDown} */ (how);
  return Math.min(maxDelayMs, Math.max(0, burst - remaining - after) * delayMs);
}

/**
 * A connection that is closed meanwhile does not go on.
 *
 * @param {number} ms
 * @param {any} res
 * @returns {Promise<void> | undefined}
 */
function pause(ms, res) {
  if (ms === 0) return undefined;
  return new Promise((resolve) => {
    const timer = setTimeout(go, ms);
    function go() {
      res.off('close', gone);
      resolve();
    }
    function gone() {
      clearTimeout(timer);
    }
    res.once('close', gone);
  });
}

module.exports = { delayOf, pause };
