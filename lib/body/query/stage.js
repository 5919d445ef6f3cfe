'use strict';

const native = require('../../internal/native');
const { refusal } = require('../../internal/refusal');
const { tell } = require('../../internal/stage');
const { parseForm, pointerAt } = require('../form');
const { parseQuery } = require('../options');
const { QUERY, RULES, bits, eventOf } = require('../rules');
const { single } = require('./view');

/**
 * Query strings. A request without `?` costs one search of its URL. Otherwise:
 *
 * 1. The native core judges the raw text: escapes, UTF-8, number, names, depth.
 * 2. The app's own query parser parses it (on Express 5 `req.query` is a getter that parses each time).
 * 3. `single` leaves one value for each parameter that is not in `arrays`: the last one. Arrays come from
 *    `a=1&a=2`, `a[]=1` and `a[0]=1` alike, so a handler that expects text gets text.
 * 4. The view becomes an own property of the request; `originalQuery(req)` still gives what was parsed.
 *
 * @typedef {import('../../internal/refusal').Refusal} Refusal
 * @typedef {import('../../internal/context').Context} Context
 */

const ORIGINAL = Symbol('hauberk.query');
const NO_LIMIT = 0xffff_ffff;

class QueryStage {
  /**
   * @param {Readonly<import('../index').QuerySettings>} settings
   * @param {{ mode?: 'enforce' | 'report' }} [shared]
   */
  constructor(settings, shared) {
    this.practice = 'body';
    this.dryRun = (settings.mode ?? shared?.mode) === 'report';
    this.settings = Object.freeze({ ...settings, mode: this.dryRun ? 'report' : 'enforce' });
    const { prototypeKeys, operatorKeys, parameters, depth, keyBytes } = settings;
    const { refuse, report } = bits({ prototypeKeys, operatorKeys }, this.dryRun);
    this.limits = native.body.register(depth, parameters, keyBytes, NO_LIMIT, refuse, report);
    this.arrays = new Set(settings.arrays);
    this.run = this.run.bind(this);
  }

  /**
   * @param {any} req
   * @param {any} _res
   * @param {Context} context
   * @returns {void | Refusal}
   */
  run(req, _res, context) {
    const at = req.url.indexOf('?');
    if (at < 0) return undefined;
    const text = req.url.slice(at + 1);
    const verdict = native.body.scanQuery(text, this.limits);
    if (verdict !== 0) {
      const refused = this.judge(verdict, text, context);
      if (refused) return refused;
    }
    const parsed = req.query ?? parseForm(text, { arrays: [], duplicate: () => false });
    if (this.settings.duplicates === 'array') return define(req, parsed, parsed);
    const { view, removed } = single(parsed, this.arrays);
    if (removed !== undefined && this.settings.duplicates === 'refuse') {
      const refused = offence('duplicateKeys', removed);
      if (!this.dryRun) return refused;
      tell(refused, context, false);
    }
    // Dry run changes nothing, so neither the view.
    define(req, this.dryRun ? parsed : view, parsed);
    return undefined;
  }

  /** @param {number} verdict @param {string} text @param {Context} context @returns {Refusal | undefined} */
  judge(verdict, text, context) {
    if (verdict & 0x400) {
      const found = native.body.reported();
      for (let i = 0; i < found.length; i += 2) {
        tell(offence(RULES[found[i] - 1], pointerAt(text, found[i + 1])), context, false);
      }
    }
    const rule = verdict & 0xff;
    if (rule === 0) return undefined;
    return offence(RULES[rule - 1], pointerAt(text, Math.floor(verdict / 0x10000)));
  }
}

/** @param {any} req @param {unknown} view @param {unknown} parsed */
function define(req, view, parsed) {
  Object.defineProperty(req, 'query', { configurable: true, enumerable: true, writable: true, value: view });
  if (view !== parsed) req[ORIGINAL] = parsed;
}

/**
 * What the app's own parser made of the query string, before duplicates were taken out.
 *
 * @param {any} req
 * @returns {any}
 */
function originalQuery(req) {
  return req[ORIGINAL] ?? req.query;
}

/** @param {string} rule @param {string} pointer @returns {Refusal} */
function offence(rule, pointer) {
  const [code, detail] = QUERY[/** @type {keyof typeof QUERY} */ (rule)];
  return refusal('body', code, detail, { event: eventOf(rule), members: { pointer } });
}

/**
 * @param {Readonly<import('../index').QuerySettings>} settings from `parse`
 * @param {{ mode?: 'enforce' | 'report' }} [shared] only `mode` is used
 * @returns {import('../../internal/stage').Stage}
 */
function create(settings, shared) {
  return new QueryStage(settings, shared);
}

exports.parse = parseQuery;
exports.create = create;
exports.originalQuery = originalQuery;
