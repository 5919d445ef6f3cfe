'use strict';

const { parseArgs } = require('node:util');
const audit = require('./index');
const { HauberkError } = require('../internal/fault');

const USAGE = `hauberk audit [options] [FOLDER]

  --level LEVEL      lowest severity that counts: info, low, moderate, high, critical (default low)
  --production       leave out what only development needs
  --policy FILE      exceptions with reason and expiry date, JSON or YAML
  --db DIR           a folder of OSV records instead of the registry (works offline)
  --snyk FILE|run    merge the output of "snyk test --json", from a file or by running it
  --registry URL     the registry to ask (default: the one npm is configured with)
  --lockfile NAME    which lockfile, where there are several
  --timeout MS       how long the registry or Snyk may take (default 30000)
  --json, --sarif, --junit
  --help

Exit codes: 0 clean, 1 findings, 2 usage, 3 could not audit.
`;

const TEXTS = ['level', 'policy', 'db', 'snyk', 'registry', 'lockfile'];
const FLAGS = ['production', 'json', 'sarif', 'junit', 'help'];
/** A mistake of the caller; everything else is "could not audit". */
const USAGE_CODES = ['ERR_HAUBERK_OPTION_UNKNOWN', 'ERR_HAUBERK_OPTION_INVALID', 'ERR_HAUBERK_AUDIT_POLICY'];

/**
 * @param {string[]} args behind `hauberk audit`
 * @param {{ out: (text: string) => void, err: (text: string) => void }} output
 * @returns {Promise<number>} the exit code
 */
async function command(args, output) {
  let asked;
  try {
    asked = read(args);
  } catch (error) {
    output.err(`hauberk audit: ${/** @type {Error} */ (error).message}\n\n${USAGE}`);
    return 2;
  }
  if (asked === undefined) {
    output.out(USAGE);
    return 0;
  }
  return report(asked.options, asked.format, output);
}

/**
 * @param {object} options
 * @param {import('./index').Format} format
 * @param {{ out: (text: string) => void, err: (text: string) => void }} output
 */
async function report(options, format, output) {
  try {
    const done = await audit(options);
    output.out(audit.format(done, format));
    return done.exitCode;
  } catch (error) {
    const known = error instanceof HauberkError;
    const message = known ? error.message : 'the audit stopped at something that was not foreseen';
    if (known && USAGE_CODES.includes(error.code)) {
      output.err(`hauberk audit: ${message}\n`);
      return 2;
    }
    output.err(`hauberk audit: could not audit: ${message}\n`);
    if (format !== 'table' && known) output.out(audit.format(/** @type {any} */ (error), format));
    return 3;
  }
}

/** @param {string[]} args @returns {{ options: Record<string, unknown>, format: import('./index').Format } | undefined} */
function read(args) {
  const options = Object.fromEntries([
    ...[...TEXTS, 'timeout'].map((name) => [name, { type: 'string' }]),
    ...FLAGS.map((name) => [name, { type: 'boolean' }]),
  ]);
  const parsed = parseArgs({ args, options: /** @type {any} */ (options), allowPositionals: true });
  const { positionals } = parsed;
  const values = /** @type {Record<string, any>} */ (parsed.values);
  if (values.help) return undefined;
  const formats = ['json', 'sarif', 'junit'].filter((name) => values[name]);
  if (formats.length > 1) throw new Error(`--${formats.join(' and --')} exclude each other`);
  if (positionals.length > 1) throw new Error('one folder at a time');
  const given = Object.fromEntries(
    TEXTS.filter((name) => values[name] !== undefined).map((name) => [name, values[name]]),
  );
  return {
    options: {
      ...given,
      ...(values.production ? { production: true } : {}),
      ...(values.timeout === undefined ? {} : { timeoutMs: Number(values.timeout) }),
      ...(positionals.length === 1 ? { cwd: positionals[0] } : {}),
    },
    format: /** @type {import('./index').Format} */ (formats[0] ?? 'table'),
  };
}

module.exports = { command };
