'use strict';

/**
 * One coarse clock for all bodies that are being read: a timer per request would cost more than reading
 * a small body. It runs only while a body is open, and holds no process alive.
 *
 * @typedef {object} Watched
 * @property {(now: number) => void} tick
 */

/** How exact the time-outs of bodies are, in ms. */
const TICK_MS = 100;

/** @type {Set<Watched>} */
const watched = new Set();
/** @type {NodeJS.Timeout | undefined} */
let timer;
let now = 0;

/**
 * @param {Watched} one
 * @returns {number} the coarse time in ms
 */
function watch(one) {
  watched.add(one);
  if (timer === undefined) {
    now = performance.now();
    timer = setInterval(tick, TICK_MS);
    timer.unref();
  }
  return now;
}

/** @param {Watched} one */
function unwatch(one) {
  watched.delete(one);
}

/** The coarse time in ms; at most TICK_MS old while something is watched. */
function coarseNow() {
  return now;
}

function tick() {
  now = performance.now();
  for (const one of watched) one.tick(now);
  if (watched.size === 0) {
    clearInterval(timer);
    timer = undefined;
  }
}

module.exports = { watch, unwatch, coarseNow };
