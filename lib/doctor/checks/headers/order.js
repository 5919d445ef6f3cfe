'use strict';

/* eslint-disable security/detect-non-literal-regexp -- made of names that are escaped or our own */

const { at } = require('../../source/source');
const { fail, pass, skip } = require('../../verdict');

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'headers/order',
  kind: 'static',
  weight: 2,
  why: 'A middleware protects only what is registered after it.',
  fix: 'Move app.use(hauberk()) (or helmet) above every route and above express.static',
  docs: 'headers.md',
  look({ project }) {
    const { source } = project;
    const judged = [];
    const late = [];
    for (const use of source.onApplication(/^use$/)) {
      const guards = use.args.some((range) => {
        const [from] = use.file.follow(range);
        return use.file.calls.some(
          (call) => call.at === from && /^(?:helmet|hauberk(?:\.headers)?)$/.test(call.name),
        );
      });
      if (!guards) continue;
      judged.push(use);
      const on = use.name.slice(0, use.name.lastIndexOf('.'));
      const word = use.file.text[use.at];
      const before = use.file.calls.find(
        (call) =>
          call.at < use.at &&
          call.file.text[call.at] === word &&
          new RegExp(`^${escape(on)}\\.(?:get|post|put|patch|delete|all)$`).test(call.name) &&
          call.args.length > 1,
      );
      if (before !== undefined) late.push({ use, before });
    }
    if (judged.length === 0) return skip('no guard or header set stands in the source');
    if (late.length > 0)
      return fail(
        'the guard comes after a route',
        late.map(({ use, before }) => at(use, `after ${before.name} in line ${before.line}`)),
      );
    return pass(
      'the guard comes before the routes',
      judged.map((one) => at(one)),
    );
  },
};

/** @param {string} text */
function escape(text) {
  return text.replace(/\W/g, '\\$&');
}
