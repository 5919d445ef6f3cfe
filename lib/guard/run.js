'use strict';

const { sendRefusal } = require('../internal/problem');
const { publishAllowed } = require('../internal/events');
const { tell } = require('../internal/stage');
const { ALLOWED, BLOCKED, REPORTED, counts } = require('../internal/tally');
const { lap } = require('../monitor/laps');

/**
 * Runs the stages of a plan, from one on, in one Express layer. Nothing is awaited and no promise is
 * made unless a stage returns one.
 *
 * @param {import('./plan').Plan} plan
 * @param {number} from
 * @param {any} req
 * @param {any} res
 * @param {import('../internal/context').Context} context
 * @param {(error?: unknown) => void} next
 * @returns {void}
 */
function runStages(plan, from, req, res, context, next) {
  const stages = plan.run;
  for (let i = from; i < stages.length; i += 1) {
    const stage = stages[i];
    let result;
    try {
      result = /** @type {Function} */ (stage.run)(req, res, context);
    } catch (error) {
      return next(error);
    }
    if (result === undefined) {
      const slot = plan.allowed[i];
      if (slot >= 0) passed(slot, stage, context);
      continue;
    }
    if (result instanceof Promise) return goOnLater(result, plan, i, req, res, context, next);
    if (refused(plan, i, result, req, res, context)) return undefined;
  }
  return next();
}

/**
 * @param {Promise<void | import('../internal/refusal').Refusal>} pending what stage `at` returned
 * @param {import('./plan').Plan} plan
 * @param {number} at
 * @param {any} req
 * @param {any} res
 * @param {import('../internal/context').Context} context
 * @param {(error?: unknown) => void} next
 */
function goOnLater(pending, plan, at, req, res, context, next) {
  pending.then(
    (result) => {
      if (result === undefined) {
        if (plan.allowed[at] >= 0) passed(plan.allowed[at], plan.run[at], context);
      } else if (refused(plan, at, result, req, res, context)) return;
      // What a handler throws synchronously on Express 4 is caught by its own layer, not by this promise.
      runStages(plan, at + 1, req, res, context, next);
    },
    (error) => next(error),
  );
}

/**
 * Counts that a practice let the request go on.
 *
 * @param {number} slot
 * @param {import('../internal/stage').Stage} stage
 * @param {import('../internal/context').Context} context
 */
function passed(slot, stage, context) {
  counts[slot + ALLOWED] += 1;
  if (context.lapAt !== 0) lap(slot, context);
  publishAllowed(stage.practice, context);
}

/**
 * Tells a refusal and, unless the practice is in dry run, answers with it.
 *
 * @param {import('./plan').Plan} plan
 * @param {number} at
 * @param {import('../internal/refusal').Refusal} refusal
 * @param {any} req
 * @param {any} res
 * @param {import('../internal/context').Context} context
 * @returns {boolean} whether the request ends here
 */
function refused(plan, at, refusal, req, res, context) {
  const blocked = plan.run[at].settings.mode !== 'report';
  counts[plan.slots[at] + (blocked ? BLOCKED : REPORTED)] += 1;
  if (context.lapAt !== 0) lap(plan.slots[at], context);
  tell(refusal, context, blocked);
  if (blocked) sendRefusal(req, res, refusal, context.requestId);
  return blocked;
}

module.exports = { runStages };
