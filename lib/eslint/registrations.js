'use strict';

const { bare, exportOf, isApplication, keyOf, resolve, staticString, variableOf } = require('./ast');

/**
 * What is registered on each Express application of a file, in order. Shared by the rules about order.
 *
 * @typedef {{ node: any, route: boolean, handlers: any[] }} Registration
 * @typedef {{ listens?: any, handedOut: boolean }} Use whether the file starts the application, or hands it to
 *   code that this file does not show, which may register more
 */

const ROUTES = new Set(['get', 'post', 'put', 'patch', 'delete', 'all', 'head', 'options', 'route']);
const STARTS = /^(?:node:)?https?\.createServer$|^hauberk\.https\.createServer$/;

/** @param {any} context @param {any} node @param {string} method @returns {Registration | undefined} */
function registration(context, node, method) {
  const handlers = node.arguments.flatMap((/** @type {any} */ one) => {
    const value = bare(one);
    return value.type === 'ArrayExpression' ? value.elements : [value];
  });
  if (ROUTES.has(method)) {
    // `app.get('setting')` reads a setting.
    return node.arguments.length > 1 || method === 'route' ? { node, route: true, handlers } : undefined;
  }
  if (method !== 'use') return undefined;
  const mounted = handlers.some((/** @type {any} */ one) => one && isApplication(context, one));
  const first = node.arguments[0] && resolve(context, node.arguments[0]);
  const onPath = handlers.length > 1 && staticString(first) !== undefined;
  const made = onPath && resolve(context, handlers.at(-1));
  // A router or static files on a path answer requests; a parser on a path does not.
  const answers = made && made.type === 'Identifier' && /rout/i.test(made.name);
  const files = handlers.some(
    (/** @type {any} */ one) =>
      one?.type === 'CallExpression' && exportOf(context, one.callee) === 'express.static',
  );
  return { node, route: Boolean(mounted || answers || files), handlers };
}

/**
 * @param {any} context
 * @param {(list: Registration[], use: Use) => void} judge called once for each application, at the end
 */
function registrations(context, judge) {
  /** @type {Map<any, { list: Registration[], use: Use }>} */
  const applications = new Map();

  /** @param {any} identifier */
  function applicationOf(identifier) {
    if (identifier?.type !== 'Identifier' || !isApplication(context, identifier)) return undefined;
    const variable = variableOf(context, identifier);
    let known = applications.get(variable);
    if (!known) applications.set(variable, (known = { list: [], use: { handedOut: false } }));
    return known;
  }

  return {
    /** @param {any} node */
    CallExpression(node) {
      const callee = bare(node.callee);
      const method = callee.type === 'MemberExpression' ? keyOf(callee) : undefined;
      const on = method && applicationOf(bare(callee.object));
      if (on) {
        if (method === 'listen') on.use.listens ??= node;
        const registered = registration(context, node, /** @type {string} */ (method));
        if (registered) on.list.push(registered);
      }
      for (const given of node.arguments) {
        const handed = applicationOf(bare(given));
        if (!handed) continue;
        if (STARTS.test(exportOf(context, callee) ?? '') || method === 'listen') handed.use.listens ??= node;
        else if (method !== 'use') handed.use.handedOut = true;
      }
    },
    'Program:exit'() {
      for (const { list, use } of applications.values()) judge(list, use);
    },
  };
}

module.exports = { registrations };
