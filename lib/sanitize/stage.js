'use strict';

const { refusal } = require('../internal/refusal');
const { tell } = require('../internal/stage');
const { parse } = require('./fields');

/**
 * Sanitizes named fields of a request that was already parsed.
 *
 * 1. A field that is absent or null stays so.
 * 2. A string becomes its clean form; the raw one stays reachable by `sanitize.raw(req)`.
 * 3. Anything else in a named field is refused (422): an array or object there would reach a template
 *    or a database unsanitized. So is a string longer than the policy's `maxLength`.
 * 4. Nothing is changed before every field was found fit.
 * 5. In dry run nothing is changed; each field that would be is told as an event.
 */

/** @type {WeakMap<object, Readonly<Record<string, string>>>} */
const raws = new WeakMap();

/**
 * @param {import('./fields').Settings} settings
 * @param {{ mode?: 'enforce' | 'report' }} [shared] `mode` of the guard
 * @returns {import('../internal/stage').Stage}
 */
function create(settings, shared = {}) {
  const dryRun = (settings.mode ?? shared.mode) === 'report';
  return {
    practice: 'sanitize',
    settings,
    run(req, _res, context) {
      /** @type {Found[]} */
      const found = [];
      for (const place of /** @type {const} */ (['body', 'query'])) {
        if (settings[place].length === 0) continue;
        const wrong = findAll(req[place], place, settings[place], found);
        if (wrong !== undefined) return wrong;
      }
      if (dryRun) return tellChanges(found, context);
      apply(req, found);
      // On Express 5 `req.query` is a getter that parses anew each time.
      if (settings.query.length > 0) Object.defineProperty(req, 'query', queryProperty(found, req.query));
      return undefined;
    },
  };
}

/**
 * @typedef {{ place: string, root: any, owner: any, key: string, at: string, policy: import('./policy').Policy }} Found
 */

/**
 * @param {any} root
 * @param {string} place
 * @param {readonly import('./fields').Field[]} fields
 * @param {Found[]} found gets what is to be sanitized
 * @returns {import('../internal/refusal').Refusal | undefined}
 */
function findAll(root, place, fields, found) {
  for (const field of fields) {
    const wrong = find(root, field.steps, 0, place, { place, root, policy: field.policy }, found);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/**
 * @param {any} owner
 * @param {readonly string[]} steps
 * @param {number} i
 * @param {string} at the path so far
 * @param {{ place: string, root: any, policy: import('./policy').Policy }} what
 * @param {Found[]} found
 * @returns {import('../internal/refusal').Refusal | undefined}
 */
function find(owner, steps, i, at, what, found) {
  if (owner === undefined || owner === null) return undefined;
  // A string or a number where the path goes on holds no named field.
  if (typeof owner !== 'object') return i === 0 ? undefined : unfit(at, 'must be an object or an array');
  const keys = steps[i] === '*' ? Object.keys(owner) : Object.hasOwn(owner, steps[i]) ? [steps[i]] : [];
  for (const key of keys) {
    const path = `${at}.${key}`;
    const wrong =
      i + 1 < steps.length
        ? find(owner[key], steps, i + 1, path, what, found)
        : findLeaf(owner, key, path, what, found);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/**
 * @param {any} owner
 * @param {string} key
 * @param {string} at
 * @param {{ place: string, root: any, policy: import('./policy').Policy }} what
 * @param {Found[]} found
 */
function findLeaf(owner, key, at, what, found) {
  const value = owner[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') return unfit(at, 'must be a string');
  if (what.policy.refuses(value) !== undefined) return unfit(at, 'is too long');
  found.push({ ...what, owner, key, at });
  return undefined;
}

/**
 * @param {string} at
 * @param {string} what
 */
function unfit(at, what) {
  const [place, ...names] = at.split('.');
  // RFC 6901: the pointer names the field within the body or the query.
  const pointer = names.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return refusal('sanitize', 'ERR_HAUBERK_SANITIZE_INPUT', `A field of the ${place} ${what}.`, {
    status: 422,
    members: { pointer: pointer.slice(0, 512) },
  });
}

/**
 * @param {any} req
 * @param {Found[]} found
 */
function apply(req, found) {
  const raw = Object.assign(Object.create(null), raws.get(req));
  for (const { owner, key, at, policy } of found) {
    const dirty = owner[key];
    const clean = policy.html(dirty);
    if (!(at in raw)) raw[at] = dirty;
    if (clean !== dirty) {
      Object.defineProperty(owner, key, {
        value: clean,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
  }
  raws.set(req, Object.freeze(raw));
}

/**
 * @param {Found[]} found
 * @param {unknown} current what the getter gives where no field was found
 * @returns {PropertyDescriptor}
 */
function queryProperty(found, current) {
  const value = found.find((one) => one.place === 'query')?.root ?? current;
  return { value, writable: true, enumerable: true, configurable: true };
}

/**
 * @param {Found[]} found
 * @param {import('../internal/context').Context} context
 */
function tellChanges(found, context) {
  for (const { owner, key, at, policy } of found) {
    if (policy.html(owner[key]) === owner[key]) continue;
    const [place] = at.split('.', 1);
    tell(
      refusal('sanitize', 'ERR_HAUBERK_SANITIZE_INPUT', `A field of the ${place} would be changed.`),
      context,
      false,
    );
  }
}

/**
 * The fields as the client sent them, by path: `{ 'body.bio': '...' }`.
 *
 * @param {object} req
 * @returns {Readonly<Record<string, string>>} empty where nothing was sanitized
 */
function raw(req) {
  return raws.get(req) ?? Object.freeze(Object.create(null));
}

module.exports = { parse, create, raw };
