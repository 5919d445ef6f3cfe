'use strict';

const { contextOf } = require('./context');
const { publish, publishAllowed } = require('./events');
const { onHead } = require('./head');
const { sendRefusal } = require('./problem');
const { ALLOWED, BLOCKED, REPORTED, counts, slotOf } = require('./tally');

/**
 * A practice on the request path. The guard runs many of them in one Express layer; alone, one becomes
 * a middleware by `middleware` below. The rules are the same in both:
 *
 * 1. `run` returns nothing to let the request go on, a Refusal to turn it down, or a promise of either.
 *    It never throws for what a client sent.
 * 2. `head` acts when the head of the response is written.
 * 3. In dry run (`settings.mode === 'report'`) a returned Refusal is told, not carried out.
 *
 * @typedef {import('./refusal').Refusal} Refusal
 * @typedef {object} Stage
 * @property {string} practice
 * @property {{ readonly mode?: 'enforce' | 'report', readonly [name: string]: any }} settings
 * @property {(req: any, res: any, context: import('./context').Context) => void | Refusal | Promise<void | Refusal>} [run]
 * @property {import('./context').HeadStep} [head]
 * @property {{ behind: string, run: NonNullable<Stage['run']> }} [later] a second step, behind the practice `behind` of the
 *   same plan; alone there is none
 * @property {boolean} [idle] whether it does nothing for want of an option; `report` then says which
 * @property {() => Finding[]} [report] what the operator should know about this configuration
 * @property {() => void} [close] stops timers and gives memory back
 *
 * @typedef {object} Finding
 * @property {'unsafe' | 'note'} level
 * @property {string} what
 * @property {string} fix
 */

/**
 * Tells a refusal as an event.
 *
 * @param {Refusal} refusal
 * @param {import('./context').Context} context
 * @param {boolean} blocked
 */
function tell(refusal, context, blocked) {
  if (blocked) context.refused = refusal.code;
  publish(
    {
      event: refusal.event,
      practice: refusal.practice,
      code: refusal.code,
      blocked,
      detail: refusal.detail,
      requestId: context.requestId,
      client: context.client?.masked,
      time: Date.now(),
    },
    context.client,
    refusal.members,
  );
}

/**
 * One stage as a middleware of its own.
 *
 * @param {Stage} stage
 * @returns {(req: any, res: any, next: (error?: unknown) => void) => void}
 */
function middleware(stage) {
  const dryRun = stage.settings.mode === 'report';
  const slot = slotOf(stage.practice);
  return function hauberkPractice(req, res, next) {
    const context = contextOf(req);
    if (stage.head) onHead(req, res, stage.head);
    const end = (/** @type {void | Refusal} */ refusal) => {
      if (refusal === undefined) {
        counts[slot + ALLOWED] += 1;
        publishAllowed(stage.practice, context);
        return next();
      }
      counts[slot + (dryRun ? REPORTED : BLOCKED)] += 1;
      tell(refusal, context, !dryRun);
      if (dryRun) return next();
      return sendRefusal(req, res, refusal, context.requestId);
    };
    try {
      const result = stage.run?.(req, res, context);
      if (result instanceof Promise) result.then(end).catch(next);
      else end(result);
    } catch (error) {
      next(error);
    }
  };
}

module.exports = { middleware, tell };
