'use strict';

const { at } = require('../../source/source');
const { fail, pass } = require('../../verdict');

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'headers/set',
  kind: 'static',
  weight: 3,
  why: 'Without these fields a browser guesses types, lets any site frame the page, and runs whatever script was injected.',
  fix: 'app.use(hauberk()) before the routes',
  docs: 'headers.md',
  look({ project, guard }) {
    if (guard.on('headers')) return pass('the guard sets the security headers', guard.evidence);
    const made = project.source.calls(/^(?:helmet|hauberk(?:\.|\/)headers|lusca)$/);
    if (made.length > 0)
      return pass(
        'a header set is used',
        made.map((one) => at(one)),
      );
    return fail('nothing sets security headers', ['neither hauberk nor helmet is used']);
  },
};
