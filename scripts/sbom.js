'use strict';

/**
 * Writes what hauberk is made of, packages and crates, as one CycloneDX 1.5 document.
 *
 * node scripts/sbom.js [file]     default: .cache/hauberk.cdx.json
 */

const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const { linked } = require('./crates');

const ROOT = path.join(__dirname, '..');

/**
 * The packages that are installed with hauberk, by the lock file. (`npm sbom --omit dev` of npm 11.19 leaves one out.)
 *
 * @returns {{ components: any[], dependencies: { ref: string, dependsOn: string[] }[], needs: string[] }}
 */
function packages() {
  const lock = JSON.parse(fs.readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')).packages;
  /** @type {Map<string, { ref: string, dependsOn: string[] }>} */
  const found = new Map();
  /** @type {any[]} */
  const components = [];
  const visit = (/** @type {string} */ from) => {
    const needs = Object.keys(lock[from].dependencies ?? {}).map((name) => placeOf(lock, from, name));
    for (const at of needs.filter((one) => !found.has(one))) {
      const name = at.slice(at.lastIndexOf('node_modules/') + 'node_modules/'.length);
      const ref = `pkg:npm/${name.replace('@', '%40')}@${lock[at].version}`;
      found.set(at, { ref, dependsOn: [] });
      components.push(packageOf(name, ref, lock[at]));
      /** @type {any} */ (found.get(at)).dependsOn = visit(at);
    }
    return needs.map((at) => /** @type {any} */ (found.get(at)).ref).sort();
  };
  const needs = visit('');
  return { components, dependencies: [...found.values()], needs };
}

/** Where Node.js would find a package: the nearest node_modules. @param {any} lock @param {string} from @param {string} name */
function placeOf(lock, from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const place = `${at}${at === '' ? '' : '/'}node_modules/${name}`;
    if (lock[place] !== undefined) return place;
    if (at === '') throw new Error(`package-lock.json has no ${name}`);
  }
}

/** @param {string} name @param {string} ref @param {any} entry of the lock file */
function packageOf(name, ref, entry) {
  const [algorithm, digest] = entry.integrity.split('-');
  if (algorithm !== 'sha512') throw new Error(`${name} has a checksum of the kind ${algorithm}`);
  return {
    type: 'library',
    'bom-ref': ref,
    name,
    version: entry.version,
    scope: 'required',
    purl: ref,
    licenses: [{ expression: entry.license }],
    hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }],
  };
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
  const { name, version, license } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const own = `pkg:npm/${name}@${version}`;
  const npm = packages();
  const { crates, edges, root } = linked();
  const sums = checksums();
  const ids = new Map(crates.map((crate) => [crate.id, purl(crate)]));
  const needs = (/** @type {string} */ id) => [...(edges.get(id) ?? [])].map((one) => ids.get(one)).sort();
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: `urn:uuid:${crypto.randomUUID()}`,
    version: 1,
    metadata: {
      timestamp: new Date().toISOString(),
      component: {
        type: 'library',
        'bom-ref': own,
        name,
        version,
        purl: own,
        licenses: [{ expression: license }],
      },
    },
    components: [...npm.components, ...crates.map((crate) => component(crate, sums))],
    dependencies: [
      { ref: own, dependsOn: [...npm.needs, ...needs(root)] },
      ...npm.dependencies,
      ...crates.map((crate) => ({ ref: purl(crate), dependsOn: needs(crate.id) })),
    ],
  };
}

module.exports = { compose };

if (require.main === module) {
  const file = path.resolve(process.argv[2] ?? path.join(ROOT, '.cache', 'hauberk.cdx.json'));
  const document = compose();
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
  console.log(`${file}: ${document.components.length} components`);
}
