'use strict';

const { fail, pass } = require('../../verdict');

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'headers/software',
  kind: 'live',
  weight: 1,
  why: 'The name and version of the software say which holes to try.',
  fix: "app.disable('x-powered-by'); and server_tokens off in the proxy",
  docs: 'headers.md',
  look({ live }) {
    const told = (live?.ordinary ?? []).flatMap(({ name, headers }) => {
      const powered = headers['x-powered-by'];
      const server = headers.server;
      return [
        ...(powered === undefined ? [] : [`${name}: X-Powered-By: ${powered}`]),
        ...(server !== undefined && /\d/.test(server) ? [`${name}: Server: ${server}`] : []),
      ];
    });
    return told.length > 0
      ? fail('responses tell which software runs', told)
      : pass('responses do not tell which software runs');
  },
};
