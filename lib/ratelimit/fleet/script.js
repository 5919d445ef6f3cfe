'use strict';

const crypto = require('node:crypto');

/**
 * GCRA as one Lua script: all policies of a request in one round trip, all or none charged.
 *
 * 1. A bucket is kept as its level (the microseconds until it is full again) and the time of that level, by
 *    the server's own clock, as two doubles. Clocks of the processes that ask never matter.
 * 2. Where the server's clock was set back, no time has passed: the level stays, and counts on from there.
 * 3. Nothing is written where a policy refuses, and nothing where the cost is 0 (a question).
 * 4. The answer is one integer per policy: the level in whole microseconds, below zero (`-level - 1`) where
 *    the request is refused.
 * 5. A key expires when nothing was charged to it for as long as a whole bucket takes. What stands in a key and is no bucket counts as none.
 *
 * KEYS: one bucket per policy. ARGV: the cost, where it is not 1. The numbers of the policies stand in the
 * text, so that they are sent once.
 *
 * @param {readonly { unit: number, full: number }[]} quotas microseconds of a unit and of a whole bucket
 */
function scriptOf(quotas) {
  const all = (/** @type {(at: number) => string} */ line, /** @type {string} */ between) =>
    quotas.map((_quota, i) => line(i + 1)).join(between);
  const text = [
    "local time = redis.call('TIME')",
    'local now = time[1] * 1000000 + time[2]',
    'local cost = tonumber(ARGV[1] or 1)',
    ...quotas.map(
      ({ unit, full }, i) =>
        `local l${i + 1} = 0\n` +
        `local k${i + 1} = redis.call('GET', KEYS[${i + 1}])\n` +
        `if k${i + 1} and #k${i + 1} == 16 then\n` +
        `  local before, at = struct.unpack('<dd', k${i + 1})\n` +
        `  if before >= 0 and before <= ${full} then\n` +
        `    l${i + 1} = before\n` +
        `    if now > at then l${i + 1} = before - (now - at) end\n` +
        `    if l${i + 1} < 0 then l${i + 1} = 0 end\n` +
        '  end\n' +
        'end\n' +
        `local n${i + 1} = l${i + 1} + cost * ${unit}`,
    ),
    `if ${quotas.map(({ full }, i) => `n${i + 1} > ${full}`).join(' or ')} then`,
    `  return ${list(
      all((i) => `-math.floor(l${i}) - 1`, ', '),
      quotas,
    )}`,
    'end',
    'if cost > 0 then',
    ...quotas.map(
      ({ full }, i) =>
        `  redis.call('SET', KEYS[${i + 1}], struct.pack('<dd', n${i + 1}, now), 'PX', '${Math.ceil(full / 1000) + 1}')`,
    ),
    'end',
    `return ${list(
      all((i) => `n${i}`, ', '),
      quotas,
    )}`,
  ].join('\n');
  return { text, sha: crypto.createHash('sha1').update(text).digest('hex') };
}

/** @param {string} items @param {readonly unknown[]} quotas */
function list(items, quotas) {
  return quotas.length === 1 ? items : `{${items}}`;
}

module.exports = { scriptOf };
