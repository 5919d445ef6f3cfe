'use strict';

const { at } = require('../../source/source');
const { fail, pass } = require('../../verdict');

const PACKAGES = [
  'prom-client',
  'express-prom-bundle',
  '@opentelemetry/sdk-node',
  '@opentelemetry/api',
  '@opentelemetry/sdk-metrics',
  'dd-trace',
  'newrelic',
  'elastic-apm-node',
  '@sentry/node',
  'applicationinsights',
  'express-status-monitor',
  '@appsignal/nodejs',
  'hauberk/monitor',
];

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'monitor/events',
  kind: 'static',
  weight: 3,
  why: 'An attack that nobody sees goes on until it works.',
  fix: "Count and alarm: hauberk({ monitor: {} }), or listen: diagnostics_channel.subscribe('hauberk:event', log)",
  docs: 'monitor.md',
  look({ project, guard }) {
    if (guard.report?.practices?.monitor === 'on') return pass('the guard watches', guard.evidence);
    const own = project.source
      .calls(/^hauberk\.monitor(?:\.|$)|(?:^|\.)(?:subscribe|channel)$/)
      .filter(
        ({ file, name, args }) =>
          name.startsWith('hauberk.') || /^hauberk:/.test(file.literal(args[0]) ?? ''),
      );
    if (own.length > 0)
      return pass(
        'events of the guard are watched',
        own.map((one) => at(one)),
      );
    if (guard.found && guard.options('monitor') !== undefined && guard.on('monitor'))
      return pass('the guard watches', guard.evidence);
    const used = project.source.uses(PACKAGES);
    if (used !== undefined) return pass(`${used} watches`);
    return fail('nobody would see an attack', ['no metrics, no tracing, no security events']);
  },
};
