'use strict';

/**
 * TOTP verification with a window of one step on either side, beside the packages that it replaces and beside
 * node:crypto by hand; and what the other parts cost.
 */

const assert = require('node:assert/strict');
const crypto = require('node:crypto');

const { mfa } = require('..');
const { policy } = require('../lib/passwords');
const { TOTP, Secret } = require('otpauth');
const otplib = require('otplib');
const { compare } = require('./harness/compare');

const secret = mfa.totp.generateSecret();
const time = Date.now();
const code = mfa.totp.generate(secret, { time });
const bytes = Buffer.from(Secret.fromBase32(secret).bytes);
const theirs = new TOTP({ secret: Secret.fromBase32(secret) });

/** By hand, as a careful developer would: three HMACs, compared in constant time. */
function byHand(/** @type {string} */ sent) {
  const now = Math.floor(time / 30_000);
  const given = Buffer.from(sent);
  let found = false;
  for (let step = now - 1; step <= now + 1; step += 1) {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const digest = crypto.createHmac('sha1', bytes).update(counter).digest();
    const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff;
    const text = Buffer.from(String(number % 1e6).padStart(6, '0'));
    found = crypto.timingSafeEqual(text, given) || found;
  }
  return found;
}

/** @param {string} name @param {(code: string) => boolean | Promise<boolean>} verify */
const contestant = (name, verify) => ({
  name,
  run: (/** @type {number} */ times) => {
    for (let i = 0; i < times; i += 1) verify(code);
  },
  result: async () => [await verify(code), await verify(code === '000000' ? '000001' : '000000')],
});

/** @param {string} name @param {(code: string) => Promise<boolean>} verify */
const slow = (name, verify) => ({
  ...contestant(name, verify),
  run: async (/** @type {number} */ times) => {
    for (let i = 0; i < times; i += 1) await verify(code);
  },
});

/** @param {string} name @param {() => unknown} work */
const one = (name, work) => ({
  name,
  run: async (/** @type {number} */ times) => {
    for (let i = 0; i < times; i += 1) await work();
  },
});

async function main() {
  await compare(
    'TOTP verify, window 1',
    [
      contestant('hauberk', (sent) => mfa.totp.verify(secret, sent, { time }).ok),
      contestant('node:crypto by hand', byHand),
      contestant('otpauth', (sent) => theirs.validate({ token: sent, window: 1, timestamp: time }) !== null),
      slow('otplib', async (sent) => {
        const epoch = Math.floor(time / 1000);
        return (await otplib.verify({ secret, token: sent, epoch, epochTolerance: 30 })).valid;
      }),
    ],
    { check: (result, name) => assert.deepEqual(result, [true, false], name) },
  );
  const store = mfa.memoryStore();
  const recovery = mfa.recovery({ store, limiter: false, secret: 'x'.repeat(32) });
  const sealer = mfa.sealer({ secret: 'x'.repeat(32) });
  const sealed = sealer.seal(secret, '7');
  const uri = mfa.totp.uri(secret, 'someone@example.com', 'Example');
  const guard = mfa.totp.guard({ store, limiter: false, sealer });
  await compare('the rest', [
    one('hauberk guard.verify, sealed, replayed', () => guard.verify('7', sealed, code, { time })),
    one('recovery.redeem, wrong code', () => recovery.redeem('7', 'AAAAA-AAAAA-AAAAA-AAAAA-AAAAA')),
    one('sealer.open', () => sealer.open(sealed, '7')),
    one('qr of a URI', () => mfa.totp.qr(uri)),
    one('policy.check, a passphrase', () => policy.check('vaporous lettuce orbits quietly')),
    one('policy.check, 4 KB made to be slow', () => policy.check('4@8({[<369|1!0$5+7%2'.repeat(200))),
  ]);
}

main();
