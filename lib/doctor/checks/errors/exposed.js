'use strict';

/* eslint-disable security/detect-unsafe-regex -- each repetition is bounded, or begins where no other part fits */

const { fail, pass } = require('../../verdict');

/** What a file looks like, so that a page that answers everything with 200 is no hole. @type {[string, RegExp][]} */
const FILES = [
  ['git', /^(?:ref: refs\/|[\da-f]{40}\s*$)/],
  ['env', /^\s*(?:#.*\n\s*)*(?:export\s+)?[A-Z][A-Z0-9_]*\s*=/],
  ['manifest', /^\s*\{[\s\S]*"(?:dependencies|devDependencies|scripts)"\s*:/],
  ['lockfile', /^\s*\{[\s\S]*"lockfileVersion"\s*:/],
];

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'errors/exposed',
  kind: 'live',
  weight: 3,
  why: 'Scanners ask every server for these files, all day.',
  fix: "Serve a folder that holds only what is public: express.static('public', { dotfiles: 'ignore' }), without source maps",
  docs: 'doctor.md',
  look({ live }) {
    const { answers = {} } = live ?? {};
    const open = FILES.flatMap(([name, pattern]) => {
      const { status = 0, body = '', path = '' } = answers[name] ?? {};
      return status === 200 && pattern.test(body.slice(0, 65_536)) ? [`GET ${path}`] : [];
    });
    const maps = Object.entries(answers)
      .filter(
        ([name, { status, body }]) =>
          name.startsWith('map ') && status === 200 && /"mappings"\s*:/.test(body),
      )
      .map(([, { path }]) => `GET ${path} (source map)`);
    return open.length + maps.length > 0
      ? fail("files that are nobody else's business are served", [...open, ...maps])
      : pass('no such file is served');
  },
};
