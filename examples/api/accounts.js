'use strict';

/** Registration, login by token or session, the second factor, logout. */

const hauberk = require('hauberk');
const { httpError } = require('./http-error');

const TOKEN_LIFETIME_MS = 60 * 60 * 1000;
const TICKET_LIFETIME_MS = 5 * 60 * 1000;

/** JSON Schema of a registration. Whether the password is good enough is the policy's to say. */
const NEW_ACCOUNT = {
  type: 'object',
  properties: {
    name: { type: 'string', pattern: '^[a-z0-9_-]{3,32}$' },
    password: { type: 'string', maxLength: 1024 },
  },
  required: ['name', 'password'],
};

/** @param {{ store: any, secret: string | undefined }} settings */
function create({ store, secret }) {
  const sessions = hauberk.sessions({ store: store.sessions, secret });
  const loginGuard = hauberk.ratelimit.login({ account: (/** @type {any} */ req) => req.body?.name, secret });
  const limiter = hauberk.ratelimit({ limit: 5, windowMs: 300_000, burst: 5 });
  const totp = hauberk.mfa.totp({ issuer: 'hauberk example' });
  const sealer = hauberk.mfa.sealer({ secret });
  const recovery = hauberk.mfa.recovery({ store: store.mfa, limiter, secret });
  const codes = totp.guard({ store: store.mfa, limiter, sealer });
  return {
    sessions,
    loginGuard,
    register: register(store),
    login: login(store, loginGuard),
    secondFactor: secondFactor(store, codes, recovery),
    required: required(store),
    logout: async (/** @type {any} */ req, /** @type {any} */ res) => {
      await hauberk.sessions.logout(req);
      res.status(204).end();
    },
    logoutEverywhere: async (/** @type {any} */ req, /** @type {any} */ res) =>
      res.json({ ended: await sessions.revoke(req.account.id) }),
    enrolTotp: enrolTotp(store, totp, sealer),
    confirmTotp: confirmTotp(store, codes, recovery),
    close: () => (loginGuard.close(), limiter.close()),
  };
}

function register(/** @type {any} */ store) {
  return async (/** @type {any} */ req, /** @type {any} */ res) => {
    const { name, password } = req.body;
    const { ok, reasons } = await hauberk.passwords.policy.check(password, { user: name, mfa: false });
    if (!ok) {
      const detail = reasons.map(({ text }) => text).join(' ');
      return res.status(422).json({ title: 'Unprocessable Content', status: 422, detail, reasons });
    }
    const hash = await hauberk.passwords.hash(password);
    if (store.findAccount(name) !== undefined) throw httpError(409, 'this name is taken');
    return res.status(201).json({ id: store.addAccount(name, hash), name });
  };
}

/** The first factor. Who has a second one gets a ticket for `/code`, and nothing else yet. */
function login(/** @type {any} */ store, /** @type {any} */ loginGuard) {
  return (/** @type {'token' | 'session'} */ kind) =>
    async (/** @type {any} */ req, /** @type {any} */ res) => {
      const { name, password } = req.body ?? {};
      const account = typeof name === 'string' ? store.findAccount(name) : undefined;
      // With null, verify works as long as with a real hash: the time does not tell whether the name exists.
      if (!(await hauberk.passwords.verify(account?.hash ?? null, password))) {
        await loginGuard.failed(req);
        throw httpError(401, 'name or password is wrong');
      }
      await loginGuard.succeeded(req, res);
      if (hauberk.passwords.needsRehash(account.hash)) {
        store.setHash(account.id, await hauberk.passwords.hash(password));
      }
      if (!account.totpOn) return enter(store, kind, account, req, res);
      const { token: ticket, expires } = store.issueToken(account.id, `code:${kind}`, TICKET_LIFETIME_MS);
      return res.status(202).set('Cache-Control', 'no-store').json({ ticket, expires });
    };
}

/** The second factor: the ticket with `code` of the app, or with `recoveryCode`. */
function secondFactor(/** @type {any} */ store, /** @type {any} */ codes, /** @type {any} */ recovery) {
  return (/** @type {'token' | 'session'} */ kind) =>
    async (/** @type {any} */ req, /** @type {any} */ res) => {
      const { ticket, code, recoveryCode } = req.body ?? {};
      const account = typeof ticket === 'string' ? store.accountOf(ticket, `code:${kind}`) : undefined;
      if (account === undefined) throw httpError(401, 'the ticket is wrong or too old: log in again');
      accept(
        recoveryCode === undefined
          ? await codes.verify(String(account.id), account.totp, code)
          : await recovery.redeem(String(account.id), recoveryCode),
      );
      if (!store.endToken(ticket)) throw httpError(401, 'the ticket was used');
      return enter(store, kind, account, req, res);
    };
}

/** One text for wrong and for used codes: whoever looks over a shoulder learns nothing. */
function accept(/** @type {any} */ verdict) {
  if (verdict.ok) return;
  if (verdict.code !== 'ERR_HAUBERK_MFA_LIMITED')
    throw httpError(401, 'the code is wrong or was used before');
  const seconds = Math.ceil((verdict.retryAfterMs ?? 1000) / 1000);
  throw httpError(429, 'too many attempts', { 'Retry-After': String(seconds) });
}

/**
 * @param {any} store
 * @param {'token' | 'session'} kind
 * @param {any} account
 * @param {any} req
 * @param {any} res
 */
async function enter(store, kind, { id, name }, req, res) {
  res.set('Cache-Control', 'no-store');
  if (kind === 'token') return res.json(store.issueToken(id, 'access', TOKEN_LIFETIME_MS));
  await hauberk.sessions.login(req, { id, name });
  return res.json({ id, name });
}

/** `req.account` of a bearer token, else of the session. */
function required(/** @type {any} */ store) {
  return (/** @type {any} */ req, /** @type {any} */ res, /** @type {any} */ next) => {
    const field = req.get('Authorization');
    const bearer = /^Bearer ([\w-]{43})$/.exec(field ?? '')?.[1];
    if (bearer !== undefined) req.account = store.accountOf(bearer, 'access');
    else if (field === undefined && req.session?.user) req.account = store.account(req.session.user.id);
    if (req.account !== undefined) return next();
    res.set('WWW-Authenticate', 'Bearer');
    return next(httpError(401, 'log in first: POST /login'));
  };
}

/** A new secret, sealed in the table. It asks nothing of anybody before a code of it has come back. */
function enrolTotp(/** @type {any} */ store, /** @type {any} */ totp, /** @type {any} */ sealer) {
  return (/** @type {any} */ req, /** @type {any} */ res) => {
    const { id, name } = req.account;
    const { secret, uri, svg } = totp.enrol(name);
    if (!store.setTotp(id, sealer.seal(secret, String(id)))) throw httpError(409, 'there is one already');
    res.set('Cache-Control', 'no-store').json({ secret, uri, svg });
  };
}

function confirmTotp(/** @type {any} */ store, /** @type {any} */ codes, /** @type {any} */ recovery) {
  return async (/** @type {any} */ req, /** @type {any} */ res) => {
    const { id, totp, totpOn } = req.account;
    if (!totp || totpOn) throw httpError(409, 'nothing to confirm: POST /totp first');
    accept(await codes.verify(String(id), totp, req.body?.code));
    const recoveryCodes = await recovery.issue(String(id));
    if (!store.confirmTotp(id, totp)) throw httpError(409, 'another secret was made meanwhile');
    res.set('Cache-Control', 'no-store').json({ recoveryCodes });
  };
}

module.exports = { create, NEW_ACCOUNT };
