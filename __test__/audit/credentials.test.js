'use strict';

const assert = require('node:assert/strict');
const http = require('node:http');
const { test } = require('node:test');
const { hauberk, npmEntry, npmProject, osv, project, SHA512 } = require('./project');

const TOKEN = 'npm_0123456789abcdef';
const ADVISORY = {
  id: 7,
  url: 'https://github.com/advisories/GHSA-1111-2222-3333',
  title: 'Reads too far',
  severity: 'high',
  vulnerable_versions: '<2.0.0',
};

/**
 * A registry on loopback that wants credentials, unless `wants` is undefined.
 *
 * @param {import('node:test').TestContext} t
 * @param {{ wants?: string, status?: number, answer?: object, host?: string }} options
 */
async function registry(t, { wants, status, answer = {}, host = '127.0.0.1' } = {}) {
  const seen = [];
  const server = http.createServer((req, res) => {
    let text = '';
    req.on('data', (chunk) => (text += chunk));
    req.on('end', () => {
      seen.push({
        url: req.url,
        authorization: req.headers.authorization,
        names: Object.keys(JSON.parse(text)),
      });
      if (status !== undefined) return res.writeHead(status, { Location: '/elsewhere' }).end('{}');
      if (wants !== undefined && req.headers.authorization !== wants) return res.writeHead(401).end('{}');
      res.end(JSON.stringify(answer));
    });
  });
  await new Promise((resolve) => server.listen(0, host, resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address();
  return { seen, host: `127.0.0.1:${port}`, port };
}

/** The environment without what npm itself puts there when it runs the tests. */
function environment(home, more = {}) {
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_config_|YARN_|NPM_TOKEN)/i.test(name));
  return { ...Object.fromEntries(own), HOME: home, USERPROFILE: home, ...more };
}

/** Runs the command in a project with these files; `home` are those of the user. */
async function audit(t, files, { home = {}, env = {}, args = [] } = {}) {
  const done = await hauberk(['audit', ...args], {
    cwd: project(t, files),
    env: environment(project(t, home), env),
  });
  assert.ok(!`${done.out}${done.err}`.includes(TOKEN), 'never printed');
  return done;
}

const basic = (text) => Buffer.from(text).toString('base64');
const AUTH = basic('me:pass:word');

for (const [what, wants, npmrc, env] of [
  ['_authToken', `Bearer ${TOKEN}`, (host) => `//${host}/npm/:_authToken=${TOKEN}\n`],
  ['_authToken of the whole host', `Bearer ${TOKEN}`, (host) => `//${host}/:_authToken = "${TOKEN}"\r\n`],
  [
    'without a slash at the end',
    `Bearer ${TOKEN}`,
    (host) => `; mine\n//${host}/npm:_authToken=${TOKEN} # mine\n`,
  ],
  ['_auth', `Basic ${AUTH}`, (host) => `//${host}/npm/:_auth=${AUTH}\n`],
  [
    'username and _password',
    `Basic ${AUTH}`,
    (host) => `//${host}/npm/:username=me\n//${host}/npm/:_password=${basic('pass:word')}\n`,
  ],
  [
    'a token of the environment',
    `Bearer ${TOKEN}`,
    (host) => `//${host}/npm/:_authToken=\${NPM_TOKEN}\n`,
    { NPM_TOKEN: TOKEN },
  ],
  [
    'a default in place of what is missing',
    `Bearer ${TOKEN}`,
    (host) => `//${host}/npm/:_authToken=\${NPM_TOKEN:-${TOKEN}}\n`,
    { NPM_TOKEN: '' },
  ],
  [
    'the longest path holds',
    `Bearer ${TOKEN}`,
    (host) =>
      `//${host}/:_authToken=other\n//${host}/npm/:_authToken=${TOKEN}\n//${host}/npm/more/:_authToken=no\n`,
  ],
]) {
  for (const place of ['the project', 'the user']) {
    test(`.npmrc of ${place}: ${what}`, async (t) => {
      const { seen, host } = await registry(t, { wants, answer: { parser: [ADVISORY] } });
      const text = npmrc(host);
      const registryLine = `registry=http://${host}/npm\n`;
      const files = { ...npmProject(), '.npmrc': registryLine + (place === 'the project' ? text : '') };
      const home = place === 'the user' ? { '.npmrc': text } : {};
      const done = await audit(t, files, { home, env });
      assert.equal(done.code, 1, done.err);
      assert.match(done.out, /GHSA-1111-2222-3333/);
      assert.deepEqual(
        seen.map(({ url }) => url),
        ['/npm/-/npm/v1/security/advisories/bulk'],
      );
    });
  }
}

test('the project comes before the user, the environment before both', async (t) => {
  const { host } = await registry(t, { wants: `Bearer ${TOKEN}` });
  const line = (token) => `//${host}/:_authToken=${token}\n`;
  const registryLine = `registry=http://${host}/\n`;
  const files = { ...npmProject(), '.npmrc': registryLine + line(TOKEN) };
  assert.equal((await audit(t, files, { home: { '.npmrc': line('users') } })).code, 0);
  const wrong = { ...files, '.npmrc': `registry=http://127.0.0.1:1/\n${line('wrong')}` };
  const env = { npm_config_registry: `http://${host}/`, [`npm_config_//${host}/:_authToken`]: TOKEN };
  assert.equal((await audit(t, wrong, { env })).code, 0);
  const elsewhere = project(t, { mine: registryLine + line(TOKEN) });
  assert.equal(
    (await audit(t, npmProject(), { env: { NPM_CONFIG_USERCONFIG: `${elsewhere}/mine` } })).code,
    0,
  );
});

test('--registry gets the credentials that are configured for it', async (t) => {
  const { host } = await registry(t, { wants: `Bearer ${TOKEN}` });
  const files = { ...npmProject(), '.npmrc': `//${host}/npm/:_authToken=${TOKEN}\n` };
  assert.equal((await audit(t, files, { args: ['--registry', `http://${host}/npm`] })).code, 0);
});

test('a token is sent to nobody else: another port, path, host, or none at all', async (t) => {
  const { seen, host, port } = await registry(t);
  for (const line of [
    `//127.0.0.1:${port + 1}/:_authToken=${TOKEN}`,
    `//127.0.0.1/:_authToken=${TOKEN}`,
    `//${host}/npm/other/:_authToken=${TOKEN}`,
    `//${host}/np/:_authToken=${TOKEN}`,
    `//${host}/npm/../other/:_authToken=${TOKEN}`,
    `//registry.example/:_authToken=${TOKEN}`,
    `_authToken=${TOKEN}`,
    `_auth=${TOKEN}`,
    `https://${host}/npm/:_authToken=${TOKEN}`,
    `//${host}/npm/:_authToken=\${MISSING_${TOKEN}}`,
    `//${host}/npm/:username=${TOKEN}`,
    `//${host}/npm/:_authToken=`,
  ]) {
    const files = { ...npmProject(), '.npmrc': `registry=http://${host}/npm/\n${line}\n` };
    assert.equal((await audit(t, files)).code, 0, line);
    assert.equal(seen.at(-1).authorization, undefined, line);
  }
});

test('a redirect is not followed, with credentials or without', async (t) => {
  const { seen, host } = await registry(t, { status: 307 });
  const files = { ...npmProject(), '.npmrc': `registry=http://${host}/\n//${host}/:_authToken=${TOKEN}\n` };
  const done = await audit(t, files);
  assert.deepEqual([done.code, seen.length], [3, 1]);
  assert.match(done.err, /status 307/);
});

test('never in clear to another machine', () => {
  const { Registries } = require('../../lib/audit/source/registries');
  const registries = new Registries({ registry: undefined, timeoutMs: 1000, cwd: __dirname });
  const hosts = ['a.example', '10.0.0.1', '[::2]', 'localhost.a.example', '127.0.0.1.a.example', '0.0.0.0'];
  for (const host of hosts) {
    registries.config.credentials.set(`//${host}/`, `Bearer ${TOKEN}`);
    const plain = registries.of(`http://${host}/npm`);
    assert.deepEqual([plain.authorization, plain.withheld], [undefined, true], host);
    assert.equal(registries.of(`https://${host}/npm`).authorization, `Bearer ${TOKEN}`);
  }
  for (const host of ['localhost:4873', '127.0.0.1:4873', '127.9.9.9', '[::1]:4873']) {
    registries.config.credentials.set(`//${host}/`, `Bearer ${TOKEN}`);
    assert.equal(registries.of(`http://${host}/npm`).authorization, `Bearer ${TOKEN}`, host);
  }
});

test('credentials that the registry refuses, wants, or that cannot be sent: exit 3, and they are not shown', async (t) => {
  const { host } = await registry(t, { wants: 'Bearer another' });
  const first = `registry=http://${host}/\n`;
  for (const [line, message] of [
    [`//${host}/:_authToken=${TOKEN}\n`, /refuses the credentials that are configured for it \(status 401\)/],
    ['', /wants credentials \(status 401\): put them into \.npmrc/],
    [`//${host}/:_authToken=${TOKEN} \u00e9\n`, /hold characters that cannot be sent/],
  ]) {
    for (const format of [[], ['--json'], ['--sarif'], ['--junit']]) {
      const done = await audit(t, { ...npmProject(), '.npmrc': first + line }, { args: format });
      assert.equal(done.code, 3);
      assert.match(done.err, message);
      assert.match(done.err, /^hauberk audit: could not audit: [^\n]+\n$/);
    }
  }
});

/** The project with a package of the scope `@own`. */
const scopedProject = () =>
  npmProject({ 'node_modules/@own/tools': npmEntry('@own/tools', '1.0.0', { dependencies: {} }) });

test('a scope with a registry of its own is asked about there, with its own credentials', async (t) => {
  const main = await registry(t, { wants: `Bearer ${TOKEN}1` });
  const own = await registry(t, { wants: `Bearer ${TOKEN}2`, answer: { '@own/tools': [ADVISORY] } });
  const npmrc =
    `registry=http://${main.host}/\n@own:registry=http://${own.host}/npm/\n@other:registry=http://127.0.0.1:1/\n` +
    `//${main.host}/:_authToken=${TOKEN}1\n//${own.host}/npm/:_authToken=${TOKEN}2\n`;
  const done = await audit(t, { ...scopedProject(), '.npmrc': npmrc });
  assert.equal(done.code, 1, done.err);
  assert.match(done.out, /@own\/tools/);
  assert.deepEqual(own.seen[0].names, ['@own/tools']);
  assert.deepEqual(main.seen[0].names, ['web', 'parser', 'tool']);
});

test("a scope's registry without the endpoint: the main one is asked; one that fails: exit 3", async (t) => {
  const main = await registry(t);
  const lines = (host) => `registry=http://${main.host}/\n@own:registry=http://${host}/\n`;
  for (const status of [404, 405, 410]) {
    const own = await registry(t, { status });
    assert.equal((await audit(t, { ...scopedProject(), '.npmrc': lines(own.host) })).code, 0);
    assert.deepEqual(main.seen.at(-1).names.sort(), ['@own/tools', 'parser', 'tool', 'web']);
  }
  for (const status of [401, 500]) {
    const own = await registry(t, { status });
    const done = await audit(t, { ...scopedProject(), '.npmrc': lines(own.host) });
    assert.equal(done.code, 3);
    assert.match(done.err, new RegExp(`status ${status}`));
  }
});

const PNPM = `lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      parser:
        specifier: ^1.0.0
        version: 1.5.0
packages:
  parser@1.5.0:
    resolution: {integrity: ${SHA512}}
snapshots:
  parser@1.5.0: {}
`;

test('pnpm: its .npmrc is the same', async (t) => {
  const { host } = await registry(t, { wants: `Bearer ${TOKEN}`, answer: { parser: [ADVISORY] } });
  const done = await audit(t, {
    'package.json': { name: 'shop', dependencies: { parser: '^1.0.0' } },
    'pnpm-lock.yaml': PNPM,
    '.npmrc': `registry=http://${host}/\n//${host}/:_authToken=\${NPM_TOKEN-${TOKEN}}\n`,
  });
  assert.equal(done.code, 1, done.err);
});

const BERRY = `__metadata:
  version: 8
  cacheKey: 10c0

"parser@npm:^1.0.0":
  version: 1.5.0
  resolution: "parser@npm:1.5.0"
  checksum: 10c0/${'0'.repeat(128)}
  languageName: node
  linkType: hard

"shop@workspace:.":
  version: 0.0.0-use.local
  resolution: "shop@workspace:."
  dependencies:
    parser: "npm:^1.0.0"
  languageName: unknown
  linkType: soft
`;
const BERRY_PROJECT = {
  'package.json': { name: 'shop', dependencies: { parser: '^1.0.0' } },
  'yarn.lock': BERRY,
};

for (const [what, wants, yarnrc, env] of [
  ['npmAuthToken', `Bearer ${TOKEN}`, () => `npmAuthToken: ${TOKEN}\n`],
  [
    'npmAuthToken of the environment',
    `Bearer ${TOKEN}`,
    () => 'npmAuthToken: "${NPM_TOKEN:-none}"\n',
    { NPM_TOKEN: TOKEN },
  ],
  ['YARN_NPM_AUTH_TOKEN', `Bearer ${TOKEN}`, () => '', { YARN_NPM_AUTH_TOKEN: TOKEN }],
  ['npmAuthIdent', `Basic ${AUTH}`, () => 'npmAuthIdent: "me:pass:word"\n'],
  [
    'npmRegistries',
    `Bearer ${TOKEN}`,
    (host) => `npmRegistries:\n  "//${host}":\n    npmAuthToken: ${TOKEN}\n`,
  ],
  [
    'npmRegistries with a scheme',
    `Basic ${AUTH}`,
    (host) => `npmRegistries:\n  "http://${host}/":\n    npmAuthIdent: ${AUTH}\n`,
  ],
]) {
  test(`yarn berry: ${what}`, async (t) => {
    const { host } = await registry(t, { wants, answer: { parser: [ADVISORY] } });
    const text = `unsafeHttpWhitelist: ["127.0.0.1"]\nnpmRegistryServer: "http://${host}"\n${yarnrc(host)}`;
    const done = await audit(t, { ...BERRY_PROJECT, '.yarnrc.yml': text }, { env });
    assert.equal(done.code, 1, done.err);
    const users = { ...BERRY_PROJECT, '.yarnrc.yml': `npmRegistryServer: "http://${host}"\n` };
    assert.equal((await audit(t, users, { home: { '.yarnrc.yml': text }, env })).code, 1);
  });
}

test('yarn berry: npmScopes has registry and token; npmAuthToken is for npmRegistryServer alone', async (t) => {
  const [main, own] = [await registry(t), await registry(t, { wants: `Bearer ${TOKEN}` })];
  const lock = BERRY.replaceAll('parser', '@own/parser').replace('    @own/parser:', '    "@own/parser":');
  const files = {
    'package.json': { name: 'shop', dependencies: { '@own/parser': '^1.0.0' } },
    'yarn.lock': lock,
  };
  const scopes = `npmScopes:\n  own:\n    npmRegistryServer: "http://${own.host}"\n    npmAuthToken: ${TOKEN}\n`;
  const scoped = await audit(t, { ...files, '.yarnrc.yml': scopes });
  assert.equal(scoped.code, 0, scoped.err);
  assert.equal(own.seen.length, 1);
  const other = `npmRegistryServer: "http://${own.host}"\nnpmAuthToken: ${TOKEN}\nnpmAuditRegistry: "http://${main.host}"\n`;
  const alone = `npmAuthToken: ${TOKEN}\nnpmAuditRegistry: "http://${main.host}"\n`;
  for (const yarnrc of [other, alone]) {
    assert.equal((await audit(t, { ...files, '.yarnrc.yml': yarnrc })).code, 0);
  }
  assert.deepEqual(
    main.seen.map(({ authorization }) => authorization),
    [undefined, undefined],
  );
});

test('broken configuration is exit 3 in one line; a database asks nobody and reads none of it', async (t) => {
  for (const [files, message] of [
    [{ '.npmrc': 'registry=nowhere\n' }, /no http or https address/],
    [{ '.npmrc': Buffer.from([0xff, 0xfe]) }, /not UTF-8/],
    [{ '.npmrc': 'a\0b' }, /NUL/],
  ]) {
    const done = await audit(t, { ...npmProject(), ...files });
    assert.equal(done.code, 3);
    assert.match(done.err, message);
    const offline = await audit(t, { ...npmProject(), ...files }, { args: ['--db', 'db'] });
    assert.equal(offline.code, 1, offline.err);
  }
  const yarn = await audit(t, { ...BERRY_PROJECT, '.yarnrc.yml': 'a: [b\n' });
  assert.equal(yarn.code, 3);
  assert.match(yarn.err, /\.yarnrc\.yml is not readable YAML/);
  const db = { 'db/a.json': osv('GHSA-1', 'parser', [{ introduced: '0' }]) };
  assert.equal((await audit(t, { ...BERRY_PROJECT, ...db }, { args: ['--db', 'db'] })).code, 1);
});
