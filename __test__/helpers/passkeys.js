'use strict';

/** Passkeys in a real Chromium: the pages' part of the ceremonies, and Chromium's virtual authenticator. */

/** Runs in the page: one ceremony up to the browser's answer. */
async function ceremony(/** @type {{ kind: string, from: string }} */ { kind, from }) {
  const page = /** @type {any} */ (globalThis);
  const options = await (await fetch(from, { method: 'POST' })).json();
  const given =
    kind === 'create'
      ? { publicKey: page.PublicKeyCredential.parseCreationOptionsFromJSON(options) }
      : { publicKey: page.PublicKeyCredential.parseRequestOptionsFromJSON(options) };
  const credential = await page.navigator.credentials[kind](given);
  return { options, response: credential.toJSON() };
}

/** Runs in the page. */
async function send(/** @type {{ to: string, body: any }} */ { to, body }) {
  const headers = { 'Content-Type': 'application/json' };
  return (await fetch(to, { method: 'POST', headers, body: JSON.stringify(body) })).json();
}

/** @param {import('playwright-core').Browser} chromium @param {string} url @param {boolean} [isUserVerified] */
async function visit(chromium, url, isUserVerified = true) {
  const context = await chromium.newContext();
  const page = await context.newPage();
  await page.goto(url);
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: isUserVerified,
      isUserVerified,
      automaticPresenceSimulation: true,
    },
  });
  return { page, cdp, authenticatorId };
}

module.exports = { ceremony, send, visit };
