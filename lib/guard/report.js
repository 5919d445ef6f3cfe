'use strict';

const { NAMES, OPTIONAL } = require('./plan');

/**
 * What the guard does, as data: which practices are on, in dry run or off, and what is unsafe or worth
 * knowing, with the fix.
 *
 * @param {any} state of lib/guard/index.js
 */
function describe(state) {
  /** @type {any[]} */
  const findings = [];
  if (!state.keys.lasting) {
    findings.push({
      practice: 'guard',
      level: 'note',
      what: 'there is no secret: keys live as long as this process and are not shared with another one',
      fix: 'set HAUBERK_SECRET to at least 32 random bytes',
    });
  }
  return {
    mode: state.settings.mode,
    closed: state.closed,
    practices: { ...practicesOf(state.base, 'guard', findings), errors: errorsOf(state.settings, findings) },
    routes: state.routes.rules.map((/** @type {any} */ rule) => ({
      method: rule.method ?? '*',
      path: rule.path === '' ? '/' : rule.path,
      practices: practicesOf(rule.plan, `${rule.method ?? '*'} ${rule.path}`, findings, state.base),
    })),
    findings,
  };
}

/**
 * `guard.errors` stands behind the routes, not in the plan.
 *
 * @param {any} settings
 * @param {any[]} findings
 * @returns {'on' | 'report' | 'off'}
 */
function errorsOf({ errors, mode }, findings) {
  if (errors === false) {
    findings.push(off('errors', 'guard'));
    return 'off';
  }
  return (errors.mode ?? mode) === 'report' ? 'report' : 'on';
}

/** @param {string} practice @param {string} where */
function off(practice, where) {
  return { practice, level: 'unsafe', where, what: `${practice} is off`, fix: `remove ${practice}: false` };
}

/**
 * @param {any} plan
 * @param {string} where
 * @param {any[]} findings gets what the stages have to say
 * @param {any} [inherited] the plan whose stages have spoken already
 */
function practicesOf(plan, where, findings, inherited) {
  /** @type {Record<string, 'on' | 'report' | 'off'>} */
  const states = {};
  for (const name of NAMES) {
    const stage = plan.stages[name];
    states[name] =
      stage === undefined || stage.idle ? 'off' : stage.settings.mode === 'report' ? 'report' : 'on';
    if (inherited !== undefined && stage === inherited.stages[name]) continue;
    if (stage === undefined && name !== 'requestId' && !OPTIONAL.includes(name))
      findings.push(off(name, where));
    for (const finding of stage?.report?.() ?? []) findings.push({ practice: name, where, ...finding });
  }
  return states;
}

module.exports = { describe };
