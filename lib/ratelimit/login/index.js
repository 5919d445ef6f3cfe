'use strict';

const { publish } = require('../../internal/events');
const { HauberkError } = require('../../internal/fault');
const { Keys } = require('../../internal/keys');
const { refusal } = require('../../internal/refusal');
const { middleware } = require('../../internal/stage');
const { peekContext } = require('../../internal/context');
const { clientOf } = require('../../client/stage');
const { retryAfter } = require('../request');
const { create, parse: parseLimiter } = require('../stage');
const { fingerprint } = require('./account');
const { Devices } = require('./device');
const { Lane } = require('./lane');
const { parse } = require('./options');

/**
 * The guard of a login route.
 *
 * 1. A browser that has logged in to the account before (device cookie) is counted by itself, and by
 *    nothing else: nobody can lock the owner out of it.
 * 2. Everybody else is counted three times: by address, by account, and by the two together. Each of the
 *    last two locks for longer with each failure.
 * 3. An attempt counts as failed unless `succeeded` says otherwise: also one whose connection is closed
 *    early. An answer of 500 and above decides nothing, and is not counted.
 * 4. Success gives nothing back that others spent: it ends the one attempt, and issues the device cookie.
 * 5. All refusals are the same, and accounts that do not exist are counted as those that do.
 *
 * @param {import('../index').LoginOptions} options
 * @returns {import('../index').LoginGuard}
 */
function login(options) {
  const settings = parse(options);
  const keys = new Keys(settings.secret);
  const [fingerprintKey] = keys.derive('ratelimit/login');
  const devices = new Devices(keys.derive('ratelimit/device'), settings.deviceMaxAgeMs);
  const { name, scope, directory, redis, prefix, deadlineMs, slots, address: perAddress } = settings;
  if (scope !== 'process' && !keys.lasting) {
    throw new HauberkError(
      'ERR_HAUBERK_SECRET',
      `ratelimit.login in scope '${scope}' needs a secret (option secret, or HAUBERK_SECRET), the same in every ` +
        'process: accounts are told apart by it',
    );
  }
  /** While the store is away each process counts by itself, by the same rules. */
  const place = { scope, directory, redis, prefix, deadlineMs, slots, fallbackShare: 1, fields: false };
  const addresses = create(parseLimiter({ ...place, ...perAddress, name: `${name}.address` })).limiter;
  const lanes = {
    pair: new Lane(`${name}.pair`, settings.pair, place),
    account: new Lane(`${name}.account`, settings.accounts, place),
    device: new Lane(`${name}.device`, settings.device, place),
  };
  /** @type {WeakMap<object, Attempt>} */
  const attempts = new WeakMap();

  /** @type {import('../../internal/stage').Stage} */
  const stage = {
    practice: 'ratelimit',
    settings: { mode: settings.mode },
    async run(req, res, context) {
      const { key } = clientOf(req, context);
      const account = fingerprint(settings.account, req, fingerprintKey);
      const device = account === undefined ? undefined : devices.find(req, account);
      const attempt = new Attempt(account, stepsOf(lanes, key, account, device));
      attempts.set(req, attempt);
      if (device === undefined) {
        const { allowed, retryAfterMs } = await addresses.consume(key);
        if (!allowed) return refuse(settings, retryAfterMs);
      }
      const waitMs = await attempt.begin();
      if (waitMs > 0) return refuse(settings, waitMs);
      res.once('close', () => attempt.abandon(res));
    },
  };

  /** @param {any} req @param {string} method */
  const attemptOf = (req, method) => {
    const attempt = attempts.get(req);
    if (attempt !== undefined) return attempt;
    throw new HauberkError(
      'ERR_HAUBERK_ARGUMENT',
      `guard.${method}(req) was called for a request that has not passed this guard`,
    );
  };

  return Object.assign(middleware(stage), {
    async failed(/** @type {any} */ req) {
      const lockedMs = await attemptOf(req, 'failed').fail();
      tell('authn_login_fail', req);
      if (lockedMs > 0) tell('authn_login_lock', req);
      return { lockedMs };
    },
    async succeeded(/** @type {any} */ req, /** @type {any} */ res) {
      const attempt = attemptOf(req, 'succeeded');
      if (res.headersSent) {
        throw new HauberkError(
          'ERR_HAUBERK_ARGUMENT',
          'call guard.succeeded(req, res) before the answer is sent',
        );
      }
      if (!attempt.end()) return;
      if (attempt.account !== undefined) res.appendHeader('Set-Cookie', devices.issue(req, attempt.account));
      tell('authn_login_success', req);
    },
    close() {
      addresses.close();
      for (const lane of Object.values(lanes)) lane.close();
    },
  });
}

/**
 * What an attempt is counted by.
 *
 * @param {{ pair: Lane, account: Lane, device: Lane }} lanes
 * @param {string} address
 * @param {string | undefined} account
 * @param {string | undefined} device
 * @returns {{ lane: Lane, key: string }[]}
 */
function stepsOf(lanes, address, account, device) {
  if (device !== undefined) return [{ lane: lanes.device, key: device }];
  const pair = { lane: lanes.pair, key: `${account ?? ''}|${address}` };
  return account === undefined ? [pair] : [pair, { lane: lanes.account, key: account }];
}

/** One attempt, until it is decided. */
class Attempt {
  /**
   * @param {string | undefined} account
   * @param {{ lane: Lane, key: string }[]} steps
   */
  constructor(account, steps) {
    this.account = account;
    this.steps = steps;
    this.open = false;
  }

  /** @returns {Promise<number>} ms to wait; 0 where it has begun */
  async begin() {
    for (const [i, { lane, key }] of this.steps.entries()) {
      const waitMs = await lane.begin(key);
      if (waitMs === 0) continue;
      for (const { lane: begun, key: own } of this.steps.slice(0, i)) begun.end(own);
      return waitMs;
    }
    this.open = true;
    return 0;
  }

  /** @returns {boolean} whether it was still open */
  end() {
    if (!this.open) return false;
    this.open = false;
    for (const { lane, key } of this.steps) lane.end(key);
    return true;
  }

  /** @returns {Promise<number>} ms for which it locked */
  async fail() {
    if (!this.open) return 0;
    this.open = false;
    try {
      const locked = await Promise.all(this.steps.map(({ lane, key }) => lane.fail(key)));
      return Math.max(...locked);
    } finally {
      // After the failure counts: until then the attempt counts as one that is being decided.
      for (const { lane, key } of this.steps) lane.end(key);
    }
  }

  /** The response is over, or its connection gone. @param {any} res */
  abandon(res) {
    if (!this.open) return;
    if (res.writableFinished && res.statusCode >= 500) this.end();
    else this.fail().catch(() => {});
  }
}

/**
 * @param {any} settings
 * @param {number} waitMs
 */
function refuse({ statusCode, message }, waitMs) {
  return refusal('ratelimit', 'ERR_HAUBERK_RATELIMIT_LOGIN', message, {
    event: 'authn_login_fail_max',
    status: statusCode,
    members: { type: 'https://iana.org/assignments/http-problem-types#abnormal-usage-detected' },
    fields: { 'Retry-After': retryAfter(waitMs) },
  });
}

/** @param {string} event @param {any} req */
function tell(event, req) {
  const context = peekContext(req);
  const told = {
    event,
    practice: 'ratelimit',
    code: 'ERR_HAUBERK_RATELIMIT_LOGIN',
    blocked: false,
    detail: event,
    requestId: context?.requestId,
    client: context?.client?.masked,
    time: Date.now(),
  };
  publish(told, context?.client);
}

module.exports = { login };
