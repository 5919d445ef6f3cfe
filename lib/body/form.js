'use strict';

/**
 * Puts urlencoded parameters together, once the native core has judged them.
 *
 * 1. `a=1` gives `{ a: '1' }`; `a[b]=1` gives `{ a: { b: '1' } }`; `a[]=1&a[]=2` gives `{ a: ['1', '2'] }`.
 * 2. `a[0]=x&a[1]=y` gives an array where the indices are exactly 0, 1, 2 and so on, else an object.
 * 3. A name whose brackets do not match is taken as it stands: `a[b` gives `{ 'a[b': ... }`.
 * 4. Results are plain objects; a name `__proto__` (only where its rule is not `refuse`) is left out.
 * 5. A name that comes twice, or once as a value and once as a parent, is for `duplicate` to decide.
 *
 * @typedef {Map<string, any>} Node strings, arrays of strings, nodes
 * @typedef {object} FormRules
 * @property {readonly string[]} arrays names that may come more than once
 * @property {(name: string) => boolean} duplicate true ends it
 */

/**
 * @param {string} text
 * @param {FormRules} rules
 * @returns {Record<string, unknown> | undefined} undefined when `duplicate` ended it
 */
function parseForm(text, rules) {
  /** @type {Node} */
  const root = new Map();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const split = pair.indexOf('=');
    const name = decode(split < 0 ? pair : pair.slice(0, split));
    const value = split < 0 ? '' : decode(pair.slice(split + 1));
    if (!put(root, pathOf(name), value, name, rules)) return undefined;
  }
  return /** @type {Record<string, unknown>} */ (toObject(root));
}

/** @param {string} part */
function decode(part) {
  const spaced = part.includes('+') ? part.replaceAll('+', ' ') : part;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    // Only in dry run: the core refuses escapes that do not decode.
    return spaced;
  }
}

/**
 * @param {string} name decoded
 * @returns {string[]} `a[b][]` gives `['a', 'b', '']`
 */
function pathOf(name) {
  const open = name.indexOf('[');
  if (open <= 0 || name.indexOf(']') < open) return [name];
  const path = [name.slice(0, open)];
  for (let at = open; at < name.length;) {
    const close = name.indexOf(']', at);
    const inner = close < 0 ? '[' : name.slice(at + 1, close);
    if (name[at] !== '[' || inner.includes('[')) return [name];
    path.push(inner);
    at = close + 1;
  }
  return path;
}

/**
 * @param {Node} root
 * @param {string[]} path
 * @param {string} value
 * @param {string} name
 * @param {FormRules} rules
 * @returns {boolean} false when it must end
 */
function put(root, path, value, name, rules) {
  let node = root;
  for (let i = 0; i < path.length - 1; i += 1) {
    const key = path[i] === '' ? String(node.size) : path[i];
    let next = node.get(key);
    if (!(next instanceof Map)) {
      if (next !== undefined && rules.duplicate(name)) return false;
      next = new Map();
      node.set(key, next);
    }
    node = next;
  }
  const leaf = path[path.length - 1];
  const key = leaf === '' && path.length > 1 ? String(node.size) : leaf;
  const before = node.get(key);
  if (before === undefined) {
    node.set(key, value);
    return true;
  }
  if (!rules.arrays.includes(name) && rules.duplicate(name)) return false;
  if (before instanceof Map) node.set(key, value);
  else if (Array.isArray(before)) before.push(value);
  else node.set(key, [before, value]);
  return true;
}

/**
 * @param {any} node
 * @param {boolean} [nested]
 * @returns {unknown}
 */
function toObject(node, nested = false) {
  if (!(node instanceof Map)) return node;
  if (nested && isDense(node)) return Array.from(node.values(), (item) => toObject(item, true));
  /** @type {Record<string, unknown>} */
  const object = {};
  for (const [key, item] of node) {
    if (key !== '__proto__') object[key] = toObject(item, true);
  }
  return object;
}

/** @param {Node} node */
function isDense(node) {
  let index = 0;
  for (const key of node.keys()) {
    if (key !== String(index)) return false;
    index += 1;
  }
  return index > 0;
}

/**
 * @param {string} name decoded
 * @returns {string} a JSON pointer, bounded and without control characters
 */
function pointerOf(name) {
  const parts = pathOf(name.slice(0, 128).replace(/\p{Cc}/gu, ''));
  return parts.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/**
 * @param {string} text urlencoded
 * @param {number} offset where a parameter begins, or its value
 * @returns {string} the JSON pointer of that parameter
 */
function pointerAt(text, offset) {
  const start = text.lastIndexOf('&', offset - 1) + 1;
  const name = /^[^&=]{0,512}/.exec(text.slice(start, start + 512));
  return pointerOf(decode(name === null ? '' : name[0]));
}

module.exports = { parseForm, pointerAt, pointerOf };
