'use strict';

const fs = require('node:fs');

const CHROMIUM = '/usr/bin/chromium';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A real Chromium until the test ends.
 *
 * @param {import('node:test').TestContext} t
 * @param {string[]} [more] flags
 * @returns {Promise<import('playwright-core').Browser | undefined>} undefined where there is none: skip the test
 */
async function browser(t, more = []) {
  if (!fs.existsSync(CHROMIUM)) return undefined;
  const { chromium } = require('playwright-core');
  const started = await chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, ...more] });
  t.after(() => started.close());
  return started;
}

module.exports = { browser };
