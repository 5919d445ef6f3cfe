'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { pathToFileURL } = require('node:url');

const hauberk = require('../..');
const manifest = require('../../package.json');

const ROOT = path.join(__dirname, '../..');
const TSC = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
const names = Object.keys(hauberk).sort();
/** Entries that speak another package's language, and the practice that they belong to. */
const COMPATIBLE = { argon2: 'passwords', bcrypt: 'passwords' };
const practices = fs
  .readdirSync(path.join(ROOT, 'lib'))
  .filter((name) => !['internal', 'guard'].includes(name))
  .sort();

test('each practice has the same word in every folder', () => {
  assert.ok(practices.length >= 7);
  for (const practice of practices) {
    for (const file of [
      `lib/${practice}/index.js`,
      `lib/${practice}/index.d.ts`,
      `docs/${practice}.md`,
      `examples/${practice}.js`,
      `__test__/${practice}`,
    ]) {
      assert.ok(fs.existsSync(path.join(ROOT, file)), `${file} is missing`);
    }
  }
  for (const folder of ['src', 'benches', '__test__', 'docs', 'examples']) {
    const others = {
      src: ['core'],
      benches: ['harness', 'guard', 'start'],
      __test__: ['contract', 'express', 'setups', 'types', 'vectors', 'helpers', 'guard', 'example', 'docs'],
      docs: ['codes', 'checklist', 'decisions', 'guard', 'images', 'platforms'],
      examples: ['api'],
    }[folder];
    for (const entry of fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true })) {
      if (folder === 'src' && !entry.isDirectory()) continue;
      const word = path.basename(entry.name, path.extname(entry.name));
      assert.ok(practices.includes(word) || others?.includes(word), `${folder}/${entry.name} is no practice`);
    }
  }
});

test('the package exports the root, exactly the practices, and the compatible entries', () => {
  const entries = [...practices, ...Object.keys(COMPATIBLE)];
  const expected = ['.', './package.json', ...entries.map((name) => `./${name}`)].sort();
  assert.deepEqual(Object.keys(manifest.exports).sort(), expected);
  for (const practice of practices) {
    assert.equal(require(`hauberk/${practice}`), hauberk[practice], practice);
    assert.ok(fs.existsSync(path.join(ROOT, manifest.exports[`./${practice}`].types)));
  }
});

test('each compatible entry: its practice holds it, and ESM and the types see every name of it', async () => {
  for (const [name, practice] of Object.entries(COMPATIBLE)) {
    const entry = manifest.exports[`./${name}`];
    assert.deepEqual(entry, {
      types: `./lib/${practice}/${name}.d.ts`,
      default: `./lib/${practice}/${name}.js`,
    });
    const names = Object.keys(require(`hauberk/${name}`)).sort();
    const esm = await import(pathToFileURL(path.join(ROOT, entry.default)).href);
    assert.deepEqual(
      Object.keys(esm)
        .filter((key) => !['default', 'module.exports'].includes(key))
        .sort(),
      names,
    );
    const types = fs.readFileSync(path.join(ROOT, entry.types), 'utf8');
    const typed = new Set(
      Array.from(types.matchAll(/^export (?:function|const) (\w+)/gm), ([, word]) => word),
    );
    assert.deepEqual([...typed].sort(), names);
  }
});

test('ESM sees every name', async () => {
  const esm = await import(pathToFileURL(path.join(ROOT, 'index.js')).href);
  const seen = Object.keys(esm).filter((name) => !['default', 'module.exports'].includes(name));
  assert.deepEqual(seen.sort(), names);
  assert.equal(esm.default, hauberk);
});

test('each practice: ESM sees every name of it', async () => {
  for (const practice of practices) {
    const esm = await import(pathToFileURL(path.join(ROOT, 'lib', practice, 'index.js')).href);
    const seen = Object.keys(esm).filter((name) => !['default', 'module.exports'].includes(name));
    assert.deepEqual(seen.sort(), Object.keys(hauberk[practice]).sort(), practice);
  }
});

test('the types have exactly the names of the runtime, for the package and each practice', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-surface-'));
  const exact = (/** @type {string} */ what, /** @type {string[]} */ keys) =>
    `export const of_${what.replace(/\W/g, '_')}: Record<keyof typeof ${what}, 1> = { ${keys.map((key) => `${JSON.stringify(key)}: 1`).join(', ')} };`;
  const lines = [
    `import hauberk = require(${JSON.stringify(ROOT)});`,
    exact('hauberk', names),
    ...practices.map((practice) => exact(`hauberk.${practice}`, Object.keys(hauberk[practice]))),
  ];
  fs.writeFileSync(path.join(folder, 'surface.ts'), lines.join('\n'));
  try {
    const flags = [
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'node16',
      '--moduleResolution',
      'node16',
    ];
    const types = ['--types', 'node', '--typeRoots', path.join(ROOT, 'node_modules', '@types')];
    execFileSync(process.execPath, [TSC, ...flags, ...types, path.join(folder, 'surface.ts')], {
      encoding: 'utf8',
    });
  } catch (error) {
    assert.fail(String(/** @type {any} */ (error).stdout));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test('practices that need no binary load without it', () => {
  const blocked = `
    const Module = require('node:module');
    const load = Module._load;
    Module._load = (name, ...rest) => {
      if (/\\.node$|binding/.test(name)) throw new Error('no binary');
      return load(name, ...rest);
    };
    require('hauberk/errors');
    require('hauberk/audit');
    try { require('hauberk/passwords'); process.exit(3); } catch (error) {
      if (error.code !== 'ERR_HAUBERK_NATIVE_MISSING') throw error;
    }`;
  execFileSync(process.execPath, ['-e', blocked], { cwd: ROOT, stdio: 'pipe' });
});
