'use strict';

/** @param {import('../index').Report | Error} result */
function json(result) {
  if (!(result instanceof Error)) return `${JSON.stringify(result, null, 2)}\n`;
  const { code, message } = /** @type {Error & { code?: string }} */ (result);
  return `${JSON.stringify({ clean: false, exitCode: 3, error: { code, message } }, null, 2)}\n`;
}

module.exports = { json };
