'use strict';

/**
 * `cookies` beside the packages that it replaces: reading and writing fields, signing, sealing, and what the guard costs on
 * responses without and with cookies.
 */

const assert = require('node:assert/strict');
const { ServerResponse, IncomingMessage } = require('node:http');
const cookie = require('cookie');
const cookieSession = require('cookie-session');
const signature = require('cookie-signature');
const express = require('express');

const { cookies } = require('..');
const { compare } = require('./harness/compare');
const { Pipeline, requestBytes } = require('./harness/pipeline');
const stage = require('../lib/cookies/stage');
const { Context } = require('../lib/internal/context');

const SECRET = 'a secret for the benches of cookies, long enough';
const KEYED = { name: 'cart', keys: SECRET };
const VALUE = { user: 42, name: 'Ada', roles: ['admin', 'editor'], since: 1_700_000_000 };
const FIELD = 'theme=dark; lang=en-US; cart=8f14e45fceea167a5a36dedd4bea2543';
const ENCODED = 'theme=dark; connect.sid=s%3Aabc.def%2Bghi; lang=en';
const SET = {
  maxAge: 3600,
  domain: 'example.com',
  path: '/',
  httpOnly: true,
  secure: true,
  sameSite: /** @type {const} */ ('lax'),
};
const EXPIRING = { ...SET, maxAge: undefined, expires: new Date('2030-01-02T03:04:05Z') };
delete EXPIRING.maxAge;

/** @param {string} name @param {() => unknown} once */
function contestant(name, once) {
  let sink;
  return {
    name,
    run: (/** @type {number} */ times) => {
      for (let i = 0; i < times; i += 1) sink = once();
      return sink === undefined ? undefined : null;
    },
    result: once,
  };
}

/** @param {unknown} expected */
const equals = (expected) => (/** @type {unknown} */ result, /** @type {string} */ name) =>
  assert.deepEqual(typeof result === 'object' ? { .../** @type {any} */ (result) } : result, expected, name);

async function text() {
  for (const [what, field] of [
    ['parse, 3 cookies', FIELD],
    ['parse, 3 cookies, one percent-encoded', ENCODED],
  ]) {
    await compare(
      what,
      [
        contestant('hauberk.cookies.parse', () => cookies.parse(field)),
        contestant('cookie', () => cookie.parse(field)),
      ],
      { check: equals({ ...cookie.parse(field) }) },
    );
  }
  for (const [what, options] of /** @type {[string, any][]} */ ([
    ['serialize, 6 attributes', SET],
    ['serialize, 6 attributes with a date', EXPIRING],
  ])) {
    await compare(
      what,
      [
        contestant('hauberk.cookies.serialize', () => cookies.serialize('cart', '8f14e45f', options)),
        contestant('cookie', () => cookie.serialize('cart', '8f14e45f', options)),
      ],
      { check: equals(cookie.serialize('cart', '8f14e45f', options)) },
    );
  }
}

async function signed() {
  const session = '8f14e45fceea167a5a36dedd4bea2543';
  const keygrip = new (require('keygrip'))([SECRET]);
  await compare('sign, 32 characters', [
    contestant('hauberk.cookies.sign', () => cookies.sign(session, KEYED)),
    contestant('cookie-signature', () => signature.sign(session, SECRET)),
    contestant('keygrip (cookie-session)', () => keygrip.sign(session)),
  ]);
  const ours = cookies.sign(session, KEYED);
  const theirs = signature.sign(session, SECRET);
  const code = keygrip.sign(session);
  await compare(
    'unsign',
    [
      contestant('hauberk.cookies.unsign', () => cookies.unsign(ours, KEYED)),
      contestant('cookie-signature', () => signature.unsign(theirs, SECRET)),
      contestant('keygrip (cookie-session)', () => keygrip.verify(session, code) && session),
    ],
    { check: equals(session) },
  );
}

async function sealed() {
  const { sealData, unsealData } = await import('iron-session');
  const iron = { password: SECRET, ttl: 3600 };
  const many = (/** @type {() => Promise<unknown>} */ once) => async (/** @type {number} */ times) => {
    for (let i = 0; i < times; i += 1) await once();
  };
  const ironOnce = () => sealData(VALUE, iron);
  await compare('seal, an object of 4 fields', [
    contestant('hauberk.cookies.seal', () => cookies.seal(VALUE, KEYED)),
    { name: 'iron-session', run: many(ironOnce), result: ironOnce },
  ]);
  const ours = cookies.seal(VALUE, KEYED);
  const theirs = await sealData(VALUE, iron);
  const openOnce = () => unsealData(theirs, iron);
  await compare(
    'open',
    [
      contestant('hauberk.cookies.open', () => cookies.open(ours, KEYED)),
      { name: 'iron-session', run: many(openOnce), result: openOnce },
    ],
    { check: equals(VALUE) },
  );
}

/** The step on a response whose fields are set, outside an application. */
async function step() {
  const one = stage.create(stage.parse({ keys: SECRET }), { trusts: () => true });
  const context = new Context();
  const req = new IncomingMessage(/** @type {any} */ ({ remoteAddress: '203.0.113.7' }));
  const res = /** @type {any} */ (new ServerResponse(req));
  /** @type {any} */ (one).run(req, res, context);
  res.setHeader('Content-Type', 'application/json');
  const rounds = (/** @type {() => void} */ once) => (/** @type {number} */ times) => {
    for (let i = 0; i < times; i += 1) once();
  };
  await compare('the guard on a response without cookies, request without cookies', [
    {
      name: 'hauberk: run and head',
      run: rounds(() => {
        context.cookies = undefined;
        /** @type {any} */ (one).run(req, res, context);
        /** @type {any} */ (one).head(res, context);
      }),
    },
    { name: 'hauberk: head alone', run: rounds(() => /** @type {any} */ (one).head(res, context)) },
  ]);
}

/** @param {((app: any) => void)[]} layers @param {(req: any, res: any) => void} handler */
function appWith(layers, handler) {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  for (const layer of layers) layer(app);
  app.get('/', handler);
  return new Pipeline(app);
}

async function inApp() {
  const bytes = requestBytes('GET /', undefined, { Cookie: FIELD });
  const plain = (/** @type {any} */ _req, /** @type {any} */ res) => res.end('ok');
  const setting = (/** @type {any} */ req, /** @type {any} */ res) => {
    if (req.session === undefined) res.cookie('connect.sid', 's:abc.def');
    else req.session.id = 'abc';
    res.end('ok');
  };
  const use = (/** @type {any} */ layer) => (/** @type {any} */ app) => app.use(layer);
  const pipelines = (/** @type {any} */ handler) => [
    { name: 'hauberk.cookies()', pipeline: appWith([use(cookies({ keys: SECRET }))], handler) },
    { name: 'bare Express 5', pipeline: appWith([], handler) },
    { name: 'cookie-session', pipeline: appWith([use(cookieSession({ keys: [SECRET] }))], handler) },
  ];
  for (const [title, handler] of /** @type {[string, any][]} */ ([
    ['in the application: a request with 3 cookies, a response without', plain],
    ['in the application: a response that sets one', setting],
  ])) {
    const contestants = pipelines(handler).map(({ name, pipeline }) => ({
      name,
      run: (/** @type {number} */ times) => pipeline.run(bytes, times),
    }));
    await compare(title, contestants, { baseline: 'bare Express 5' });
  }
}

(async () => {
  await text();
  await signed();
  await sealed();
  await step();
  await inApp();
})();
