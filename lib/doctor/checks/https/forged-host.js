'use strict';

const { FOREIGN } = require('../../live/look');
const { fail, pass, skip } = require('../../verdict');

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'https/forged-host',
  kind: 'live',
  weight: 3,
  why: 'The client chooses the Host header: a redirect or a link that repeats it leads to the attacker.',
  fix: "hauberk({ https: { hosts: ['api.example.com'] } }): other hosts get 421",
  docs: 'https.md',
  look({ live }) {
    const asked = [live?.answers.forgedHost, live?.answers.forgedForwardedHost].filter(
      (one) => one !== undefined && one.error === undefined,
    );
    if (asked.length === 0) return skip('no answer came to a forged Host');
    const open = asked.flatMap((one) => {
      if (one === undefined) return [];
      if ((one.headers.location ?? '').includes(FOREIGN)) return [`Location: ${one.headers.location}`];
      return one.body.includes(FOREIGN) ? [`the answer (${one.status}) repeats it`] : [];
    });
    return open.length > 0
      ? fail('the answer follows a forged Host', open)
      : pass('a forged Host leads nowhere');
  },
};
