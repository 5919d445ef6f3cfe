'use strict';

/* eslint-disable security/detect-unsafe-regex -- each repetition is bounded, or begins where no other part fits */

const { at } = require('../../source/source');
const { fail, pass } = require('../../verdict');

const PACKAGES =
  /^(?:express-rate-limit(?:\.\w+)?|rate-limiter-flexible(?:\.\w+)?|express-slow-down(?:\.\w+)?|@upstash\/ratelimit(?:\.\w+)?|hauberk(?:\.|\/)ratelimit(?:\.login)?)$/;

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'ratelimit/present',
  kind: 'static',
  weight: 3,
  why: 'Without a limit one client guesses passwords, scrapes everything, or takes the service down.',
  fix: 'app.use(hauberk()) limits every client; alone: app.use(hauberk.ratelimit({ limit: 600 }))',
  docs: 'ratelimit.md',
  look({ project, guard }) {
    if (guard.on('ratelimit')) return pass('the guard limits every client', guard.evidence);
    const made = project.source.calls(PACKAGES);
    if (made.length > 0)
      return pass(
        'requests are limited',
        made.map((one) => at(one)),
      );
    return fail('nothing limits how often a client may ask', ['no rate limiter is used']);
  },
};
