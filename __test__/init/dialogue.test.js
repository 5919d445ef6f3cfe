'use strict';

/** What is shown, what is asked, and what happens without a terminal. */

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');
const { command } = require('../../lib/init/command');
const { shown, unified } = require('../../lib/init/diff');
const { ENV, git, init, project, read, write } = require('./project');

const FILES = {
  'package.json': { name: 'shop', main: 'server.js', dependencies: { express: '^5.0.0', helmet: '^8.0.0' } },
  'server.js':
    "const express = require('express');\nconst app = express();\napp.get('/', (req, res) => res.json({}));\napp.listen(3000);\n",
};

/**
 * The command with a person at the terminal, who gives these answers in turn.
 *
 * @param {string[]} args @param {string[]} answers @param {boolean} [colour]
 */
async function talk(args, answers, colour = false) {
  let out = '';
  let err = '';
  const questions = /** @type {string[]} */ ([]);
  const output = {
    out: (/** @type {string} */ text) => (out += text),
    err: (/** @type {string} */ text) => (err += text),
  };
  const ask = async (/** @type {string} */ question) => {
    questions.push(question);
    return answers[questions.length - 1] ?? '';
  };
  const code = await command(args, output, { interactive: true, colour, ask });
  return { code, out, err, questions };
}

test('without a terminal nothing is changed unless --yes says so: exit code 1', async (t) => {
  const root = project(t, FILES);
  const done = await init(root);
  assert.equal(done.code, 1);
  assert.match(done.out, /^\+app\.use\(guard\);$/m);
  assert.match(done.err, /no terminal to ask on; --yes/);
  assert.equal(git(root, 'status', '--porcelain'), '');
});

test('--dry-run shows everything and changes nothing, also where the tree is dirty', async (t) => {
  const root = project(t, FILES);
  write(root, { 'server.js': `${FILES['server.js']}// edited\n` });
  const done = await init(root, '--dry-run');
  assert.equal(done.code, 0, done.err);
  assert.match(done.out, /Nothing was changed \(--dry-run\)/);
  assert.equal(git(root, 'status', '--porcelain'), ' M server.js\n');
});

test('the answer no, an empty one and the end of the input change nothing; yes does', async (t) => {
  const root = project(t, FILES);
  for (const answer of ['n', '', 'yep', 'no']) {
    const done = await talk([root], ['', answer]);
    assert.equal(done.code, 1, answer);
    assert.match(done.out, /Nothing was changed\./);
    assert.equal(git(root, 'status', '--porcelain'), '');
  }
  const done = await talk([root], ['2', ' Y ']);
  assert.equal(done.code, 0, done.err);
  assert.match(done.questions[0], /What stands in front/);
  assert.equal(done.questions[1], 'Change these files? (y/n) ');
  assert.match(read(root, 'server.js'), /client: \{ trustProxy: 2 \}/);
  assert.match(done.out, /^doctor, before: .*\n/m);
  assert.match(
    done.out,
    /^doctor, after: .*\nChanged 3, made 6\.\nNext: npm install\nTo undo: git restore server\.js /m,
  );
  const again = await talk([root], []);
  assert.deepEqual([again.code, again.questions], [0, []]);
  assert.match(again.out, /Nothing to do/);
});

test('an answer that is none ends with the usage', async (t) => {
  const root = project(t, FILES);
  const done = await talk([root], ['everybody']);
  assert.equal(done.code, 2);
  assert.equal(git(root, 'status', '--porcelain'), '');
});

test('a dirty tree is said before anything is asked', async (t) => {
  const root = project(t, FILES);
  write(root, { 'server.js': `${FILES['server.js']}// edited\n` });
  const done = await talk([root], ['1', 'y']);
  assert.deepEqual([done.code, done.questions], [3, []]);
});

test('packages that hauberk replaces are named with their page, and stay', async (t) => {
  const root = project(t, FILES);
  const { out } = await talk([root], ['', 'y']);
  assert.match(
    out,
    /helmet: the guard sends these header fields\n\s+https:\/\/github\.com\/hauberk\/hauberk\/blob\/main\/docs\/headers\.md/,
  );
  assert.equal(JSON.parse(read(root, 'package.json')).dependencies.helmet, '^8.0.0');
});

test('colour on a terminal, and no sequence of the file reaches it', async (t) => {
  const root = project(t, {
    ...FILES,
    'server.js': FILES['server.js'].replace('app.get(', '// \x1b]0;title\x07 \u202e\napp.get('),
  });
  const { out } = await talk([root], ['', 'n'], true);
  assert.match(out, /\x1b\[32m\+app\.use\(guard\);\x1b\[0m/); // eslint-disable-line no-control-regex
  assert.ok(out.includes('// \\u001b]0;title\\u0007 \\u202e'));
  assert.ok(!out.includes('\x1b]') && !out.includes('\u202e'));
  const plain = await talk([root], ['', 'n'], false);
  assert.ok(!plain.out.includes('\x1b'));
  assert.equal(shown('+a\tb\r', false), '+a\tb');
});

test('the diff is one that git applies', (t) => {
  const random = mulberry(7);
  /** @type {Record<string, [string, string]>} */
  const pairs = {};
  for (let round = 0; round < 200; round += 1) {
    const before = Array.from(
      { length: 1 + Math.floor(random() * 30) },
      () => `line ${Math.floor(random() * 6)}`,
    );
    const after = before.flatMap((line) => (random() < 0.2 ? [] : random() < 0.2 ? [line, 'new'] : [line]));
    if (round % 5 === 0) after.unshift('first');
    const [a, b] = [before, after].map((lines) => lines.join('\n') + (random() < 0.3 ? '' : '\n'));
    if (a !== b && after.length > 0) pairs[`file-${round}.txt`] = [a, b];
  }
  assert.ok(Object.keys(pairs).length > 100);
  const root = project(t, Object.fromEntries(Object.entries(pairs).map(([name, [a]]) => [name, a])));
  const patch = Object.entries(pairs).map(([name, [a, b]]) => `${unified(name, a, b).join('\n')}\n`);
  execFileSync('git', ['apply', '-'], { cwd: root, env: ENV, input: patch.join(''), stdio: 'pipe' });
  for (const [name, [, b]] of Object.entries(pairs)) assert.equal(read(root, name), b, name);
});

test('files that differ in everything are shown without a search that takes long', () => {
  const lines = (/** @type {string} */ word) =>
    Array.from({ length: 5000 }, (_, i) => `${word} ${i}`).join('\n');
  assert.equal(
    unified(path.join('a'), lines('a'), lines('b')).filter((line) => line.startsWith('+b')).length,
    5000,
  );
});

/** Numbers from a seed. @param {number} seed */
function mulberry(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
