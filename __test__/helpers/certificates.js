'use strict';

/** Certificates for tests, made here (X.509 in DER, P-256), so that no program is needed. */

const crypto = require('node:crypto');
const { isIPv4 } = require('node:net');

/** @param {number} tag @param {...Buffer} parts */
function der(tag, ...parts) {
  const body = Buffer.concat(parts);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  if (body.length < 0x100) return Buffer.concat([Buffer.from([tag, 0x81, body.length]), body]);
  return Buffer.concat([Buffer.from([tag, 0x82, body.length >> 8, body.length & 0xff]), body]);
}

const hex = (/** @type {string} */ text) => Buffer.from(text, 'hex');
const sequence = (/** @type {Buffer[]} */ ...parts) => der(0x30, ...parts);
const COMMON_NAME = hex('0603550403');
const SUBJECT_ALT_NAME = hex('0603551d11');
const ECDSA_SHA256 = sequence(hex('06082a8648ce3d040302'));

/** @param {Date} date */
function time(date) {
  return der(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]|\.\d+/g, '')}`));
}

/** @param {string} text */
function name(text) {
  return sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(text)))));
}

/** @param {string} host */
function altName(host) {
  if (isIPv4(host)) return der(0x87, Buffer.from(host.split('.').map(Number)));
  return der(0x82, Buffer.from(host));
}

/**
 * A certificate that signs itself, with its key, both PEM.
 *
 * @param {{ name?: string, from?: Date, to?: Date }} [how] `name` is the DNS name, or an IPv4 address; valid for ten days by default
 */
function selfSigned({ name: host = 'localhost', from, to } = {}) {
  const { privateKey, publicKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const day = 24 * 60 * 60 * 1000;
  const body = sequence(
    der(0xa0, hex('020102')),
    der(0x02, Buffer.concat([hex('01'), crypto.randomBytes(8)])),
    ECDSA_SHA256,
    name(host),
    sequence(time(from ?? new Date(Date.now() - day)), time(to ?? new Date(Date.now() + 10 * day))),
    name(host),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(sequence(SUBJECT_ALT_NAME, der(0x04, sequence(altName(host)))))),
  );
  const signature = crypto.sign('sha256', body, privateKey);
  const raw = sequence(body, ECDSA_SHA256, der(0x03, hex('00'), signature));
  const lines = raw.toString('base64').replace(/.{1,64}/g, '$&\n');
  const cert = `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`;
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { cert, key, fingerprint: new crypto.X509Certificate(cert).fingerprint256 };
}

module.exports = { selfSigned };
