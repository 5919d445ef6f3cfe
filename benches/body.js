'use strict';

/**
 * Bodies: the scan of the raw bytes, the scan with the parse, and the whole reader in a running app.
 */

const assert = require('node:assert/strict');
const express = require('express');
const native = require('../lib/internal/native').body;
const body = require('../lib/body');
const { bits } = require('../lib/body/rules');
const { scanJson } = require('../lib/body/scan');
const { compare } = require('./harness/compare');
const { Pipeline, requestBytes } = require('./harness/pipeline');

const { refuse, report } = bits({ operatorKeys: 'report', precision: false }, false);
const LIMITS = native.register(64, 10_000, 256, 0xffff_ffff, refuse, report);

const note = (i) => ({
  id: i,
  title: `A note about chain mail, number ${i}`,
  text: 'It is made of small rings, each of which is linked to four others, riveted or butted.',
  tags: ['armour', 'rings'],
  author: { id: 4711, name: 'G. Wright', email: 'wright@example.com' },
  createdAt: '2026-01-01T00:00:00Z',
  public: true,
});

/** JSON of about that many bytes. */
function jsonOf(bytes) {
  if (bytes === 200)
    return '{"email":"someone@example.com","password":"correct horse battery staple","name":"Some One","newsletter":true,"age":42,"tags":["a","bc","def"],"address":{"street":"Ring Road 7","city":"Mailborough"}}';
  const list = [];
  for (let size = 2; size < bytes; size += JSON.stringify(note(list.length)).length + 1)
    list.push(note(list.length));
  return JSON.stringify(list);
}

const repeat = (work) => (times) => {
  let last;
  for (let i = 0; i < times; i += 1) last = work();
  return last;
};

async function scanning(name, text) {
  const bytes = Buffer.from(text);
  const value = JSON.parse(text);
  const scan = () => scanJson(bytes, LIMITS);
  assert.equal(scan(), undefined);
  const both = () => {
    if (scanJson(bytes, LIMITS) !== undefined) throw new Error('refused');
    return JSON.parse(bytes.latin1Slice(0, bytes.length));
  };
  const parse = () => JSON.parse(bytes.toString());
  const rows = await compare(
    `scan and parse ${name} (${bytes.length} bytes)`,
    [
      { name: 'hauberk scan + JSON.parse', run: repeat(both), result: both },
      { name: 'JSON.parse', run: repeat(parse), result: parse },
      { name: 'hauberk scan alone', run: repeat(scan), result: () => value },
    ],
    { check: (result) => assert.deepEqual(result, value) },
  );
  const gigabytes = bytes.length / rows[2].ns;
  console.log(
    `  scan + parse / parse: ${(rows[0].ns / rows[1].ns).toFixed(2)}; scan: ${gigabytes.toFixed(2)} GB/s`,
  );
}

/** An app of one route that answers the same short text whatever it got. */
function appWith(parser) {
  const app = express();
  app.disable('etag');
  if (parser) app.use(parser);
  app.post('/notes', (req, res) => res.end(parser ? String(Object.keys(req.body).length) : '0'));
  return app;
}

async function inTheApp(name, text) {
  const bytes = requestBytes('POST /notes', JSON.parse(text));
  const keys = Object.keys(JSON.parse(text)).length;
  const of = (title, parser) => {
    const pipeline = new Pipeline(appWith(parser));
    return {
      name: title,
      run: (times) => pipeline.run(bytes, times),
      result: () => pipeline.request(bytes),
    };
  };
  const rows = await compare(
    `read, scan and parse ${name} in the app`,
    [of('hauberk body()', body()), of('express.json()', express.json()), of('bare Express')],
    {
      baseline: 'bare Express',
      check: (result) => assert.match(String(result), new RegExp(`\r\n\r\n(?:[0-9a-f]+\r\n)?${keys}`)),
    },
  );
  console.log(`  ours / express.json(): ${(rows[0].ns / rows[1].ns).toFixed(2)}`);
}

async function refusing(text) {
  const bad = Buffer.from(`${text.slice(0, -1)},{"__proto__":{"admin":true}}]`);
  const early = Buffer.from(`[{"__proto__":{"admin":true}},${text.slice(1)}`);
  const refuseIt = (bytes) => () => native.jsonPointer(bytes, Math.floor(scanJson(bytes, LIMITS) / 0x10000));
  assert.match(refuseIt(bad)(), /\/__proto__$/);
  const rows = await compare('refuse a bad body of 100 KB, with its pointer', [
    { name: 'hauberk, offence at the end', run: repeat(refuseIt(bad)) },
    { name: 'hauberk, offence at the beginning', run: repeat(refuseIt(early)) },
    { name: 'JSON.parse of it', run: repeat(() => JSON.parse(bad.toString())) },
  ]);
  console.log(
    `  parsing / refusing: ${(rows[2].ns / rows[0].ns).toFixed(1)} (end), ${(rows[2].ns / rows[1].ns).toFixed(0)} (beginning)`,
  );
}

async function linear() {
  console.log('\nworst cases from 1 KB to 8 MB, ns per byte (linear: the columns stay level)');
  const limits = native.register(1000, 1_000_000, 256, 0xffff_ffff, refuse & ~(1 << 2), report);
  const cases = {
    'distinct keys of one object': (size) =>
      `{${Array.from({ length: size / 12 }, (_, i) => `"k${String(i).padStart(7, '0')}":1`).join(',')}}`,
    'escaped keys': (size) => `[${'{"\\u0061":1},'.repeat(size / 13)}0]`,
    'keys of the same ends': (size) =>
      `{${Array.from({ length: size / 40 }, (_, i) => `"samestart${String(i).padStart(7, '0')}sameends":1`).join(',')}}`,
    'open brackets': (size) => '['.repeat(size),
    backslashes: (size) => `"${'\\\\'.repeat(size / 2)}"`,
    'two-byte characters': (size) => `"${'\u00e9'.repeat(size / 2)}"`,
  };
  for (const [name, make] of Object.entries(cases)) {
    const cells = [1024, 65_536, 1_048_576, 8_388_608].map((size) => {
      const bytes = Buffer.from(make(size));
      let best = Infinity;
      for (let i = 0; i < 7; i += 1) {
        const start = process.hrtime.bigint();
        scanJson(bytes, limits);
        best = Math.min(best, Number(process.hrtime.bigint() - start));
      }
      return (best / bytes.length).toFixed(2).padStart(8);
    });
    console.log(`  ${name.padEnd(36)}${cells.join('')}`);
  }
}

async function main() {
  for (const [name, size] of [
    ['a small body', 200],
    ['2 KB', 2000],
    ['100 KB', 100_000],
  ]) {
    await scanning(name, jsonOf(size));
  }
  for (const [name, size] of [
    ['200 bytes', 200],
    ['2 KB', 2000],
    ['100 KB', 98_000],
  ]) {
    await inTheApp(name, jsonOf(size));
  }
  await refusing(jsonOf(100_000));
  await linear();
  process.exit(0);
}

main();
