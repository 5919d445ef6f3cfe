'use strict';

const { bare, exportOf, objectOf, resolve, staticString, valueOf } = require('../ast');
const { rule } = require('../rule');

/** Where each maker takes its secret: a property of its options, or the first argument itself. */
const MAKERS = new Map([
  ['express-session', ['secret']],
  ['cookie-session', ['secret', 'keys']],
  ['cookie-parser', [undefined]],
  ['hauberk', ['secret']],
  ['hauberk.sessions', ['secret']],
  ['hauberk/sessions', ['secret']],
]);

/** @param {any} context @param {any} given @returns {any[]} the literals that a secret may turn out to be */
function literals(context, given) {
  const node = resolve(context, given);
  if (node === undefined || node === null) return [];
  if (staticString(node) !== undefined) return [node];
  if (node.type === 'ArrayExpression')
    return node.elements.flatMap((/** @type {any} */ one) => literals(context, one));
  if (node.type === 'LogicalExpression')
    return [node.left, node.right].flatMap((one) => literals(context, one));
  if (node.type === 'ConditionalExpression') {
    return [node.consequent, node.alternate].flatMap((one) => literals(context, one));
  }
  return [];
}

module.exports = rule('no-weak-secret', {
  description: 'take secrets from the environment, never from the source',
  messages: {
    literal:
      'This secret is in the source: whoever reads it forges every cookie. Read it from the environment, at least 32 random bytes, and stop when it is missing.',
    fallback:
      'When the environment has no secret this one is used, and whoever reads the source forges every cookie. Stop when it is missing.',
  },
  create(context) {
    /** @param {any} node */
    function check(node) {
      const whole = resolve(context, node);
      const messageId =
        whole.type === 'LogicalExpression' || whole.type === 'ConditionalExpression' ? 'fallback' : 'literal';
      for (const literal of literals(context, node)) context.report({ node: literal, messageId });
    }
    return {
      CallExpression(node) {
        const maker = exportOf(context, node.callee) ?? '';
        const places = MAKERS.get(maker);
        const [first] = node.arguments;
        if (places === undefined || first === undefined) return;
        const options = objectOf(context, first);
        for (const place of places) {
          const given = place === undefined ? bare(first) : options && valueOf(options, place);
          if (given) check(given);
        }
      },
    };
  },
});
