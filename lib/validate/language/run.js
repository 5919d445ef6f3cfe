'use strict';

const { place } = require('../place');
const { Context, addContext, contextsOf, isRequired } = require('./context');
const { get, set } = require('./paths');
const { select } = require('./select');

/** What an item gives to end the chain for its value. */
const HALT = Symbol('halt');

/**
 * One step of a chain. It gives nothing, `HALT`, or a promise of either; what it throws is the app's own
 * fault and goes to the error handler.
 *
 * @typedef {object} Item
 * @property {boolean} sanitizes whether it changes the value
 * @property {(context: Context, instance: import('./select').Instance, meta: any) => any} run
 */

/**
 * Runs a chain. Without asynchronous rules no promise is made.
 *
 * @param {import('./chain').Rules} rules
 * @param {any} req
 * @param {boolean} [dryRun] changes nothing and leaves no errors on the request
 * @returns {Context | Promise<Context>}
 */
function runChain(rules, req, dryRun = false) {
  const context = new Context(rules);
  const before = contextsOf(req);
  for (let i = 0; i < before.length; i += 1) {
    if (before[i].bail && before[i].errors.length > 0) return context;
  }
  let left = false;
  context.instances = select(req, rules.fields, rules.locations, (location, path) => {
    if (!left)
      context.addFieldError('Too many values, or nested too deeply', undefined, { req, location, path });
    left = true;
  });
  const run = { rules, req, dryRun, context, halted: undefined };
  return runFrom(run, 0);
}

/**
 * @param {any} run
 * @param {number} from which item
 * @returns {Context | Promise<Context>}
 */
function runFrom(run, from) {
  const { context, req, rules } = run;
  const { items } = rules;
  const single = context.instances.length === 1 ? context.instances[0] : undefined;
  for (let i = from; i < items.length; i += 1) {
    /** @type {Promise<void>[] | undefined} */
    let pending;
    if (single !== undefined) {
      if (run.halted !== undefined || !isRequired(single.value, context.optional)) continue;
      const one = step(run, items[i], single);
      if (one !== undefined) pending = [one];
    } else {
      for (const instance of context.getData({ requiredOnly: true })) {
        if (run.halted?.has(instance)) continue;
        const one = step(run, items[i], instance);
        if (one !== undefined) (pending ??= []).push(one);
      }
    }
    if (pending !== undefined) return Promise.all(pending).then(() => runFrom(run, i + 1));
  }
  if (!run.dryRun) addContext(req, context);
  return context;
}

/**
 * @param {any} run
 * @param {Item} item
 * @param {import('./select').Instance} instance
 * @returns {Promise<void> | undefined}
 */
function step(run, item, instance) {
  const { req } = run;
  const { location, path, pathValues } = instance;
  const result = item.run(run.context, instance, { req, location, path, pathValues });
  if (result instanceof Promise) return result.then((later) => after(run, item, instance, later));
  return after(run, item, instance, result);
}

/** @param {any} run @param {Item} item @param {import('./select').Instance} instance @param {unknown} result */
function after(run, item, instance, result) {
  if (result === HALT) (run.halted ??= new Set()).add(instance);
  else if (item.sanitizes && !run.dryRun) write(run.req, instance);
  return undefined;
}

/** @param {any} req @param {import('./select').Instance} instance */
function write(req, { location, segments, value }) {
  if (segments.length === 0) {
    if (req[location] !== value) place(req, location, value);
    return;
  }
  const data = req[location];
  if (get(data, segments) === value) return;
  set(data, segments, value);
  // A getter that parses anew would lose what was just written.
  if (location === 'query' && req.query !== data) place(req, 'query', data);
}

module.exports = { HALT, runChain, write };
