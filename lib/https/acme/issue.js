'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs');
const { HauberkError } = require('../../internal/fault');

/**
 * Orders one certificate, by the HTTP-01 challenge.
 *
 * 1. Every certificate gets a new key (P-256).
 * 2. What the ACME server will ask for stands in a file, so that every process of a cluster can answer.
 * 3. The certificate is written only while the lock is still held: who took too long has lost it.
 *
 * @param {any} acme the package acme-client
 * @param {any} settings
 * @param {import('./files').Files} files
 * @param {() => boolean} isHeld
 * @param {(pem: string) => void} check throws where the certificate cannot be used
 */
async function issue(acme, settings, files, isHeld, check) {
  const client = new acme.Client({ directoryUrl: settings.directoryUrl, accountKey: accountKey(files) });
  const { privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const [commonName] = settings.domains;
  const [, csr] = await acme.crypto.createCsr({ commonName, altNames: [...settings.domains] }, key);
  const chain = await client.auto({
    csr,
    email: settings.email,
    termsOfServiceAgreed: true,
    challengePriority: ['http-01'],
    // A request to itself says little behind a router that does not lead back; the ACME server asks anyway.
    skipChallengeVerification: true,
    challengeCreateFn: async (
      /** @type {any} */ _authz,
      /** @type {any} */ challenge,
      /** @type {string} */ answer,
    ) => {
      if (challenge.type !== 'http-01') throw failure('the ACME server offers no HTTP-01 challenge');
      files.write(challengeFile(files, challenge), answer);
    },
    challengeRemoveFn: async (/** @type {any} */ _authz, /** @type {any} */ challenge) => {
      fs.rmSync(challengeFile(files, challenge), { force: true });
    },
  });
  const pem = `${key}${chain}`;
  check(pem);
  if (!isHeld()) throw failure('the certificate came after the deadline and was dropped');
  files.write(files.certificate, pem);
}

/** @param {import('./files').Files} files @param {{ token: string }} challenge */
function challengeFile(files, { token }) {
  const file = files.challenge(token);
  if (file === undefined) throw failure('the ACME server sent a token that is none (RFC 8555, 8.3)');
  return file;
}

/** @param {import('./files').Files} files @returns {string} PEM, made at the first time */
function accountKey(files) {
  const stored = files.read(files.account);
  if (stored !== undefined) return stored;
  const { privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const made = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  files.write(files.account, made);
  return made;
}

/** @param {string} message @param {unknown} [cause] */
function failure(message, cause) {
  return new HauberkError('ERR_HAUBERK_HTTPS_ACME', message, { cause });
}

module.exports = { issue, failure };
