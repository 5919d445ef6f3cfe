'use strict';

/**
 * Writes what hauberk is made of, packages and crates, as one CycloneDX 1.5 document.
 *
 * node scripts/sbom.js [file]     default: .cache/hauberk.cdx.json
 */

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const { linked } = require('./crates');

const ROOT = path.join(__dirname, '..');
const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** npm's own account of the packages that are installed with hauberk. */
function packages() {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'library', '--package-lock-only'];
  const out = execFileSync(NPM, [...args, '--omit', 'dev', '--omit', 'optional', '--omit', 'peer'], {
    cwd: ROOT,
    maxBuffer: 1e9,
    stdio: ['ignore', 'pipe', 'ignore'],
    shell: process.platform === 'win32',
  });
  return JSON.parse(out.toString());
}

/** Checksums by `name version`, as Cargo.lock has them. @returns {Map<string, string>} */
function checksums() {
  const lock = fs.readFileSync(path.join(ROOT, 'Cargo.lock'), 'utf8');
  const blocks = lock.split('[[package]]').slice(1);
  const field = (/** @type {string} */ block, /** @type {string} */ name) =>
    new RegExp(`^${name} = "(.*)"$`, 'm').exec(block)?.[1] ?? '';
  return new Map(
    blocks.map((block) => [`${field(block, 'name')} ${field(block, 'version')}`, field(block, 'checksum')]),
  );
}

/** @param {{ name: string, version: string }} crate */
const purl = ({ name, version }) => `pkg:cargo/${name}@${version}`;

/** @param {import('./crates').Crate} crate @param {Map<string, string>} sums */
function component(crate, sums) {
  const sum = sums.get(`${crate.name} ${crate.version}`);
  return {
    type: 'library',
    'bom-ref': purl(crate),
    name: crate.name,
    version: crate.version,
    scope: 'required',
    purl: purl(crate),
    licenses: [{ expression: crate.license.replaceAll('/', ' OR ') }],
    ...(sum ? { hashes: [{ alg: 'SHA-256', content: sum }] } : {}),
    ...(crate.repository ? { externalReferences: [{ type: 'vcs', url: crate.repository }] } : {}),
  };
}

function compose() {
  const document = packages();
  const { crates, edges, root } = linked();
  const sums = checksums();
  const own = document.metadata.component['bom-ref'];
  const ids = new Map(crates.map((crate) => [crate.id, purl(crate)]));
  const needs = (/** @type {string} */ id) => [...(edges.get(id) ?? [])].map((one) => ids.get(one)).sort();
  document.components.push(...crates.map((crate) => component(crate, sums)));
  const top = document.dependencies.find((/** @type {any} */ one) => one.ref === own);
  top.dependsOn = [...(top.dependsOn ?? []), ...needs(root)];
  document.dependencies.push(...crates.map((crate) => ({ ref: purl(crate), dependsOn: needs(crate.id) })));
  return document;
}

module.exports = { compose };

if (require.main === module) {
  const file = path.resolve(process.argv[2] ?? path.join(ROOT, '.cache', 'hauberk.cdx.json'));
  const document = compose();
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
  console.log(`${file}: ${document.components.length} components`);
}
