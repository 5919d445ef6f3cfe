'use strict';

/**
 * A second factor, from enrolment to a lost phone.
 *
 * node examples/mfa.js
 */

const hauberk = require('hauberk');

// In production: a table of users behind these methods (docs/mfa.md shows the SQL), and a secret from the environment.
const store = hauberk.mfa.memoryStore();
const secret = process.env.HAUBERK_SECRET ?? 'only for this example: at least 32 bytes';
const limiter = hauberk.ratelimit({ limit: 5, windowMs: 300_000, burst: 5, name: 'mfa' });

const totp = hauberk.mfa.totp({ issuer: 'Example' });
const sealer = hauberk.mfa.sealer({ secret });
const guard = totp.guard({ store, limiter, sealer });
const recovery = hauberk.mfa.recovery({ store, limiter, secret });

async function main() {
  const user = { id: '7', email: 'someone@example.com', totp: '' };

  // 1. Enrol: show the QR code, keep the secret sealed.
  const { secret: shared, uri, svg } = totp.enrol(user.email);
  user.totp = sealer.seal(shared, user.id);
  console.log('URI for the app:', uri.replace(shared, '...'));
  console.log('QR code:', svg.length, 'characters of SVG');
  console.log('kept in the table:', user.totp.slice(0, 24) + '...');

  // 2. Log in: the app shows a code; the same code does not count twice.
  const code = totp.generate(shared);
  console.log('first time:', await guard.verify(user.id, user.totp, code));
  console.log('second time:', await guard.verify(user.id, user.totp, code));

  // 3. The phone is lost: recovery codes, each counts once.
  const [first] = await recovery.issue(user.id);
  console.log('a recovery code:', first, await recovery.redeem(user.id, first));
  console.log('again:', await recovery.redeem(user.id, first));
  limiter.close();
}

main();
