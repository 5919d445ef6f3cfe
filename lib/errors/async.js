'use strict';

const { HauberkError } = require('../internal/fault');
const { routerOf } = require('./router');

/**
 * Hands rejections of async handlers to `next`, which Express 4 does not do by itself.
 *
 * 1. A function becomes a function of the same kind: four parameters stay an error handler.
 * 2. A router or an application gets this for all handlers it has, those it is given later, and those
 *    of its routes and mounted routers. A mounted application must be wrapped by itself.
 * 3. A rejection without a reason, and the words that Express reads as commands ('route', 'router'),
 *    become an Error: `next(undefined)` would let the request go on as if nothing had happened.
 */

const WRAPPED = Symbol('hauberk.errors.async');

/**
 * @param {any} target
 * @returns {any} a wrapped function, or the same router
 */
function asyncErrors(target) {
  if (typeof target !== 'function') {
    throw new HauberkError(
      'ERR_HAUBERK_ARGUMENT',
      'errors.async takes a handler, a router or an application',
    );
  }
  const router = routerOf(target);
  if (router === undefined) return wrap(target);
  watch(router);
  return target;
}

/** @param {any} router */
function watch(router) {
  if (router[WRAPPED]) return;
  Object.defineProperty(router, WRAPPED, { value: true });
  watchStack(router.stack);
  for (const name of Object.keys(router.params ?? {})) router.params[name] = router.params[name].map(wrap);
  if (typeof router.param === 'function') {
    const param = router.param;
    router.param = function paramWithAsync(/** @type {any} */ name, /** @type {any} */ fn) {
      return param.call(this, name, typeof fn === 'function' ? wrap(fn) : fn);
    };
  }
}

/** Wraps the layers of a stack, and each one that is pushed later. @param {any[]} stack */
function watchStack(stack) {
  if (Object.hasOwn(stack, 'push')) return;
  stack.forEach(wrapLayer);
  Object.defineProperty(stack, 'push', {
    configurable: true,
    writable: true,
    value: function push(/** @type {any[]} */ ...layers) {
      layers.forEach(wrapLayer);
      return Array.prototype.push.apply(this, layers);
    },
  });
}

/** @param {any} layer */
function wrapLayer(layer) {
  if (layer.route) watchStack(layer.route.stack);
  else if (Array.isArray(layer.handle?.stack)) watch(layer.handle);
  else if (typeof layer.handle === 'function') layer.handle = wrap(layer.handle);
}

/**
 * @param {any} fn
 * @returns {any}
 */
function wrap(fn) {
  if (fn[WRAPPED]) return fn;
  // Express tells handlers apart by their number of parameters; `router.param` callbacks have five.
  const wrapped = fn.length === 4 ? ofFour(fn) : fn.length > 4 ? ofFive(fn) : ofThree(fn);
  Object.defineProperty(wrapped, WRAPPED, { value: true });
  return wrapped;
}

/** @param {Function} fn */
function ofThree(fn) {
  return /** @this {any} */ function hauberkAsync(
    /** @type {any} */ req,
    /** @type {any} */ res,
    /** @type {any} */ next,
    /** @type {any[]} */ ...rest
  ) {
    run(fn, this, [req, res, next, ...rest], next);
  };
}

/** @param {Function} fn */
function ofFour(fn) {
  return /** @this {any} */ function hauberkAsync(
    /** @type {any} */ error,
    /** @type {any} */ req,
    /** @type {any} */ res,
    /** @type {any} */ next,
  ) {
    // A `router.param` callback that does not ask for the name is called with `next` in third place.
    run(fn, this, [error, req, res, next], typeof next === 'function' ? next : res);
  };
}

/** @param {Function} fn */
function ofFive(fn) {
  return /** @this {any} */ function hauberkAsync(
    /** @type {any} */ req,
    /** @type {any} */ res,
    /** @type {any} */ next,
    /** @type {any} */ value,
    /** @type {any} */ name,
  ) {
    run(fn, this, [req, res, next, value, name], next);
  };
}

/**
 * @param {Function} fn
 * @param {unknown} self
 * @param {ArrayLike<unknown>} args
 * @param {(error: unknown) => void} next
 */
function run(fn, self, args, next) {
  let result;
  try {
    result = Reflect.apply(fn, self, args);
  } catch (reason) {
    return next(asError(reason));
  }
  // Nothing is returned: Express 5 would call `next` a second time.
  if (typeof result?.then === 'function')
    result.then(undefined, (/** @type {unknown} */ reason) => next(asError(reason)));
}

/** @param {unknown} reason */
function asError(reason) {
  if (reason && reason !== 'route' && reason !== 'router') return reason;
  return new Error(`a handler failed without an error: ${String(reason)}`);
}

module.exports = { async: asyncErrors };
