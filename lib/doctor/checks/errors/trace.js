'use strict';

const { fail, pass, skip } = require('../../verdict');

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'errors/trace',
  kind: 'live',
  weight: 1,
  why: 'TRACE answers with the request, cookies and what a proxy added to it included.',
  fix: 'Do not answer TRACE: remove the handler, or the setting of the proxy',
  docs: 'errors.md',
  look({ live }) {
    const answer = live?.answers.trace;
    if (answer === undefined || answer.error !== undefined) return skip(`no answer: ${answer?.error}`);
    const echoed = answer.status === 200 && answer.body.includes('echo-of-the-doctor');
    return echoed
      ? fail('TRACE is answered with the request')
      : pass('TRACE does not echo the request', [`${answer.name} (${answer.status})`]);
  },
};
