'use strict';

const channel = require('node:diagnostics_channel').channel('hauberk:event');

/**
 * Collects the events that are told until the test ends.
 *
 * @param {import('node:test').TestContext} t
 * @returns {() => any[]}
 */
function events(t) {
  /** @type {any[]} */
  const seen = [];
  // Tests may run as root, of which the first request to a guard tells an event.
  const listen = (/** @type {any} */ event) => {
    if (event.code !== 'ERR_HAUBERK_PRIVILEGES_ROOT') seen.push(event);
  };
  channel.subscribe(listen);
  t.after(() => channel.unsubscribe(listen));
  return () => seen;
}

module.exports = { events };
