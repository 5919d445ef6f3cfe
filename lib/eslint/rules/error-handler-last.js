'use strict';

const { bare, isErrorHandler, isFunction, keyOf, resolve } = require('../ast');
const { rule } = require('../rule');
const { registrations } = require('../registrations');

/** @param {any} given @returns {string} the last name of what is called or passed, '' when it has none */
function nameOf(given) {
  const node = bare(given);
  if (node?.type === 'Identifier') return node.name;
  return node?.type === 'MemberExpression' ? (keyOf(node) ?? '') : '';
}

/**
 * Whether what is registered handles errors: it takes four parameters, or comes from elsewhere under a name that
 * says so.
 *
 * @param {any} context
 * @param {any} handler
 */
function handlesErrors(context, handler) {
  const value = resolve(context, handler);
  if (isErrorHandler(value)) return true;
  if (isFunction(value)) return false;
  return /err/i.test(nameOf(value?.type === 'CallExpression' ? value.callee : value));
}

/** Express asks handlers in order: what is registered after the one for errors is not covered by it. */
module.exports = rule('error-handler-last', {
  description: 'register an error handler, and register it last',
  messages: {
    missing:
      "This application has no error handler, so Express's own answers, with a stack trace unless NODE_ENV is exactly production. Add one last: app.use(guard.errors).",
    late: 'This comes after the error handler, which therefore never sees its errors; move the error handler to the end.',
  },
  create(context) {
    return registrations(context, (list, { listens, handedOut }) => {
      const first = list.findIndex(({ handlers }) => handlers.some((one) => handlesErrors(context, one)));
      if (first < 0) {
        if (listens && !handedOut && list.some(({ route }) => route))
          context.report({ node: listens, messageId: 'missing' });
        return;
      }
      for (const { node, route, handlers } of list.slice(first + 1)) {
        const covered = handlers.some((one) => handlesErrors(context, one));
        if (route && !covered) context.report({ node, messageId: 'late' });
      }
    });
  },
});
