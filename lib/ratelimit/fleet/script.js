'use strict';

const crypto = require('node:crypto');

/**
 * GCRA as one Lua script: all policies of a request in one round trip, all or none charged.
 *
 * 1. A bucket is kept as its level (the microseconds until it is full again) and the time of that level, by
 *    the server's own clock. Clocks of the processes that ask never matter.
 * 2. Where the server's clock was set back, no time has passed: the level stays, and counts on from there.
 * 3. Nothing is written where a policy refuses, and nothing where the cost is 0 (a question).
 * 4. The answer is one integer per policy: the level in whole microseconds, below zero (`-level - 1`) where
 *    the request is refused.
 * 5. A key expires when its bucket is full.
 *
 * KEYS: one bucket per policy. ARGV: the cost, then for each policy the microseconds of a unit and of a
 * whole bucket. What stands in a key and is no bucket counts as none.
 */
const SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local cost = tonumber(ARGV[1])
local levels = {}
local allowed = true
for i, key in ipairs(KEYS) do
  local full = tonumber(ARGV[2 * i + 1])
  local level = 0
  local kept = redis.call('GET', key)
  if kept then
    local before, at = string.match(kept, '^([%d.]+) (%d+)$')
    if before then
      level = math.min(tonumber(before), full) - math.max(0, now - tonumber(at))
      if level < 0 then level = 0 end
    end
  end
  levels[i] = level
  if level + cost * tonumber(ARGV[2 * i]) > full then allowed = false end
end
for i, key in ipairs(KEYS) do
  if not allowed then
    levels[i] = -math.floor(levels[i]) - 1
  elseif cost > 0 then
    local level = levels[i] + cost * tonumber(ARGV[2 * i])
    redis.call('SET', key, string.format('%.4f %.0f', level, now), 'PX', math.ceil(level / 1000) + 1)
    levels[i] = level
  end
end
if #levels == 1 then return levels[1] end
return levels
`.trim();

const SHA = crypto.createHash('sha1').update(SCRIPT).digest('hex');

module.exports = { SCRIPT, SHA };
