'use strict';

const { bare, keyOf, rootOf, variableOf } = require('../ast');
const { rule } = require('../rule');

const PASSWORD = new Set(['password', 'newpassword', 'new_password', 'passwd', 'passphrase', 'pwd']);
const STORES =
  /^(?:create|createOrUpdate|insert|insertOne|insertMany|save|upsert|update|updateOne|updateMany|findOneAndUpdate|findByIdAndUpdate|replaceOne|run|query|execute|values|set|build|bulkCreate)$/;
const CALLS_ON_REQUEST = /^(?:req|request|res|response|headers|logger|console|session|cookies|map|params)$/i;

/** Whether a property or member is called like a password. @param {any} node */
const isPassword = (node) => PASSWORD.has((keyOf(node) ?? '').toLowerCase());

/** Whether an expression is a member of a request's body. @param {any} given */
function isBody(given) {
  const node = bare(given);
  return node?.type === 'MemberExpression' && keyOf(node) === 'body';
}

/** What a user typed belongs into a hash before it belongs into a table. */
module.exports = rule('no-plain-password-store', {
  description: 'store the hash of a password, never the password',
  messages: {
    plain: 'This stores the password as it was typed. Store await passwords.hash(password).',
  },
  create(context) {
    /** Whether an expression is a password straight from a request. @param {any} given @returns {boolean} */
    function isTyped(given) {
      const node = bare(given);
      if (node?.type === 'MemberExpression') return isPassword(node) && isBody(node.object);
      if (node?.type !== 'Identifier') return false;
      const variable = variableOf(context, node);
      const [definition] = variable?.defs ?? [];
      if (definition?.type !== 'Variable' || !definition.node.init) return false;
      const writes = variable.references.filter((/** @type {any} */ reference) => reference.isWrite());
      if (writes.length > 1) return false;
      const { id, init } = definition.node;
      if (id.type === 'Identifier') return isTyped(init);
      if (id.type !== 'ObjectPattern' || !isBody(init)) return false;
      return id.properties.some((/** @type {any} */ one) => one.value === definition.name && isPassword(one));
    }

    /** @param {any} given @param {number} depth @returns {any} the password inside what is stored */
    function typedIn(given, depth = 0) {
      const node = bare(given);
      if (!node || depth > 6) return undefined;
      if (isTyped(node)) return node;
      const parts =
        node.type === 'ObjectExpression'
          ? node.properties.map((/** @type {any} */ one) => one.value)
          : node.type === 'ArrayExpression'
            ? node.elements
            : [];
      for (const part of parts) {
        const found = part && typedIn(part, depth + 1);
        if (found) return found;
      }
      return undefined;
    }

    /** @param {any} node @param {any[]} given */
    function check(node, given) {
      for (const one of given) {
        const found = typedIn(one);
        if (found) return context.report({ node: found, messageId: 'plain' });
      }
      return undefined;
    }

    return {
      CallExpression(node) {
        const callee = bare(node.callee);
        if (callee.type !== 'MemberExpression' || !STORES.test(keyOf(callee) ?? '')) return;
        const root = rootOf(callee.object);
        if (root?.type === 'Identifier' && CALLS_ON_REQUEST.test(root.name)) return;
        check(node, node.arguments);
      },
      NewExpression(node) {
        // Only a literal with the password in it is a record: `new Login(password)` may well hash it.
        check(
          node,
          node.arguments.filter((/** @type {any} */ one) => bare(one)?.type === 'ObjectExpression'),
        );
      },
      AssignmentExpression(node) {
        const left = bare(node.left);
        if (left.type !== 'MemberExpression' || !isPassword(left)) return;
        if (isTyped(node.right)) context.report({ node: node.right, messageId: 'plain' });
      },
    };
  },
});
