'use strict';

const { addContext, Context, contextsOf } = require('./context');
const { Rules, withContext } = require('./chain');
const { has, pathOf, toPath } = require('./paths');
const { runAll } = require('./run-all');

/**
 * A middleware that runs chains and finds fields that no chain of the request is about.
 *
 * @param {any} [chains]
 * @param {{ locations?: string[], message?: any }} [options]
 */
function checkExact(chains, options = {}) {
  const { locations = ['body', 'params', 'query'], message = 'Unknown field(s)' } = options;
  const list = Array.isArray(chains) ? chains.flat() : chains ? [chains] : [];
  const run = async (/** @type {any} */ req) => {
    await runAll(req, list);
    const fields = unknownFields(req, locations);
    const context = new Context(new Rules([], [], undefined));
    if (fields.length > 0) {
      const msg = typeof message === 'function' ? message(fields, { req }) : message;
      context.errors.push({ type: 'unknown_fields', msg, fields });
    }
    addContext(req, context);
    return withContext(context);
  };
  const middleware = (/** @type {any} */ req, /** @type {any} */ _res, /** @type {any} */ next) =>
    void run(req).then(() => next(), next);
  return Object.assign(middleware, { run });
}

/** @param {any} req @param {string[]} locations */
function unknownFields(req, locations) {
  /** @type {Map<string, string[]>} */
  const known = new Map();
  for (const { fields, locations: own } of contextsOf(req)) {
    for (const location of own) {
      if (locations.includes(location)) known.set(location, [...(known.get(location) ?? []), ...fields]);
    }
  }
  if (known.size === 0) for (const location of locations) known.set(location, []);
  return [...known].flatMap(([location, fields]) => {
    if (req[location] === null || req[location] === undefined) return [];
    return unknownIn(location, req[location], treeOf(fields), []);
  });
}

/** The fields as a tree of segments; a node with `''` is known as a whole. @param {string[]} fields */
function treeOf(fields) {
  /** @type {any} */
  const tree = Object.create(null);
  for (const field of fields) {
    let at = tree;
    for (const segment of field === '' ? [''] : toPath(field)) at = at[segment] ??= Object.create(null);
    at[''] = Object.create(null);
  }
  return tree;
}

/**
 * @param {string} location
 * @param {any} value
 * @param {any} tree
 * @param {string[]} path
 * @returns {any[]}
 */
function unknownIn(location, value, tree, path) {
  const globstar = tree['**'];
  if (tree[''] || globstar?.['']) return [];
  if (typeof value !== 'object' || value === null) {
    return path.length === 0 || globstar ? [{ path: pathOf(path), value, location }] : [];
  }
  return Object.keys(value).flatMap((key) => {
    const at = [...path, key];
    const branches = [
      has(tree, key) ? tree[key] : undefined,
      tree['*'],
      globstar && Object.assign(Object.create(null), globstar, { '**': globstar }),
    ].filter((branch) => branch !== undefined);
    if (branches.length === 0) return [{ path: pathOf(at), value: value[key], location }];
    const unknown = branches.map((branch) => unknownIn(location, value[key], branch, at));
    // A branch that knows everything below speaks for the others.
    return unknown.every((fields) => fields.length > 0) ? unknown.flat() : [];
  });
}

module.exports = { checkExact };
