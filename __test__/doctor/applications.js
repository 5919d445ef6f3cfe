'use strict';

/** Applications that the doctor is sent to, as files of projects. */

const fs = require('node:fs');
const path = require('node:path');
const { ROOT, manifest } = require('./project');

/** Every hole of the first ten minutes, in one file. */
const BARE = `
const express = require('express');
const session = require('express-session');
const crypto = require('crypto');
const { exec } = require('child_process');
const app = express();
const users = [];
app.set('trust proxy', true);
app.use(express.json({ limit: '500mb' }));
app.use(session({ secret: 'keyboard cat', resave: false, saveUninitialized: true }));
app.use(express.static(__dirname, { dotfiles: 'allow' }));
app.get('/', (req, res) => res.send('<h1>hello</h1>'));
app.post('/', (req, res) => res.json(req.body));
app.get('/old', (req, res) => res.redirect('https://' + req.headers.host + '/new'));
app.get('/ping', (req, res) => exec(\`ping \${req.query.host}\`, () => res.end()));
app.post('/login', (req, res) => {
  const hash = crypto.createHash('md5').update(req.body.password).digest('hex');
  res.json({ ok: users.some((user) => user.hash === hash) });
});
app.get('/fail', (req, res) => { try { null.x; } catch (err) { res.status(500).send(err.stack); } });
app.listen(process.env.PORT || 3000);
`;

/** What most tutorials end with. */
const HELMET = `
const express = require('express');
const helmet = require('helmet');
const rateLimit = require('express-rate-limit');
const app = express();
app.use(helmet());
app.use(rateLimit({ windowMs: 60000, limit: 100 }));
app.use(express.json());
app.get('/', (req, res) => res.json({ ok: true }));
app.post('/', (req, res) => res.json(req.body));
app.post('/login', (req, res) => res.json({ ok: req.body.password === process.env.ADMIN }));
app.listen(process.env.PORT || 3000);
`;

const DOCKERFILE = `FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev
COPY . .

FROM node:24-slim
WORKDIR /app
COPY --from=build /app /app
USER node
CMD ["node", "api.js"]
`;

const WORKFLOW = `on: push
jobs:
  test:
    steps:
      - run: npm ci
      - run: npm run lint
      - run: npx hauberk audit
`;

/** The example API as a project of its own, with the files around it that a project has. */
function exampleProject() {
  const read = (/** @type {string} */ name) => fs.readFileSync(path.join(ROOT, 'examples', name), 'utf8');
  const scripts = { start: 'node api.js', lint: 'eslint .' };
  return {
    ...manifest(
      { express: '5.3.0', hauberk: '0.1.0', 'express-session': '1.19.0', libsql: '0.5.29' },
      { scripts },
    ),
    'api.js': read('api.js'),
    ...Object.fromEntries(
      fs.readdirSync(path.join(ROOT, 'examples/api')).map((name) => [`api/${name}`, read(`api/${name}`)]),
    ),
    Dockerfile: DOCKERFILE,
    '.dockerignore': '.env\n.env.*\n.git\nnode_modules\n',
    '.gitignore': 'node_modules\n.env\n',
    'eslint.config.js': "module.exports = require('hauberk/eslint').configs.recommended;\n",
    '.github/workflows/ci.yml': WORKFLOW,
  };
}

module.exports = { BARE, HELMET, exampleProject };
