'use strict';

/** Lockfiles and advisories for the tests of the audit. */

const { BIN, SHA512, hauberk, project } = require('../helpers/project');

/** An OSV record. */
function osv(id, name, events, more = {}) {
  return {
    id,
    summary: `summary of ${id}`,
    affected: [{ package: { ecosystem: 'npm', name }, ranges: [{ type: 'SEMVER', events }] }],
    database_specific: { severity: 'HIGH' },
    ...more,
  };
}

const BELOW_2 = [{ introduced: '0' }, { fixed: '2.0.0' }];

/** An npm entry as npm writes it. */
function npmEntry(name, version, more = {}) {
  const file = name.split('/').pop();
  return {
    version,
    resolved: `https://registry.example/${name}/-/${file}-${version}.tgz`,
    integrity: SHA512,
    ...more,
  };
}

/** A project of npm: web > cookie-like chains; `tool` is for development only. */
function npmProject(more = {}) {
  return {
    'package.json': { name: 'shop', dependencies: { web: '^1.0.0' }, devDependencies: { tool: '^1.0.0' } },
    'package-lock.json': {
      name: 'shop',
      lockfileVersion: 3,
      packages: {
        '': { name: 'shop', dependencies: { web: '^1.0.0' }, devDependencies: { tool: '^1.0.0' } },
        'node_modules/web': npmEntry('web', '1.0.0', { dependencies: { parser: '^1.0.0' } }),
        'node_modules/parser': npmEntry('parser', '1.5.0'),
        'node_modules/tool': npmEntry('tool', '1.0.0', { dev: true, dependencies: { parser: '^0.9.0' } }),
        'node_modules/tool/node_modules/parser': npmEntry('parser', '0.9.0', { dev: true }),
        ...more,
      },
    },
    'db/GHSA-1.json': osv('GHSA-1111-2222-3333', 'parser', BELOW_2, { aliases: ['CVE-2026-0001'] }),
  };
}

module.exports = { project, hauberk, osv, npmEntry, npmProject, BELOW_2, SHA512, BIN };
