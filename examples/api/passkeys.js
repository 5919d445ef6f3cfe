'use strict';

/** Passkeys: who is logged in adds one, and from then on logs in with it alone (device and PIN or fingerprint). */

const hauberk = require('hauberk');
const { httpError } = require('./http-error');

/** @param {{ store: any, origin: string }} settings `origin`: where the pages are, such as `https://example.com` */
function create({ store, origin }) {
  const passkeys = hauberk.mfa.passkeys({
    rpID: new URL(origin).hostname,
    rpName: 'hauberk example',
    origin,
    challenges: hauberk.mfa.memoryStore(),
    credentials: store.passkeys,
  });
  return {
    registrationOptions: async (/** @type {any} */ req, /** @type {any} */ res) => {
      const { id, name } = ownerOf(req);
      const options = await passkeys.registrationOptions(req.sessionID, { id: String(id), name });
      res.set('Cache-Control', 'no-store').json(options);
    },
    register: async (/** @type {any} */ req, /** @type {any} */ res) => {
      const verdict = await passkeys.verifyRegistration(req.sessionID, String(ownerOf(req).id), req.body);
      if (!verdict.ok) throw httpError(422, 'this passkey is not accepted');
      res.status(201).json({ id: verdict.credential.id });
    },
    loginOptions: async (/** @type {any} */ req, /** @type {any} */ res) => {
      // A session that holds nothing is not kept, and the challenge counts for this one alone.
      req.session.passkey = true;
      res.set('Cache-Control', 'no-store').json(await passkeys.authenticationOptions(req.sessionID));
    },
    login: async (/** @type {any} */ req, /** @type {any} */ res) => {
      const verdict = await passkeys.verifyAuthentication(req.sessionID, req.body);
      const account = verdict.ok ? store.account(Number(verdict.user)) : undefined;
      if (account === undefined) throw httpError(401, 'this passkey is not accepted');
      const { id, name } = account;
      await hauberk.sessions.login(req, { id, name });
      res.set('Cache-Control', 'no-store').json({ id, name });
    },
  };
}

/** Challenges belong to a session; whoever comes with a bearer token has none. */
function ownerOf(/** @type {any} */ req) {
  if (req.session?.user?.id === req.account.id) return req.account;
  throw httpError(409, 'log in with POST /session first: a passkey is added in a session');
}

module.exports = { create };
