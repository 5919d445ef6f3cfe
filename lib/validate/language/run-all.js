'use strict';

const { runChain } = require('./run');
const { rulesOf } = require('./rules');

/**
 * Runs chains in order. A chain with a request-level bail waits for those before it, and ends the run when
 * it finds an error.
 *
 * @param {any} req
 * @param {any[]} chains
 * @param {boolean} [dryRun]
 * @returns {any[] | Promise<any[]>} contexts
 */
function runAll(req, chains, dryRun) {
  /** @type {any[]} */
  const results = [];
  let later = false;
  for (let i = 0; i < chains.length; i += 1) {
    const rules = rulesOf(chains[i]);
    // Something else that runs, such as a chain of express-validator itself.
    /** @type {any} */
    const result =
      rules === undefined
        ? chains[i].run(req, { dryRun }).then((/** @type {any} */ one) => one.context)
        : rules.requestBail && later
          ? undefined
          : runChain(rules, req, dryRun);
    if (result === undefined || (rules?.requestBail && result instanceof Promise)) {
      return runRest(req, chains, i, results, result, dryRun);
    }
    later ||= result instanceof Promise;
    results.push(result);
    if (rules?.requestBail && result.errors.length > 0) break;
  }
  return later ? Promise.all(results) : results;
}

/**
 * The same from a chain with a request-level bail on that something must be waited for.
 *
 * @param {any} req
 * @param {any[]} chains
 * @param {number} at
 * @param {any[]} results
 * @param {any} started the run of chain `at`, where it has begun
 * @param {boolean} [dryRun]
 */
async function runRest(req, chains, at, results, started, dryRun) {
  const before = await Promise.all(results);
  const own = await (started ?? runChain(/** @type {any} */ (rulesOf(chains[at])), req, dryRun));
  if (own.errors.length > 0) return [...before, own];
  return [...before, own, ...(await runAll(req, chains.slice(at + 1), dryRun))];
}

module.exports = { runAll };
