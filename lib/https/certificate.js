'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs');
const tls = require('node:tls');
const { HauberkError } = require('../internal/fault');

/**
 * A certificate with its key, checked before it is used:
 *
 * 1. Every file can be read, and every PEM block in it has its end (a half-written file has not).
 * 2. The first certificate is valid today.
 * 3. The key belongs to it.
 * 4. OpenSSL takes them both.
 *
 * @typedef {object} Sources
 * @property {string | Buffer} cert a path, or the PEM itself
 * @property {string | Buffer} key
 * @property {string | Buffer | undefined} ca
 * @property {string | undefined} passphrase
 *
 * @typedef {object} Certificate
 * @property {{ cert: Buffer, key: Buffer, ca: Buffer | undefined, passphrase: string | undefined }} pem
 * @property {Info} info
 *
 * @typedef {object} Info
 * @property {string} fingerprint SHA-256, as `X509Certificate.fingerprint256`
 * @property {string[]} names the DNS names that it is for
 * @property {Date} validFrom
 * @property {Date} validTo
 */

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----/g;

const CERTIFICATE = /^(?:X509 |TRUSTED )?CERTIFICATE$/;

/** @param {string | Buffer} source */
function isPath(source) {
  return typeof source === 'string' && !source.includes('-----BEGIN');
}

/**
 * @param {Sources} sources
 * @returns {string[]} those that are files
 */
function filesOf({ cert, key, ca }) {
  const all = [cert, key, ca].filter((source) => source !== undefined && isPath(source));
  return [...new Set(/** @type {string[]} */ (all))];
}

/** @param {string} message @param {unknown} [cause] */
function unusable(message, cause) {
  return new HauberkError('ERR_HAUBERK_HTTPS_CERTIFICATE', message, { cause });
}

/**
 * @param {string} what
 * @param {string | Buffer} source
 * @returns {Buffer}
 */
function readSource(what, source) {
  if (!isPath(source)) return Buffer.from(source);
  try {
    // eslint-disable-next-line security/detect-non-literal-fs-filename -- the operator's own option
    return fs.readFileSync(source);
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    throw unusable(`the file of https.${what} cannot be read: ${code}`, error);
  }
}

/** @param {Sources} sources */
function readAll(sources) {
  return {
    cert: readSource('cert', sources.cert),
    key: readSource('key', sources.key),
    ca: sources.ca === undefined ? undefined : readSource('ca', sources.ca),
    passphrase: sources.passphrase,
  };
}

/**
 * The PEM blocks of one kind.
 *
 * @param {string} what
 * @param {Buffer} bytes
 * @param {RegExp} label
 * @returns {string[]} at least one
 */
function blocksOf(what, bytes, label) {
  const text = bytes.toString('latin1');
  const blocks = [...text.matchAll(BLOCK)];
  if (blocks.length !== text.split('-----BEGIN ').length - 1) {
    throw unusable(`https.${what} holds a PEM block without an end; is it still being written?`);
  }
  const wanted = blocks.filter(([, name]) => label.test(name)).map(([block]) => block);
  if (wanted.length === 0) throw unusable(`https.${what} holds no PEM block of that kind`);
  return wanted;
}

/**
 * @template T
 * @param {string} message
 * @param {() => T} make
 * @returns {T}
 */
function attempt(message, make) {
  try {
    return make();
  } catch (error) {
    throw unusable(message, error);
  }
}

/**
 * @param {ReturnType<typeof readAll>} pem
 * @param {number} [now] ms since the epoch
 * @returns {Info}
 * @throws HauberkError `ERR_HAUBERK_HTTPS_CERTIFICATE`
 */
function check(pem, now = Date.now()) {
  const [first, ...rest] = blocksOf('cert', pem.cert, CERTIFICATE).map((block) =>
    attempt('https.cert holds a certificate that cannot be read', () => new crypto.X509Certificate(block)),
  );
  const [secret] = blocksOf('key', pem.key, /PRIVATE KEY$/);
  const key = attempt('https.key cannot be read; is the passphrase right?', () =>
    crypto.createPrivateKey({ key: secret, passphrase: pem.passphrase }),
  );
  if (pem.ca !== undefined) blocksOf('ca', pem.ca, /CERTIFICATE$/);
  const validFrom = new Date(first.validFrom);
  const validTo = new Date(first.validTo);
  if (validTo.getTime() <= now) throw unusable(`the certificate expired at ${validTo.toISOString()}`);
  if (validFrom.getTime() > now)
    throw unusable(`the certificate is valid only from ${validFrom.toISOString()}`);
  if (!first.checkPrivateKey(key)) {
    const other = rest.some((certificate) => certificate.checkPrivateKey(key));
    throw unusable(
      other
        ? 'the key belongs to another certificate of the file; the first must be the one of this server'
        : 'the key does not belong to the certificate',
    );
  }
  attempt('OpenSSL does not take the certificate', () => tls.createSecureContext(pem));
  return { fingerprint: first.fingerprint256, names: namesOf(first), validFrom, validTo };
}

/** @param {crypto.X509Certificate} leaf */
function namesOf({ subjectAltName = '' }) {
  return [...subjectAltName.matchAll(/(?:^|, )DNS:([^,"\s]+)/g)].map(([, name]) => name);
}

/**
 * @param {Sources} sources
 * @returns {Certificate}
 */
function load(sources) {
  const pem = readAll(sources);
  return { pem, info: check(pem) };
}

/**
 * The certificate of the server itself, which was checked before.
 *
 * @param {Certificate['pem']} pem
 */
function leafOf(pem) {
  return new crypto.X509Certificate(blocksOf('cert', pem.cert, CERTIFICATE)[0]);
}

/** @param {Certificate['pem']} a @param {Certificate['pem']} b */
function isSame(a, b) {
  return (
    a.cert.equals(b.cert) && a.key.equals(b.key) && (a.ca ?? Buffer.alloc(0)).equals(b.ca ?? Buffer.alloc(0))
  );
}

module.exports = { load, readAll, check, isSame, filesOf, leafOf };
