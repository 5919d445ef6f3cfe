'use strict';

const { fail, pass, warn } = require('../../verdict');

const FIELD = /^(?:ratelimit(?:-(?:policy|limit|remaining|reset))?|x-ratelimit-.+|x-rate-limit-.+)$/;

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'ratelimit/fields',
  kind: 'live',
  weight: 2,
  why: 'The fields show that a limit is at work, and let an honest client slow down before it is refused.',
  fix: 'app.use(hauberk()): its RateLimit fields are on by default',
  docs: 'ratelimit.md',
  look({ live, guard }) {
    const seen = (live?.ordinary ?? []).flatMap(({ name, headers }) => {
      const field = Object.keys(headers).find((one) => FIELD.test(one));
      return field === undefined ? [] : [`${name}: ${field}: ${headers[field]}`];
    });
    if (seen.length > 0) return pass('answers say how much is left', seen.slice(0, 3));
    if (guard.on('ratelimit')) return warn('the guard limits, but its fields do not arrive');
    return fail('no answer shows a rate limit', ['neither RateLimit nor X-RateLimit fields']);
  },
};
