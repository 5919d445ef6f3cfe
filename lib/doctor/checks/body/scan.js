'use strict';

const { at } = require('../../source/source');
const { fail, pass, skip } = require('../../verdict');

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'body/scan',
  kind: 'static',
  weight: 2,
  why: '`__proto__` in a body reaches the prototype of every object through a careless merge; `$gt` reaches the database.',
  fix: 'app.use(hauberk()) refuses such bodies before they are parsed; alone: app.use(hauberk.body())',
  docs: 'body.md',
  look({ project, guard }) {
    if (guard.on('body')) return pass('the guard looks at bodies before they are parsed', guard.evidence);
    const own = project.source.calls(/^hauberk(?:\.|\/)body$/);
    if (own.length > 0)
      return pass(
        'hauberk.body looks at bodies before they are parsed',
        own.map((one) => at(one)),
      );
    const parsers = project.source.calls(/^(?:express|body-parser)\.(?:json|urlencoded)$|^body-parser$/);
    if (parsers.length === 0) return skip('no body is read');
    return fail(
      'bodies are parsed without a look at their keys',
      parsers.map((one) => at(one)),
    );
  },
};
