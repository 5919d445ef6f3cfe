'use strict';

const { createHmac } = require('node:crypto');

/** Digits of a MAC that is only to tell clients apart: 64 bits. */
const DIGITS = 16;

/**
 * How clients appear.
 *
 * @param {'masked' | 'mac' | 'none'} keys
 * @param {import('../internal/keys').Keys} secrets
 * @returns {(client: import('../client/stage').Client | undefined, masked?: string) => string | undefined}
 *   `masked`: where only that is known
 */
function nameBy(keys, secrets) {
  if (keys === 'none') return () => undefined;
  if (keys === 'masked') return (client, masked) => client?.masked ?? masked;
  const [key] = secrets.derive('monitor/client');
  return (client) =>
    client === undefined
      ? undefined
      : `mac:${createHmac('sha256', key).update(client.key).digest('hex').slice(0, DIGITS)}`;
}

module.exports = { nameBy };
