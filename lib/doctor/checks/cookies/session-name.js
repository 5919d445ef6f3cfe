'use strict';

const { TELLTALE } = require('../../../internal/cookie-names');
const { at } = require('../../source/source');
const { fail, pass, skip } = require('../../verdict');

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'cookies/session-name',
  kind: 'static',
  weight: 2,
  why: 'connect.sid tells what runs here, and which cookie to steal or to plant.',
  fix: "Use hauberk.sessions(), or give the session a name: session({ name: '__Host-id', ... })",
  docs: 'cookies.md',
  look({ project, guard }) {
    const made = project.source.calls(/^(?:express-session|cookie-session)$/);
    const own = project.source.calls(/^hauberk(?:\.|\/)sessions$/);
    if (made.length === 0) {
      return own.length > 0
        ? pass(
            'hauberk.sessions chooses an unguessable name',
            own.map((one) => at(one)),
          )
        : skip('no sessions are set up');
    }
    if (guard.on('cookies')) return pass('the guard renames telltale names', guard.evidence);
    const open = made.filter(({ file, args }) => {
      const name = file.property(args[0], 'name');
      if (name === undefined) return args[0] === undefined || file.isPlainObject(args[0]);
      return file.isString(name) && TELLTALE.includes(file.literal(name) ?? '');
    });
    if (open.length > 0)
      return fail(
        'the session cookie has the name that everybody knows',
        open.map((one) => at(one)),
      );
    return pass(
      'the session cookie has a name of its own',
      made.map((one) => at(one)),
    );
  },
};
