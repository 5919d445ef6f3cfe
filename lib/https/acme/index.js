'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { publish, sayOnce } = require('../../internal/events');
const { peer } = require('../../internal/peer');
const { check } = require('../certificate');
const { Files } = require('./files');
const { issue, failure } = require('./issue');
const { lock } = require('./lock');
const { parse } = require('./options');

/**
 * A certificate from an ACME server (RFC 8555), kept valid.
 *
 * 1. It is renewed when a third of its lifetime is left, when a name is missing in it, or when it cannot be used.
 * 2. One process of many does that, under a lock that expires; all others see the new file.
 * 3. A failure changes nothing that is in use. It is told, and tried again after a pause that doubles.
 *
 * @param {import('../index').AcmeOptions} given
 * @returns {import('../index').Acme}
 */
function acme(given) {
  const settings = parse(given);
  const manager = new Manager(settings, peer('acme-client', 'https.acme()'));
  return {
    cert: manager.files.certificate,
    key: manager.files.certificate,
    handler: (req, res, next) => manager.answer(req, res, next),
    start: () => manager.start(),
    close: () => manager.close(),
  };
}

const PREFIX = '/.well-known/acme-challenge/';
/** How much longer than an attempt its lock lives: time to write. */
const LOCK_MARGIN_MS = 30_000;
/** How often a process without a certificate looks whether another one has got it. */
const WAIT_MS = 1000;

class Manager {
  /** @param {any} settings @param {any} client the package acme-client */
  constructor(settings, client) {
    this.settings = settings;
    this.client = client;
    // Another ACME server (staging) is another account and another certificate.
    this.files = new Files(
      path.join(settings.directory, new URL(settings.directoryUrl).host.replace(':', '_')),
    );
    this.failures = 0;
    this.closed = false;
    /** @type {Promise<void> | undefined} */
    this.started = undefined;
    /** @type {NodeJS.Timeout | undefined} */
    this.timer = undefined;
    /** @type {{ resolve: () => void, reject: (error: unknown) => void } | undefined} */
    this.waiting = undefined;
  }

  /** @returns {Promise<void>} settled when there is a certificate that can be used */
  start() {
    if (this.started !== undefined) return this.started;
    this.files.prepare();
    this.started = new Promise((resolve, reject) => (this.waiting = { resolve, reject }));
    this.tick();
    return this.started;
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.waiting?.reject(failure('https.acme was closed before there was a certificate'));
    this.waiting = undefined;
  }

  async tick() {
    const state = this.look();
    if (state.usable) this.satisfied();
    let pause = this.settings.checkMs;
    if (state.due) {
      try {
        const done = await this.renew();
        if (!done) pause = state.usable ? pause : WAIT_MS;
        else {
          this.failures = 0;
          this.satisfied();
        }
      } catch (error) {
        pause = this.failed(error);
      }
    }
    if (this.closed) return;
    this.timer = setTimeout(() => this.tick(), pause).unref();
  }

  satisfied() {
    this.waiting?.resolve();
    this.waiting = undefined;
  }

  /** @returns {{ usable: boolean, due: boolean }} */
  look() {
    try {
      const pem = this.files.read(this.files.certificate);
      if (pem === undefined) return { usable: false, due: true };
      const { validFrom, validTo } = this.check(pem);
      const left = validTo.getTime() - Date.now();
      return { usable: true, due: left < (validTo.getTime() - validFrom.getTime()) / 3 };
    } catch {
      return { usable: false, due: true };
    }
  }

  /** @param {string} pem */
  check(pem) {
    const bytes = Buffer.from(pem);
    const info = check({ cert: bytes, key: bytes, ca: undefined, passphrase: undefined });
    const certificate = new crypto.X509Certificate(pem.slice(pem.indexOf('-----BEGIN CERTIFICATE-----')));
    const missing = this.settings.domains.find(
      (/** @type {string} */ name) => certificate.checkHost(name) === undefined,
    );
    if (missing !== undefined) throw failure(`the certificate is not for ${missing}`);
    return info;
  }

  /** @returns {Promise<boolean>} false where another process is at it */
  async renew() {
    const { deadlineMs } = this.settings;
    const held = lock(this.files.lock, deadlineMs + LOCK_MARGIN_MS);
    if (held === undefined) return false;
    try {
      // Another process may have been at it just before.
      if (!this.look().due) return true;
      let over = false;
      const isHeld = () => !over && !this.closed && held.isHeld();
      const work = issue(this.client, this.settings, this.files, isHeld, (pem) => this.check(pem));
      try {
        await within(work, deadlineMs);
      } finally {
        over = true;
      }
      return true;
    } finally {
      held.release();
    }
  }

  /** @param {unknown} error @returns {number} ms until the next attempt */
  failed(error) {
    const { retryMinMs, retryMaxMs } = this.settings;
    const pause = Math.min(retryMaxMs, retryMinMs * 2 ** Math.min(this.failures, 20));
    this.failures += 1;
    if (this.closed) return pause;
    const reason = String(/** @type {any} */ (error)?.message ?? error).slice(0, 300);
    const detail = `no certificate from the ACME server: ${reason}`;
    sayOnce('HAUBERK_HTTPS_ACME', `${detail}; it is tried again, each attempt is told as an event`);
    publish({
      event: 'sys_crash',
      practice: 'https',
      code: 'ERR_HAUBERK_HTTPS_ACME',
      blocked: false,
      detail,
      requestId: undefined,
      client: undefined,
      time: Date.now(),
    });
    // Up to a tenth more, so that a fleet does not come back all at once.
    return pause + crypto.randomInt(Math.ceil(pause / 10) + 1);
  }

  /** @param {any} req @param {any} res @param {(error?: unknown) => void} [next] */
  answer(req, res, next) {
    const path = String(req.originalUrl ?? req.url);
    const isAsked = (req.method === 'GET' || req.method === 'HEAD') && path.startsWith(PREFIX);
    const file = isAsked ? this.files.challenge(path.slice(PREFIX.length)) : undefined;
    const pass = () => {
      if (next !== undefined) return next();
      res.statusCode = 404;
      res.end();
    };
    if (file === undefined) return pass();
    // eslint-disable-next-line security/detect-non-literal-fs-filename -- the token was checked
    fs.readFile(file, (error, content) => {
      if (error) return pass();
      res.setHeader('Content-Type', 'application/octet-stream');
      res.setHeader('Content-Length', content.length);
      res.setHeader('Cache-Control', 'no-store');
      res.end(req.method === 'HEAD' ? undefined : content);
    });
  }
}

/**
 * @param {Promise<void>} work goes on where it is too late; what it does then, it must know itself
 * @param {number} deadlineMs
 */
async function within(work, deadlineMs) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(failure(`no answer within ${deadlineMs} ms`)), deadlineMs);
  });
  work.catch(() => {});
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

exports.acme = acme;
