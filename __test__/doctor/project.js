'use strict';

/** Projects for the doctor, and what its reports say. */

const fs = require('node:fs');
const path = require('node:path');
const { BIN, ROOT, SHA512, hauberk, project } = require('../helpers/project');

/** Makes packages of this repository installed in a project. @param {string} root @param {Record<string, string>} packages name to folder of node_modules */
function install(root, packages) {
  for (const [name, folder] of Object.entries(packages)) {
    const place = path.join(root, 'node_modules', name);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    const target = folder === '.' ? ROOT : path.join(ROOT, 'node_modules', folder);
    fs.symlinkSync(target, place, 'junction');
  }
}

/** package.json and a lockfile that agree. @param {Record<string, string>} dependencies @param {object} [more] */
function manifest(dependencies, more = {}) {
  const packages = Object.fromEntries(
    Object.entries(dependencies).map(([name, version]) => [
      `node_modules/${name}`,
      {
        version,
        resolved: `https://registry.example/${name}/-/${name.split('/').pop()}-${version}.tgz`,
        integrity: SHA512,
      },
    ]),
  );
  return {
    'package.json': { name: 'shop', dependencies, ...more },
    'package-lock.json': { lockfileVersion: 3, packages: { '': { dependencies }, ...packages } },
  };
}

/** @param {import('../../lib/doctor').Report} report @param {string} id */
function check(report, id) {
  const found = report.checks.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no check ${id}`);
  return found;
}

/** @param {import('../../lib/doctor').Report} report @param {string} status @returns {string[]} */
function ids(report, status) {
  return report.checks.filter((one) => one.status === status).map(({ id }) => id);
}

module.exports = { ROOT, BIN, project, install, manifest, hauberk, check, ids };
