'use strict';

/** Each check that reads files: what it must find, and what it must leave alone. */

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const doctor = require('../../lib/doctor');
const { CHECKS } = require('../../lib/doctor/checks');
const { ROOT, check, manifest, project } = require('./project');

const EXPRESS = "const express = require('express'); const app = express();\n";
const GUARD =
  "const hauberk = require('hauberk');\nconst guard = hauberk();\napp.use(guard);\napp.use(guard.errors);\n";
const js = (/** @type {string} */ text) => ({ 'app.js': EXPRESS + text });
const docker = (/** @type {string} */ text) => ({ Dockerfile: text });
const script = (/** @type {string} */ line, name = 'start') => ({
  'package.json': { scripts: { [name]: line } },
});
const lock = (/** @type {object} */ entry) => ({
  'package.json': { dependencies: { a: '1.0.0' } },
  'package-lock.json': {
    lockfileVersion: 3,
    packages: { '': { dependencies: { a: '1.0.0' } }, 'node_modules/a': entry },
  },
});
const HASH = `sha512-${Buffer.alloc(64, 2).toString('base64')}`;
const REGISTRY = 'https://registry.example/a/-/a-1.0.0.tgz';
const SESSION = "const session = require('express-session');\n";
const session = (/** @type {string} */ options) => js(`${SESSION}app.use(session(${options}));`);

/** @type {Record<string, [status: string, files: Record<string, unknown>][]>} */
const CASES = {
  'privileges/process': [
    ['fail', js('app.listen(3000);')],
    ['fail', js("hauberk({ privileges: { root: 'warn' } }); app.listen(80, { host: 'x' });")],
    ['pass', js(`const hauberk = require('hauberk'); app.use(hauberk({ privileges: { root: 'refuse' } }));`)],
    ['pass', js("guard.listen(app, 443, { user: 'app' });")],
    ['pass', js('process.setuid(1000);')],
    ['pass', { ...js(''), 'app.service': '[Service]\nExecStart=/usr/bin/node app.js\nUser=app\n' }],
    ['pass', { ...js(''), ...docker('FROM node\nUSER node') }],
  ],
  'privileges/container-user': [
    ['skip', {}],
    ['fail', docker('FROM node:24\nCMD ["node", "app.js"]')],
    ['fail', docker('FROM node:24\nUSER node\nUSER 0')],
    ['fail', docker('FROM node:24 AS build\nUSER node\nFROM node:24\nCMD ["node"]')],
    ['fail', docker('FROM node:24\nUSER root:root')],
    ['pass', docker('FROM node:24\nUSER node')],
    ['pass', docker('FROM node:24\nUSER 1000:1000')],
    ['pass', docker('FROM node:24 AS base\nUSER node\nFROM base\nCMD ["node"]')],
    ['pass', docker('FROM example.com/distroless/nodejs:nonroot\nCMD ["app.js"]')],
    ['fail', { 'deploy/api.Dockerfile': 'FROM node' }],
  ],
  'privileges/service-user': [
    ['skip', { 'x.service': '[Unit]\n' }],
    ['fail', { 'x.service': '[Service]\nExecStart=/usr/bin/node app.js\n' }],
    ['fail', { 'x.service': '[Service]\nExecStart=/usr/bin/node app.js\nUser=root\n' }],
    ['pass', { 'x.service': '[Service]\nExecStart=/usr/bin/node app.js\nDynamicUser=yes\n' }],
    ['pass', { 'x.service': '[Service]\nExecStart=/usr/bin/node app.js\nUser=app\n' }],
  ],
  'privileges/compose': [
    ['skip', {}],
    ['fail', { 'compose.yaml': 'services:\n  api:\n    privileged: true\n' }],
    [
      'fail',
      {
        'docker-compose.prod.yml':
          'services:\n  api:\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock\n',
      },
    ],
    ['fail', { 'compose.yml': 'services:\n  api:\n    user: root\n' }],
    ['pass', { 'compose.yml': 'services:\n  api:\n    user: "1000"\n    # privileged: true\n' }],
  ],
  'privileges/start': [
    ['skip', {}],
    ['fail', script('sudo node app.js')],
    ['fail', script('node --inspect=0.0.0.0:9229 app.js')],
    ['fail', { ...script('node app.js'), ...docker('FROM node\nCMD ["node", "--inspect", "app.js"]') }],
    ['pass', script('node app.js')],
    ['skip', script('node --inspect app.js', 'debug')],
  ],
  'privileges/dockerignore': [
    ['skip', docker('FROM node\nCOPY package.json ./')],
    ['fail', docker('FROM node\nCOPY . .')],
    ['fail', { ...docker('FROM node\nCOPY . /app'), '.dockerignore': 'node_modules\n.git\n' }],
    ['fail', { ...docker('FROM node\nCOPY . .'), '.dockerignore': '*\n!.env\n' }],
    ['pass', { ...docker('FROM node\nCOPY . .'), '.dockerignore': '.env*\n**/node_modules\n/.git/\n' }],
    ['pass', { ...docker('FROM node\nCOPY . .'), '.dockerignore': '*\n!src\n' }],
  ],
  'audit/lockfile': [
    ['fail', { 'package-lock.json': undefined }],
    ['fail', { 'package-lock.json': '{' }],
    ['fail', { 'package-lock.json': { lockfileVersion: 3 } }],
    [
      'fail',
      { 'package-lock.json': { lockfileVersion: 3, packages: {} }, 'yarn.lock': '# yarn lockfile v1\n' },
    ],
    ['pass', {}],
    [
      'pass',
      {
        'package-lock.json': undefined,
        'yarn.lock': `# yarn lockfile v1\n\nexpress@5.3.0:\n  version "5.3.0"\n`,
      },
    ],
  ],
  'audit/sources': [
    ['skip', { 'package-lock.json': '{' }],
    ['pass', lock({ version: '1.0.0', resolved: REGISTRY, integrity: HASH })],
    ['pass', lock({ version: '1.0.0', resolved: REGISTRY, integrity: HASH, hasInstallScript: true })],
    ['fail', lock({ version: '1.0.0', resolved: REGISTRY })],
    ['fail', lock({ version: '1.0.0', resolved: REGISTRY.replace('https', 'http'), integrity: HASH })],
    ['warn', lock({ version: '1.0.0', resolved: REGISTRY, integrity: 'sha1-AAAA' })],
    ['warn', lock({ version: '1.0.0', resolved: 'git+ssh://git@example.com/a.git#abc' })],
  ],
  'audit/automation': [
    ['fail', script('node app.js')],
    ['fail', script('npm audit fix', 'mend')],
    ['fail', { '.github/workflows/ci.yml': '# - run: npm audit\n' }],
    ['pass', { '.github/workflows/ci.yml': '- run: npx hauberk audit\n' }],
    ['pass', { '.gitlab-ci.yml': 'script: pnpm audit\n' }],
    ['pass', { '.github/dependabot.yml': 'version: 2\n' }],
    ['pass', script('yarn npm audit', 'check')],
  ],
  'audit/install': [
    ['skip', {}],
    ['fail', docker('FROM node\nRUN npm install')],
    ['fail', docker('FROM node\nRUN npm install --production && rm -rf x')],
    ['fail', { '.github/workflows/ci.yml': '- run: npm i\n' }],
    ['pass', docker('FROM node\nRUN npm ci --omit=dev')],
    ['pass', docker('FROM node\nRUN npm install -g pm2 && npm ci')],
    ['pass', docker('FROM node\nRUN pnpm install --frozen-lockfile')],
  ],
  'audit/abandoned': [
    ['pass', {}],
    ['fail', { 'package.json': { dependencies: { csurf: '^1.0.0' } } }],
    ['fail', { 'package.json': { dependencies: { express: '^3.21.0' } } }],
    [
      'pass',
      { 'package.json': { devDependencies: { request: '^2.0.0' }, dependencies: { express: '^4.0.0' } } },
    ],
  ],
  'cookies/session-name': [
    ['skip', js('')],
    ['fail', session('{ secret: process.env.S }')],
    ['fail', session("{ secret: process.env.S, name: 'sid' }")],
    [
      'fail',
      {
        'app.ts':
          "import express from 'express';\nimport session from 'express-session';\nconst app = express();\napp.use(session({ secret: process.env.S as string }));\n",
      },
    ],
    [
      'fail',
      {
        'app.mjs':
          "import session from 'express-session';\nconst options = {\n  secret: process.env.S,\n};\napp.use(session(options));\n",
      },
    ],
    ['pass', session("{ name: '__Host-id' }")],
    ['pass', session('options')],
    ['pass', js(`${SESSION}${GUARD}app.use(session({ secret: process.env.S }));`)],
    ['pass', js("const hauberk = require('hauberk'); app.use(hauberk.sessions());")],
  ],
  'cookies/session-flags': [
    ['skip', js('')],
    ['fail', session('{ cookie: { secure: false, sameSite: "lax" } }')],
    ['fail', session('{ cookie: { httpOnly: false, secure: true, sameSite: "lax" } }')],
    ['fail', session('{ }')],
    ['pass', session('{ cookie: { secure: "auto", sameSite: "lax" } }')],
    ['pass', session('{ ...shared }')],
    ['fail', js("const cookies = require('cookie-session');\napp.use(cookies({ keys: [k] }));")],
  ],
  'cookies/session-store': [
    ['skip', js('')],
    ['fail', session('{ secret }')],
    ['pass', session('{ secret, store }')],
    ['pass', session('{ secret, store: new RedisStore({ client }) }')],
  ],
  'cookies/secret': [
    ['skip', js('')],
    ['fail', session("{ secret: 'keyboard cat' }")],
    ['fail', session("{ secret: process.env.SECRET || 'development' }")],
    ['fail', session("{ secret: ['old', process.env.S] }")],
    ['fail', js("const parser = require('cookie-parser'); app.use(parser('secret'));")],
    [
      'fail',
      js("const SECRET = 'abc';\nconst hauberk = require('hauberk'); app.use(hauberk({ secret: SECRET }));"),
    ],
    ['pass', session('{ secret: process.env.SECRET }')],
    ['pass', session('{ secret: config.get("secret") }')],
  ],
  'cookies/csrf': [
    ['skip', js('')],
    ['fail', session('{ secret }')],
    ['fail', js("app.get('/', (req, res) => { res.cookie('id', 1); res.end(); });")],
    ['pass', js(`${SESSION}${GUARD}app.use(session({ secret }));`)],
    [
      'fail',
      js(
        `${SESSION}const hauberk = require('hauberk');\napp.use(hauberk({ csrf: false }));\napp.use(session({ secret }));`,
      ),
    ],
    ['pass', js(`${SESSION}const { doubleCsrf } = require('csrf-csrf');\napp.use(session({ secret }));`)],
  ],
  'headers/set': [
    ['fail', js('')],
    ['pass', js(GUARD)],
    ['fail', js("const hauberk = require('hauberk');\nconst guard = hauberk();")],
    ['fail', js("// app.use(helmet())\nconst text = 'helmet()';")],
    ['pass', js("app.use(require('helmet')());")],
    ['pass', { 'app.ts': "import helmet from 'helmet';\napp.use(helmet({ contentSecurityPolicy: true }));" }],
    [
      'pass',
      {
        'app.mjs':
          "import hauberk, { validate } from 'hauberk';\nexport const app = make();\napp.use(hauberk({ headers: { preset: 'api' } }));",
      },
    ],
    ['fail', js("const hauberk = require('hauberk');\napp.use(hauberk({ headers: false }));")],
  ],
  'headers/order': [
    ['skip', js('')],
    ['pass', js(`${GUARD}app.get('/', (req, res) => res.end());`)],
    ['fail', js(`app.get('/', (req, res) => res.end());\n${GUARD}`)],
    ['fail', js("app.get('/', (req, res) => res.end());\napp.use(require('helmet')());")],
  ],
  'headers/policy': [
    ['skip', js('')],
    ['pass', js("app.use(require('helmet')());")],
    ['fail', js("app.use(require('helmet')({ contentSecurityPolicy: false }));")],
    [
      'fail',
      js(
        "const helmet = require('helmet');\napp.use(helmet({ contentSecurityPolicy: { directives: { scriptSrc: [\"'self'\", \"'unsafe-inline'\"] } } }));",
      ),
    ],
    [
      'fail',
      js(
        "const hauberk = require('hauberk');\napp.use(hauberk({ headers: { contentSecurityPolicy: false } }));",
      ),
    ],
  ],
  'headers/powered-by': [
    ['skip', {}],
    ['fail', js('')],
    ['pass', js("app.disable('x-powered-by');")],
    ['pass', js("app.set('x-powered-by', false);")],
    ['pass', js(GUARD)],
  ],
  'headers/cors': [
    ['skip', js('')],
    ['fail', js("app.use(require('cors')({ origin: true, credentials: true }));")],
    [
      'fail',
      js(
        "const cors = require('cors');\napp.use(cors({ origin: (origin, done) => done(null, true), credentials: true }));",
      ),
    ],
    ['pass', js("app.use(require('cors')());")],
    ['pass', js("app.use(require('cors')({ origin: ['https://app.example'], credentials: true }));")],
  ],
  'ratelimit/present': [
    ['fail', js('')],
    ['pass', js(GUARD)],
    [
      'pass',
      { 'app.mjs': "import { rateLimit } from 'express-rate-limit';\napp.use(rateLimit({ limit: 5 }));" },
    ],
    [
      'pass',
      js(
        "const { RateLimiterMemory } = require('rate-limiter-flexible');\nconst limiter = new RateLimiterMemory({ points: 5 });",
      ),
    ],
  ],
  'ratelimit/login': [
    ['skip', js('')],
    ['fail', js("app.post('/login', (req, res) => res.end());")],
    ['fail', js("const router = express.Router();\nrouter.post('/api/sessions', login);")],
    ['pass', js("app.post('/login', loginLimiter, login);")],
    [
      'pass',
      js(
        "const hauberk = require('hauberk');\nconst guard = hauberk.ratelimit.login({});\napp.post('/login', guard, login);",
      ),
    ],
  ],
  'ratelimit/trust-proxy': [
    ['pass', js("app.set('trust proxy', 1);")],
    ['fail', js("app.set('trust proxy', true);")],
    ['fail', js("app.enable('trust proxy');")],
  ],
  'passwords/hash': [
    ['skip', js('')],
    [
      'fail',
      js("const crypto = require('crypto');\ncrypto.createHash('md5').update(password).digest('hex');"),
    ],
    [
      'fail',
      js(
        "app.post('/register', (req, res) => db.insertOne({ name: req.body.name, password: req.body.password }));",
      ),
    ],
    ['fail', js("app.post('/register', (req, res) => db.add(req.body));")],
    [
      'pass',
      js(
        "const crypto = require('crypto');\ncrypto.createHash('sha256').update(file).digest('hex');\nconst bcrypt = require('bcrypt');",
      ),
    ],
    ['pass', js("const hauberk = require('hauberk');\nconst h = await hauberk.passwords.hash(p);")],
    ['pass', js("const { scrypt } = require('node:crypto');\nscrypt(password, salt, 64, done);")],
  ],
  'passwords/cost': [
    ['skip', js('')],
    ['fail', js("const bcrypt = require('bcrypt');\nbcrypt.hash(password, 8);")],
    [
      'fail',
      js("const crypto = require('crypto');\ncrypto.pbkdf2(password, salt, 100_000, 32, 'sha512', done);"),
    ],
    ['pass', js("const bcrypt = require('bcrypt');\nconst ROUNDS = 12;\nbcrypt.hash(password, ROUNDS);")],
  ],
  'passwords/sync': [
    ['skip', js('')],
    ['warn', js("const bcrypt = require('bcryptjs');\nbcrypt.compareSync(a, b);")],
    ['pass', js("const bcrypt = require('bcryptjs');\nawait bcrypt.compare(a, b);")],
  ],
  'passwords/mfa': [
    ['skip', js('')],
    ['warn', js("app.post('/login', login);")],
    [
      'pass',
      js(
        "const hauberk = require('hauberk');\nconst totp = hauberk.mfa.totp({ issuer: 'x' });\napp.post('/login', login);",
      ),
    ],
  ],
  'passwords/secrets': [
    ['pass', js('')],
    ['fail', js(`const key = 'AKIA${'A'.repeat(16)}';`)],
    ['fail', js("connect('postgres://admin:hunter22@db.example/shop');")],
    ['fail', js("const jwt = require('jsonwebtoken');\njwt.sign({ id }, 'secret');")],
    [
      'pass',
      js(
        "const jwt = require('jsonwebtoken');\njwt.sign({ id }, process.env.KEY);\nconnect('postgres://localhost/shop');",
      ),
    ],
    ['pass', { ...js(''), 'test/a.test.js': `const key = 'AKIA${'A'.repeat(16)}';` }],
  ],
  'passwords/env-file': [
    ['skip', { '.env.example': 'A=' }],
    ['fail', { '.env': 'A=1' }],
    ['fail', { '.env': 'A=1', '.gitignore': 'node_modules\n# .env\n' }],
    ['fail', { '.env.production': 'A=1', '.gitignore': '.env\n' }],
    ['pass', { '.env': 'A=1', '.env.local': 'B=1', '.gitignore': '.env*\n!.env.example\n' }],
  ],
  'errors/handler': [
    ['skip', {}],
    ['fail', js('app.use((req, res, next) => next());')],
    ['pass', js(GUARD)],
    ['pass', js('app.use((err, req, res, next) => res.status(500).end());')],
    ['pass', js('app.use(function onError(err, req, res, _next) { res.end(); });')],
    ['pass', js("const errorHandler = require('./error');\napp.use(errorHandler);")],
    [
      'pass',
      {
        'app.ts':
          'app.use((err: Error, req: Request, res: Response, next: NextFunction): void => { res.end(); });',
      },
    ],
  ],
  'errors/detail': [
    ['pass', js("app.get('/', (req, res) => res.json({ message: 'hello' }));")],
    ['fail', js('app.use((err, req, res, next) => res.status(500).json({ error: err.message }));')],
    ['fail', js('app.use((err, req, res, next) => res.send(err.stack));')],
    ['fail', js('work().catch((error) => res.send(error));')],
    ['pass', js('app.use((err, req, res, next) => { log(err.stack); res.status(500).send("no"); });')],
  ],
  'errors/async': [
    ['skip', js("app.get('/', async (req, res) => res.end());")],
    ['fail', { ...manifest({ express: '4.22.3' }), ...js("app.get('/', async (req, res) => res.end());") }],
    [
      'pass',
      { ...manifest({ express: '4.22.3' }), ...js("app.get('/', route(async (req, res) => res.end()));") },
    ],
    [
      'pass',
      {
        ...manifest({ express: '4.22.3' }),
        ...js("require('express-async-errors');\napp.get('/', async (req, res) => res.end());"),
      },
    ],
  ],
  'errors/static-root': [
    ['skip', js('')],
    ['fail', js('app.use(express.static(__dirname));')],
    ['fail', js("app.use(express.static('.'));")],
    ['pass', js("app.use(express.static('public'));")],
  ],
  'monitor/events': [
    ['fail', js(GUARD)],
    ['pass', js("require('node:diagnostics_channel').subscribe('hauberk:event', log);")],
    ['fail', js("bus.subscribe('orders', log);")],
    ['pass', js("const { Counter } = require('prom-client');")],
    ['pass', js("const hauberk = require('hauberk');\napp.use(hauberk({ monitor: { log: true } }));")],
  ],
  'monitor/log': [
    ['skip', {}],
    ['warn', js('')],
    ['pass', js(GUARD)],
    ['pass', js("app.use(require('pino-http')());")],
  ],
  'https/enforced': [
    ['skip', {}],
    ['fail', js(GUARD)],
    [
      'pass',
      js("const hauberk = require('hauberk');\napp.use(hauberk({ https: { hosts: ['api.example'] } }));"),
    ],
    ['warn', js("app.use(require('express-sslify').HTTPS());")],
    ['warn', js("require('node:https').createServer(options, app).listen(443);")],
    ['pass', js("const { redirect } = require('hauberk/https');\napp.use(redirect({ hosts }));")],
  ],
  'https/host-redirect': [
    ['pass', js("app.get('/', (req, res) => res.redirect('/next'));")],
    ['fail', js("app.get('/', (req, res) => res.redirect('https://' + req.headers.host + req.url));")],
    ['fail', js('app.get("/", (req, res) => res.redirect(301, `https://${req.hostname}${req.url}`));')],
    ['fail', js("app.get('/', (req, res) => res.status(301).redirect(`https://${req.get('host')}`));")],
  ],
  'https/certificates': [
    ['pass', js('')],
    ['fail', js('new Agent({ rejectUnauthorized: false });')],
    ['fail', js("process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';")],
    ['fail', script('NODE_TLS_REJECT_UNAUTHORIZED=0 node app.js')],
    ['fail', docker('FROM node\nENV NODE_TLS_REJECT_UNAUTHORIZED=0')],
  ],
  'https/versions': [
    ['pass', js("https.createServer({ minVersion: 'TLSv1.3' });")],
    ['fail', js("https.createServer({ minVersion: 'TLSv1' });")],
    ['fail', js("https.createServer({ secureProtocol: 'TLSv1_method' });")],
  ],
  'body/limit': [
    ['skip', js('')],
    ['pass', js('app.use(express.json());')],
    ['pass', js("app.use(express.json({ limit: '1mb' }));")],
    ['fail', js('app.use(express.json({ limit: Infinity }));')],
    ['fail', js("app.use(express.json({ limit: '500mb' }));")],
    ['fail', js("app.use(express.json({ limit: 'unlimited' }));")],
    ['fail', js("const multer = require('multer');\nconst upload = multer({ dest: 'x' });")],
    [
      'pass',
      js("const multer = require('multer');\nconst upload = multer({ limits: { fileSize: 1_000_000 } });"),
    ],
    ['pass', js(GUARD)],
  ],
  'body/scan': [
    ['skip', js('')],
    ['fail', js('app.use(express.json());')],
    ['pass', js(GUARD)],
    [
      'fail',
      js("const hauberk = require('hauberk');\napp.use(hauberk({ body: false }));\napp.use(express.json());"),
    ],
  ],
  'body/validation': [
    ['skip', js("app.get('/', list);")],
    ['fail', js("app.post('/notes', create);")],
    ['pass', js("const { z } = require('zod');\napp.post('/notes', create);")],
    [
      'pass',
      js("const { validate } = require('hauberk');\napp.post('/notes', validate({ body: schema }), create);"),
    ],
  ],
  'body/injection': [
    ['pass', js("db.query('select * from t where id = $1', [id]);")],
    ['fail', js('db.query(`select * from t where id = ${id}`);')],
    ['fail', js("db.query('select * from t where id = ' + id);")],
    ['fail', js("const { exec } = require('node:child_process');\nexec(`ping ${host}`);")],
    ['fail', js('eval(req.query.code);')],
    ['pass', js('const text = /select/.exec(`select ${x}`); pattern.test(`x`);')],
  ],
  'eslint/config': [
    ['fail', {}],
    ['fail', { 'eslint.config.js': 'module.exports = [];' }],
    ['fail', { 'biome.json': '{}' }],
    [
      'pass',
      {
        'eslint.config.mjs':
          "import hauberk from 'hauberk/eslint';\nexport default hauberk.configs.recommended;",
      },
    ],
    ['pass', { '.eslintrc.json': '{"extends":["plugin:security/recommended"]}' }],
    ['pass', { 'package.json': { eslintConfig: { plugins: ['security'] } } }],
  ],
  'eslint/run': [
    ['fail', script('node app.js')],
    ['pass', script('eslint .', 'lint')],
    ['pass', { '.github/workflows/ci.yml': '- run: npx eslint .\n' }],
  ],
};

for (const [id, cases] of Object.entries(CASES)) {
  cases.forEach(([status, files], i) => {
    test(`${id} ${status} (${i + 1})`, async (t) => {
      const given = { ...manifest({ express: '5.3.0' }), ...files };
      const present = Object.entries(given).filter(([, content]) => content !== undefined);
      const found = check(await doctor({ root: project(t, Object.fromEntries(present)) }), id);
      assert.equal(found.status, status, JSON.stringify(found));
      if (status === 'fail' || status === 'warn') assert.ok(found.fix.length > 5 && found.what.length > 5);
    });
  });
}

test('each check has a file of its name, what people need to know, a page, and cases of both kinds', () => {
  const folder = path.join(ROOT, 'lib/doctor/checks');
  const files = fs
    .readdirSync(folder, { recursive: true })
    .map((name) => String(name).replaceAll(path.sep, '/'))
    .filter((name) => name.includes('/') && name.endsWith('.js'));
  assert.deepEqual(CHECKS.map(({ id }) => `${id}.js`).sort(), files.sort());
  const table = fs.readFileSync(path.join(ROOT, 'docs/doctor.md'), 'utf8');
  for (const { id, kind, why, fix, docs, weight } of CHECKS) {
    assert.ok(why.length > 20 && fix.length > 5 && [1, 2, 3].includes(weight), id);
    const [page, anchor] = docs.split('#');
    const text = fs.readFileSync(path.join(ROOT, 'docs', page), 'utf8');
    if (anchor !== undefined) assert.match(text, new RegExp(`^### ${anchor}$`, 'm'), id);
    assert.ok(table.includes(`\`${id}\``), `docs/doctor.md does not name ${id}`);
    if (kind === 'live') continue;
    const seen = (CASES[id] ?? []).map(([status]) => status);
    assert.ok(
      seen.includes('pass') && (seen.includes('fail') || seen.includes('warn')),
      `${id} has no cases of both kinds`,
    );
  }
});
