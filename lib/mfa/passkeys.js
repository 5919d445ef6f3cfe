'use strict';

const crypto = require('node:crypto');
const { HauberkError, show } = require('../internal/fault');
const { parse, integer, string, oneOf } = require('../internal/options');
const { peer } = require('../internal/peer');
const { storeWith, userKey, asked, decided } = require('./attempts');
const { originsOf, rpId } = require('./origins');
const { NO_PASSKEY, tell } = require('./verdict');

/**
 * Passkeys over `@simplewebauthn/server`, which reads and checks what the browser sends. The rules here:
 *
 * 1. Origin and rpID are fixed at construction; nothing of a request changes them.
 * 2. A challenge is kept on the server under the session that asked for it, for five minutes, and is taken out
 *    before it is checked: it counts once, whatever comes of it. A registration is bound to its user as well.
 * 3. The user must have been verified (PIN, fingerprint), unless the developer says otherwise.
 * 4. The signature counter moves in one operation of the store; where it does not, the passkey was cloned or
 *    the answer replayed.
 */

const SHAPE = Object.freeze({
  rpID: rpId,
  rpName: string({ pattern: /^[^\p{Cc}]{1,64}$/u, expected: 'the name of your service, 1 to 64 characters' }),
  origin: (/** @type {unknown} */ value) => value,
  challenges: storeWith(['put', 'take']),
  credentials: storeWith(['list', 'find', 'add', 'touch']),
  userVerification: oneOf(['required', 'preferred'], 'required'),
  expiresInMs: integer({ min: 30_000, max: 600_000, unit: 'ms', default: 300_000 }),
});

/** JSON of a ceremony with a large attestation has a few KB. */
const MAX_RESPONSE = 32_768;
const MAX_ID = 1400;

/** @type {typeof import('./index').passkeys} */
function passkeys(options) {
  const settings = parse('mfa.passkeys', options, SHAPE);
  if (settings.rpName === undefined) parse('mfa.passkeys', { rpName: null }, { rpName: SHAPE.rpName });
  const origins = originsOf(settings.origin, settings.rpID, 'mfa.passkeys.origin');
  const ceremonies = new Ceremonies(settings, origins, peer('@simplewebauthn/server', 'mfa.passkeys'));
  return {
    registrationOptions: (session, user) => ceremonies.beginRegistration(session, user),
    verifyRegistration: (session, user, response) => ceremonies.endRegistration(session, user, response),
    authenticationOptions: (session, user) => ceremonies.beginAuthentication(session, user),
    verifyAuthentication: (session, response) => ceremonies.endAuthentication(session, response),
  };
}

class Ceremonies {
  /** @param {any} settings @param {string[]} origins @param {any} webauthn */
  constructor(settings, origins, webauthn) {
    this.settings = settings;
    this.webauthn = webauthn;
    this.requireUV = settings.userVerification === 'required';
    this.expected = {
      expectedOrigin: origins,
      expectedRPID: settings.rpID,
      requireUserVerification: this.requireUV,
    };
  }

  /** @param {unknown} session @param {any} user */
  async beginRegistration(session, user) {
    const { credentials, rpID, rpName, userVerification, expiresInMs } = this.settings;
    const id = userKey(user?.id);
    const handle = Buffer.from(id);
    if (handle.length > 64) throw argument('the id of a user with passkeys has at most 64 bytes (WebAuthn)');
    const name = text(user.name, 'user.name');
    const known = await asked(() => credentials.list(id));
    const options = await this.webauthn.generateRegistrationOptions({
      rpID,
      rpName,
      userID: new Uint8Array(handle),
      userName: name,
      userDisplayName: user.displayName === undefined ? name : text(user.displayName, 'user.displayName'),
      timeout: expiresInMs,
      attestationType: 'none',
      excludeCredentials: known.map(descriptor),
      authenticatorSelection: { residentKey: 'required', userVerification },
    });
    await this.keep('register', session, options.challenge, id);
    return options;
  }

  /** @param {unknown} session @param {unknown} user @param {unknown} response @returns {Promise<any>} */
  async endRegistration(session, user, response) {
    const id = userKey(user);
    const kept = await this.taken('register', session);
    if (kept === undefined) return refused('no challenge waits for this session');
    if (kept.user !== id) return refused('the challenge was for another user');
    const done = await this.checked('verifyRegistrationResponse', response, kept.challenge, {});
    if (!done?.verified) return refused('the registration does not verify');
    const { credential, credentialBackedUp: backedUp } = done.registrationInfo;
    const made = {
      id: credential.id,
      user: id,
      publicKey: Buffer.from(credential.publicKey).toString('base64url'),
      counter: credential.counter,
      transports: credential.transports ?? [],
      backedUp,
    };
    const isNew = await decided('add', () => this.settings.credentials.add(made));
    return isNew ? { ok: true, credential: made } : refused('this passkey is registered already');
  }

  /** @param {unknown} session @param {unknown} [user] */
  async beginAuthentication(session, user) {
    const { credentials, rpID, userVerification, expiresInMs } = this.settings;
    const id = user === undefined ? undefined : userKey(user);
    const known = id === undefined ? [] : await asked(() => credentials.list(id));
    const options = await this.webauthn.generateAuthenticationOptions({
      rpID,
      timeout: expiresInMs,
      userVerification,
      allowCredentials: known.map(descriptor),
    });
    await this.keep('authenticate', session, options.challenge, id);
    return options;
  }

  /** @param {unknown} session @param {any} response @returns {Promise<any>} */
  async endAuthentication(session, response) {
    const { credentials } = this.settings;
    const kept = await this.taken('authenticate', session);
    if (kept === undefined) return refused('no challenge waits for this session');
    if (!isResponse(response)) return refused('the answer is no answer of a browser');
    const found = await asked(() => credentials.find(response.id));
    if (!found || found.id !== response.id) return refused('no such passkey');
    if (kept.user !== undefined && kept.user !== found.user) return refused('the passkey of another user');
    const handle = response.response.userHandle;
    if (handle && handle !== Buffer.from(found.user).toString('base64url')) {
      return refused('the passkey names another user');
    }
    const credential = {
      id: found.id,
      publicKey: new Uint8Array(Buffer.from(found.publicKey, 'base64url')),
      counter: found.counter,
      transports: found.transports,
    };
    const done = await this.checked('verifyAuthenticationResponse', response, kept.challenge, { credential });
    if (!done?.verified) return refused('the signature does not verify');
    const { newCounter: counter, credentialBackedUp: backedUp } = done.authenticationInfo;
    const moved = await decided('touch', () => credentials.touch(found.id, counter, backedUp));
    if (!moved) return refused('the signature counter went back: a cloned passkey, or a replay');
    return { ok: true, user: found.user, credentialId: found.id };
  }

  /** @param {string} what @param {unknown} session @param {string} challenge @param {string | undefined} user */
  async keep(what, session, challenge, user) {
    const { challenges, expiresInMs } = this.settings;
    const key = sessionKey(what, session);
    const text = JSON.stringify({ challenge, user, until: Date.now() + expiresInMs });
    await asked(() => challenges.put(key, text, expiresInMs));
  }

  /** @param {string} what @param {unknown} session @returns {Promise<{ challenge: string, user?: string } | undefined>} */
  async taken(what, session) {
    const key = sessionKey(what, session);
    const text = await asked(() => this.settings.challenges.take(key));
    if (text === undefined || text === null) return undefined;
    const kept = await asked(() => JSON.parse(String(text)));
    // The store may keep it longer than it was asked to.
    return typeof kept?.challenge === 'string' && kept.until > Date.now() ? kept : undefined;
  }

  /**
   * What the package finds wrong it throws; so do its readers, at anything that is not CBOR. All of it is a
   * refusal.
   *
   * @param {string} method
   * @param {any} response
   * @param {string} expectedChallenge
   * @param {object} more
   */
  async checked(method, response, expectedChallenge, more) {
    if (!isResponse(response)) return undefined;
    try {
      return await this.webauthn[method]({ response, expectedChallenge, ...this.expected, ...more });
    } catch {
      return undefined;
    }
  }
}

/** @param {any} credential */
const descriptor = ({ id, transports }) => ({ id, transports });

/** @param {string} why for the operator */
const refused = (why) => tell(NO_PASSKEY, why);

/** @param {string} what */
const argument = (what) => new HauberkError('ERR_HAUBERK_ARGUMENT', what);

/** @param {unknown} value @param {string} what */
function text(value, what) {
  if (typeof value === 'string' && value !== '' && value.length <= 256 && value.isWellFormed()) return value;
  throw argument(`${what} is a string of 1 to 256 characters; got ${show(value)}`);
}

/**
 * The session's id is itself a secret: the store of challenges gets a hash of it.
 *
 * @param {string} what
 * @param {unknown} session
 */
function sessionKey(what, session) {
  if (typeof session !== 'string' || session.length < 16 || session.length > 1024) {
    throw argument('the session of a passkey is its id, a string of 16 to 1024 characters: req.sessionID');
  }
  return `mfa:passkey:${what}:${crypto.createHash('sha256').update(session).digest('base64url')}`;
}

/** @param {any} response what a client sent: read here only as far as needed, and bounded @returns {boolean} */
function isResponse(response) {
  if (typeof response !== 'object' || response === null) return false;
  const { id, response: inner } = response;
  if (typeof id !== 'string' || id === '' || id.length > MAX_ID) return false;
  if (typeof inner !== 'object' || inner === null) return false;
  let length = 0;
  for (const value of Object.values(inner)) length += typeof value === 'string' ? value.length : 64;
  return length <= MAX_RESPONSE;
}

module.exports = { passkeys };
