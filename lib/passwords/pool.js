'use strict';

const { HauberkError, fromNative } = require('../internal/fault');
const native = require('../internal/native').passwords;

/**
 * The promises of this thread: each job has a number, and the core settles it by that number.
 *
 * @typedef {object} Pending
 * @property {(value: any) => void} resolve
 * @property {(error: unknown) => void} reject
 * @property {AbortSignal | undefined} signal
 * @property {(() => void) | undefined} onAbort
 */

/** @type {Map<number, Pending>} */
const pending = new Map();

let lastId = 0;

/** @type {object | undefined} opened with the first job, so that merely loading hauberk costs nothing */
let opened;

const link = () => (opened ??= native.open(settle));

/**
 * @param {number} id
 * @param {string | boolean} [value]
 * @param {string} [code]
 * @param {string} [detail]
 */
function settle(id, value, code, detail) {
  const job = take(id);
  // Aborted while it ran: nobody waits for it any more.
  if (job === undefined) return;
  if (code === undefined) job.resolve(value);
  else job.reject(new HauberkError(code, detail ?? ''));
}

/** @param {number} id */
function take(id) {
  const job = pending.get(id);
  if (job === undefined) return undefined;
  pending.delete(id);
  if (job.onAbort) job.signal?.removeEventListener('abort', job.onAbort);
  return job;
}

/**
 * Runs one job in the pool.
 *
 * @template T
 * @param {AbortSignal | undefined} signal
 * @param {(link: object, id: number) => void} submit throws where the core does not take the job
 * @returns {Promise<T>}
 */
function run(signal, submit) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(aborted(signal));
    const id = (lastId += 1);
    try {
      submit(link(), id);
    } catch (error) {
      return reject(fromNative(error));
    }
    const onAbort = signal && (() => abort(id, signal));
    pending.set(id, { resolve, reject, signal, onAbort });
    if (onAbort) signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** @param {number} id @param {AbortSignal} signal */
function abort(id, signal) {
  native.abort(link(), id);
  take(id)?.reject(aborted(signal));
}

/** @param {AbortSignal} signal */
function aborted(signal) {
  return new HauberkError('ERR_HAUBERK_PASSWORDS_ABORTED', 'the password work was aborted by its signal', {
    cause: signal.reason,
  });
}

module.exports = { run };
