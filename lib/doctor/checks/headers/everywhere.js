'use strict';

const { fail, pass, skip } = require('../../verdict');

const FIELDS = Object.freeze([
  'content-security-policy',
  'x-content-type-options',
  'x-frame-options',
  'referrer-policy',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
  'strict-transport-security',
]);

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'headers/everywhere',
  kind: 'live',
  weight: 2,
  why: 'An error page, a redirect and a static file are responses too: an attacker picks the one without headers.',
  fix: 'app.use(hauberk()) first: it sets them when the head is written, whoever writes it',
  docs: 'headers.md',
  look({ live }) {
    const { ordinary = [] } = live ?? {};
    const used = FIELDS.filter((field) => ordinary.some(({ headers }) => headers[field] !== undefined));
    if (used.length === 0)
      return fail(
        'no response carries a security header',
        ordinary.slice(0, 4).map(({ name, status }) => `${name} (${status})`),
      );
    if (ordinary.length < 2) return skip('only one response came');
    const lost = ordinary.flatMap(({ name, status, headers }) => {
      const missing = used.filter((field) => headers[field] === undefined);
      return missing.length > 0 ? [`${name} (${status}) without ${missing.join(', ')}`] : [];
    });
    return lost.length > 0
      ? fail('some responses lose security headers', lost)
      : pass(
          'every response carries them',
          ordinary.map(({ name, status }) => `${name} (${status})`),
        );
  },
};
