'use strict';

const { sendRefusal } = require('../internal/problem');
const { tell } = require('../internal/stage');

/**
 * Runs the stages of a plan, from one on, in one Express layer. Nothing is awaited and no promise is
 * made unless a stage returns one.
 *
 * @param {import('../internal/stage').Stage[]} stages
 * @param {number} from
 * @param {any} req
 * @param {any} res
 * @param {import('../internal/context').Context} context
 * @param {(error?: unknown) => void} next
 * @returns {void}
 */
function runStages(stages, from, req, res, context, next) {
  for (let i = from; i < stages.length; i += 1) {
    const stage = stages[i];
    let result;
    try {
      result = /** @type {Function} */ (stage.run)(req, res, context);
    } catch (error) {
      return next(error);
    }
    if (result === undefined) continue;
    if (result instanceof Promise) return goOnLater(result, stages, i, req, res, context, next);
    if (refused(stage, result, req, res, context)) return undefined;
  }
  return next();
}

/**
 * @param {Promise<void | import('../internal/refusal').Refusal>} pending what stage `at` returned
 * @param {import('../internal/stage').Stage[]} stages
 * @param {number} at
 * @param {any} req
 * @param {any} res
 * @param {import('../internal/context').Context} context
 * @param {(error?: unknown) => void} next
 */
function goOnLater(pending, stages, at, req, res, context, next) {
  pending.then(
    (result) => {
      if (result !== undefined && refused(stages[at], result, req, res, context)) return;
      // What a handler throws synchronously on Express 4 is caught by its own layer, not by this promise.
      runStages(stages, at + 1, req, res, context, next);
    },
    (error) => next(error),
  );
}

/**
 * Tells a refusal and, unless the practice is in dry run, answers with it.
 *
 * @param {import('../internal/stage').Stage} stage
 * @param {import('../internal/refusal').Refusal} refusal
 * @param {any} req
 * @param {any} res
 * @param {import('../internal/context').Context} context
 * @returns {boolean} whether the request ends here
 */
function refused(stage, refusal, req, res, context) {
  const blocked = stage.settings.mode !== 'report';
  tell(refusal, context, blocked);
  if (blocked) sendRefusal(req, res, refusal, context.requestId);
  return blocked;
}

module.exports = { runStages };
