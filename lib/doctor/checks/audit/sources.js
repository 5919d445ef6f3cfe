'use strict';

const { HauberkError } = require('../../../internal/fault');
const { CHECKS, check } = require('../../../internal/project/lockfile/checks');
const { fail, pass, skip, warn } = require('../../verdict');

/** What is worth a look, and no hole. */
const QUIET = new Set(['lockfile/install-script', 'lockfile/no-version']);

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'audit/sources',
  kind: 'static',
  weight: 2,
  why: 'An entry without a hash, or from an address that is no registry, may be something else tomorrow.',
  fix: 'Depend on published versions, and write the lockfile anew; hauberk audit names each entry',
  docs: 'audit.md',
  look({ project }) {
    const lock = project.lock();
    if (lock instanceof HauberkError) return skip('there is no lockfile that can be read');
    const found = [...lock.graph.packages.values()].flatMap((one) =>
      check(one)
        .filter((rule) => !QUIET.has(rule))
        .map((rule) => ({ rule, text: `${one.name}@${one.version ?? '?'}: ${CHECKS[rule].title}` })),
    );
    if (found.length === 0) return pass('every package has a hash and comes from a registry');
    const evidence = found.map(({ text }) => ({ file: lock.lockfile, text }));
    const heavy = found.some(({ rule }) => CHECKS[rule].severity === 'high');
    const what = `${found.length} ${found.length === 1 ? 'entry' : 'entries'} of the lockfile cannot be relied on`;
    return heavy ? fail(what, evidence) : warn(what, evidence);
  },
};
