'use strict';

const { at } = require('../../source/source');
const { fail, pass, skip } = require('../../verdict');

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'headers/powered-by',
  kind: 'static',
  weight: 1,
  why: 'X-Powered-By: Express says which holes to try.',
  fix: "app.disable('x-powered-by')",
  docs: 'headers.md',
  look({ project, guard }) {
    const { source } = project;
    const made = source.calls(/^express$/);
    if (made.length === 0) return skip('no Express application is made');
    if (guard.on('headers')) return pass('the guard removes it', guard.evidence);
    const off = [
      ...source.calls(/^(?:helmet|helmet\.hidePoweredBy|hauberk(?:\.|\/)headers)$/),
      ...source
        .calls(/\.(?:disable|set)$/)
        .filter(({ file, args }) => file.literal(args[0]) === 'x-powered-by'),
    ];
    return off.length > 0
      ? pass(
          'it is removed',
          off.map((one) => at(one)),
        )
      : fail(
          'Express names itself on every response',
          made.map((one) => at(one)),
        );
  },
};
