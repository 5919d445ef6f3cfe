'use strict';

/**
 * Puts off loading a file until somebody uses what it exports:
 *
 * ```js
 * exports.totp = later(() => require('./totp').totp);
 * settle(exports);
 * ```
 *
 * One `exports.<name> = ` per line is what ESM finds the names by. An `import` reads every name of the file that
 * it imports, so the file of a practice puts off its own parts as well.
 *
 * What a request may need without being asked for by an option is never put off: when a request comes, the files
 * may be out of reach (privileges that were dropped, no file descriptor left). See docs/decisions/0040.
 */

/** @type {WeakSet<Function>} */
const pending = new WeakSet();

/**
 * @template T
 * @param {() => T} load
 * @returns {T} after `settle`, on first use
 */
function later(load) {
  const loader = () => load();
  pending.add(loader);
  return /** @type {any} */ (loader);
}

/**
 * Makes each name that was put off load its value when it is read; from then on it is an ordinary property.
 *
 * @param {any} target an exports object
 */
function settle(target) {
  for (const name of Object.keys(target)) {
    const load = target[name];
    if (typeof load !== 'function' || !pending.has(load)) continue;
    const set = (/** @type {unknown} */ value) =>
      Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
    Object.defineProperty(target, name, {
      enumerable: true,
      configurable: true,
      get: () => set(load())[name],
      set,
    });
  }
}

module.exports = { later, settle };
