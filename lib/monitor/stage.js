'use strict';

const { invalid, isPlainObject } = require('../internal/options');
const { Monitor } = require('./monitor');
const options = require('./options');
const { came, answered } = require('./requests');

/** @param {any} input */
function parse(input) {
  if (!isPlainObject(input) || input.use === undefined) return options.parse(input);
  const { use, ...others } = input;
  if (!(use instanceof Monitor)) throw invalid('monitor.use', 'what hauberk.monitor() gave', use);
  const more = Object.keys(others);
  if (more.length > 0)
    throw invalid(`monitor.${more[0]}`, 'given to the monitor that `use` names', others[more[0]]);
  return { use };
}

/**
 * Counts requests, their status and how long they took. What the other practices decide is counted where they do.
 *
 * @param {any} settings
 * @param {{ keys?: any }} [shared]
 * @returns {import('../internal/stage').Stage & { monitor: Monitor }}
 */
function create(settings, shared = {}) {
  const monitor = settings.use ?? new Monitor(settings, shared);
  return {
    practice: 'monitor',
    settings: {},
    monitor,
    run: function monitorCame(_req, _res, context) {
      came(context);
    },
    head: function monitorAnswered(res, context) {
      if (context.cameAt === 0) return;
      answered(res.statusCode, context);
      monitor.anomalies?.answered(res.req, res.statusCode, context);
      context.cameAt = 0;
    },
    close: settings.use === undefined ? () => void monitor.close() : undefined,
  };
}

module.exports = { parse, create };
