'use strict';

const { addContext, Context } = require('./context');
const { Rules, withContext } = require('./chain');
const { write } = require('./run');
const { runAll } = require('./run-all');

/**
 * A middleware that wants at least one of several chains, or groups of chains, to be valid.
 *
 * @param {any[]} chains
 * @param {{ message?: any, errorType?: 'grouped' | 'least_errored' | 'flat' }} [options]
 */
function oneOf(chains, options = {}) {
  const run = async (/** @type {any} */ req, /** @type {any} */ opts) => {
    const surrogate = new Context(new Rules([], [], undefined));
    const all = await Promise.all(
      chains.map(async (chain) => {
        const contexts = await runAll(req, Array.isArray(chain) ? chain : [chain], true);
        const errors = contexts.flatMap((context) =>
          context.errors.filter((/** @type {any} */ error) => error.type === 'field'),
        );
        // Only data of a group that is valid is for matchedData.
        if (errors.length === 0)
          surrogate.instances.push(...contexts.flatMap((context) => context.getData()));
        return errors;
      }),
    );
    if (!all.some((errors) => errors.length === 0)) surrogate.errors.push(alternative(all, options, req));
    if (!opts?.dryRun) {
      writeBack(req, surrogate);
      addContext(req, surrogate);
    }
    return withContext(surrogate);
  };
  const middleware = (/** @type {any} */ req, /** @type {any} */ _res, /** @type {any} */ next) =>
    void run(req, {}).then(() => next(), next);
  return Object.assign(middleware, { run });
}

/** @param {any[][]} all @param {any} options @param {any} req */
function alternative(all, { message = 'Invalid value(s)', errorType = 'grouped' }, req) {
  /** @type {any} */
  let nestedErrors = all;
  if (errorType === 'flat') nestedErrors = all.flat();
  if (errorType === 'least_errored') {
    nestedErrors = all.reduce((least, errors) => (errors.length < least.length ? errors : least));
  }
  const type = errorType === 'grouped' ? 'alternative_grouped' : 'alternative';
  const msg = typeof message === 'function' ? message(nestedErrors, { req }) : message;
  return { type, msg, nestedErrors };
}

/** What the sanitizers of valid groups made, which ran without changing the request. */
function writeBack(/** @type {any} */ req, /** @type {Context} */ context) {
  for (const instance of context.instances) write(req, instance);
}

module.exports = { oneOf };
