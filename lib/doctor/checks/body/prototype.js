'use strict';

const { fail, pass, skip } = require('../../verdict');

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'body/prototype',
  kind: 'live',
  weight: 3,
  why: '`__proto__` in a body reaches the prototype of every object through a careless merge.',
  fix: 'app.use(hauberk()) refuses such bodies before they are parsed',
  docs: 'body.md',
  look({ live }) {
    const { json, prototype, malformedJson } = live?.answers ?? {};
    const all = [json, prototype, malformedJson];
    if (all.some((one) => one === undefined || one.error !== undefined)) return skip('no answer came');
    const told = all.map((one) => `${one?.status}`);
    const evidence = [
      `POST with a plain body: ${told[0]}; with __proto__: ${told[1]}; with broken JSON: ${told[2]}`,
    ];
    if (prototype?.status === 429 || json?.status === 429) return skip('the rate limit answered first');
    if (
      prototype !== undefined &&
      prototype.status >= 400 &&
      prototype.status < 500 &&
      prototype.status !== json?.status
    )
      return pass('a body with __proto__ is refused', evidence);
    if (json?.status === malformedJson?.status) return skip(`no body is read there (${evidence[0]})`);
    return fail('a body with __proto__ is taken like any other', evidence);
  },
};
