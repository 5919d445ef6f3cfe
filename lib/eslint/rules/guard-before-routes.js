'use strict';

const { exportOf, resolve } = require('../ast');
const { rule } = require('../rule');
const { registrations } = require('../registrations');

const GUARDS = new Set(['helmet', 'hauberk']);

/** A header set, or a guard, acts only on what is registered after it. */
module.exports = rule('guard-before-routes', {
  description: 'put helmet or hauberk before the routes',
  messages: {
    late: '{{guard}} comes after a route, which therefore runs without it; move it to the top, before every route.',
  },
  create(context) {
    return registrations(context, (list) => {
      const firstRoute = list.findIndex(({ route }) => route);
      if (firstRoute < 0) return;
      for (const { node, handlers } of list.slice(firstRoute + 1)) {
        for (const handler of handlers) {
          const value = resolve(context, handler);
          const guard = value?.type === 'CallExpression' && exportOf(context, value.callee);
          if (guard && GUARDS.has(guard)) context.report({ node, messageId: 'late', data: { guard } });
        }
      }
    });
  },
});
