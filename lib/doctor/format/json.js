'use strict';

/** @param {import('../index').Report | Error} report */
function json(report) {
  if (!(report instanceof Error)) return `${JSON.stringify(report, null, 2)}\n`;
  const { code, message } = /** @type {Error & { code?: string }} */ (report);
  return `${JSON.stringify({ error: { code, message } }, null, 2)}\n`;
}

module.exports = { json };
