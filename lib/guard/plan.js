'use strict';

const { isPlainObject, invalid, closest } = require('../internal/options');
const { HauberkError, show } = require('../internal/fault');
const { NOBODY, slotOf } = require('../internal/tally');

/**
 * The practices on the request path, in their order (ARCHITECTURE.md, "Life of a request"). This table is
 * the one place that composes them.
 *
 * @typedef {object} Practice
 * @property {string} name the key in the guard's options
 * @property {() => StageFile} stage loads its file: what is switched off is never read
 * @property {boolean} decides whether it can refuse, so that dry run (`mode`) means something
 * @property {boolean} [optional] off unless asked for
 * @property {string} [list] the option that an array in place of the options is
 *
 * @typedef {object} StageFile
 * @property {(input: any) => any} parse
 * @property {(settings: any, shared: any) => import('../internal/stage').Stage} create
 */
const PRACTICES = Object.freeze(
  /** @type {Practice[]} */ ([
    // First, so that it sees how long everything took, and what the others refuse.
    { name: 'monitor', decides: false, stage: () => require('../monitor/stage') },
    { name: 'privileges', decides: true, stage: () => require('../privileges/stage') },
    { name: 'client', decides: false, stage: () => require('../client/stage') },
    { name: 'requestId', decides: false, stage: () => require('./request-id') },
    { name: 'bans', decides: true, optional: true, stage: () => require('../ratelimit/bans-stage') },
    { name: 'headers', decides: true, stage: () => require('../headers/stage') },
    { name: 'https', decides: true, stage: () => require('../https/stage') },
    { name: 'ratelimit', decides: true, list: 'policies', stage: () => require('../ratelimit/stage') },
    { name: 'cookies', decides: true, stage: () => require('../cookies/stage') },
    { name: 'csrf', decides: true, stage: () => require('../csrf/stage') },
    { name: 'body', decides: true, stage: () => require('../body/stage') },
    { name: 'query', decides: true, stage: () => require('../body/query/stage') },
  ]),
);

const NAMES = PRACTICES.map(({ name }) => name);

/** Those whose absence is nothing to tell. */
const OPTIONAL = PRACTICES.filter(({ optional }) => optional).map(({ name }) => name);

/**
 * What one kind of request goes through: compiled once, at construction.
 *
 * @typedef {object} Plan
 * @property {Record<string, import('../internal/stage').Stage | undefined>} stages by name; undefined where off
 * @property {import('../internal/stage').Stage[]} run those that look at the request, in order
 * @property {number[]} slots of `run`: where the decisions of each are counted
 * @property {number[]} allowed the same for requests that go on; -1 where that is no decision, or not yet
 * @property {import('../internal/context').HeadStep[]} head those that act when the head is written
 */

/**
 * @param {string} path what the messages call the object, such as `hauberk`
 * @param {Record<string, unknown>} given options or overrides, by practice
 * @param {string[]} others further names that are allowed here
 */
function checkNames(path, given, others) {
  const known = [...NAMES, ...others];
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const near = closest(name, known);
    throw new HauberkError(
      'ERR_HAUBERK_OPTION_UNKNOWN',
      `${path} has no option ${show(name)}; ${near ? `did you mean ${near}?` : `known options: ${known.join(', ')}`}`,
    );
  }
}

/**
 * The options of each practice after overrides: `false` switches off, an object is laid over what the
 * guard has, `true` takes the defaults.
 *
 * @param {Record<string, any>} base
 * @param {Record<string, any>} overrides
 */
function layOver(base, overrides) {
  /** @type {Record<string, any>} */
  const merged = {};
  for (const { name, optional, list } of PRACTICES) {
    const own = base[name];
    const over = overrides[name];
    if (over === undefined) merged[name] = own ?? (optional ? false : undefined);
    else if (over === false) merged[name] = false;
    else if (over === true) merged[name] = isPlainObject(own) ? own : {};
    else if (list !== undefined && Array.isArray(over)) merged[name] = { [list]: over };
    else if (isPlainObject(over)) merged[name] = { ...(isPlainObject(own) ? own : {}), ...over };
    else throw invalid(name, 'an options object, true or false', over);
  }
  return merged;
}

/**
 * What the guard's own options say to a practice that does not say otherwise.
 *
 * @param {string} name
 * @param {boolean} decides
 * @param {any} shared
 */
function fromGuard(name, decides, { mode, preset }) {
  return {
    ...(decides && { mode }),
    ...(name === 'headers' && preset !== undefined && { preset }),
  };
}

/**
 * @param {StageFile} file
 * @param {string} name
 * @param {boolean} decides
 * @param {any} options
 * @param {any} shared
 */
function made({ parse, create }, name, decides, options, shared) {
  return create(parse({ ...fromGuard(name, decides, shared), ...options }), shared);
}

/**
 * @param {Record<string, any>} merged options by practice
 * @param {Record<string, any>} overrides which of them differ from `inherit`
 * @param {any} shared what stages may use: see lib/guard/index.js
 * @param {Plan} [inherit] the guard's own plan: what a route does not override is its very stage, with its state
 * @returns {Plan}
 */
function compile(merged, overrides, shared, inherit) {
  /** @type {Plan} */
  const plan = { stages: {}, run: [], slots: [], allowed: [], head: [] };
  /** @type {import('../internal/stage').Stage[]} */
  const later = [];
  for (const { name, decides, stage: load } of PRACTICES) {
    let stage = inherit?.stages[name];
    if (inherit === undefined || overrides[name] !== undefined) {
      stage = merged[name] === false ? undefined : made(load(), name, decides, merged[name], shared);
    }
    plan.stages[name] = stage;
    if (stage?.run) add(plan, stage, decides ? name : NOBODY, decides && stage.later === undefined);
    if (stage?.head) plan.head.push(stage.head);
    if (stage?.later) later.push(stage);
    for (const { practice, settings, later: step } of later) {
      if (step?.behind === name) add(plan, { practice, settings, run: step.run }, practice, true);
    }
  }
  return plan;
}

/**
 * @param {Plan} plan
 * @param {import('../internal/stage').Stage} stage
 * @param {string} name what its decisions are counted under
 * @param {boolean} decides whether letting a request go on is its decision
 */
function add(plan, stage, name, decides) {
  const slot = slotOf(name);
  plan.run.push(stage);
  plan.slots.push(slot);
  plan.allowed.push(decides ? slot : -1);
}

module.exports = { NAMES, OPTIONAL, checkNames, layOver, compile };
