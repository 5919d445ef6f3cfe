'use strict';

const { LOCATIONS } = require('./options');
const { JsonPart } = require('./parts/json');
const { RulesPart, isRules } = require('./parts/rules');
const { StandardPart, isStandard } = require('./parts/standard');
const { place } = require('./place');
const { refuse } = require('./problems');

/**
 * One part of a request with its judge.
 *
 * @typedef {object} Part
 * @property {string} location
 * @property {(req: any, context: import('../internal/context').Context) => Verdict | Promise<Verdict>} judge
 *
 * @typedef {{ problems: import('./problems').Problem[] } | { value: unknown }} Verdict
 */

/** Parts whose validated value replaces what handlers read. */
const REPLACED = new Set(['body', 'query', 'params']);

class ValidateStage {
  /** @param {any} settings */
  constructor(settings) {
    this.practice = 'validate';
    this.settings = settings;
    /** @type {Part[]} */
    this.parts = LOCATIONS.filter((location) => settings[location] !== undefined).map((location) =>
      partOf(location, settings[location], settings),
    );
    this.run = this.run.bind(this);
  }

  /**
   * @param {any} req
   * @param {any} _res
   * @param {import('../internal/context').Context} context
   */
  run(req, _res, context) {
    const verdicts = new Array(this.parts.length);
    let later = false;
    for (let i = 0; i < this.parts.length; i += 1) {
      verdicts[i] = this.parts[i].judge(req, context);
      later ||= verdicts[i] instanceof Promise;
    }
    if (later) return Promise.all(verdicts).then((all) => this.end(req, context, all));
    return this.end(req, context, verdicts);
  }

  /**
   * Nothing is replaced unless everything is valid.
   *
   * @param {any} req
   * @param {import('../internal/context').Context} context
   * @param {any[]} verdicts
   */
  end(req, context, verdicts) {
    const problems = verdicts.flatMap((verdict) => verdict.problems ?? []);
    if (problems.length > 0) return refuse(problems, this.settings.maxErrors);
    for (let i = 0; i < verdicts.length; i += 1) {
      const { location } = this.parts[i];
      const { value } = verdicts[i];
      context.validated = context.validated ?? {};
      context.validated[location] = value;
      if (REPLACED.has(location) && value !== req[location]) place(req, location, value);
    }
    return undefined;
  }
}

/**
 * @param {string} location
 * @param {any} schema
 * @param {any} settings
 * @returns {Part}
 */
function partOf(location, schema, settings) {
  if (isStandard(schema)) return new StandardPart(location, schema);
  if (isRules(schema)) return new RulesPart(location, schema);
  return new JsonPart(location, schema, settings);
}

/**
 * @param {any} settings from `parse`
 * @param {{ mode?: 'enforce' | 'report' }} [shared]
 * @returns {import('../internal/stage').Stage}
 */
function create(settings, shared) {
  const mode = settings.mode ?? shared?.mode ?? 'enforce';
  return new ValidateStage(Object.freeze({ ...settings, mode }));
}

module.exports = { parse: require('./options').parse, create };
