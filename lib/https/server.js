'use strict';

const { constants } = require('node:crypto');
const https = require('node:https');
const tls = require('node:tls');
const { fasterClassesOf } = require('../internal/express-classes');
const options = require('../internal/options');
const certificate = require('./certificate');
const { Kept } = require('./kept');
const { watch } = require('./watch');

/**
 * Mozilla, Server Side TLS 5.7, "intermediate", without the DHE suites: forward secrecy and authenticated
 * encryption only. All are equally good, so the client chooses (its hardware knows which is fast).
 */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

const DAY_MS = 24 * 60 * 60 * 1000;
/** How often Node.js looks for connections past their time; its own 30 s would make 10 s into 40. */
const CHECK_MS = 5000;

/** @param {boolean} needed @returns {import('../internal/options').Check} */
function pem(needed) {
  return (value, path) => {
    if (value === undefined && !needed) return undefined;
    if ((typeof value === 'string' && value !== '') || Buffer.isBuffer(value)) return value;
    throw options.invalid(path, 'the path of a PEM file, or its content', value);
  };
}

/** @param {number} fallback @param {number} [min] */
function ms(fallback, min = 100) {
  return options.integer({ min, max: DAY_MS, unit: 'ms', default: fallback });
}

const PAIR = Object.freeze({ cert: pem(true), key: pem(true), passphrase: options.string() });

const SHAPE = Object.freeze({
  cert: pem(true),
  key: pem(true),
  ca: pem(false),
  passphrase: options.string(),
  certificates: options.list((value, path) => options.parse(path, value ?? null, PAIR), []),
  requestCert: options.boolean(false),
  minVersion: options.oneOf(['TLSv1.2', 'TLSv1.3'], 'TLSv1.2'),
  ciphers: options.string({ default: CIPHERS, pattern: /^[\w:!+@=-]+$/, expected: 'an OpenSSL cipher list' }),
  handshakeTimeoutMs: ms(10_000),
  headersTimeoutMs: ms(10_000),
  requestTimeoutMs: ms(60_000),
  keepAliveTimeoutMs: ms(5000),
  maxHeadersCount: options.integer({ min: 1, max: 2000, default: 100 }),
  maxHeaderBytes: options.bytes({ min: 1024, max: 1024 * 1024, default: 16 * 1024 }),
  pollMs: ms(60_000),
  debounceMs: ms(500, 10),
});

/** @param {unknown} input */
function parse(input) {
  const settings = options.parse('https.createServer', input, SHAPE);
  if (settings.headersTimeoutMs > settings.requestTimeoutMs) {
    throw options.invalid(
      'https.createServer.headersTimeoutMs',
      `at most requestTimeoutMs (${settings.requestTimeoutMs})`,
      settings.headersTimeoutMs,
    );
  }
  return settings;
}

/**
 * What belongs to every handshake, together with the certificate.
 *
 * @param {any} settings
 * @param {certificate.Certificate['pem']} pair
 */
function contextOptions({ minVersion, ciphers }, pair) {
  return {
    ...pair,
    minVersion,
    ciphers,
    // Sessions resume with whichever certificate is chosen.
    sessionIdContext: 'hauberk',
    honorCipherOrder: false,
    // TLS 1.2 can do without renegotiation: it is only work that the client may ask for (RFC 9325, 3.5).
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION,
  };
}

/**
 * The certificates for further hosts, each with what a handshake needs of it.
 *
 * @param {any} settings
 * @returns {(Kept & { context?: tls.SecureContext })[]}
 */
function furtherOf(settings) {
  return settings.certificates.map((/** @type {any} */ sources, /** @type {number} */ i) => {
    const make = (/** @type {certificate.Certificate['pem']} */ pem) =>
      tls.createSecureContext(contextOptions(settings, pem));
    const one = new Kept(`https.certificates[${i}]`, { ...sources, ca: settings.ca }, (pem) => {
      Object.assign(one, { context: make(pem) });
    });
    return Object.assign(one, { context: make(one.current.pem) });
  });
}

/**
 * Chooses the certificate by the host that a client names (RFC 6066, 3): the first that is for it.
 *
 * @param {Kept} first
 * @param {(Kept & { context?: tls.SecureContext })[]} further
 */
function chooser(first, further) {
  return (
    /** @type {string} */ host,
    /** @type {(error: null, context?: tls.SecureContext) => void} */ done,
  ) => done(null, first.isFor(host) ? undefined : further.find((one) => one.isFor(host))?.context);
}

/**
 * An HTTPS server with modern TLS, short timeouts, and a certificate that is exchanged while it runs.
 *
 * @param {import('node:http').RequestListener} app an Express application, or any listener
 * @param {import('./index').ServerOptions} given
 * @returns {import('./index').Server}
 * @throws HauberkError `ERR_HAUBERK_HTTPS_CERTIFICATE` where there is no usable certificate to start with,
 *   `ERR_HAUBERK_OPTION_INVALID`, `ERR_HAUBERK_OPTION_UNKNOWN`
 */
function createServer(app, given) {
  if (typeof app !== 'function') throw options.invalid('the app of https.createServer', 'a function', app);
  const settings = parse(given);
  const first = new Kept('', settings, (pem) => server.setSecureContext(contextOptions(settings, pem)));
  const further = furtherOf(settings);
  const server = https.createServer(
    {
      ...fasterClassesOf(app),
      ...contextOptions(settings, first.current.pem),
      ...(further.length > 0 && { SNICallback: chooser(first, further) }),
      requestCert: settings.requestCert,
      rejectUnauthorized: settings.requestCert,
      handshakeTimeout: settings.handshakeTimeoutMs,
      headersTimeout: settings.headersTimeoutMs,
      requestTimeout: settings.requestTimeoutMs,
      keepAliveTimeout: settings.keepAliveTimeoutMs,
      maxHeaderSize: settings.maxHeaderBytes,
      connectionsCheckingInterval: CHECK_MS,
      insecureHTTPParser: false,
      requireHostHeader: true,
      ALPNProtocols: ['http/1.1'],
    },
    app,
  );
  server.maxHeadersCount = settings.maxHeadersCount;
  return keepCurrent(server, settings, [first, ...further]);
}

/**
 * Reads the certificates again when their files change. Connections that exist keep what they have.
 *
 * @param {import('node:https').Server} server
 * @param {any} settings
 * @param {Kept[]} all the first is for clients that name no host, and for hosts that none of the others is for
 * @returns {any}
 */
function keepCurrent(server, settings, all) {
  const reload = () => all.map((one) => one.reload(server)).includes(true);
  const files = [...new Set(all.flatMap(({ sources }) => certificate.filesOf(sources)))];
  if (files.length > 0) server.once('close', watch(files, settings, reload));
  return Object.assign(server, {
    reloadCertificate: reload,
    certificateInfo: () => infoOf(all[0]),
    certificateInfos: () => all.map(infoOf),
  });
}

/** @param {Kept} one */
function infoOf({ current: { info } }) {
  return { ...info, names: [...info.names] };
}

module.exports = { createServer };
