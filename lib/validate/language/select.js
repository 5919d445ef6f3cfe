'use strict';

const { get, has, pathOf, toPath } = require('./paths');

/**
 * Which values of a request a chain is about.
 *
 * @typedef {object} Field a field as written, compiled once
 * @property {string} text
 * @property {string[]} segments
 * @property {string[]} lower for `headers`, whose names Node.js writes in lower case
 * @property {boolean} plain no wildcard, so that it is about exactly one value
 * @property {string} path
 * @property {string} lowerPath
 *
 * @typedef {object} Instance
 * @property {string} location
 * @property {string} path
 * @property {string[]} segments
 * @property {string} originalPath
 * @property {readonly (string | string[])[]} pathValues
 * @property {any} value
 */

/** Values that wildcards of one chain select at most: a client decides how many there are. */
const MAX_INSTANCES = 100_000;

/** Objects and arrays inside each other that a globstar follows. */
const MAX_DEPTH = 200;

/** @param {unknown} text @returns {Field} */
function compileField(text) {
  const field = String(text);
  const segments = toPath(field);
  const lower = toPath(field.toLowerCase());
  const plain = !segments.includes('*') && !segments.includes('**');
  const bare = (/** @type {string[]} */ list) => list.map((one) => (one === '\\*' ? '*' : one));
  return {
    text: field,
    segments: plain ? bare(segments) : segments,
    lower: plain ? bare(lower) : lower,
    plain,
    path: pathOf(segments),
    lowerPath: pathOf(lower),
  };
}

const NONE = Object.freeze(/** @type {string[]} */ ([]));

/**
 * @param {any} req
 * @param {Field[]} fields
 * @param {readonly string[]} locations
 * @param {(location: string, path: string) => void} overflow told where values were left out; they must not pass
 * @returns {Instance[]}
 */
function select(req, fields, locations, overflow) {
  /** @type {Instance[]} */
  const found = [];
  for (const field of fields) {
    for (const location of locations) {
      const lower = location === 'headers';
      const segments = lower ? field.lower : field.segments;
      if (field.plain) {
        const value = get(req[location], segments);
        const path = lower ? field.lowerPath : field.path;
        found.push({ location, path, segments, originalPath: field.text, pathValues: NONE, value });
      } else {
        expand(req[location], segments, 0, [], [], (at, pathValues) => {
          if (found.length >= MAX_INSTANCES || at.length > MAX_DEPTH) {
            overflow(location, field.text);
            return;
          }
          const path = pathOf(at);
          const value = get(req[location], at);
          found.push({ location, path, segments: at, originalPath: field.text, pathValues, value });
        });
      }
    }
  }
  return found.length > 1 ? distinct(found) : found;
}

/** @param {Instance[]} instances */
function distinct(instances) {
  const seen = new Set();
  return instances.filter(({ location, path }) => {
    const key = `${location}:${path}`;
    return !seen.has(key) && seen.add(key);
  });
}

/**
 * @param {any} object
 * @param {readonly string[]} segments
 * @param {number} from
 * @param {string[]} path so far
 * @param {(string | string[])[]} values of wildcards so far
 * @param {(path: string[], values: (string | string[])[]) => void} emit
 * @returns {void}
 */
function expand(object, segments, from, path, values, emit) {
  if (from === segments.length) return emit(path, values);
  const key = segments[from];
  if (object !== null && object !== undefined && typeof object !== 'object') {
    // A leaf below a globstar is selected; a path that goes on below a leaf is about a missing value.
    if (key === '**') return from + 1 === segments.length ? emit(path, values) : undefined;
    if (key === '*') return undefined;
    return emit([...path, ...segments.slice(from)], values);
  }
  const here = object ?? {};
  if (key === '*') {
    for (const name of Object.keys(here)) {
      expand(here[name], segments, from + 1, [...path, name], [...values, name], emit);
    }
    return undefined;
  }
  if (key === '**') return globstar(here, segments, from, path, values, emit);
  const name = key === '\\*' ? '*' : key;
  return expand(has(here, name) ? here[name] : undefined, segments, from + 1, [...path, name], values, emit);
}

/** @type {(here: any, segments: readonly string[], from: number, path: string[], values: (string | string[])[], emit: (path: string[], values: (string | string[])[]) => void) => void} */
function globstar(here, segments, from, path, values, emit) {
  // The path is too long, so this tells of the overflow.
  if (path.length > MAX_DEPTH) return emit(path, values);
  for (const name of Object.keys(here)) {
    const next = [...path, name];
    const seen = new Set();
    const once = (/** @type {string[]} */ at, /** @type {(string | string[])[]} */ inner) => {
      const key = pathOf(at);
      if (seen.has(key)) return;
      seen.add(key);
      emit(at, inner.length > 0 ? [...values, inner.flat()] : values);
    };
    expand(here[name], segments, from, next, [name], once);
    if (segments[from + 1] === name) expand(here[name], segments, from + 2, next, [], once);
  }
  return undefined;
}

module.exports = { compileField, select };
