'use strict';

/** ms between two looks at the clock. */
const INTERVAL_MS = 20;
/** How much of the last delay is kept from look to look: after 200 ms on time a tenth is left. */
const KEPT = 0.8;

let users = 0;
/** @type {NodeJS.Timeout | undefined} */
let timer;
let last = 0;
let delay = 0;

function look() {
  const now = performance.now();
  delay = Math.max(now - last - INTERVAL_MS, delay * KEPT);
  last = now;
}

/**
 * How late the event loop is, in ms: one timer per thread, however many limiters ask.
 *
 * @returns {{ now: () => number, close: () => void }}
 */
function watchLoop() {
  if (users === 0) {
    last = performance.now();
    delay = 0;
    timer = setInterval(look, INTERVAL_MS).unref();
  }
  users += 1;
  let open = true;
  return {
    // The timer itself may be what is late.
    now: () => Math.max(delay, performance.now() - last - INTERVAL_MS),
    close() {
      if (!open) return;
      open = false;
      users -= 1;
      if (users === 0) clearInterval(timer);
    },
  };
}

module.exports = { watchLoop };
