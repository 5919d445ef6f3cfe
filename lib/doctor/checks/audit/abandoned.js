'use strict';

const { fail, pass } = require('../../verdict');

/** Packages that get no more fixes, with what takes their place. */
const ABANDONED = Object.freeze({
  csurf: 'hauberk.csrf or csrf-csrf',
  request: 'fetch',
  'request-promise': 'fetch',
  'node-uuid': 'crypto.randomUUID()',
  jade: 'pug',
  'xss-clean': 'hauberk.sanitize',
  'express-brute': 'hauberk.ratelimit.login',
  crypto: 'node:crypto',
  'connect-multiparty': 'multer',
  'node-sass': 'sass',
});

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'audit/abandoned',
  kind: 'static',
  weight: 2,
  why: 'Nobody mends a hole in a package that has no maintainer; Express below 4 is one.',
  fix: 'Replace the package',
  docs: 'audit.md',
  look({ project }) {
    const found = Object.entries(ABANDONED)
      .filter(([name]) => Object.hasOwn(project.dependencies, name))
      .map(([name, instead]) => ({ file: 'package.json', text: `${name}: use ${instead}` }));
    const express = /^[\^~>=v ]*([0-3])(?:\.|$)/.exec(project.dependencies.express ?? '');
    if (express)
      found.push({ file: 'package.json', text: `express ${project.dependencies.express}: use 4 or 5` });
    return found.length > 0
      ? fail('packages without a maintainer are used', found, found[0].text)
      : pass('no package that is known to be abandoned');
  },
};
