'use strict';

const crypto = require('node:crypto');

/**
 * The decision as a Lua script, made for the policies of a limiter: many decisions in one round trip, each
 * about all policies, all or none charged.
 *
 * 1. A bucket is kept as two doubles, one of which is a time of the server's own clock. Clocks of the
 *    processes that ask never matter.
 * 2. Nothing is written where a policy refuses, and nothing where the cost is 0 (a question).
 * 3. Where the server's clock was set back, no time has passed: what stood in the bucket is written anew
 *    with the time now, also by a refusal, so that nobody is shut out for as long as the step.
 * 4. A key expires when it says no more than none would. What stands in a key and is no bucket counts as none.
 * 5. Decisions about the same key in one call see each other, in their order.
 *
 * KEYS: for each decision one bucket per policy. ARGV: nothing where every cost is 1, else a cost for each
 * decision; where the limit varies, three words for each: the cost, the units and the size of its bucket, or
 * in fixed windows two: the cost and the limit.
 * The answer: whole numbers, as many for each bucket as its way of counting has, all below zero (`-n - 1`) in the first place
 * of a bucket where the request is refused.
 *
 * @param {string[]} parts the functions `look` and `put` of a way of counting, and the body for one decision
 * @param {number} policies
 */
function scriptOf(parts, policies) {
  const [functions, body] = parts;
  const text = [
    "local time = redis.call('TIME')",
    'local now = time[1] * 1000000 + time[2]',
    'local call, ask, pack, unpack = redis.call, redis.pcall, struct.pack, struct.unpack',
    'local floor, ceil, number = math.floor, math.ceil, tonumber',
    'local out, at = {}, 0',
    'local function held(key)',
    // A key of another type answers with an error, which is a table.
    "  local text = ask('GET', key)",
    "  if type(text) == 'string' and #text == 16 then return unpack('<dd', text) end",
    'end',
    'local function keep(key, one, other, us)',
    "  call('SET', key, pack('<dd', one, other), 'PX', ceil(us / 1000) + 1)",
    'end',
    functions,
    `for i = 1, #KEYS, ${policies} do`,
    body,
    'end',
    'return out',
  ].join('\n');
  return { text, sha: crypto.createHash('sha1').update(text).digest('hex') };
}

/** Any double up to this is a whole number of microseconds: 285 years. */
const MOST_US = 2 ** 53;

/** The level of a bucket now; with `full`, never above it. */
const LOOK = `local function look(key, full)
  local level, since = held(key)
  if not level or not (level >= 0 and level <= ${MOST_US}) then return 0 end
  if full and level > full then level = full end
  if now >= since then
    level = level - (now - since)
    if level < 0 then return 0 end
    return level
  end
  keep(key, level, now, level)
  return level
end`;

/**
 * GCRA: the level in microseconds until the bucket is full again, and the time of that level.
 *
 * @param {readonly { unit: number, full: number }[]} quotas microseconds of a unit and of a whole bucket
 */
function gcraScript(quotas) {
  const body = [
    'local cost = number(ARGV[(i - 1) / COUNT + 1] or 1)',
    'local l# = look(KEYS[i + #0], FULL#)',
    'local n# = l# + cost * UNIT#',
    'if OR(n# > FULL#) then',
    '  out[i + #0] = -floor(l#) - 1',
    'else',
    '  if cost > 0 then',
    '    keep(KEYS[i + #0], n#, now, n#)',
    '  end',
    '  out[i + #0] = n#',
    'end',
  ];
  const text = forEach(body, quotas.length, (line, i) =>
    line.replaceAll('FULL#', String(quotas[i].full)).replaceAll('UNIT#', String(quotas[i].unit)),
  );
  return scriptOf([LOOK, text], quotas.length);
}

/** GCRA with a limit for each request: what differs stands in ARGV, and a level may be above this limit's bucket. */
function varyingScript() {
  const body = `  local cost, unit, full = number(ARGV[i * 3 - 2]), number(ARGV[i * 3 - 1]), number(ARGV[i * 3])
  local l = look(KEYS[i])
  local n = l + cost * unit
  if n > full then
    out[i] = -floor(l) - 1
  else
    if cost > 0 then keep(KEYS[i], n, now, n) end
    out[i] = n
  end`;
  return scriptOf([LOOK, body], 1);
}

/** The units used in a key's window, at most so many, and its end. */
const LOOK_WINDOW = `local function look(key, most, us)
  local used, ends = held(key)
  if not used or not (used >= 0 and used <= most and ends > now) then return 0, now + us end
  if ends > now + us then
    ends = now + us
    keep(key, used, ends, us)
  end
  return used, ends
end`;

/**
 * Fixed windows: the units used, and the time at which the window ends. It begins with its first request.
 *
 * @param {readonly { limit: number, us: number }[]} windows
 */
function windowScript(windows) {
  const body = [
    'local cost = number(ARGV[(i - 1) / COUNT + 1] or 1)',
    'local u#, e# = look(KEYS[i + #0], LIMIT#, US#)',
    'if OR(u# + cost > LIMIT#) then',
    '  out[at + #1], out[at + #2] = -u# - 1, ceil(e# - now)',
    'else',
    '  if cost > 0 then',
    '    keep(KEYS[i + #0], u# + cost, e#, e# - now)',
    '  end',
    '  out[at + #1], out[at + #2] = u# + cost, ceil(e# - now)',
    'end',
    `at = at + ${2 * windows.length}`,
  ];
  const text = forEach(body, windows.length, (line, i) =>
    line
      .replaceAll('LIMIT#', String(windows[i].limit))
      .replaceAll('US#', String(windows[i].us))
      .replaceAll('#1', String(2 * i + 1))
      .replaceAll('#2', String(2 * i + 2)),
  );
  return scriptOf([LOOK_WINDOW, text], windows.length);
}

/**
 * Fixed windows with a limit for each request. What is counted is the units, so a window may hold more than
 * this limit.
 *
 * @param {number} most units that a window can hold
 * @param {number} us
 */
function varyingWindowScript(most, us) {
  const body = `  local cost, limit = number(ARGV[i * 2 - 1]), number(ARGV[i * 2])
  local u, e = look(KEYS[i], ${most}, ${us})
  if u + cost > limit then
    out[at + 1], out[at + 2] = -u - 1, ceil(e - now)
  else
    if cost > 0 then keep(KEYS[i], u + cost, e, e - now) end
    out[at + 1], out[at + 2] = u + cost, ceil(e - now)
  end
  at = at + 2`;
  return scriptOf([LOOK_WINDOW, body], 1);
}

/**
 * Writes a line once for each policy where it holds a `#`, which stands for the policy's number (`#0`: from 0).
 *
 * @param {readonly string[]} lines
 * @param {number} count
 * @param {(line: string, i: number) => string} fill
 */
function forEach(lines, count, fill) {
  const all = Array.from({ length: count }, (_, i) => i);
  const own = (/** @type {string} */ line, /** @type {number} */ i) =>
    fill(line, i)
      .replaceAll('#0', String(i))
      .replaceAll('#', String(i + 1));
  return lines
    .flatMap((line) => {
      const [, before, each, after] = /^(.*)OR\(([^)]*)\)(.*)$/.exec(line) ?? [];
      if (each !== undefined) return [`${before}${all.map((i) => own(each, i)).join(' or ')}${after}`];
      return line.includes('#') ? all.map((i) => own(line, i)) : [line.replace('COUNT', String(count))];
    })
    .map((line) => `  ${line}`)
    .join('\n');
}

module.exports = { gcraScript, varyingScript, windowScript, varyingWindowScript };
