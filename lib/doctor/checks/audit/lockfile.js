'use strict';

const { HauberkError } = require('../../../internal/fault');
const { fail, pass } = require('../../verdict');

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'audit/lockfile',
  kind: 'static',
  weight: 3,
  why: 'Without a readable lockfile each installation takes other versions, and nobody knows which run.',
  fix: 'Run npm install and commit package-lock.json',
  docs: 'audit.md',
  look({ project }) {
    const lock = project.lock();
    if (lock instanceof HauberkError) return fail('there is no lockfile that can be read', [lock.message]);
    const { lockfile, graph } = lock;
    return pass(`${lockfile} names ${graph.packages.size} packages`, [
      { file: lockfile, text: graph.manager },
    ]);
  },
};
