'use strict';

const { exportOf, hasSpread, objectOf, resolve, staticString, valueOf } = require('../ast');
const { rule } = require('../rule');

const MAKERS = new Set(['express-session', 'cookie-session']);

/** Names that tell which software made them (OWASP Session Management Cheat Sheet, "Session ID Name Fingerprinting"). */
const TELLTALE = new Set([
  'connect.sid',
  'express.sid',
  'express:sess',
  'session',
  'sessionid',
  'session_id',
  'sess',
  'sid',
  'phpsessid',
  'jsessionid',
  'asp.net_sessionid',
  'aspsessionid',
  'cfid',
  'cftoken',
  'koa.sess',
  'laravel_session',
]);

module.exports = rule('no-default-session-name', {
  description: 'give the session cookie a name that tells nothing',
  messages: {
    missing:
      "{{maker}} without a name calls its cookie '{{fallback}}', which tells an attacker what runs here; set `name`, best with the prefix __Host-.",
    telltale:
      "The cookie name '{{name}}' tells an attacker what runs here; choose another, best with the prefix __Host-.",
  },
  create(context) {
    return {
      CallExpression(node) {
        const maker = exportOf(context, node.callee) ?? '';
        if (!MAKERS.has(maker)) return;
        const options = node.arguments[0] && objectOf(context, node.arguments[0]);
        if (node.arguments.length > 0 && options === undefined) return;
        const given = options && valueOf(options, 'name');
        if (given === undefined) {
          if (options && hasSpread(options)) return;
          const fallback = maker === 'express-session' ? 'connect.sid' : 'session';
          context.report({ node, messageId: 'missing', data: { maker, fallback } });
          return;
        }
        const name = staticString(resolve(context, given));
        if (name !== undefined && TELLTALE.has(name.toLowerCase())) {
          context.report({ node: given, messageId: 'telltale', data: { name } });
        }
      },
    };
  },
});
