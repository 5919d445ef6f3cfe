'use strict';

const CONTEXT = 3;
/** More changed lines than this are shown as one block: they are not searched for what stayed. */
const MOST_EDITS = 400;

/**
 * The unified diff of two texts, as `diff -u` and git write it.
 *
 * @param {string} name
 * @param {string | undefined} before undefined for a new file
 * @param {string} after
 * @returns {string[]} lines
 */
function unified(name, before, after) {
  const a = linesOf(before ?? '');
  const b = linesOf(after);
  const steps = script(a, b);
  const lines = [before === undefined ? '--- /dev/null' : `--- a/${name}`, `+++ b/${name}`];
  for (const hunk of hunksOf(steps)) lines.push(...written(hunk, before === undefined));
  return lines;
}

/** Lines; one without an end says so, as git does. @param {string} text */
function linesOf(text) {
  if (text === '') return [];
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  else lines[lines.length - 1] += '\n\\ No newline at end of file';
  return lines;
}

/**
 * The shortest way from one list to the other (Myers, An O(ND) Difference Algorithm, 1986).
 *
 * @param {string[]} a @param {string[]} b
 * @returns {{ sign: ' ' | '-' | '+', line: string, a: number, b: number }[]}
 */
function script(a, b) {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const middle = shortest(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  const signs = [...Array(head).fill(' '), ...middle, ...Array(tail).fill(' ')];
  let i = 0;
  let j = 0;
  return signs.map((sign) => {
    const step = { sign, line: sign === '+' ? b[j] : a[i], a: i, b: j };
    if (sign !== '+') i += 1;
    if (sign !== '-') j += 1;
    return step;
  });
}

/** @param {string[]} a @param {string[]} b @returns {(' ' | '-' | '+')[]} */
function shortest(a, b) {
  /** @type {Map<number, number>[]} */
  const trace = [];
  let reach = new Map([[1, 0]]);
  for (let d = 0; d <= MOST_EDITS; d += 1) {
    trace.push(new Map(reach));
    for (let k = -d; k <= d; k += 2) {
      let x =
        k === -d || (k !== d && at(reach, k - 1) < at(reach, k + 1))
          ? at(reach, k + 1)
          : at(reach, k - 1) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      reach.set(k, x);
      if (x >= a.length && x - k >= b.length) return backwards(trace, a.length, b.length);
    }
    reach = new Map(reach);
  }
  return [...Array(a.length).fill('-'), ...Array(b.length).fill('+')];
}

/** @param {Map<number, number>} reach @param {number} k */
const at = (reach, k) => reach.get(k) ?? -1;

/** @param {Map<number, number>[]} trace @param {number} x @param {number} y @returns {(' ' | '-' | '+')[]} */
function backwards(trace, x, y) {
  /** @type {(' ' | '-' | '+')[]} */
  const signs = [];
  for (let d = trace.length - 1; d >= 0; d -= 1) {
    const reach = trace[d];
    const k = x - y;
    const down = k === -d || (k !== d && at(reach, k - 1) < at(reach, k + 1));
    const fromK = down ? k + 1 : k - 1;
    const fromX = at(reach, fromK);
    const fromY = fromX - fromK;
    while (x > fromX && y > fromY && x > 0 && y > 0) {
      signs.push(' ');
      x -= 1;
      y -= 1;
    }
    if (d > 0) signs.push(down ? '+' : '-');
    x = fromX;
    y = fromY;
  }
  return signs.reverse();
}

/** @param {ReturnType<typeof script>} steps */
function hunksOf(steps) {
  /** @type {ReturnType<typeof script>[]} */
  const hunks = [];
  let from = 0;
  while (from < steps.length) {
    const first = steps.findIndex(({ sign }, i) => i >= from && sign !== ' ');
    if (first < 0) break;
    let last = first;
    for (let i = first; i < steps.length && i - last <= 2 * CONTEXT; i += 1)
      if (steps[i].sign !== ' ') last = i;
    hunks.push(steps.slice(Math.max(from, first - CONTEXT), last + CONTEXT + 1));
    from = last + CONTEXT + 1;
  }
  return hunks;
}

/** @param {ReturnType<typeof script>} hunk @param {boolean} created */
function written(hunk, created) {
  const old = hunk.filter(({ sign }) => sign !== '+').length;
  const now = hunk.filter(({ sign }) => sign !== '-').length;
  const range = (/** @type {number} */ start, /** @type {number} */ count) =>
    `${count === 0 ? start : start + 1}${count === 1 ? '' : `,${count}`}`;
  const head = `@@ -${created ? '0,0' : range(hunk[0].a, old)} +${range(hunk[0].b, now)} @@`;
  return [head, ...hunk.flatMap(({ sign, line }) => `${sign}${line}`.split('\n'))];
}

const COLOURS = Object.freeze({ '+': 32, '-': 31, '@': 36 });

/** What a terminal obeys, and what turns the direction of text around. */
const OBEYED = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A line for the terminal: coloured where asked for, without control characters of the file.
 *
 * @param {string} line @param {boolean} colour
 */
function shown(line, colour) {
  const harmless = line
    .replace(/\r$/, '')
    .replace(OBEYED, (char) =>
      char === '\t' ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  const bold = /^(---|\+\+\+) (a\/|b\/|\/dev)/.test(line);
  const code = bold ? 1 : COLOURS[/** @type {'+'} */ (line[0])];
  return colour && code !== undefined ? `\x1b[${code}m${harmless}\x1b[0m` : harmless;
}

module.exports = { unified, shown };
