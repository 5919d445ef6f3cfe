'use strict';

const { plain } = require('./plain');

/** @typedef {import('../index').Check} Check */
/** @typedef {import('../index').Report} Report */
/** @typedef {(text: string) => string} Paint */

const CODES = Object.freeze({ bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 });
const WIDTH = 100;
const NEXT = 5;
const SHOWN_EVIDENCE = 4;

/** @param {boolean} on @returns {Record<keyof typeof CODES, Paint>} */
function palette(on) {
  const entries = Object.entries(CODES).map(([name, code]) => [
    name,
    (/** @type {string} */ text) => (on ? `\u001b[${code}m${text}\u001b[0m` : text),
  ]);
  return Object.fromEntries(entries);
}

/** @param {Report | Error} report @param {{ color?: boolean, all?: boolean }} options */
function text(report, { color = false, all = false }) {
  if (report instanceof Error) return `could not look: ${plain(report.message)}\n`;
  const paint = palette(color);
  const marks = {
    pass: paint.green('ok  '),
    warn: paint.yellow('warn'),
    fail: paint.red('FAIL'),
    skip: paint.dim('-   '),
  };
  const lines = [
    ...head(report, paint),
    '',
    ...report.practices.map((one) => practiceLine(one, marks, paint)),
    '',
    ...next(report, paint),
    ...report.practices.flatMap((one) => group(report, one, marks, paint, all)),
    ...tail(report, paint, all),
  ];
  return `${lines.join('\n')}\n`;
}

/** @param {Report} report @param {ReturnType<typeof palette>} paint */
function head({ score, project, looked, green }, paint) {
  const hue = green || score >= 90 ? paint.green : score >= 60 ? paint.yellow : paint.red;
  const files = `${looked.files} source ${looked.files === 1 ? 'file' : 'files'}`;
  const server =
    looked.app !== undefined ? `, ${plain(looked.app)} running` : looked.url ? `, ${plain(looked.url)}` : '';
  return [
    `${paint.bold(plain(project || 'project'))}  ${hue(paint.bold(`${score}/100`))}  ${paint.dim(files + server)}`,
  ];
}

/** @param {Report['practices'][number]} one @param {Record<string, string>} marks @param {ReturnType<typeof palette>} paint */
function practiceLine({ practice, title, status, score, pass, warn, fail, skip }, marks, paint) {
  const counts = [
    [fail, 'failed'],
    [warn, 'to look at'],
    [pass, 'ok'],
    [skip, 'skipped'],
  ].flatMap(([count, word]) => (Number(count) > 0 ? [`${count} ${word}`] : []));
  const share = score === undefined ? '   -' : String(score).padStart(4);
  return `${marks[status]} ${practice.padEnd(11)}${share}  ${title.padEnd(39)} ${paint.dim(counts.join(', '))}`;
}

/** @param {Report} report @param {Report['practices'][number]} one @param {Record<string, string>} marks @param {ReturnType<typeof palette>} paint @param {boolean} all */
function group(report, { practice }, marks, paint, all) {
  const own = report.checks.filter((check) => check.practice === practice);
  const shown = own.filter(({ status }) => all || status === 'fail' || status === 'warn');
  if (shown.length === 0) return [];
  return [paint.bold(practice), ...shown.flatMap((check) => details(check, marks, paint)), ''];
}

/** @param {Check} check @param {Record<string, string>} marks @param {ReturnType<typeof palette>} paint */
function details({ id, status, what, why, fix, docs, evidence }, marks, paint) {
  const lines = [...wrap(`  ${marks[status]} `, `${plain(what)}`, 7), `       ${paint.dim(id)}`];
  if (status === 'skip') return lines;
  for (const one of evidence.slice(0, SHOWN_EVIDENCE)) {
    const place =
      one.file === undefined ? '' : `${one.file}${one.line === undefined ? '' : `:${one.line}`}  `;
    lines.push(`       ${paint.dim('at')} ${plain(cut(place + one.text))}`);
  }
  if (evidence.length > SHOWN_EVIDENCE)
    lines.push(`       and ${evidence.length - SHOWN_EVIDENCE} more (--json)`);
  if (status === 'pass') return lines;
  return [
    ...lines,
    ...wrap(`       ${paint.dim('why')} `, plain(why), 11),
    ...wrap(`       ${paint.cyan('fix')} `, plain(fix), 11),
    `       ${paint.dim(docs)}`,
  ];
}

/** @param {string} text */
const cut = (text) => (text.length > 160 ? `${text.slice(0, 157)}...` : text);

/** What to do next: what fails before what warns, and the heaviest first. @param {Report} report @param {ReturnType<typeof palette>} paint */
function next({ checks, green }, paint) {
  const rank = (/** @type {Check} */ { status, weight }) => (status === 'fail' ? 10 : 0) + weight;
  const open = checks.filter(({ status }) => status === 'fail' || status === 'warn');
  if (open.length === 0)
    return [green ? paint.green('All eleven practices hold.') : 'Nothing that was looked at is open.', ''];
  const first = [...open].sort((a, b) => rank(b) - rank(a)).slice(0, NEXT);
  return [
    paint.bold(open.length > NEXT ? `Do next (${NEXT} of ${open.length})` : 'Do next'),
    ...first.flatMap(({ fix, id }, i) => wrap(`  ${i + 1}. `, `${plain(fix)} ${paint.dim(`(${id})`)}`, 5)),
    '',
  ];
}

/** @param {Report} report @param {ReturnType<typeof palette>} paint @param {boolean} all */
function tail({ observatory, practices, notes }, paint, all) {
  const skipped = practices.reduce((sum, { skip }) => sum + skip, 0);
  return [
    ...(observatory === undefined
      ? []
      : [
          `HTTP Observatory arithmetic: ${observatory.score} (${observatory.grade}), the lowest, on ${plain(observatory.response)}`,
        ]),
    ...(skipped > 0 && !all ? [paint.dim(`${skipped} skipped, which is not passed (--all says why)`)] : []),
    ...notes.map((note) => `note: ${plain(note)}`),
  ];
}

/** @param {string} lead @param {string} content @param {number} indent @returns {string[]} */
function wrap(lead, content, indent) {
  /** @type {string[]} */
  const lines = [];
  let line = '';
  for (const word of content.split(' ')) {
    if (line !== '' && indent + line.length + word.length + 1 > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((one, i) => (i === 0 ? lead : ' '.repeat(indent)) + one);
}

module.exports = { text };
