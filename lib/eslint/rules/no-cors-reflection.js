'use strict';

const {
  bare,
  exportOf,
  functionsAround,
  isFunction,
  keyOf,
  objectOf,
  resolve,
  responseMethod,
  staticString,
  valueOf,
} = require('../ast');
const { rule } = require('../rule');

const SETS = new Set(['set', 'header', 'setHeader', 'append']);

/** @param {any} node */
const isTrue = (node) => node?.type === 'Literal' && node.value === true;

/** A pattern that any origin matches. @param {any} node */
function matchesAll(node) {
  return node?.regex !== undefined && /^\^?(?:\.\*|\.\+|https\?:\\\/\\\/\.\*)?\$?$/.test(node.regex.pattern);
}

/** Whether `origin(origin, callback)` lets everybody in without asking. @param {any} fn */
function letsAllIn(fn) {
  const callback = fn.params[1]?.name;
  if (callback === undefined) return false;
  const statements =
    fn.body.type === 'BlockStatement' ? fn.body.body : [{ type: 'ExpressionStatement', expression: fn.body }];
  return statements.some((/** @type {any} */ statement) => {
    const call = bare(statement.expression ?? statement.argument);
    if (call?.type !== 'CallExpression' || call.callee.name !== callback) return false;
    const allowed = bare(call.arguments[1]);
    return isTrue(allowed) || (allowed?.type === 'Identifier' && allowed.name === fn.params[0]?.name);
  });
}

/** Any site may then read what the user's browser is allowed to read. */
module.exports = rule('no-cors-reflection', {
  description: 'name the origins that may send credentials',
  messages: {
    reflected:
      'Every origin is allowed, with credentials: any site can read what a signed-in user can. List the origins.',
  },
  create(context) {
    /** @param {any} node */
    function options(node) {
      const given = node.arguments[0] && objectOf(context, node.arguments[0]);
      const origin = given && valueOf(given, 'origin');
      const credentials = given && valueOf(given, 'credentials');
      if (!origin || !credentials || !isTrue(resolve(context, credentials))) return;
      const value = resolve(context, origin);
      const open = isTrue(value) || matchesAll(value) || (isFunction(value) && letsAllIn(value));
      if (open) context.report({ node: origin, messageId: 'reflected' });
    }

    /** @type {Map<any, { origin?: any, credentials?: boolean }>} by function, what it sets by hand */
    const byHand = new Map();

    /** @param {any} given @returns {boolean} */
    function isOrigin(given) {
      const node = resolve(context, given);
      if (node?.type === 'MemberExpression') return keyOf(node)?.toLowerCase() === 'origin';
      if (node?.type === 'LogicalExpression') return isOrigin(node.left) || isOrigin(node.right);
      return (
        node?.type === 'CallExpression' &&
        node.arguments[0] &&
        staticString(node.arguments[0])?.toLowerCase() === 'origin'
      );
    }

    /** @param {any} node */
    function header(node) {
      const [name, value] = node.arguments;
      const field = name && staticString(name)?.toLowerCase();
      const [fn] = functionsAround(node);
      if (!field?.startsWith('access-control-allow-') || !value || !fn) return;
      const seen = byHand.get(fn) ?? {};
      byHand.set(fn, seen);
      // Inside a condition the origin was, one hopes, compared with something.
      const conditional =
        node.parent?.parent?.parent?.type === 'IfStatement' || node.parent?.parent?.type === 'IfStatement';
      if (field.endsWith('-origin') && isOrigin(value) && !conditional) seen.origin = node;
      if (field.endsWith('-credentials') && (isTrue(bare(value)) || staticString(value) === 'true'))
        seen.credentials = true;
    }

    return {
      CallExpression(node) {
        if (exportOf(context, node.callee) === 'cors') options(node);
        else if (SETS.has(responseMethod(node) ?? '')) header(node);
      },
      'Program:exit'() {
        for (const { origin, credentials } of byHand.values()) {
          if (origin && credentials) context.report({ node: origin, messageId: 'reflected' });
        }
      },
    };
  },
});
