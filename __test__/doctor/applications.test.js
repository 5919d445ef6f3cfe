'use strict';

/** The doctor on real applications, on Express 4 and 5: what it must find, and what it must leave alone. */

const assert = require('node:assert/strict');
const { test } = require('node:test');
const doctor = require('../../lib/doctor');
const { BARE, HELMET, exampleProject } = require('./applications');
const { check, ids, install, manifest, project } = require('./project');

/** A machine that is busy with other things must not change what is found. */
const PATIENCE = { timeoutMs: 60_000, startTimeoutMs: 120_000 };
const EXPRESSES = { '4.22.3': 'express4', '5.3.0': 'express' };

for (const [version, folder] of Object.entries(EXPRESSES)) {
  test(`Express ${version}: on a bare application every hole has its name`, async (t) => {
    const files = {
      ...manifest(
        { express: version, 'express-session': '1.19.0' },
        { scripts: { start: 'sudo node app.js' } },
      ),
      'app.js': BARE,
      Dockerfile: 'FROM node:24\nCOPY . .\nRUN npm install\nCMD ["node", "app.js"]\n',
      '.env': 'SECRET=1\n',
    };
    const root = project(t, files);
    install(root, { express: folder, 'express-session': 'express-session' });
    const report = await doctor({ root, ...PATIENCE, app: 'app.js', paths: ['/old', '/fail'] });
    assert.deepEqual(
      ids(report, 'fail').sort(),
      [
        ...['privileges/process', 'privileges/container-user', 'privileges/start', 'privileges/dockerignore'],
        ...['audit/automation', 'audit/install'],
        ...[
          'cookies/session-name',
          'cookies/session-flags',
          'cookies/session-store',
          'cookies/secret',
          'cookies/csrf',
        ],
        ...[
          'cookies/flags',
          'headers/set',
          'headers/powered-by',
          'headers/observatory',
          'headers/everywhere',
        ],
        ...[
          'headers/software',
          'ratelimit/present',
          'ratelimit/login',
          'ratelimit/trust-proxy',
          'ratelimit/fields',
        ],
        ...[
          'passwords/hash',
          'passwords/env-file',
          'errors/handler',
          'errors/detail',
          'errors/leak',
          'errors/exposed',
        ],
        ...['errors/static-root', 'monitor/events', 'https/enforced', 'https/host-redirect'],
        ...['body/limit', 'body/scan', 'body/validation', 'body/injection', 'body/prototype'],
        ...['eslint/config', 'eslint/run'],
      ].sort(),
    );
    assert.ok(ids(report, 'warn').includes('passwords/mfa'));
    assert.ok(
      report.practices.every(({ status }) => status === 'fail'),
      'no practice is green',
    );
    assert.ok(report.score < 25, String(report.score));
    assert.equal(report.green, false);
    const exposed = check(report, 'errors/exposed').evidence.map(({ text }) => text);
    assert.deepEqual(exposed, ['GET /.env', 'GET /package.json', 'GET /package-lock.json']);
    assert.ok(
      check(report, 'errors/leak').evidence.some(({ text }) => /POST \/ \(400\): a stack trace/.test(text)),
    );
    assert.deepEqual(check(report, 'cookies/secret').evidence[0].file, 'app.js');
    assert.equal(check(report, 'cookies/secret').evidence[0].line, 10);
    assert.ok((report.observatory?.score ?? 100) <= 50);
  });

  test(`Express ${version}: helmet and express-rate-limit leave holes, and they are named`, async (t) => {
    const files = {
      ...manifest({ express: version, helmet: '8.3.0', 'express-rate-limit': '8.7.4' }),
      'server.js': HELMET,
    };
    const root = project(t, files);
    install(root, { express: folder, helmet: 'helmet', 'express-rate-limit': 'express-rate-limit' });
    const report = await doctor({ root, ...PATIENCE, app: 'server.js' });
    assert.deepEqual(
      ids(report, 'fail').sort(),
      [
        ...[
          'privileges/process',
          'audit/automation',
          'ratelimit/login',
          'passwords/hash',
          'errors/handler',
          'errors/leak',
        ],
        ...[
          'monitor/events',
          'https/enforced',
          'body/scan',
          'body/validation',
          'body/prototype',
          'eslint/config',
          'eslint/run',
        ],
      ].sort(),
    );
    for (const id of [
      'headers/set',
      'headers/observatory',
      'headers/everywhere',
      'ratelimit/present',
      'ratelimit/fields',
    ])
      assert.equal(check(report, id).status, 'pass', id);
    assert.equal(report.observatory?.score, 130);
    assert.equal(report.observatory?.grade, 'A+');
  });

  test(`Express ${version}: the example API is green in all eleven`, async (t) => {
    const root = project(t, exampleProject());
    process.env.HOSTS = 'api.example';
    t.after(() => delete process.env.HOSTS);
    const packages = {
      hauberk: '.',
      express: folder,
      'express-session': 'express-session',
      libsql: 'libsql',
    };
    install(root, packages);
    const report = await doctor({ root, ...PATIENCE, app: 'api.js', paths: ['/comments'] });
    assert.deepEqual([...ids(report, 'fail'), ...ids(report, 'warn')], []);
    assert.deepEqual(
      report.practices.filter(({ status }) => status !== 'pass'),
      [],
    );
    assert.equal(report.green, true);
    assert.equal(report.score, 100);
    assert.ok((report.observatory?.score ?? 0) >= 130);
    assert.match(doctor.format(report), /All eleven practices hold/);
  });
}

test('the example API without the hosts that it serves: https is open, and nothing else', async (t) => {
  const root = project(t, exampleProject());
  install(root, { hauberk: '.', express: 'express', 'express-session': 'express-session', libsql: 'libsql' });
  const report = await doctor({ root, ...PATIENCE, app: 'api.js' });
  assert.deepEqual([...ids(report, 'fail'), ...ids(report, 'warn')], ['https/enforced']);
});
