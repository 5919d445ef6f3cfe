'use strict';

const { bare, isErrorHandler, isFunction, keyOf, responseMethod, variableOf } = require('../ast');
const { rule } = require('../rule');

const SENDS = new Set(['send', 'json', 'jsonp', 'end', 'write', 'render']);
const DETAIL = new Set(['stack', 'message', 'sqlMessage', 'sql', 'cause', 'detail', 'toString']);

/** Whether a variable holds a caught error. @param {any} variable */
function holdsError(variable) {
  const [definition] = variable?.defs ?? [];
  if (definition?.type === 'CatchClause') return true;
  if (definition?.type !== 'Parameter' || !isFunction(definition.node)) return false;
  const fn = definition.node;
  if (fn.params[0]?.name !== definition.name.name) return false;
  const call = fn.parent;
  const caught =
    call?.type === 'CallExpression' &&
    call.callee.type === 'MemberExpression' &&
    keyOf(call.callee) === 'catch';
  return caught || isErrorHandler(fn) || /^(?:err|error|e)$/.test(definition.name.name);
}

/**
 * The parts of an answer that hold what only the log may hold (OWASP Error Handling Cheat Sheet): an error
 * itself, its stack or its message.
 */
module.exports = rule('no-error-detail-in-response', {
  description: 'keep the text of errors in the log',
  messages: {
    detail:
      'This sends what the error says to whoever caused it. Log the error, and answer with a fixed text and a correlation id (hauberk.errors does both).',
  },
  create(context) {
    /** @param {any} given */
    function isError(given) {
      const node = bare(given);
      return node?.type === 'Identifier' && holdsError(variableOf(context, node));
    }

    /** @param {any} given @returns {any} the first part that leaks */
    function leak(given) {
      const node = bare(given);
      switch (node?.type) {
        case 'Identifier':
          return isError(node) ? node : undefined;
        case 'MemberExpression': {
          const key = keyOf(node) ?? '';
          return key === 'stack' || (DETAIL.has(key) && isError(node.object)) ? node : undefined;
        }
        case 'CallExpression': {
          const callee = bare(node.callee);
          const turnsToText =
            (callee.type === 'Identifier' && callee.name === 'String') ||
            (callee.type === 'MemberExpression' &&
              ['stringify', 'inspect', 'format'].includes(keyOf(callee) ?? ''));
          if (turnsToText) return first(node.arguments);
          return callee.type === 'MemberExpression' && keyOf(callee) === 'toString' && isError(callee.object)
            ? node
            : undefined;
        }
        case 'ObjectExpression':
          return first(node.properties.map((/** @type {any} */ one) => one.value ?? one.argument));
        case 'ArrayExpression':
          return first(node.elements);
        case 'TemplateLiteral':
          return first(node.expressions);
        case 'BinaryExpression':
        case 'LogicalExpression':
          return first([node.left, node.right]);
        case 'ConditionalExpression':
          return first([node.consequent, node.alternate]);
        default:
          return undefined;
      }
    }

    /** @param {any[]} nodes */
    function first(nodes) {
      for (const node of nodes) {
        const found = node && leak(node);
        if (found) return found;
      }
      return undefined;
    }

    return {
      CallExpression(node) {
        if (!SENDS.has(responseMethod(node) ?? '')) return;
        const found = first(node.arguments);
        if (found) context.report({ node: found, messageId: 'detail' });
      },
    };
  },
});
