'use strict';

const { at } = require('../../source/source');
const { fail, pass, skip } = require('../../verdict');

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'headers/cors',
  kind: 'static',
  weight: 3,
  why: 'Any site could read what a signed-in user can.',
  fix: "List the origins: cors({ origin: ['https://app.example'], credentials: true })",
  docs: 'eslint.md#no-cors-reflection',
  look({ project }) {
    const made = project.source.calls(/^cors$/);
    if (made.length === 0) return skip('cors is not used');
    const open = made.filter(({ file, args }) => {
      const credentials = file.property(args[0], 'credentials');
      const origin = file.property(args[0], 'origin');
      if (file.literal(credentials) !== 'true' || origin === undefined) return false;
      const text = file.show(file.follow(origin));
      return text === 'true' || /=>\s*\w+ \( null , (?:true|\w*[oO]rigin\w*) \)/.test(text);
    });
    return open.length > 0
      ? fail(
          'every origin may read, with credentials',
          open.map((one) => at(one)),
        )
      : pass(
          'cors does not open every origin with credentials',
          made.map((one) => at(one)),
        );
  },
};
