'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const channel = require('node:diagnostics_channel').channel('hauberk:event');
const { promisify } = require('node:util');
const ours = { bcrypt: require('hauberk/bcrypt'), argon2: require('hauberk/argon2') };
const theirs = { bcrypt: require('bcrypt'), argon2: require('argon2') };

const PASSWORDS = [
  '',
  'a',
  'correct horse',
  'p\u00e4ssw\u00f6rd \u{1f512}',
  'x'.repeat(71),
  'x'.repeat(72),
  'x'.repeat(73),
  '\u00e4'.repeat(37),
  'y'.repeat(200),
  'nul\0byte',
  Buffer.from([0xff, 0xa3, 1]),
];

test('bcrypt: the same salts give the same hashes, and each compares the other one', async () => {
  for (const minor of ['a', 'b']) {
    for (const password of PASSWORDS) {
      const salt = ours.bcrypt.genSaltSync(4, minor);
      const expected = theirs.bcrypt.hashSync(password, salt);
      assert.equal(ours.bcrypt.hashSync(password, salt), expected);
      assert.equal(await ours.bcrypt.hash(password, salt), expected);
      assert.equal(await ours.bcrypt.hash(password, expected), expected, 'a whole hash is a salt');
      assert.equal(await ours.bcrypt.compare(password, expected), true);
      assert.equal(ours.bcrypt.compareSync(password, expected), true);
      assert.equal(await ours.bcrypt.compare('other', expected), false);
      const fresh = await ours.bcrypt.hash(password, 4);
      assert.match(fresh, /^\$2b\$04\$/);
      assert.equal(await theirs.bcrypt.compare(password, fresh), true);
    }
  }
});

test('bcrypt: salts, rounds and what is no hash, as the package has them', async () => {
  for (const rounds of [undefined, 4, 5, 10, 31, 1, 40, 0]) {
    const [mine, their] = [ours.bcrypt.genSaltSync(rounds), theirs.bcrypt.genSaltSync(rounds)];
    assert.equal(mine.length, their.length);
    assert.equal(mine.slice(0, 7), their.slice(0, 7), String(rounds));
    assert.equal(ours.bcrypt.getRounds(theirs.bcrypt.hashSync('x', 4)), 4);
  }
  assert.match(await ours.bcrypt.genSalt(5, 'a'), /^\$2a\$05\$[./A-Za-z0-9]{22}$/);
  // A salt whose spare bits are set: both write it with zeros.
  const odd = '$2b$04$abcdefghijklmnopqrstuz';
  assert.equal(ours.bcrypt.hashSync('x', odd), theirs.bcrypt.hashSync('x', odd));
  for (const stored of [
    '',
    'x',
    '$2b$04$short',
    '$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAA',
    '\u{1f512}'.repeat(30),
  ]) {
    assert.equal(await ours.bcrypt.compare('x', stored), await theirs.bcrypt.compare('x', stored), stored);
    assert.equal(ours.bcrypt.compareSync('x', stored), false);
  }
  assert.equal(ours.bcrypt.truncates('x'.repeat(72)), false);
  assert.equal(ours.bcrypt.truncates('\u00e4'.repeat(37)), true);
});

test('bcrypt: callbacks in every place that the package takes them', async () => {
  const { genSalt, hash, compare } = ours.bcrypt;
  const call = (fn, ...args) => promisify((callback) => fn(...args, callback))();
  assert.match(await call(genSalt), /^\$2b\$10\$/);
  assert.match(await call(genSalt, 4), /^\$2b\$04\$/);
  const salt = await call(genSalt, 4, 'a');
  const stored = await call(hash, 'pw', salt);
  assert.equal(stored, theirs.bcrypt.hashSync('pw', salt));
  assert.equal(await call(compare, 'pw', stored), true);
  assert.equal(await call(compare, 'PW', stored), false);
  assert.equal(
    hash('pw', salt, () => {}),
    undefined,
  );
  const caught = (fn, ...args) => new Promise((resolve) => fn(...args, (error) => resolve(error)));
  for (const [fn, ...args] of [
    [genSalt, 'ten'],
    [genSalt, 4, 'c'],
    [hash, 'pw', 'no salt'],
    [hash, 7, 4],
    [hash],
    [hash, 'pw'],
    [compare, 'pw', 7],
    [compare],
  ]) {
    assert.equal((await caught(fn, ...args))?.code, 'ERR_HAUBERK_ARGUMENT', `${fn.name} ${args}`);
    await assert.rejects(
      caughtBy(theirs.bcrypt, fn.name, args),
      `${fn.name} ${args}: the package refuses too`,
    );
  }
  for (const [fn, ...args] of [
    [hash, null, 4],
    [hash, 'pw', null],
    [compare, 'pw', null],
    [hash, 'pw', 4, 'cb'],
  ]) {
    await assert.rejects(fn(...args), { code: 'ERR_HAUBERK_ARGUMENT' });
    await assert.rejects(theirs.bcrypt[fn.name](...args));
  }
  for (const bad of [
    [null, 4],
    ['pw', null],
    ['pw', 'no salt'],
    [{}, 4],
  ]) {
    assert.throws(() => ours.bcrypt.hashSync(...bad), { code: 'ERR_HAUBERK_ARGUMENT' });
    assert.throws(() => theirs.bcrypt.hashSync(...bad));
  }
});

const caughtBy = (peer, name, args) =>
  new Promise((resolve, reject) => peer[name](...args, (error) => (error ? reject(error) : resolve())));

test('bcrypt: a password that is cut is told as an event; a cost beyond the cap is refused', async (t) => {
  const events = [];
  const listen = (event) => events.push(event);
  channel.subscribe(listen);
  t.after(() => channel.unsubscribe(listen));
  await ours.bcrypt.hash('x'.repeat(72), 4);
  assert.equal(events.length, 0);
  const stored = await ours.bcrypt.hash('hunter2'.repeat(20), 4);
  await ours.bcrypt.compare('hunter2'.repeat(20), stored);
  assert.equal(events.length, 2);
  for (const event of events) {
    assert.deepEqual(
      [event.event, event.practice, event.blocked],
      ['input_validation_fail', 'passwords', false],
    );
    assert.doesNotMatch(JSON.stringify(event), /hunter2/);
  }
  await assert.rejects(ours.bcrypt.hash('x', 17), { code: 'ERR_HAUBERK_PASSWORDS_TOO_COSTLY' });
  await assert.rejects(ours.bcrypt.compare('x', stored.replace('$04$', '$31$')), {
    code: 'ERR_HAUBERK_PASSWORDS_TOO_COSTLY',
  });
});

test('bcrypt: different on purpose: $2y$ is read, and NUL makes no twins', async () => {
  const stored = theirs.bcrypt.hashSync('ab', 4);
  assert.equal(await ours.bcrypt.compare('ab', stored.replace('$2b$', '$2y$')), true);
  assert.equal(await theirs.bcrypt.compare('ab\0ab', stored), true);
  assert.equal(await ours.bcrypt.compare('ab\0ab', stored), false);
});

test('argon2: the same options and salts give the same bytes, and each verifies the other one', async () => {
  const base = { memoryCost: 256, timeCost: 2, parallelism: 2, salt: Buffer.alloc(16, 7) };
  const variants = [
    {},
    { type: theirs.argon2.argon2i },
    { type: theirs.argon2.argon2d, version: 0x10 },
    { hashLength: 4 },
    { hashLength: 128 },
    { secret: Buffer.from('a pepper') },
    { associatedData: Buffer.from('some data') },
    {
      associatedData: Buffer.from('some data'),
      secret: Buffer.from('a pepper'),
      parallelism: 1,
      timeCost: 1,
    },
    { salt: Buffer.alloc(64, 9), memoryCost: 1000, parallelism: 3 },
    { salt: undefined },
  ];
  for (const variant of variants) {
    const options = { ...base, ...variant };
    const { secret } = options;
    for (const password of PASSWORDS) {
      if (options.salt) {
        const raw = await ours.argon2.hash(password, { ...options, raw: true });
        assert.ok(Buffer.isBuffer(raw));
        assert.deepEqual(raw, await theirs.argon2.hash(password, { ...options, raw: true }));
      } else delete options.salt;
      const [mine, their] = [
        await ours.argon2.hash(password, options),
        await theirs.argon2.hash(password, options),
      ];
      for (const stored of [mine, their]) {
        for (const { argon2 } of [ours, theirs]) {
          assert.equal(await argon2.verify(stored, password, { secret }), true, stored);
          assert.equal(await argon2.verify(stored, 'other', { secret }), false, stored);
        }
        for (const wanted of [
          options,
          { ...options, timeCost: 3 },
          { memoryCost: 256 },
          { ...options, version: 0x10 },
          {},
        ]) {
          assert.equal(
            ours.argon2.needsRehash(stored, wanted),
            theirs.argon2.needsRehash(stored, wanted),
            stored,
          );
        }
      }
    }
  }
});

test('argon2: the constants and defaults are those of the package', async () => {
  for (const name of ['argon2d', 'argon2i', 'argon2id']) assert.equal(ours.argon2[name], theirs.argon2[name]);
  const stored = await ours.argon2.hash('pw');
  assert.match(stored, /^\$argon2id\$v=19\$m=65536,t=3,p=4\$/);
  assert.equal(theirs.argon2.needsRehash(stored), false);
  assert.equal(ours.argon2.needsRehash(await theirs.argon2.hash('pw')), false);
});

test('argon2: what is refused, and what is false', async () => {
  const bad = { code: 'ERR_HAUBERK_OPTION_INVALID' };
  for (const options of [
    { timeCost: 0 },
    { memoryCost: 7 },
    { memoryCost: 31, parallelism: 4 },
    { memoryCost: 2 ** 20 },
    { parallelism: 0 },
    { hashLength: 3 },
    { salt: Buffer.alloc(7) },
    { salt: 'text' },
    { type: 3 },
    { version: 17 },
    { secret: 'text' },
    { raw: 'yes' },
  ]) {
    await assert.rejects(ours.argon2.hash('pw', options), bad, JSON.stringify(options));
  }
  await assert.rejects(ours.argon2.hash('pw', { timecost: 2 }), { code: 'ERR_HAUBERK_OPTION_UNKNOWN' });
  for (const password of [undefined, null, 7, {}, 'x'.repeat(4097)]) {
    await assert.rejects(ours.argon2.hash(password), { code: 'ERR_HAUBERK_PASSWORDS_PASSWORD' });
  }
  assert.equal(await ours.argon2.verify(theirs.bcrypt.hashSync('pw', 4), 'pw'), false);
  for (const digest of ['', 'pw', '$argon2id$', '$argon2id$v=19$m=64,t=1,p=1$c2FsdA$aGFzaA', null, 7]) {
    await assert.rejects(
      ours.argon2.verify(digest, 'pw'),
      { code: 'ERR_HAUBERK_PASSWORDS_HASH' },
      String(digest),
    );
    assert.throws(() => ours.argon2.needsRehash(digest), { code: 'ERR_HAUBERK_PASSWORDS_HASH' });
  }
  const huge = '$argon2id$v=19$m=1048576,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  await assert.rejects(ours.argon2.verify(huge, 'pw'), { code: 'ERR_HAUBERK_PASSWORDS_TOO_COSTLY' });
});
