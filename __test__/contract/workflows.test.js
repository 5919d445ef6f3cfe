'use strict';

/** The workflows: every action is pinned, every job has the least rights, every target is built and tested. */

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const yaml = require('yaml');

const { TARGETS } = require('../../scripts/prebuild/targets');

const FOLDER = path.join(__dirname, '../../.github/workflows');
const texts = fs.readdirSync(FOLDER).map((name) => [name, fs.readFileSync(path.join(FOLDER, name), 'utf8')]);
const workflow = (/** @type {string} */ name) => yaml.parse(fs.readFileSync(path.join(FOLDER, name), 'utf8'));

/** GitHub's own machines that the workflows ask for. */
const RUNNERS = ['ubuntu-24.04', 'ubuntu-24.04-arm', 'macos-15', 'macos-15-intel', 'windows-2025'];

/** What a job may do beyond reading. */
const RIGHTS = Object.freeze({ publish: ['id-token'], announce: ['contents'] });

for (const [name, text] of texts) {
  test(`${name}: actions are pinned by commit, with their version beside it`, () => {
    const uses = text.split('\n').filter((line) => /^\s*(- )?uses:/.test(line));
    assert.ok(uses.length > 0);
    for (const line of uses) assert.match(line, /uses: actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test(`${name}: rights are the least, and nothing of the event is put into a command`, () => {
    const { permissions, jobs } = yaml.parse(text);
    assert.deepEqual(
      Object.values(permissions).filter((right) => right !== 'read'),
      [],
    );
    for (const [job, { permissions: own = {}, steps }] of Object.entries(jobs)) {
      const writes = Object.keys(own).filter((right) => own[right] === 'write');
      assert.deepEqual(writes, RIGHTS[/** @type {keyof typeof RIGHTS} */ (job)] ?? [], job);
      for (const step of steps) {
        assert.doesNotMatch(step.run ?? '', /\$\{\{(?! matrix\.)/, job);
        if (/actions\/checkout@/.test(step.uses ?? '')) assert.equal(step.with['persist-credentials'], false);
      }
    }
    // `secrets` in no place: the registry knows the workflow by its identity.
    assert.doesNotMatch(text, /secrets\./);
  });

  test(`${name}: runs on machines that are known, and ends`, () => {
    for (const [job, { strategy, 'runs-on': on, 'timeout-minutes': minutes }] of Object.entries(
      yaml.parse(text).jobs,
    )) {
      const asked = /\$\{\{ matrix\.os \}\}/.test(on)
        ? (strategy.matrix.os ?? strategy.matrix.include.map((/** @type {any} */ row) => row.os))
        : [on];
      for (const runner of asked) assert.ok(RUNNERS.includes(runner), `${job}: ${runner}`);
      assert.ok(minutes > 0 && minutes <= 60, job);
    }
  });
}

test('a release builds every target, and tests each before anything is published', () => {
  const { jobs } = workflow('release.yml');
  const all = TARGETS.map((target) => target.name).sort();
  assert.deepEqual([...jobs.build.strategy.matrix.target].sort(), all);
  const tested = new Set(
    ['test-on-system', 'test-in-image'].flatMap((job) =>
      jobs[job].strategy.matrix.include.map((/** @type {any} */ row) => row.target),
    ),
  );
  tested.add(/--run (\S+)/.exec(jobs['test-emulated'].steps.at(-1).run)?.[1]);
  assert.deepEqual([...tested].sort(), all);
  assert.deepEqual([...jobs.publish.needs].sort(), ['test-emulated', 'test-in-image', 'test-on-system']);
  assert.ok(
    jobs.publish.steps.some((/** @type {any} */ step) => /npm publish --provenance/.test(step.run ?? '')),
  );
  assert.equal(jobs.publish.environment, 'release');
});
