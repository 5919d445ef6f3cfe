'use strict';

const { ServerResponse } = require('node:http');

/**
 * The header fields of a guarded response, kept beside Node.js's own store and handed to `writeHead` as one
 * flat array: a response with a dozen fields is written in a fraction of the time.
 *
 * 1. The methods stand on the prototype that all responses of an Express share. A response without a store
 *    goes Node.js's way after one look.
 * 2. A store is opened only while Node.js's own is empty and its methods are those that were there when this
 *    file was loaded: what a tracer put in front of them goes on seeing every field.
 * 3. The store takes only what surely gives the same bytes: see `plainName` and `isPlain`. At anything else
 *    (what Node.js refuses, too) all fields move to Node.js's own store, and the call is Node.js's.
 * 4. What is put past the store by `http.ServerResponse.prototype.setHeader.call(res, ...)` is merged with the
 *    rest. It came later than the store's field of that name, so it counts; cookies of both are kept.
 *
 * Not covered: a response that goes on to another copy of Express called as a function (a mounted one inherits
 * the methods), and a head written by `http.ServerResponse.prototype.writeHead.call(res, ...)`. Neither runs
 * the hook, so neither has the steps of the head, nor the fields that are in the store.
 */

const STORE = Symbol('hauberk.fields');

/** Asked on each call: a tracer may replace a method at any time. */
const node = /** @type {any} */ (ServerResponse.prototype);
const { setHeader: ownSetHeader, writeHead: ownWriteHead } = node;
const untouched = !Object.hasOwn(node, 'setHeader');

class Store {
  constructor() {
    /** @type {string[]} the names in lower case, in the order of first setting */
    this.lower = [];
    /** @type {any[]} name, value, name, value, as they were given */
    this.flat = [];
    /** @type {boolean} whether a value is an array, which the application may change later */
    this.lists = false;
  }

  /**
   * @param {string} lower
   * @param {string} name
   * @param {unknown} value
   */
  set(lower, name, value) {
    const at = this.lower.indexOf(lower);
    if (at === -1) {
      this.lower.push(lower);
      this.flat.push(name, value);
    } else {
      this.flat[at * 2] = name;
      this.flat[at * 2 + 1] = value;
    }
  }

  /** @param {string} lower */
  delete(lower) {
    const at = this.lower.indexOf(lower);
    if (at === -1) return;
    this.lower.splice(at, 1);
    this.flat.splice(at * 2, 2);
  }
}

/** Names that were checked, and their lower case. Bounded, as an application may take names from a client. */
const MAX_NAMES = 500;
const MAX_NAME_LENGTH = 64;
/** @type {Map<string, string>} */
const NAMES = new Map();

/**
 * A token (RFC 9110, 5.6.2). Not one that begins with a digit, which Node.js may put before the others, and
 * not Content-Disposition, which it codes in a way of its own.
 */
const PLAIN_NAME = /^(?!content-disposition$)[!#$%&'*+.^_`|~a-z-][!#$%&'*+.^_`|~\da-z-]*$/i;
/** What Node.js refuses in a value. */
const UNCLEAN = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * @param {any} name
 * @returns {string | undefined} the name in lower case, undefined where it is for Node.js to judge
 */
function plainName(name) {
  const known = NAMES.get(name);
  if (known !== undefined) return known;
  if (typeof name !== 'string' || !PLAIN_NAME.test(name)) return undefined;
  // A key is unique in memory, so that most comparisons are of two addresses.
  const [lower] = Object.keys({ [name.toLowerCase()]: 0 });
  if (NAMES.size < MAX_NAMES && name.length <= MAX_NAME_LENGTH) NAMES.set(name, lower);
  return lower;
}

/** @param {string} name */
function lowerOf(name) {
  return NAMES.get(name) ?? name.toLowerCase();
}

/** @param {unknown} value */
function isPlain(value) {
  if (typeof value === 'string') return !UNCLEAN.test(value);
  return typeof value === 'number' || isPlainList(value);
}

/** @param {unknown} value */
function isPlainList(value) {
  if (!Array.isArray(value)) return false;
  for (let i = 0; i < value.length; i += 1) {
    if (typeof value[i] !== 'string' || UNCLEAN.test(value[i])) return false;
  }
  return true;
}

/**
 * Opens a store for a response, where that changes nothing.
 *
 * @param {any} res
 */
function open(res) {
  if (
    res[STORE] === undefined &&
    untouched &&
    node.setHeader === ownSetHeader &&
    res.getHeaderNames === METHODS.getHeaderNames &&
    !res.headersSent &&
    node.getHeaderNames.call(res).length === 0
  ) {
    res[STORE] = new Store();
  }
}

/**
 * Moves all fields to Node.js's own store, for good.
 *
 * @param {any} res
 */
function close(res) {
  const store = res[STORE];
  if (store === undefined || res.headersSent) return;
  res[STORE] = undefined;
  const { lower, flat } = store;
  for (let i = 0; i < lower.length; i += 1) {
    const there = node.getHeader.call(res, lower[i]);
    const value = flat[i * 2 + 1];
    if (there === undefined) node.setHeader.call(res, flat[i * 2], value);
    else if (lower[i] === 'set-cookie') {
      node.setHeader.call(res, flat[i * 2], [...new Set([value, there].flat())]);
    }
  }
}

/**
 * The store for a question about all fields.
 *
 * @param {any} res
 * @returns {Store | undefined}
 */
function whole(res) {
  const store = res[STORE];
  if (store === undefined || res.headersSent || node.getHeaderNames.call(res).length === 0) return store;
  close(res);
  return undefined;
}

const METHODS = {
  /** @this {any} @param {any} name @param {any} value */
  setHeader(name, value) {
    const store = this[STORE];
    if (store === undefined || this.headersSent) return node.setHeader.call(this, name, value);
    const lower = plainName(name);
    if (lower === undefined || !isPlain(value) || node.hasHeader.call(this, lower)) {
      close(this);
      return node.setHeader.call(this, name, value);
    }
    if (typeof value === 'object') store.lists = true;
    store.set(lower, name, value);
    return this;
  },

  /** @this {any} @param {any} name @param {any} value */
  appendHeader(name, value) {
    const store = this[STORE];
    if (store === undefined || this.headersSent) return node.appendHeader.call(this, name, value);
    const lower = plainName(name);
    if (lower === undefined || !isPlain(value) || node.hasHeader.call(this, lower)) {
      close(this);
      return node.appendHeader.call(this, name, value);
    }
    const at = store.lower.indexOf(lower);
    if (at === -1) return this.setHeader(name, value);
    const before = store.flat[at * 2 + 1];
    const list = Array.isArray(before) ? before : (store.flat[at * 2 + 1] = [before]);
    if (Array.isArray(value)) list.push(...value);
    else list.push(value);
    store.lists = true;
    return this;
  },

  /** @this {any} @param {any} name */
  getHeader(name) {
    const store = this[STORE];
    if (store === undefined || typeof name !== 'string') return node.getHeader.call(this, name);
    const at = store.lower.indexOf(lowerOf(name));
    const there = node.getHeader.call(this, name);
    return there !== undefined || at === -1 ? there : store.flat[at * 2 + 1];
  },

  /** @this {any} @param {any} name */
  hasHeader(name) {
    const store = this[STORE];
    if (store === undefined || typeof name !== 'string') return node.hasHeader.call(this, name);
    return store.lower.includes(lowerOf(name)) || node.hasHeader.call(this, name);
  },

  /** @this {any} @param {any} name */
  removeHeader(name) {
    const store = this[STORE];
    if (store !== undefined && typeof name === 'string' && !this.headersSent) store.delete(lowerOf(name));
    // Node.js notes what was removed: Date, Connection, Content-Length and Transfer-Encoding stay away.
    return node.removeHeader.call(this, name);
  },

  /** @this {any} */
  getHeaders() {
    const store = whole(this);
    if (store === undefined) return node.getHeaders.call(this);
    const copy = Object.create(null);
    for (let i = 0; i < store.lower.length; i += 1) copy[store.lower[i]] = store.flat[i * 2 + 1];
    return copy;
  },

  /** @this {any} */
  getHeaderNames() {
    const store = whole(this);
    return store === undefined ? node.getHeaderNames.call(this) : [...store.lower];
  },

  /** @this {any} */
  getRawHeaderNames() {
    const store = whole(this);
    if (store === undefined) return node.getRawHeaderNames.call(this);
    return store.lower.map((_lower, i) => store.flat[i * 2]);
  },
};

/**
 * Puts the methods on what responses inherit from; not where somebody else's are.
 *
 * @param {any} shared
 */
function install(shared) {
  const names = /** @type {(keyof typeof METHODS)[]} */ (Object.keys(METHODS));
  if (names.some((name) => Object.hasOwn(shared, name))) return;
  for (const name of names) {
    // Enumerable like Node.js's own, which would be hidden from `for in` otherwise.
    const value = METHODS[name];
    Object.defineProperty(shared, name, { value, writable: true, configurable: true, enumerable: true });
  }
}

/**
 * Writes a head with the fields that were set.
 *
 * @param {any} res
 * @param {Function} base the `writeHead` to call
 */
function writeFields(res, base) {
  const store = res[STORE];
  if (store === undefined) return base.call(res, res.statusCode);
  if (base !== ownWriteHead || node.getHeaderNames.call(res).length > 0 || (store.lists && !isSound(store))) {
    close(res);
    return base.call(res, res.statusCode);
  }
  // What Node.js calls on the response meanwhile is about its own store.
  res[STORE] = undefined;
  try {
    return base.call(res, res.statusCode, store.flat);
  } finally {
    res[STORE] = store;
  }
}

/**
 * All cookies that a response sets, those that were put past the store too.
 *
 * @param {any} res
 * @returns {string[] | undefined} undefined where there are none
 */
function cookiesOf(res) {
  const store = res[STORE];
  const kept = store !== undefined && store.lower.includes('set-cookie');
  const past = node.hasHeader.call(res, 'set-cookie');
  if (!kept && !past) return undefined;
  if (kept && past) close(res);
  const value = res.getHeader('set-cookie');
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

/** @param {Store} store */
function isSound({ flat }) {
  for (let i = 1; i < flat.length; i += 2) {
    if (typeof flat[i] === 'object' && !isPlainList(flat[i])) return false;
  }
  return true;
}

/**
 * Whether a field may go to a response's store with no more questions.
 *
 * @param {any} res
 * @returns {Store | undefined} undefined where there is none, or where somebody watches `setHeader`
 */
function trusting(res) {
  return res.setHeader === METHODS.setHeader && !res.headersSent ? res[STORE] : undefined;
}

/**
 * Sets a field whose name and value are known to be valid.
 *
 * @param {any} res
 * @param {string} lower the name in lower case
 * @param {string} name
 * @param {string} value
 */
function setTrusted(res, lower, name, value) {
  const store = trusting(res);
  if (store === undefined) res.setHeader(name, value);
  else store.set(lower, name, value);
}

/**
 * Sets all fields of a list whose names and values are known to be valid, and each of whose names stands there once.
 *
 * @param {any} res
 * @param {{ names: readonly string[], values: readonly string[], lower: readonly string[], flat: readonly string[] }} list
 */
function setList(res, { names, values, lower, flat }) {
  const store = trusting(res);
  if (store !== undefined && store.lower.length === 0) {
    store.lower = lower.slice();
    store.flat = flat.slice();
    return;
  }
  for (let i = 0; i < names.length; i += 1) setTrusted(res, lower[i], names[i], values[i]);
}

/**
 * Sets those fields that are not there, all of whose names and values are known to be valid.
 *
 * @param {any} res
 * @param {{ names: readonly string[], values: readonly string[], lower: readonly string[] }} list
 */
function setMissing(res, { names, values, lower }) {
  const store = trusting(res);
  if (store === undefined || node.getHeaderNames.call(res).length > 0) {
    for (let i = 0; i < names.length; i += 1)
      if (!res.hasHeader(lower[i])) res.setHeader(names[i], values[i]);
    return;
  }
  for (let i = 0; i < names.length; i += 1) {
    if (store.lower.includes(lower[i])) continue;
    store.lower.push(lower[i]);
    store.flat.push(names[i], values[i]);
  }
}

module.exports = { open, close, install, writeFields, setTrusted, setList, setMissing, cookiesOf };
