'use strict';

const { parseArgs } = require('node:util');
const doctor = require('./index');
const { HauberkError } = require('../internal/fault');
const { invalid } = require('../internal/options');

const DEFAULT_MIN_SCORE = 80;

const USAGE = `hauberk doctor [options] [FOLDER]

  --url URL          also look at a running server, with harmless requests
  --app FILE         start this file in a process of its own, on a free port, and look at it
  --path PATH        a further path to look at: a redirect, an error, a static file (may be repeated)
  --min-score N      the score below which the exit code is 1, 0 to 100 (default ${DEFAULT_MIN_SCORE})
  --timeout MS       how long one request may take (default 5000)
  --all              show passed and skipped checks one by one, too
  --json, --sarif
  --color, --no-color
  --help

Exit codes: 0 the score is reached, 1 it is not, 2 usage, 3 could not look.
`;

const OPTIONS = Object.freeze({
  url: { type: 'string' },
  app: { type: 'string' },
  path: { type: 'string', multiple: true },
  'min-score': { type: 'string' },
  timeout: { type: 'string' },
  all: { type: 'boolean' },
  json: { type: 'boolean' },
  sarif: { type: 'boolean' },
  color: { type: 'boolean' },
  'no-color': { type: 'boolean' },
  help: { type: 'boolean' },
});

const USAGE_CODES = ['ERR_HAUBERK_OPTION_UNKNOWN', 'ERR_HAUBERK_OPTION_INVALID'];

/** @typedef {{ out: (text: string) => void, err: (text: string) => void }} Output */

/**
 * @param {string[]} args behind `hauberk doctor`
 * @param {Output} output
 * @returns {Promise<number>} the exit code
 */
async function command(args, output) {
  let asked;
  try {
    asked = read(args);
  } catch (error) {
    output.err(`hauberk doctor: ${/** @type {Error} */ (error).message}\n\n${USAGE}`);
    return 2;
  }
  if (asked === undefined) {
    output.out(USAGE);
    return 0;
  }
  return tell(asked, output);
}

/** @param {Exclude<ReturnType<typeof read>, undefined>} asked @param {Output} output */
async function tell({ options, format, minScore, shown }, output) {
  try {
    const report = await doctor(options);
    output.out(doctor.format(report, format, shown));
    if (report.score >= minScore) return 0;
    if (format === 'text') output.err(`hauberk doctor: the score is below ${minScore}\n`);
    return 1;
  } catch (error) {
    const known = error instanceof HauberkError;
    if (known && USAGE_CODES.includes(error.code)) {
      output.err(`hauberk doctor: ${error.message}\n`);
      return 2;
    }
    const message = known ? error.message : 'stopped at something that was not foreseen';
    output.err(`hauberk doctor: could not look: ${message}\n`);
    if (format !== 'text' && known) output.out(doctor.format(/** @type {Error} */ (error), format));
    return 3;
  }
}

/** @param {string[]} args */
function read(args) {
  const parsed = parseArgs({ args, options: /** @type {any} */ (OPTIONS), allowPositionals: true });
  const { positionals } = parsed;
  const values = /** @type {Record<string, any>} */ (parsed.values);
  if (values.help) return undefined;
  if (values.json && values.sarif) throw new Error('--json and --sarif exclude each other');
  if (values.url !== undefined && values.app !== undefined)
    throw new Error('--url and --app exclude each other');
  if (positionals.length > 1) throw new Error('one folder at a time');
  return {
    options: {
      ...(positionals.length === 1 ? { root: positionals[0] } : {}),
      ...(values.url === undefined ? {} : { url: values.url }),
      ...(values.app === undefined ? {} : { app: values.app }),
      ...(values.path === undefined ? {} : { paths: values.path }),
      ...(values.timeout === undefined ? {} : { timeoutMs: wholeNumber(values.timeout) }),
    },
    format: /** @type {import('./index').Format} */ (values.json ? 'json' : values.sarif ? 'sarif' : 'text'),
    minScore: minScoreOf(values['min-score']),
    shown: { all: values.all === true, color: wantsColor(values) },
  };
}

/** @param {string} text */
const wholeNumber = (text) => (/^\d{1,9}$/.test(text) ? Number(text) : NaN);

/** @param {string | undefined} text */
function minScoreOf(text) {
  if (text === undefined) return DEFAULT_MIN_SCORE;
  const score = wholeNumber(text);
  if (!(score >= 0 && score <= 100)) throw invalid('--min-score', 'a whole number from 0 to 100', text);
  return score;
}

/** Colour on a terminal, unless NO_COLOR (no-color.org) is set and not empty. @param {Record<string, any>} values */
function wantsColor(values) {
  if (values['no-color']) return false;
  if (values.color) return true;
  return process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}

module.exports = { command };
