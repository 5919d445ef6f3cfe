'use strict';

/** Where the guard is put into a program, and where init rather says what to write by hand. */

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Refused } = require('../../lib/init/refusal');
const { tokenize } = require('../../lib/init/tokens');
const { applyEdits, wire } = require('../../lib/init/wire');

/** @param {string} source @param {object} [wish] @param {string} [file] */
function wired(source, wish = {}, file = 'app.js') {
  const tokens = tokenize(source);
  const { edits, notes } = wire(file, source, tokens, { mode: 'enforce', trustProxy: undefined, ...wish });
  return { text: applyEdits(source, edits), notes: notes.map(({ what }) => what) };
}

const HEAD = "const express = require('express');\nconst app = express();\n";
const GUARD = "const guard = hauberk({ privileges: { root: 'refuse' } });\napp.use(guard);\n";

for (const [what, before, after] of [
  [
    'behind the application and behind the last route, comments stay where they are',
    "const express = require('express'); // the framework\nconst app = express(); // the application\napp.get('/', home); // first\n// the end\nmodule.exports = app;\n",
    "const express = require('express'); // the framework\nconst hauberk = require('hauberk');\nconst app = express(); // the application\nconst guard = hauberk({ privileges: { root: 'refuse' } });\napp.use(guard);\napp.get('/', home); // first\napp.use(guard.errors);\n// the end\nmodule.exports = app;\n",
  ],
  [
    'the package called on the spot',
    "'use strict';\nvar app = require('express')();\napp.get('/', home);\n",
    "'use strict';\nconst hauberk = require('hauberk');\nvar app = require('express')();\nconst guard = hauberk({ privileges: { root: 'refuse' } });\napp.use(guard);\napp.get('/', home);\napp.use(guard.errors);\n",
  ],
  [
    'several declarations in one statement',
    "var express = require('express')\n  , http = require('http')\n  , app = express()\napp.use('/x', x)\n",
    "var express = require('express')\n  , http = require('http')\n  , app = express()\nconst hauberk = require('hauberk')\nconst guard = hauberk({ privileges: { root: 'refuse' } })\napp.use(guard)\napp.use('/x', x)\napp.use(guard.errors)\n",
  ],
  [
    'exported where it is made',
    "const express = require('express');\nconst app = module.exports = express();\napp.get('/', home);\n",
    "const express = require('express');\nconst hauberk = require('hauberk');\nconst app = module.exports = express();\n" +
      GUARD +
      "app.get('/', home);\napp.use(guard.errors);\n",
  ],
  [
    'without semicolons, in front of a line that begins with a bracket',
    "const express = require('express')\nconst app = express()\n;[1, 2].forEach(one)\napp.get('/', home)\n",
    "const express = require('express')\nconst hauberk = require('hauberk')\nconst app = express()\nconst guard = hauberk({ privileges: { root: 'refuse' } })\napp.use(guard)\n;[1, 2].forEach(one)\napp.get('/', home)\napp.use(guard.errors)\n",
  ],
  [
    'two statements in a line',
    "const express = require('express');\nconst app = express(); app.get('/', home);\n",
    "const express = require('express');\nconst hauberk = require('hauberk');\nconst app = express();\nconst guard = hauberk({ privileges: { root: 'refuse' } });\napp.use(guard);\n app.get('/', home);\napp.use(guard.errors);\n",
  ],
  [
    'inside a function, with its indentation',
    "const express = require('express');\nfunction make(db) {\n\tconst app = express();\n\tapp.use(routes(db));\n\treturn app;\n}\n",
    "const express = require('express');\nconst hauberk = require('hauberk');\nfunction make(db) {\n\tconst app = express();\n\tconst guard = hauberk({ privileges: { root: 'refuse' } });\n\tapp.use(guard);\n\tapp.use(routes(db));\n\tapp.use(guard.errors);\n\treturn app;\n}\n",
  ],
  [
    'routes in an if, and handed to a function',
    HEAD +
      "if (dev) {\n  app.use(morgan('dev'));\n}\nroutes(app);\nif (require.main === module) {\n  app.listen(3000);\n}\n",
    HEAD.replace(';\nconst app', ";\nconst hauberk = require('hauberk');\nconst app") +
      GUARD +
      "if (dev) {\n  app.use(morgan('dev'));\n}\nroutes(app);\napp.use(guard.errors);\nif (require.main === module) {\n  guard.listen(app, 3000);\n}\n",
  ],
  [
    'listening in a callback is no registration',
    HEAD + "app.get('/', home);\nconnect().then(() => {\n  app.listen(3000, () => log('up'));\n});\n",
    HEAD.replace(';\nconst app', ";\nconst hauberk = require('hauberk');\nconst app") +
      GUARD +
      "app.get('/', home);\napp.use(guard.errors);\nconnect().then(() => {\n  guard.listen(app, 3000, () => log('up'));\n});\n",
  ],
  [
    'names that are taken',
    "const express = require('express');\nconst guard = 1;\nconst app = express();\napp.get('/', home);\n",
    "const express = require('express');\nconst hauberk = require('hauberk');\nconst guard = 1;\nconst app = express();\nconst apiGuard = hauberk({ privileges: { root: 'refuse' } });\napp.use(apiGuard);\napp.get('/', home);\napp.use(apiGuard.errors);\n",
  ],
  [
    'CRLF',
    "const express = require('express');\r\nconst app = express();\r\napp.get('/', home);\r\n",
    "const express = require('express');\r\nconst hauberk = require('hauberk');\r\nconst app = express();\r\nconst guard = hauberk({ privileges: { root: 'refuse' } });\r\napp.use(guard);\r\napp.get('/', home);\r\napp.use(guard.errors);\r\n",
  ],
  [
    'no line end at the end, a route over several lines',
    HEAD + "app.get(\n  '/',\n  home,\n)",
    HEAD.replace(';\nconst app', ";\nconst hauberk = require('hauberk');\nconst app") +
      GUARD +
      "app.get(\n  '/',\n  home,\n)\napp.use(guard.errors);",
  ],
]) {
  test(`wired: ${what}`, () => assert.equal(wired(before).text, after));
}

test('each way to import: the same way for hauberk', () => {
  for (const [line, own] of [
    ["import express, { Router } from 'express';", "import hauberk from 'hauberk';"],
    ["import * as express from 'express';", "import * as hauberk from 'hauberk';"],
    ["import express = require('express');", "import hauberk = require('hauberk');"],
    [
      "import type { Request } from 'express';\nimport express from 'express';",
      "import hauberk from 'hauberk';",
    ],
  ]) {
    const { text } = wired(
      `${line}\nconst app: express.Application = express();\napp.get('/', home);\n`,
      {},
      'app.ts',
    );
    assert.ok(text.startsWith(`${line}\n${own}\nconst app`), text);
  }
});

test('cors() that comes first stays first; one that comes later is told', () => {
  const cors = "const cors = require('cors');\n";
  const first = wired(`${cors}${HEAD}app.use(cors());\napp.get('/', home);\n`);
  assert.ok(first.text.indexOf('app.use(cors())') < first.text.indexOf('app.use(guard)'));
  assert.ok(!first.notes.some((note) => note.includes('cors()')));
  const later = wired(`${cors}${HEAD}app.use(log);\napp.use(cors());\n`);
  assert.ok(later.text.indexOf('app.use(guard)') < later.text.indexOf('app.use(log)'));
  assert.ok(later.notes.some((note) => note.includes('cors() stands behind the guard')));
});

test('body parsers: larger limits, raw routes and verify are carried over or told', () => {
  const options = (/** @type {string} */ routes) =>
    /hauberk\(([^]*?)\)\s*;\n/.exec(wired(HEAD + routes).text)?.[1] ?? '';
  const notes = (/** @type {string} */ routes) => wired(HEAD + routes).notes.join('\n');
  assert.match(options("app.use(express.json({ limit: '2mb' }));"), /body: \{ limit: '2mb' \}/);
  assert.match(
    options("app.use(express.json({ limit: '2mb' }), express.urlencoded({ limit: '5MB' }));"),
    /limit: '2mb'/,
  );
  assert.match(options('app.use(express.json({ limit: 500000 }));'), /body: \{ limit: 500000 \}/);
  assert.doesNotMatch(options("app.use(express.json({ limit: '10kb' }));"), /body/);
  assert.match(
    options("app.post('/up', express.json({ limit: '9mb' }), up);"),
    /'POST \/up': \{ body: \{ limit: '9mb' \} \}/,
  );
  assert.match(
    options("app.use('/hook', express.raw({ limit: '1mb' }));"),
    /'\/hook': \{ body: \{ raw: true, limit: '1mb' \} \}/,
  );
  assert.match(
    options("app.post('/hook', express.raw(), hook);"),
    /'POST \/hook': \{ body: \{ raw: true \} \}/,
  );
  assert.match(notes("app.post('/hook/:id', express.raw(), hook);"), /raw: true/);
  assert.match(notes('app.use(express.json({ limit: LIMIT }));'), /not a literal/);
  assert.match(notes('app.use(express.json(OPTIONS));'), /not a literal/);
  assert.match(notes('app.use(express.json({ verify: keep }));'), /verify is no longer called/);
  assert.match(notes('app.use(express.json({ ...OPTIONS }));'), /not a literal/);
});

test('trust proxy true: nothing without an answer, the answer in its place', () => {
  const source = `${HEAD}app.set('trust proxy', true);\napp.get('/', home);\n`;
  assert.throws(
    () => wired(source),
    (error) => error instanceof Refused && /--trust-proxy 1/.test(error.message),
  );
  assert.match(wired(source, { trustProxy: 2 }).text, /^app\.set\('trust proxy', 2\);$/m);
  assert.match(wired(source, { trustProxy: 0 }).text, /^app\.set\('trust proxy', false\);$/m);
  assert.match(
    wired(source, { trustProxy: ['10.0.0.0/8'] }).text,
    /^app\.set\('trust proxy', \['10\.0\.0\.0\/8'\]\);$/m,
  );
  const preset = wired(source, { trustProxy: 'cloudflare' }).text;
  assert.match(preset, /^app\.set\('trust proxy', false\);$/m);
  assert.match(preset, /client: \{ trustProxy: 'cloudflare' \}/);
  const enabled = wired(`${HEAD}app.enable('trust proxy');\napp.get('/', home);\n`, { trustProxy: 1 }).text;
  assert.match(enabled, /^app\.set\('trust proxy', 1\);$/m);
  assert.match(wired(`${HEAD}app.get('/', home);\n`, { trustProxy: 1 }).text, /client: \{ trustProxy: 1 \}/);
  assert.doesNotMatch(wired(`${HEAD}app.set('trust proxy', 1);\napp.get('/', home);\n`).text, /client/);
});

test('app.listen becomes guard.listen only where both do the same', () => {
  const line = (/** @type {string} */ rest) =>
    wired(`${HEAD}app.get('/', home);\n${rest}\n`).text.split('\n').at(-2);
  assert.equal(line('app.listen(3000);'), 'guard.listen(app, 3000);');
  assert.equal(
    line('const server = app.listen(process.env.PORT || 3000);'),
    'const server = guard.listen(app, process.env.PORT || 3000);',
  );
  assert.equal(
    line("app.listen(process.env.PORT ?? '3000', () => {});"),
    "guard.listen(app, process.env.PORT ?? '3000', () => {});",
  );
  assert.equal(
    line('const PORT = Number(process.env.PORT || 80);\napp.listen(PORT, function () {});'),
    'guard.listen(app, PORT, function () {});',
  );
  for (const kept of [
    'app.listen();',
    'app.listen(process.env.PORT);',
    "app.listen('/run/app.sock');",
    "app.listen(3000, '0.0.0.0');",
    'app.listen(3000, (error) => {});',
    'app.listen(3000, started);',
    'app.listen(port(), () => {});',
    'app.listen(70000);',
    'let PORT = 3000;\napp.listen(PORT);',
  ]) {
    assert.equal(line(kept), kept.split('\n').at(-1), kept);
  }
  assert.ok(wired(`${HEAD}app.listen(443);\n`).notes.some((note) => /binds port 443/.test(note)));
});

test('long options take several lines', () => {
  const { text } = wired(
    `${HEAD}app.use(express.json({ limit: '2mb' }));\napp.post('/hook', express.raw(), hook);\n`,
    { mode: 'report', trustProxy: 1 },
  );
  assert.ok(
    text.includes("const guard = hauberk({\n  privileges: { root: 'refuse' },\n  body: { limit: '2mb' },\n"),
    text,
  );
  assert.ok(text.includes("  mode: 'report',\n  client: { trustProxy: 1 },\n});\n"), text);
});

const NOT_CHANGED = {
  'two applications': `${HEAD}const other = express();\n`,
  'no application': "const express = require('express');\nmodule.exports = express.Router();\n",
  'an application without a name': "const express = require('express');\nmodule.exports = express();\n",
  'a property of a class':
    "import express from 'express';\nclass Server {\n  constructor() {\n    this.app = express();\n  }\n}\n",
  'a field of a class': "import express from 'express';\nclass Server {\n  app = express();\n}\n",
  'a chain behind the call': "const express = require('express');\nconst app = express().use(one);\n",
  'an argument': "const express = require('express');\nconst server = createServer(express());\n",
  'routes in a callback': `${HEAD}connect().then(() => {\n  app.get('/', home);\n  app.listen(3000);\n});\n`,
  'routes in an arrow without braces': `${HEAD}connect().then(() => app.get('/', home));\n`,
  'routes in a function': `${HEAD}function routes() {\n  app.get('/', home);\n}\nroutes();\n`,
  'routes in a method': `${HEAD}const routes = {\n  all() {\n    app.get('/', home);\n  },\n};\n`,
  'routes in a typed function': `${HEAD}async function routes(): Promise<void> {\n  app.get('/', home);\n}\n`,
  'handed on in a callback': `${HEAD}connect().then(() => routes(app));\n`,
  'used outside of its function':
    "const express = require('express');\nlet app;\nfunction make() {\n  app = express();\n}\nmake();\napp.get('/', home);\n",
  'a namespace that is called in JavaScript': "import * as express from 'express';\nconst app = express();\n",
};

for (const [what, source] of Object.entries(NOT_CHANGED)) {
  test(`not changed, but said what to write: ${what}`, () => {
    assert.throws(
      () => wired(source),
      (error) =>
        error instanceof Refused && (what === 'no application' || /hauberk\(\{/.test(error.byHand ?? '')),
    );
  });
}
