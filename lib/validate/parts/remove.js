'use strict';

/**
 * Removes the properties that pointers lead to, from copies of the objects on the way.
 *
 * @param {any} value
 * @param {string[]} pointers JSON Pointers (RFC 6901)
 */
function removeAt(value, pointers) {
  const copied = new Set();
  const copy = (/** @type {any} */ one) => {
    const fresh = Array.isArray(one) ? [...one] : cloneObject(one);
    copied.add(fresh);
    return fresh;
  };
  const root = copy(value);
  for (const pointer of pointers) {
    const keys = pointer.split('/').slice(1).map(unescape);
    const last = /** @type {string} */ (keys.pop());
    let at = root;
    for (const key of keys) {
      if (!Object.hasOwn(at, key)) break;
      if (!copied.has(at[key])) define(at, key, copy(at[key]));
      at = at[key];
    }
    if (Object.hasOwn(at, last)) delete at[last];
  }
  return root;
}

/** @param {any} from */
function cloneObject(from) {
  const to = Object.create(Object.getPrototypeOf(from));
  for (const key of Object.keys(from)) define(to, key, from[key]);
  return to;
}

/** An own property whatever its name: assigning to `__proto__` would not make one. */
function define(/** @type {any} */ object, /** @type {string} */ key, /** @type {unknown} */ value) {
  if (key !== '__proto__') object[key] = value;
  else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

/** @param {string} segment */
function unescape(segment) {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}

module.exports = { removeAt };
