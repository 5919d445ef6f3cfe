'use strict';

/**
 * Audits a small project offline: a lockfile, one advisory, and a policy with one exception. Run: node examples/audit.js
 */

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const audit = require('hauberk/audit');

const FILES = {
  'package.json': { name: 'shop', dependencies: { web: '^1.0.0', old: '^1.0.0' } },
  'package-lock.json': {
    lockfileVersion: 3,
    packages: {
      '': { dependencies: { web: '^1.0.0', old: '^1.0.0' } },
      'node_modules/web': { version: '1.0.0', integrity: 'sha512-AAAA', dependencies: { parser: '^1.0.0' } },
      'node_modules/parser': { version: '1.5.0', integrity: 'sha512-AAAA' },
      'node_modules/old': { version: '1.0.0' },
    },
  },
  'advisories/one.json': {
    id: 'EXAMPLE-1',
    summary: 'The parser reads past the end of its input',
    database_specific: { severity: 'HIGH' },
    affected: [
      {
        package: { ecosystem: 'npm', name: 'parser' },
        ranges: [{ type: 'SEMVER', events: [{ introduced: '1.0.0' }, { fixed: '1.6.0' }] }],
      },
    ],
  },
  'policy.json': {
    exceptions: [{ package: 'old', reason: 'its registry writes no hashes', expires: '2099-12-31' }],
  },
};

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-example-'));
  // eslint-disable-next-line security/detect-non-literal-fs-filename -- a new folder of its own
  fs.mkdirSync(path.join(folder, 'advisories'));
  for (const [name, content] of Object.entries(FILES)) {
    // eslint-disable-next-line security/detect-non-literal-fs-filename -- names from the table above
    fs.writeFileSync(path.join(folder, name), JSON.stringify(content));
  }
  try {
    const report = await audit({
      cwd: folder,
      db: path.join(folder, 'advisories'),
      policy: path.join(folder, 'policy.json'),
    });
    console.log(audit.format(report));
    console.log(`a CI job would end with exit code ${report.exitCode}`);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

main();
