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
  const listen = (/** @type {any} */ event) => seen.push(event);
  channel.subscribe(listen);
  t.after(() => channel.unsubscribe(listen));
  return () => seen;
}

module.exports = { events };
