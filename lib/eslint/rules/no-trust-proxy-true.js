'use strict';

const { keyOf, resolve, staticString } = require('../ast');
const { rule } = require('../rule');

/** `trust proxy: true` believes the leftmost X-Forwarded-For, which the client writes. */
module.exports = rule('no-trust-proxy-true', {
  description: 'do not believe every forwarding header',
  messages: {
    trusted:
      "`trust proxy` set to true lets every client choose its own address; give the number of proxies in front, e.g. app.set('trust proxy', 1), or their addresses.",
  },
  create(context) {
    return {
      CallExpression(node) {
        if (node.callee.type !== 'MemberExpression') return;
        const [setting, value] = node.arguments;
        if (setting === undefined || staticString(setting) !== 'trust proxy') return;
        const method = keyOf(node.callee);
        const on =
          method === 'enable' || (method === 'set' && value && resolve(context, value)?.value === true);
        if (on) context.report({ node, messageId: 'trusted' });
      },
    };
  },
});
