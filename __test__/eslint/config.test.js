'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');

const plugin = require('../../lib/eslint');

const ROOT = path.join(__dirname, '../..');
const VERSIONS = { 9: require('eslint9'), 10: require('eslint') };

/** @param {any} eslint @param {any[]} config */
function lint(eslint, config, cwd = ROOT) {
  return new eslint.ESLint({
    cwd,
    overrideConfigFile: true,
    overrideConfig: config,
    errorOnUnmatchedPattern: true,
  });
}

for (const [version, eslint] of Object.entries(VERSIONS)) {
  test(`ESLint ${version}: the recommended config holds all three sets`, async () => {
    const [result] = await lint(eslint, plugin.configs.recommended).lintText(
      "import express from 'express';\nvar x = eval(y), app = express(); app.use(express.json()); if (x) {}\n",
    );
    const ids = result.messages.map(({ ruleId }) => ruleId);
    for (const id of ['no-undef', 'security/detect-eval-with-expression', 'hauberk/require-body-limit']) {
      assert.ok(ids.includes(id), `${id} in ${ids}`);
    }
  });

  test(`ESLint ${version}: TypeScript's annotations and optional chains are seen through`, async () => {
    const code = "app?.set('trust proxy', true); try { f(); } catch (e) { res?.json({ why: e?.message }); }";
    const [result] = await lint(eslint, plugin.configs.express).lintText(code);
    assert.deepEqual(result.messages.map(({ ruleId }) => ruleId).sort(), [
      'hauberk/no-error-detail-in-response',
      'hauberk/no-trust-proxy-true',
    ]);
  });

  test(`ESLint ${version}: real packages and this repository are read without a crash`, async () => {
    const files = [
      'express',
      'express4',
      'body-parser',
      'multer',
      'passport',
      'express-session',
      'helmet',
      'cors',
    ]
      .map((name) => fs.realpathSync(path.join(ROOT, 'node_modules', name)))
      .concat(path.join(ROOT, 'examples'), path.join(ROOT, 'benches'), path.join(ROOT, 'lib'))
      .flatMap(scripts);
    assert.ok(files.length > 200, `${files.length} files`);
    const linter = new eslint.Linter();
    for (const file of files) {
      const messages = linter.verify(fs.readFileSync(file, 'utf8'), [
        ...plugin.configs.express,
        { languageOptions: { sourceType: 'commonjs' } },
      ]);
      assert.ok(!messages.some(({ fatal }) => fatal), `${file}: ${messages[0]?.message}`);
    }
  });
}

/** @param {string} folder @returns {string[]} */
function scripts(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : scripts(full);
    return /\.js$/.test(entry.name) ? [full] : [];
  });
}

test('without its peers the recommended config says which package to install', () => {
  const Module = require('node:module');
  const loader = /** @type {any} */ (Module);
  const load = loader._load;
  loader._load = (/** @type {string} */ name, /** @type {any[]} */ ...rest) => {
    if (name !== 'eslint-plugin-security') return load(name, ...rest);
    throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' });
  };
  try {
    assert.throws(() => plugin.configs.recommended, {
      code: 'ERR_HAUBERK_PEER_MISSING',
      message: /npm install eslint-plugin-security/,
    });
    assert.equal(plugin.configs.express.length, 1);
  } finally {
    loader._load = load;
  }
});

test('a rule that is loaded is loaded alone: requiring the practice reads none of them', () => {
  const { execFileSync } = require('node:child_process');
  const code =
    "require('hauberk/eslint'); console.log(Object.keys(require.cache).filter((file) => /eslint.rules.[a-z-]+\\.js$/.test(file)).length)";
  assert.equal(execFileSync(process.execPath, ['-e', code], { cwd: ROOT, encoding: 'utf8' }).trim(), '0');
});
