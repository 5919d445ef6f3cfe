'use strict';

/**
 * How long the command takes on a project of 1500 packages, offline, with 5000 advisories (about as many as the
 * reviewed ones for npm). The whole program is timed, start of Node.js included. The findings are checked first.
 */

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const PACKAGES = 1500;
const ADVISORIES = 5000;
const ROUNDS = 5;
const BIN = path.join(__dirname, '../bin/hauberk.js');
const HASH = `sha512-${Buffer.alloc(64, 7).toString('base64')}`;
const names = Array.from({ length: PACKAGES }, (_, i) => `package-${i}`);
/** Each package depends on three behind it. */
const edges = (i) => [i * 2 + 1, i * 2 + 2, i + 7].filter((to) => to < PACKAGES);

const tarball = (name) => `https://registry.example/${name}/-/${name}-1.0.0.tgz`;

function npm() {
  const packages = { '': { dependencies: { 'package-0': '1.0.0' } } };
  names.forEach((name, i) => {
    const dependencies = Object.fromEntries(edges(i).map((to) => [names[to], '1.0.0']));
    packages[`node_modules/${name}`] = {
      version: '1.0.0',
      resolved: tarball(name),
      integrity: HASH,
      dependencies,
    };
  });
  return ['package-lock.json', JSON.stringify({ lockfileVersion: 3, packages }, null, 2)];
}

function pnpm() {
  const list = (i) => edges(i).map((to) => `      ${names[to]}: 1.0.0\n`);
  const deps = (i) => (edges(i).length > 0 ? `\n    dependencies:\n${list(i).join('')}` : ' {}\n');
  const packages = names.map(
    (name) => `  ${name}@1.0.0:\n    resolution: {integrity: ${HASH}}\n    engines: {node: '>=18'}\n`,
  );
  const snapshots = names.map((name, i) => `  ${name}@1.0.0:${deps(i)}`);
  const importers =
    'importers:\n  .:\n    dependencies:\n      package-0:\n        specifier: 1.0.0\n        version: 1.0.0\n';
  return [
    'pnpm-lock.yaml',
    `lockfileVersion: '9.0'\n${importers}packages:\n${packages.join('')}snapshots:\n${snapshots.join('')}`,
  ];
}

function classic() {
  const block = (name, i) => {
    const list = edges(i).map((to) => `    ${names[to]} "1.0.0"\n`);
    const deps = list.length > 0 ? `  dependencies:\n${list.join('')}` : '';
    return `${name}@1.0.0:\n  version "1.0.0"\n  resolved "${tarball(name)}"\n  integrity ${HASH}\n${deps}`;
  };
  return ['yarn.lock', `# yarn lockfile v1\n\n${names.map(block).join('\n')}`];
}

function berry() {
  const block = (name, i) => {
    const list = edges(i).map((to) => `    ${names[to]}: "npm:1.0.0"\n`);
    const deps = list.length > 0 ? `  dependencies:\n${list.join('')}` : '';
    return `"${name}@npm:1.0.0":\n  version: 1.0.0\n  resolution: "${name}@npm:1.0.0"\n${deps}  checksum: 10c0/${'a'.repeat(128)}\n  languageName: node\n  linkType: hard\n`;
  };
  const root = `"shop@workspace:.":\n  version: 0.0.0\n  resolution: "shop@workspace:."\n`;
  return ['yarn.lock', `__metadata:\n  version: 8\n\n${root}\n${names.map(block).join('\n')}`];
}

/** @param {string} root */
function database(root) {
  const folder = path.join(root, 'db');
  fs.mkdirSync(folder);
  for (let i = 0; i < ADVISORIES; i += 1) {
    // Every 50th package has one that affects it, and one that does not.
    const events = [{ introduced: '0' }, { fixed: i % 50 === 0 ? '2.0.0' : '0.9.0' }];
    const affected = [
      { package: { ecosystem: 'npm', name: `package-${i}` }, ranges: [{ type: 'SEMVER', events }] },
    ];
    const record = { id: `T-${i}`, summary: 'x', details: 'words '.repeat(300), affected };
    fs.writeFileSync(path.join(folder, `T-${i}.json`), JSON.stringify(record));
  }
}

const place = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-bench-audit-'));
try {
  database(place);
  for (const [title, make] of Object.entries({ npm, pnpm, 'yarn classic': classic, 'yarn berry': berry })) {
    const root = path.join(place, title.replace(' ', '-'));
    fs.mkdirSync(root);
    const [file, text] = make();
    fs.writeFileSync(path.join(root, file), text);
    fs.writeFileSync(
      path.join(root, 'package.json'),
      JSON.stringify({ name: 'shop', dependencies: { 'package-0': '1.0.0' } }),
    );
    const times = Array.from({ length: ROUNDS }, () => {
      const start = performance.now();
      const done = spawnSync(
        process.execPath,
        [BIN, 'audit', '--json', '--db', path.join(place, 'db'), root],
        { encoding: 'utf8', maxBuffer: 1 << 28 },
      );
      const took = performance.now() - start;
      assert.equal(done.status, 1, done.stderr);
      const report = JSON.parse(done.stdout);
      assert.deepEqual([report.packages, report.counts.high], [PACKAGES, PACKAGES / 50]);
      return took;
    });
    times.sort((a, b) => a - b);
    console.log(
      `${title.padEnd(12)} ${PACKAGES} packages, ${ADVISORIES} advisories: median ${Math.round(times[ROUNDS >> 1])} ms, worst ${Math.round(times[ROUNDS - 1])} ms`,
    );
  }
} finally {
  fs.rmSync(place, { recursive: true });
}
