'use strict';

/**
 * Packs hauberk and this machine's platform package into tarballs, as they would be published.
 *
 * node scripts/pack.js [folder]     default: .cache/pack
 *
 * The platform packages enter `optionalDependencies` here and only here: committed, they would break
 * `npm ci` before the packages are published.
 */

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { join } = require('./join');

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

/** Copies the package and writes the platform packages into it. @param {string} to */
function stageMain(to) {
  const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  for (const name of [...manifest.files, 'README.md', 'LICENSE', 'CHANGELOG.md']) {
    if (fs.existsSync(path.join(ROOT, name)))
      fs.cpSync(path.join(ROOT, name), path.join(to, name), { recursive: true });
  }
  const platforms = fs.readdirSync(path.join(ROOT, 'npm'));
  manifest.optionalDependencies = Object.fromEntries(
    platforms.map((name) => [`@hauberk/${name}`, manifest.version]),
  );
  join(to);
  delete manifest.devDependencies;
  delete manifest.scripts;
  delete manifest.overrides;
  fs.writeFileSync(path.join(to, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return to;
}

/** @param {string} to */
function stagePlatform(to) {
  const binary = fs.readdirSync(path.join(ROOT, 'native')).find((name) => /^hauberk\..*\.node$/.test(name));
  if (binary === undefined) throw new Error('there is no binary in native/: run npm run build');
  const name = binary.slice('hauberk.'.length, -'.node'.length);
  fs.cpSync(path.join(ROOT, 'npm', name), to, { recursive: true });
  fs.copyFileSync(path.join(ROOT, 'native', binary), path.join(to, binary));
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

module.exports = { pack };

if (require.main === module) {
  console.log(pack(path.resolve(process.argv[2] ?? path.join(ROOT, '.cache', 'pack'))));
}
