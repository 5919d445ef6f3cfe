'use strict';

const { at } = require('../../source/source');
const { pass, skip, warn } = require('../../verdict');

const PACKAGES = [
  'pino',
  'pino-http',
  'winston',
  'bunyan',
  'morgan',
  'log4js',
  'express-winston',
  'loglevel',
  'roarr',
  'tslog',
  '@logtape/logtape',
];

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'monitor/log',
  kind: 'static',
  weight: 1,
  why: 'After the fact the log is all there is.',
  fix: 'app.use(guard.errors) logs every error with a correlation id; give it your logger: hauberk({ errors: { logger } })',
  docs: 'errors.md',
  look({ project, guard }) {
    if (guard.found && guard.report?.practices?.errors !== 'off')
      return pass('the guard logs every error with a correlation id', guard.evidence);
    const used = project.source.uses(PACKAGES);
    if (used !== undefined) return pass(`${used} is used`);
    const own = project.source.calls(/^hauberk(?:\.|\/)errors$/);
    if (own.length > 0)
      return pass(
        'hauberk.errors logs every error',
        own.map((one) => at(one)),
      );
    return project.source.calls(/^express$/).length === 0
      ? skip('no Express application is made')
      : warn('there is no log of requests or errors');
  },
};
