'use strict';

const { at } = require('../../source/source');
const { fail, pass } = require('../../verdict');

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'ratelimit/trust-proxy',
  kind: 'static',
  weight: 3,
  why: 'With `trust proxy` set to true a client writes its own address, and with a new one for each request no limit holds.',
  fix: "Say how many proxies stand in front: app.set('trust proxy', 1)",
  docs: 'client.md',
  look({ project }) {
    const open = project.source
      .calls(/\.(?:set|enable)$/)
      .filter(
        ({ file, args, name }) =>
          file.isString(args[0]) &&
          file.literal(args[0]) === 'trust proxy' &&
          (name.endsWith('.enable') || file.literal(args[1]) === 'true'),
      );
    return open.length > 0
      ? fail(
          'every forwarding header is believed',
          open.map((one) => at(one, 'trust proxy: true')),
        )
      : pass('no forwarding header is believed blindly');
  },
};
