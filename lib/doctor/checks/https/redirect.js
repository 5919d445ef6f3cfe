'use strict';

const { fail, pass, skip, warn } = require('../../verdict');

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'https/redirect',
  kind: 'live',
  weight: 3,
  why: 'A first request over plain HTTP, with its cookie or token, can be read and changed on the way.',
  fix: "hauberk({ https: { hosts: ['api.example.com'] } }), or a redirect in the proxy",
  docs: 'https.md',
  look({ live }) {
    const { local, url, redirect, plain } = live ?? {};
    if (local && url?.protocol === 'http:') return skip('a local address is not served over HTTPS');
    const to = plain?.headers.location ?? '';
    switch (redirect) {
      case 'https':
        return pass('plain HTTP leads to HTTPS at the same host', [to]);
      case 'elsewhere-first':
        return warn('plain HTTP leads to another host first, which HSTS does not cover', [to]);
      case 'http-first':
        return fail('plain HTTP leads to plain HTTP', [to]);
      case 'none':
        return plain !== undefined && plain.status >= 400
          ? pass('plain HTTP is refused', [`${plain.name} (${plain.status})`])
          : fail('plain HTTP is answered', [`${plain?.name} (${plain?.status})`]);
      default:
        return pass('nobody listens for plain HTTP', [plain?.error ?? '']);
    }
  },
};
