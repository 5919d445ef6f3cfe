'use strict';

const { bare, keyOf, resolve, responseMethod, staticString, REQUEST } = require('../ast');
const { rule } = require('../rule');

const HOSTS = new Set(['host', 'hostname', 'x-forwarded-host']);
const READS = new Set(['get', 'header']);

/** @param {any} node */
const isRequest = (node) => bare(node)?.type === 'Identifier' && REQUEST.test(bare(node).name);

/** Whether an expression is a word of the client about where it wanted to go. @param {any} given */
function isHostHeader(given) {
  const node = bare(given);
  if (node?.type === 'MemberExpression') {
    const key = (keyOf(node) ?? '').toLowerCase();
    if (!HOSTS.has(key)) return false;
    const object = bare(node.object);
    return (
      isRequest(object) ||
      (object.type === 'MemberExpression' && keyOf(object) === 'headers' && isRequest(object.object))
    );
  }
  if (node?.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return false;
  const name = node.arguments[0] && staticString(node.arguments[0])?.toLowerCase();
  return READS.has(keyOf(node.callee) ?? '') && isRequest(node.callee.object) && HOSTS.has(name ?? '');
}

/** A redirect to the Host header goes wherever the client, or whoever poisons a cache, says. */
module.exports = rule('no-host-header-redirect', {
  description: 'never redirect to the host that the request names',
  messages: {
    host: 'The client chooses this host, and caches keep it for others. Redirect to a host from an allow-list (hauberk.https.redirect).',
  },
  create(context) {
    /** @param {any} given @param {number} depth @returns {boolean} */
    function mentions(given, depth = 0) {
      const node = depth < 3 ? resolve(context, given) : bare(given);
      if (!node || depth > 8) return false;
      if (isHostHeader(node)) return true;
      const deeper = (/** @type {any} */ one) => one && mentions(one, depth + 1);
      switch (node.type) {
        case 'TemplateLiteral':
          return node.expressions.some(deeper);
        case 'BinaryExpression':
        case 'LogicalExpression':
          return deeper(node.left) || deeper(node.right);
        case 'ConditionalExpression':
          return deeper(node.consequent) || deeper(node.alternate);
        case 'ArrayExpression':
          return node.elements.some(deeper);
        case 'CallExpression':
          return (
            (node.callee.type === 'MemberExpression' && deeper(node.callee.object)) ||
            node.arguments.some(deeper)
          );
        case 'MemberExpression':
          return deeper(node.object);
        default:
          return false;
      }
    }

    /** @param {any} node @param {string} method @returns {any} where the redirect goes, if the call is one */
    function target(node, method) {
      const { arguments: given } = node;
      if (method === 'redirect') return given.at(-1);
      if (method === 'location') return given[0];
      if (!['set', 'header', 'setHeader'].includes(method) || given.length < 2) return undefined;
      return staticString(given[0])?.toLowerCase() === 'location' ? given[1] : undefined;
    }

    /** @param {any} node */
    function head(node) {
      const headers = node.arguments.at(-1);
      if (headers?.type !== 'ObjectExpression') return undefined;
      return headers.properties.find(
        (/** @type {any} */ one) => one.key && keyOf(one)?.toLowerCase() === 'location',
      )?.value;
    }

    return {
      CallExpression(node) {
        const method = responseMethod(node);
        if (method === undefined) return;
        const to = method === 'writeHead' ? head(node) : target(node, method);
        if (to && mentions(to)) context.report({ node: to, messageId: 'host' });
      },
    };
  },
});
