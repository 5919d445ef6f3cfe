'use strict';

const readline = require('node:readline/promises');
const { parseArgs } = require('node:util');
const { applyAll } = require('./apply');
const { shown, unified } = require('./diff');
const { findEntry } = require('./entry');
const { show } = require('./files');
const { requireCleanTree, requireTracked } = require('./git');
const { planOf, PARTS } = require('./plan');
const { openProject } = require('./project');
const { needsAnswer, readTrustProxy } = require('./proxy');
const { Refused } = require('./refusal');
const { scoreOf } = require('./score');
const { isWired } = require('./wire');

const PAGES = 'https://github.com/hauberk/hauberk/blob/main/docs/';

const USAGE = `hauberk init [options] [FOLDER]

Puts the guard into an existing Express application, and the files around it. Shows what would change, asks, and
changes it; git is the way back.

  --yes               do not ask
  --dry-run           show what would change, and change nothing
  --force             also where git could not undo it: changes that are not committed, or no repository
  --entry FILE        the file that makes the application
  --trust-proxy WHAT  what stands in front: a number of proxies, their addresses, or a preset (docs/client.md)
  --mode report       begin in dry run: everything is told and nothing is blocked (default enforce)
  --skip PART,...     leave out: ${PARTS.join(', ')}
  --ci                also a GitHub workflow
  --help

Exit codes: 0 done, or nothing to do, or shown by --dry-run; 1 not agreed to; 2 usage; 3 could not be done.
`;

/** @typedef {{ out: (text: string) => void, err: (text: string) => void }} Output */
/**
 * @typedef {object} Terminal
 * @property {boolean} interactive whether a person can be asked
 * @property {boolean} colour
 * @property {(question: string) => Promise<string>} ask
 */

/**
 * @param {string[]} args behind `hauberk init`
 * @param {Output} output
 * @param {Terminal} [terminal] default: the one of the process
 * @returns {Promise<number>} the exit code
 */
async function command(args, output, terminal = ownTerminal()) {
  try {
    const asked = read(args);
    if (asked === undefined) {
      output.out(USAGE);
      return 0;
    }
    return await init(asked, output, terminal);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    output.err(`hauberk init: ${error.message}\n`);
    if (error.byHand !== undefined) output.err(`\nBy hand:\n\n${error.byHand.replace(/^(?=.)/gm, '  ')}\n`);
    if (error.exitCode === 2) output.err(`\n${USAGE}`);
    return error.exitCode;
  }
}

/** @param {NonNullable<ReturnType<typeof read>>} asked @param {Output} output @param {Terminal} terminal */
async function init(asked, output, terminal) {
  const project = openProject(asked.folder);
  const entry = findEntry(project, asked.entry);
  const trustProxy = await proxyOf(project, entry, asked, terminal);
  const { changes, notes } = planOf(project, entry, { ...asked, trustProxy });
  const before = await scoreOf(project.root);
  if (changes.length === 0) {
    tellNotes(notes, output);
    output.out(`Nothing to do: everything is there.\ndoctor: ${before}\n`);
    return 0;
  }
  const known = changes.filter((change) => change.before !== undefined && change.secret !== true);
  if (!asked.dryRun) {
    requireCleanTree(project.root, asked.force);
    requireTracked(
      project.root,
      known.map(({ name }) => name),
      asked.force,
    );
  }
  for (const change of changes) tellChange(change, output, terminal.colour);
  tellNotes(notes, output);
  output.out(`doctor, before: ${before}\n`);
  if (asked.dryRun) {
    output.out('Nothing was changed (--dry-run).\n');
    return 0;
  }
  if (!asked.yes && !(await agrees(terminal, output))) return 1;
  applyAll(project.root, changes);
  await tellDone(project, changes, output);
  return 0;
}

/**
 * The one question that the files do not answer. An empty answer leaves it to the guard's default.
 *
 * @param {import('./project').Project} project
 * @param {import('./entry').Source} entry
 * @param {NonNullable<ReturnType<typeof read>>} asked
 * @param {Terminal} terminal
 */
async function proxyOf({ root }, { tokens }, asked, terminal) {
  const silent = !terminal.interactive || asked.yes || asked.dryRun || asked.skip.includes('code');
  if (silent || asked.trustProxy !== undefined || isWired(tokens) || !needsAnswer(tokens))
    return asked.trustProxy;
  requireCleanTree(root, asked.force);
  return readTrustProxy(
    await terminal.ask(
      'What stands in front of the application? A number of proxies, addresses, a preset, or nothing: ',
    ),
  );
}

/** @param {Terminal} terminal @param {Output} output */
async function agrees(terminal, output) {
  if (!terminal.interactive) {
    output.err(
      'hauberk init: nothing was changed, because there is no terminal to ask on; --yes agrees without asking\n',
    );
    return false;
  }
  const answer = await terminal.ask('Change these files? (y/n) ');
  if (/^y(es)?$/i.test(answer.trim())) return true;
  output.out('Nothing was changed.\n');
  return false;
}

/** @param {import('./apply').Change} change @param {Output} output @param {boolean} colour */
function tellChange({ name, before, after, secret }, output, colour) {
  const lines = unified(show(name), before?.text, after).map((line) =>
    // What else stands in such a file is a secret, too.
    secret && !/^(---|\+\+\+|@@)/.test(line) ? line.replace(/=.*$/s, '=(not shown)') : line,
  );
  output.out(`${lines.map((line) => shown(line, colour)).join('\n')}\n\n`);
}

/** @param {import('./wire').Note[]} notes @param {Output} output */
function tellNotes(notes, output) {
  if (notes.length === 0) return;
  output.out(
    `For you to look at:\n${notes.map(({ what, docs }) => `  - ${what}\n    ${PAGES}${docs}\n`).join('')}\n`,
  );
}

/** @param {import('./project').Project} project @param {import('./apply').Change[]} changes @param {Output} output */
async function tellDone({ root, manager, manifest }, changes, output) {
  const after = await scoreOf(root);
  const changed = changes.filter(({ before }) => before !== undefined);
  const made = changes.filter(({ before }) => before === undefined);
  const quoted = (/** @type {import('./apply').Change[]} */ list) =>
    list.map(({ name }) => quote(show(name))).join(' ');
  const undo = [
    ...(changed.some(({ secret }) => !secret)
      ? [`git restore ${quoted(changed.filter(({ secret }) => !secret))}`]
      : []),
    ...(made.length > 0 ? [`git clean -f ${quoted(made)}`] : []),
  ];
  output.out(`doctor, after:  ${after}\n`);
  output.out(`Changed ${changed.length}, made ${made.length}.\n`);
  const installed = Object.hasOwn(manifest.dependencies ?? {}, 'hauberk');
  if (!installed) output.out(`Next: ${manager === 'berry' ? 'yarn' : manager} install\n`);
  output.out(`To undo: ${undo.join(' && ')}\n`);
}

/** A name as an argument for a shell. @param {string} name */
function quote(name) {
  return /^[\w./@-]+$/.test(name) ? name : `'${name.replace(/'/g, "'\\''")}'`;
}

/** @param {string[]} args */
function read(args) {
  const flags = ['yes', 'dry-run', 'force', 'ci', 'help'];
  const texts = ['entry', 'trust-proxy', 'mode', 'skip'];
  const options = Object.fromEntries([
    ...flags.map((name) => [name, { type: 'boolean' }]),
    ...texts.map((name) => [name, { type: 'string' }]),
  ]);
  let parsed;
  try {
    parsed = parseArgs({ args, options: /** @type {any} */ (options), allowPositionals: true });
  } catch (error) {
    throw new Refused(/** @type {Error} */ (error).message, { exitCode: 2 });
  }
  const { positionals } = parsed;
  const values = /** @type {Record<string, any>} */ (parsed.values);
  if (values.help) return undefined;
  const usage = (/** @type {string} */ message) => new Refused(message, { exitCode: 2 });
  if (positionals.length > 1) throw usage('one folder at a time');
  if (values.yes && values['dry-run']) throw usage('--yes and --dry-run exclude each other');
  const mode = values.mode ?? 'enforce';
  if (mode !== 'enforce' && mode !== 'report') throw usage('--mode is enforce or report');
  const skip = (values.skip ?? '').split(',').filter(Boolean);
  const unknown = skip.find((/** @type {string} */ one) => !PARTS.includes(one));
  if (unknown !== undefined)
    throw usage(`--skip does not know ${show(unknown)}; it knows ${PARTS.join(', ')}`);
  if ([positionals[0], values.entry].some((one) => one?.includes('\0')))
    throw usage('a file name holds no NUL');
  return {
    folder: positionals[0] ?? '.',
    yes: values.yes === true,
    dryRun: values['dry-run'] === true,
    force: values.force === true,
    ci: values.ci === true,
    entry: values.entry,
    trustProxy: readTrustProxy(values['trust-proxy'] ?? ''),
    mode: /** @type {'enforce' | 'report'} */ (mode),
    skip,
  };
}

/** @returns {Terminal} */
function ownTerminal() {
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true;
  return {
    interactive,
    colour: process.stdout.isTTY === true && (process.env.NO_COLOR ?? '') === '',
    async ask(question) {
      const lines = readline.createInterface({ input: process.stdin, output: process.stdout });
      // The end of the input is no agreement.
      const ended = new Promise((resolve) => lines.once('close', () => resolve('')));
      try {
        return await Promise.race([lines.question(question), ended]);
      } finally {
        lines.close();
      }
    },
  };
}

module.exports = { command };
