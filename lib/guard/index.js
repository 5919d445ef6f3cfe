'use strict';

const client = require('../client');
const errors = require('../errors');
const { leakMode } = require('../errors/options');
const { contextOf, peekContext } = require('../internal/context');
const { HauberkError } = require('../internal/fault');
const { hook } = require('../internal/head');
const { Keys } = require('../internal/keys');
const options = require('../internal/options');
const { refuseUncalled } = require('../internal/uncalled');
const { connect, wanted } = require('./bans');
const { checkNames, compile, layOver } = require('./plan');
const { Routes } = require('./routes');
const { runStages } = require('./run');
// The metrics of the pool are there before the first password is.
require('../passwords/stats');

const GUARD_OPTIONS = ['secret', 'mode', 'preset', 'routes', 'errors'];

/**
 * The guard: every practice on the request path, composed in one Express layer.
 *
 * @param {any} [given] GuardOptions, see index.d.ts
 * @returns {any} Guard, see index.d.ts
 */
function hauberk(given) {
  refuseUncalled('hauberk', arguments);
  const settings = parse(given);
  const keys = new Keys(settings.secret);
  const shared = Object.freeze({
    keys,
    mode: settings.mode,
    preset: settings.preset,
    trusts: client.trusts,
    powered: { kept: false },
    composed: true,
  });
  const base = compile(settings.practices, {}, shared);
  const routes = new Routes();
  const state = { settings, keys, base, routes, plans: [base], started: false, closed: false };
  for (const [rule, overrides] of Object.entries(settings.routes)) addRoute(state, shared, rule, overrides);

  const watch = watchFor(settings);

  /** @type {any} */
  const guard = function hauberkGuard(
    /** @type {any} */ req,
    /** @type {any} */ res,
    /** @type {((error?: unknown) => void) | undefined} */ nextLayer,
  ) {
    // Without Express (`http.createServer(guard)`) nothing comes after the guard: its own last two do.
    const next = nextLayer ?? ((/** @type {unknown} */ error) => last(guard.errors, error, req, res));
    if (state.closed) return next(closed());
    state.started = true;
    const plan =
      routes.rules.length === 0
        ? base
        : (routes.find(req.method, req.path ?? pathOf(req.url), isCaseSensitive(req.app)) ?? base);
    hook(res);
    watch?.(req, res);
    const context = contextOf(req);
    context.guard = guard;
    context.head = context.head === undefined ? plan.head : [...context.head, ...plan.head];
    return runStages(plan, 0, req, res, context, next);
  };
  guard.errors = errorHandlers(guard, settings);
  guard.route = (/** @type {string} */ rule, /** @type {any} */ overrides) => {
    addRoute(state, shared, rule, overrides);
    return guard;
  };
  guard.bans = /** @type {any} */ (base.stages.bans)?.bans;
  guard.monitor = /** @type {any} */ (base.stages.monitor)?.monitor;
  guard.createServer = (/** @type {[any, any?]} */ ...args) => require('./listen').createServer(...args);
  guard.listen = (/** @type {[any, any, any?, any?]} */ ...args) => require('./listen').listen(...args);
  guard.report = () => require('./report').describe(state);
  connect(guard.monitor, guard.bans);
  if (guard.monitor) guard.monitor.report ??= guard.report;
  guard.close = () => {
    state.closed = true;
    for (const stage of new Set(state.plans.flatMap((plan) => Object.values(plan.stages)))) stage?.close?.();
  };
  return guard;
}

/** @param {any} given */
function parse(given) {
  if (given !== undefined && !options.isPlainObject(given)) {
    throw options.invalid('hauberk', 'called with an options object', given);
  }
  const input = given ?? {};
  checkNames('hauberk', input, GUARD_OPTIONS);
  const preset = options.oneOf(['auto', 'api', 'site', 'helmet'])(input.preset, 'hauberk.preset');
  const routes = input.routes === undefined ? {} : input.routes;
  if (!options.isPlainObject(routes))
    throw options.invalid('hauberk.routes', 'an object of overrides', routes);
  return {
    secret: input.secret,
    mode: options.oneOf(['enforce', 'report'], 'enforce')(input.mode, 'hauberk.mode'),
    routes,
    preset,
    errors: errorOptions(input.errors),
    practices: layOver({}, wanted(input) ? { ...input, bans: true } : input),
  };
}

/** @param {unknown} value the option `errors` */
function errorOptions(value) {
  if (value === undefined || value === true) return {};
  if (value === false || options.isPlainObject(value)) return value;
  throw options.invalid('hauberk.errors', 'an options object, true or false', value);
}

/**
 * @param {any} state
 * @param {any} shared
 * @param {string} rule
 * @param {any} overrides
 */
function addRoute(state, shared, rule, overrides) {
  if (state.started) {
    throw new HauberkError(
      'ERR_HAUBERK_OPTION_INVALID',
      'guard.route must be called before the first request, where the app is set up',
    );
  }
  if (!options.isPlainObject(overrides)) {
    throw options.invalid(`the overrides of ${rule}`, 'an object of options by practice', overrides);
  }
  checkNames(`the route ${rule}`, overrides, []);
  if (overrides.monitor !== undefined && overrides.monitor !== false) {
    throw options.invalid(
      `monitor of the route ${rule}`,
      'false: what is counted is counted for the whole guard',
      overrides.monitor,
    );
  }
  const merged = layOver(state.settings.practices, overrides);
  const plan = compile(merged, overrides, shared, state.base);
  state.routes.add(rule, plan);
  state.plans.push(plan);
}

/**
 * What looks at the bodies that leave, by `errors.leaks`.
 *
 * @param {{ errors: any, mode: 'enforce' | 'report' }} settings
 */
function watchFor(settings) {
  if (settings.errors === false) return undefined;
  const mode = leakMode(settings.errors.leaks, settings.errors.mode ?? settings.mode);
  return mode === 'off' ? undefined : require('../errors/leaks').leakWatch(mode);
}

/** `errors: false`: whatever stands behind answers. */
const PASS_ON = Object.freeze([
  (/** @type {any} */ _req, /** @type {any} */ _res, /** @type {Function} */ next) => next(),
  (
    /** @type {any} */ error,
    /** @type {any} */ _req,
    /** @type {any} */ _res,
    /** @type {Function} */ next,
  ) => next(error),
]);

/**
 * What answers where no application does.
 *
 * @param {readonly Function[]} handlers `guard.errors`
 * @param {unknown} error
 * @param {any} req
 * @param {any} res
 */
function last([notFound, handler], error, req, res) {
  const end = () => {
    res.statusCode = error === undefined ? 404 : 500;
    res.end();
  };
  if (error === undefined) return notFound(req, res, end);
  return handler(error, req, res, end);
}

/**
 * `guard.errors`: 404 and the error handler. Mounted before the guard they would answer every request
 * with 404, so that mistake is named instead.
 *
 * @param {any} guard
 * @param {{ errors: any, mode: string }} settings
 */
function errorHandlers(guard, settings) {
  if (settings.errors === false) return PASS_ON;
  const [notFound, handler] = errors({ mode: settings.mode, ...settings.errors });
  const notFoundAfterGuard = (
    /** @type {any} */ req,
    /** @type {any} */ res,
    /** @type {(error?: unknown) => void} */ next,
  ) => {
    if (peekContext(req)?.guard === undefined && standsBefore(req.app, notFoundAfterGuard, guard)) {
      return next(
        new HauberkError(
          'ERR_HAUBERK_GUARD_ORDER',
          'app.use(guard.errors) stands before app.use(guard): move it behind the last route',
        ),
      );
    }
    return notFound(req, res, next);
  };
  return [notFoundAfterGuard, handler];
}

/**
 * Whether one handler is mounted before another in the same app.
 *
 * @param {any} app
 * @param {Function} first
 * @param {Function} second
 */
function standsBefore(app, first, second) {
  // Express 5 has `router`; on Express 4 that getter throws, and the router is `_router`.
  const stack = (app?._router ?? (app?._router === undefined ? app?.router : undefined))?.stack ?? [];
  const at = (/** @type {Function} */ handle) =>
    stack.findIndex((/** @type {any} */ layer) => layer.handle === handle);
  return at(second) > at(first) && at(first) !== -1;
}

/** @param {any} app */
function isCaseSensitive(app) {
  return app?.enabled('case sensitive routing') ?? false;
}

/**
 * The path as Express has it: of a target in absolute form (RFC 9112, 3.2.2) what follows the authority.
 *
 * @param {string} url
 */
function pathOf(url) {
  const path = url.replace(/[?#][^]*$/, '');
  return path.startsWith('/') ? path : path.replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '');
}

function closed() {
  return new HauberkError('ERR_HAUBERK_GUARD_CLOSED', 'guard.close() was called; make a new guard');
}

exports = module.exports = hauberk;
