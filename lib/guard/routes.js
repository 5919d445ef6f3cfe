'use strict';

const { HauberkError, show } = require('../internal/fault');

/**
 * The route table: which overrides hold for a request, found before the first stage runs.
 *
 * 1. A rule is a fixed path, with or without a method: `/upload`, `POST /upload`.
 * 2. It matches as `app.use(path)` does: the path itself and what stands below it, at a segment
 *    boundary, nothing decoded or normalized, case ignored unless the app sets `case sensitive routing`.
 * 3. A rule for GET holds for HEAD too, as Express's own routes do.
 * 4. The longest path wins; of two equal paths the one that names a method.
 * 5. Only the winner's overrides hold, on top of the guard's own options.
 *
 * @typedef {object} Rule
 * @property {string | undefined} method upper case; undefined for every method
 * @property {string} path without a trailing slash; '' is every path
 * @property {string} folded the path in lower case
 * @property {any} plan what the rule compiles to
 */

const METHOD = /^[A-Z][A-Z-]{0,31}$/;
const FIXED_PATH = /^\/[\w.~!$&',;=@%/-]*$/;

/**
 * @param {string} text `POST /upload` or `/upload`
 * @returns {{ method: string | undefined, path: string }}
 */
function parseRule(text) {
  const parts = typeof text === 'string' ? text.split(' ') : [];
  const path = parts.at(-1) ?? '';
  const method = parts.length === 2 ? parts[0] : undefined;
  if (parts.length < 1 || parts.length > 2 || !FIXED_PATH.test(path) || (method && !METHOD.test(method))) {
    throw new HauberkError(
      'ERR_HAUBERK_OPTION_INVALID',
      `a route is a fixed path, optionally after a method in capitals, such as "POST /upload"; got ${show(text)}. ` +
        'Patterns (:id, *) are not supported: give the fixed part in front of them',
    );
  }
  return { method, path: path.replace(/\/+$/, '') };
}

class Routes {
  constructor() {
    /** @type {Rule[]} the longest first, a rule with a method before one without */
    this.rules = [];
  }

  /**
   * @param {string} text
   * @param {any} plan
   */
  add(text, plan) {
    const { method, path } = parseRule(text);
    const folded = path.toLowerCase();
    if (this.rules.some((rule) => rule.method === method && rule.path === path)) {
      throw new HauberkError('ERR_HAUBERK_OPTION_INVALID', `the route ${show(text)} is given twice`);
    }
    this.rules.push({ method, path, folded, plan });
    this.rules.sort(
      (a, b) =>
        b.path.length - a.path.length || Number(b.method !== undefined) - Number(a.method !== undefined),
    );
  }

  /**
   * @param {string} method
   * @param {string} path the request's path, relative to where the guard is mounted
   * @param {boolean} caseSensitive
   * @returns {any} the winner's plan, or undefined
   */
  find(method, path, caseSensitive) {
    const subject = caseSensitive ? path : path.toLowerCase();
    for (const rule of this.rules) {
      const prefix = caseSensitive ? rule.path : rule.folded;
      if (!subject.startsWith(prefix)) continue;
      if (subject.length > prefix.length && subject.charCodeAt(prefix.length) !== 47) continue;
      if (rule.method === undefined || rule.method === method) return rule.plan;
      if (rule.method === 'GET' && method === 'HEAD') return rule.plan;
    }
    return undefined;
  }
}

module.exports = { Routes };
