'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const { HauberkError } = require('../internal/fault');
const { publish } = require('../internal/events');
const { boolean, integer, invalid, parse } = require('../internal/options');
const { createLog } = require('./log');
const { logger, redact } = require('./options');
const { errorRecord } = require('./record');
const { secretNames } = require('../internal/secrets');

/**
 * What happens when an error reaches nobody (`uncaughtException`, `unhandledRejection`). Node.js's own advice is
 * not to go on: the state of the process is unknown.
 *
 * 1. The error goes to the log, redacted, and to the event bus as `sys_crash`.
 * 2. The servers stop accepting; connections without a request are closed.
 * 3. Requests in flight get `deadlineMs` to end; then what is left is cut.
 * 4. `cleanup` runs, within the same deadline.
 * 5. The process exits with code 1. A further error on the way is logged and changes nothing.
 *
 * One per process: a second call throws until the first was closed.
 */

/** How often idle connections are looked for while requests end, ms. */
const LOOK_MS = 50;

const SHAPE = Object.freeze({
  servers,
  logger,
  redact,
  deadlineMs: integer({ min: 0, max: 300_000, unit: 'ms', default: 10_000 }),
  cleanup,
  rejections: boolean(true),
});

/** @type {import('../internal/options').Check} */
function servers(value, path) {
  const list = value === undefined ? [] : Array.isArray(value) ? value : [value];
  if (list.some((one) => typeof one?.close !== 'function')) {
    throw invalid(path, 'a server of node:http or node:https, or an array of them', value);
  }
  return [...list];
}

/** @type {import('../internal/options').Check} */
function cleanup(value, path) {
  if (value === undefined || typeof value === 'function') return value;
  throw invalid(path, 'a function', value);
}

/** @type {any} */
let installed;

/**
 * @param {import('./index').LastResortOptions} [options]
 * @returns {import('./index').LastResort}
 */
function lastResort(options) {
  const settings = parse('errors.lastResort', options, SHAPE);
  if (installed !== undefined) {
    throw new HauberkError(
      'ERR_HAUBERK_ERRORS_LAST_RESORT',
      'errors.lastResort() is installed already: call it once, where the process starts',
    );
  }
  const log = createLog(settings.logger);
  const isSecret = secretNames(settings.redact);
  const state = { ending: false, servers: settings.servers };

  /** @param {unknown} error @param {string} message */
  function tell(error, message) {
    log({
      time: new Date().toISOString(),
      level: 'error',
      message,
      practice: 'errors',
      code: 'ERR_HAUBERK_ERRORS_UNCAUGHT',
      error: errorRecord(error, isSecret),
    });
  }

  /** @param {unknown} error @param {string} origin */
  function end(error, origin) {
    tell(error, state.ending ? `${origin} while the process ends` : `${origin}: the process ends`);
    if (state.ending) return;
    state.ending = true;
    crash(origin);
    drain(state.servers, settings).then(
      () => process.exit(1),
      () => process.exit(1),
    );
  }

  const onException = (/** @type {unknown} */ error) => end(error, 'uncaught exception');
  const onRejection = (/** @type {unknown} */ reason) => end(reason, 'unhandled rejection');
  process.on('uncaughtException', onException);
  if (settings.rejections) process.on('unhandledRejection', onRejection);
  installed = Object.freeze({
    add(/** @type {any} */ server) {
      state.servers.push(...servers(server, 'errors.lastResort.add(server)'));
    },
    close() {
      process.off('uncaughtException', onException);
      process.off('unhandledRejection', onRejection);
      installed = undefined;
    },
  });
  return installed;
}

/** @param {string} origin */
function crash(origin) {
  publish({
    event: 'sys_crash',
    practice: 'errors',
    code: 'ERR_HAUBERK_ERRORS_UNCAUGHT',
    blocked: false,
    detail: `${origin}: the process ends`,
    requestId: undefined,
    client: undefined,
    time: Date.now(),
  });
}

/**
 * @param {any[]} list
 * @param {{ deadlineMs: number, cleanup?: () => unknown }} settings
 */
async function drain(list, { deadlineMs, cleanup: cleanUp }) {
  const patience = new AbortController();
  const deadline = sleep(deadlineMs, undefined, { signal: patience.signal }).catch(() => undefined);
  const closed = Promise.all(list.map((server) => stop(server, patience.signal)));
  await Promise.race([closed, deadline]);
  for (const server of list) server.closeAllConnections?.();
  await Promise.race([Promise.resolve(cleanUp?.()).catch(() => undefined), deadline]);
  patience.abort();
}

/**
 * Stops a server and resolves when its last request has ended. Connections that become idle are closed as they
 * do: a client that keeps one alive would hold the process up to the deadline.
 *
 * @param {any} server
 * @param {AbortSignal} signal
 */
async function stop(server, signal) {
  let open = true;
  server.close(() => (open = false));
  while (open && !signal.aborted) {
    server.closeIdleConnections?.();
    await sleep(LOOK_MS);
  }
}

module.exports = { lastResort };
