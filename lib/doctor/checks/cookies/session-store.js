'use strict';

const { at } = require('../../source/source');
const { fail, pass, skip } = require('../../verdict');

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'cookies/session-store',
  kind: 'static',
  weight: 1,
  why: 'The MemoryStore of express-session never forgets what nobody asks for, and every restart ends all sessions.',
  fix: 'Give the sessions a store, such as connect-redis: sessions({ store })',
  docs: 'sessions.md',
  look({ project }) {
    const made = project.source.calls(/^(?:express-session|hauberk(?:\.|\/)sessions)$/);
    if (made.length === 0) return skip('no sessions in a store are set up');
    const open = made.filter(
      ({ file, args }) =>
        args[0] === undefined ||
        (file.isPlainObject(args[0]) && file.property(args[0], 'store') === undefined),
    );
    return open.length > 0
      ? fail(
          'sessions are kept in the memory of the process',
          open.map((one) => at(one)),
        )
      : pass(
          'sessions have a store',
          made.map((one) => at(one)),
        );
  },
};
