'use strict';

const { fail, pass, skip } = require('../../verdict');

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'privileges/service-user',
  kind: 'static',
  weight: 3,
  why: 'A systemd unit without User= runs as root.',
  fix: 'Add to [Service]: DynamicUser=yes, or User= with a user of its own; and NoNewPrivileges=yes',
  docs: 'privileges.md',
  look({ project }) {
    const units = project.matching(/\.service$/).filter(({ text }) => /^[ \t]*ExecStart\s*=/m.test(text));
    if (units.length === 0) return skip('there is no systemd unit');
    const open = units.filter(({ text }) => {
      if (/^[ \t]*DynamicUser[ \t]*=[ \t]*(?:yes|true|1|on)[ \t\r]*$/im.test(text)) return false;
      const user = /^[ \t]*User[ \t]*=[ \t]*(\S+)[ \t\r]*$/m.exec(text)?.[1];
      return user === undefined || /^(?:root|0)$/.test(user);
    });
    if (open.length > 0)
      return fail(
        'the unit runs as root',
        open.map(({ name }) => ({ file: name, text: 'no User=' })),
      );
    return pass(
      'the unit runs as a user of its own',
      units.map(({ name }) => ({ file: name, text: 'User=' })),
    );
  },
};
