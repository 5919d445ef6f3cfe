'use strict';

/** Every JavaScript block of the README and the docs runs as it stands, and every example runs. */

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { selfSigned } = require('../helpers/certificates');

const ROOT = path.join(__dirname, '../..');
const PRELOAD = path.join(ROOT, '__test__', 'helpers', 'run-and-leave.js');
const HEADINGS = [
  'What it stops',
  'Quick start',
  'Defaults, and why',
  'Options',
  'Errors',
  'What it does not stop',
  'Further reading',
];

const read = (/** @type {string} */ name) => fs.readFileSync(path.join(ROOT, name), 'utf8');
const pages = ['README.md', ...fs.readdirSync(path.join(ROOT, 'docs')).map((name) => `docs/${name}`)].filter(
  (name) => name.endsWith('.md'),
);
const practices = fs
  .readdirSync(path.join(ROOT, 'lib'))
  .filter((name) => !['internal', 'guard', 'init'].includes(name));

/** What the pages' examples read: files, and an ACME server that is down. */
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-docs-'));
test.after(() => fs.rmSync(folder, { recursive: true }));
const ENVIRONMENT = {
  TLS_CERT: path.join(folder, 'cert.pem'),
  TLS_KEY: path.join(folder, 'key.pem'),
  ACME_FOLDER: path.join(folder, 'acme'),
  ACME_DIRECTORY: 'https://127.0.0.1:9/directory',
};
const { cert, key } = selfSigned();
fs.writeFileSync(ENVIRONMENT.TLS_CERT, cert);
fs.writeFileSync(ENVIRONMENT.TLS_KEY, key);

/** @param {string[]} args @param {Record<string, string>} [environment] */
function run(args, environment) {
  return spawnSync(process.execPath, ['--require', PRELOAD, ...args], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: '', NODE_OPTIONS: '', ...environment },
    encoding: 'utf8',
    timeout: 60_000,
  });
}

for (const page of pages) {
  const blocks = [...read(page).matchAll(/^```(js|mjs)\n([\s\S]*?)^```/gm)];
  blocks.forEach(([, language, code], i) => {
    test(`${page}: example ${i + 1} runs as it stands`, () => {
      const done = run([...(language === 'mjs' ? ['--input-type=module'] : []), '-e', code], ENVIRONMENT);
      assert.equal(done.status, 0, `${code}\n${done.stderr}`);
    });
  });
}

for (const name of fs.readdirSync(path.join(ROOT, 'examples'))) {
  test(`examples/${name} runs`, () => {
    const done = run([path.join('examples', name)]);
    assert.equal(done.status, 0, done.stderr);
  });
}

test('each page of a practice has the same headings, and a JavaScript example', () => {
  for (const practice of [...practices, 'init']) {
    const text = read(`docs/${practice}.md`);
    const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    assert.deepEqual(headings, HEADINGS, practice);
    assert.match(text, /^```js\n/m, practice);
  }
});

test('links between pages lead somewhere', () => {
  for (const page of [...pages, 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md']) {
    for (const [, link] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      const [target] = link.split('#');
      if (target === '' || /^https?:/.test(link)) continue;
      assert.ok(fs.existsSync(path.join(ROOT, path.dirname(page), target)), `${page}: ${target}`);
    }
  }
});

test('README links a page for each practice, and the pages of errors name only real codes', () => {
  for (const practice of practices) assert.ok(read('README.md').includes(`docs/${practice}.md`), practice);
  const codes = Object.keys(require('../../lib/internal/codes'));
  for (const page of pages) {
    for (const [code] of read(page).matchAll(/ERR_HAUBERK_[A-Z0-9_]+[A-Z0-9]/g)) {
      assert.ok(codes.includes(code), `${page}: ${code}`);
    }
  }
});
