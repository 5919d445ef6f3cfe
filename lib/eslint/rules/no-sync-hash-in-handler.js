'use strict';

const { bare, exportOf, functionsAround, isHandler, keyOf } = require('../ast');
const { rule } = require('../rule');

const SYNC = /^(?:hashSync|compareSync|verifySync|genSaltSync|pbkdf2Sync|scryptSync|argon2Sync|hashRawSync)$/;
const MODULES =
  /^(?:node:)?(?:crypto|bcrypt|bcryptjs|argon2|@node-rs\/(?:bcrypt|argon2|argon2-wasm)|hauberk(?:\/(?:passwords|bcrypt|argon2))?)(?:\.|$)/;
const METHODS = new Set(['use', 'all', 'get', 'post', 'put', 'patch', 'delete', 'param']);

/** Whether a function is handed to a route, whatever its parameters are called. @param {any} fn */
function isRouted(fn) {
  const call = fn.parent;
  if (call?.type !== 'CallExpression' || call.callee.type !== 'MemberExpression') return false;
  return METHODS.has(keyOf(call.callee) ?? '') && call.arguments.includes(fn) && fn.params.length >= 2;
}

/** A hash that takes 50 ms takes them from every request, when it runs on the event loop. */
module.exports = rule('no-sync-hash-in-handler', {
  description: 'never hash a password on the event loop',
  messages: {
    sync: '{{name}} stops every other request while it runs; use the asynchronous function and await it.',
  },
  create(context) {
    return {
      CallExpression(node) {
        const callee = exportOf(context, node.callee) ?? '';
        const name = callee.slice(callee.lastIndexOf('.') + 1);
        if (!SYNC.test(name) || !MODULES.test(callee)) return;
        const inHandler = functionsAround(node).some((fn) => isHandler(fn) || isRouted(fn));
        if (inHandler) context.report({ node: bare(node.callee), messageId: 'sync', data: { name } });
      },
    };
  },
});
