'use strict';

/**
 * Packs hauberk and this machine's platform package into tarballs, as they would be published.
 *
 * node scripts/pack.js [folder]           default: .cache/pack
 * node scripts/pack.js --all [folder]     with every platform package, whose binaries `npm run prebuild` made
 *
 * The platform packages enter `optionalDependencies` here and only here: committed, they would break
 * `npm ci` before the packages are published.
 */

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const { TARGETS, binaryOf } = require('./prebuild/targets');

const ROOT = path.join(__dirname, '..');
const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/**
 * @param {string} folder where the tarballs go
 * @returns {{ main: string, platform: string, files: string[] }} the tarballs, and what is in the main one
 */
function pack(folder) {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const main = packFolder(stageMain(path.join(folder, 'main')), folder);
  const platform = packFolder(stagePlatform(path.join(folder, 'platform')), folder);
  return { main: main.file, platform: platform.file, files: main.files };
}

/**
 * @param {string} folder
 * @returns {string[]} the tarballs: the platform packages, then the main one, in the order to publish them
 */
function packAll(folder) {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const platforms = TARGETS.map((target) => {
    const binary = path.join(ROOT, 'npm', target.name, binaryOf(target));
    if (!fs.existsSync(binary)) {
      throw new Error(`there is no binary for ${target.name}: run npm run prebuild ${target.name}`);
    }
    return packFolder(stageBinary(target.name, binary, path.join(folder, target.name)), folder).file;
  });
  return [...platforms, packFolder(stageMain(path.join(folder, 'main')), folder).file];
}

/** package.json as it is published: with the platform packages, without what is only for work on hauberk. */
function manifestToPublish() {
  const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  manifest.optionalDependencies = Object.fromEntries(
    TARGETS.map(({ name }) => [`@hauberk/${name}`, manifest.version]),
  );
  delete manifest.devDependencies;
  delete manifest.scripts;
  delete manifest.overrides;
  return manifest;
}

/** Copies the package and writes the platform packages into it. @param {string} to */
function stageMain(to) {
  const manifest = manifestToPublish();
  for (const name of [...manifest.files, 'README.md', 'LICENSE', 'CHANGELOG.md']) {
    if (fs.existsSync(path.join(ROOT, name)))
      fs.cpSync(path.join(ROOT, name), path.join(to, name), { recursive: true });
  }
  fs.writeFileSync(path.join(to, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return to;
}

/** @param {string} to */
function stagePlatform(to) {
  const binary = fs.readdirSync(path.join(ROOT, 'native')).find((name) => /^hauberk\..*\.node$/.test(name));
  if (binary === undefined) throw new Error('there is no binary in native/: run npm run compile');
  const name = binary.slice('hauberk.'.length, -'.node'.length);
  return stageBinary(name, path.join(ROOT, 'native', binary), to);
}

/** A platform package: its folder, the binary, and the licences of what is in it. @param {string} name @param {string} binary @param {string} to */
function stageBinary(name, binary, to) {
  fs.cpSync(path.join(ROOT, 'npm', name), to, { recursive: true });
  fs.copyFileSync(binary, path.join(to, `hauberk.${name}.node`));
  for (const file of ['THIRD-PARTY.md', 'LICENSE']) {
    fs.copyFileSync(path.join(ROOT, file), path.join(to, file));
  }
  return to;
}

/**
 * @param {string} from
 * @param {string} to
 */
function packFolder(from, to) {
  const out = execFileSync(NPM, ['pack', '--json', '--pack-destination', to], {
    cwd: from,
    stdio: ['ignore', 'pipe', 'ignore'],
    shell: process.platform === 'win32',
  });
  const described = JSON.parse(out.toString());
  const [info] = Array.isArray(described) ? described : Object.values(described);
  return {
    file: path.join(to, info.filename.replace('@', '').replace('/', '-')),
    files: info.files.map((/** @type {{ path: string }} */ file) => file.path),
  };
}

module.exports = { pack, packAll, manifestToPublish };

if (require.main === module) {
  const [asked] = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
  const folder = path.resolve(asked ?? path.join(ROOT, '.cache', 'pack'));
  console.log(process.argv.includes('--all') ? packAll(folder).join('\n') : pack(folder));
}
