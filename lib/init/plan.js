'use strict';

const { registersElsewhere } = require('./entry');
const { show } = require('./files');
const { manifestWith } = require('./manifest');
const { packageNotes } = require('./packages');
const { auditPart } = require('./parts/audit');
const { dockerPart } = require('./parts/docker');
const { eslintPart } = require('./parts/eslint');
const { secretsPart } = require('./parts/secrets');
const { systemdPart } = require('./parts/systemd');
const { workflowPart } = require('./parts/workflow');
const { Refused } = require('./refusal');
const { parses } = require('./syntax');
const { stringOf } = require('./imports');
const { tokenize, Unsure } = require('./tokens');
const { applyEdits, byHand, isWired, wire } = require('./wire');

/** @typedef {import('./apply').Change} Change */
/** @typedef {import('./wire').Note} Note */
/**
 * @typedef {object} Asked
 * @property {string | undefined} entry
 * @property {'enforce' | 'report'} mode
 * @property {number | string | string[] | undefined} trustProxy
 * @property {boolean} ci
 * @property {readonly string[]} skip names of PARTS
 */

const PARTS = Object.freeze(['code', 'audit', 'eslint', 'docker', 'systemd', 'secrets']);

/**
 * Everything that would change, and what a person has to look at. Changes nothing.
 *
 * @param {import('./project').Project} project
 * @param {import('./entry').Source} entry
 * @param {Asked} asked
 * @returns {{ changes: Change[], notes: Note[] }}
 * @throws Refused
 */
function planOf(project, entry, asked) {
  const wanted = (/** @type {string} */ part) => !asked.skip.includes(part);
  /** @type {Change[]} */
  const changes = [];
  /** @type {Note[]} */
  const notes = [];
  /** @param {{ changes: Change[], notes?: Note[] }} part */
  const add = (part) => {
    changes.push(...part.changes);
    notes.push(...(part.notes ?? []));
  };
  if (wanted('code')) add(codePart(project, entry, asked));
  notes.push(...packageNotes(project, entry));

  const application = { entry: entry.file.name, port: portOf(entry.tokens) };
  const audit = wanted('audit') ? auditPart(project) : { changes: [], scripts: {} };
  const isTyped = /\.[cm]?ts$/.test(entry.file.name);
  const eslint = wanted('eslint')
    ? eslintPart(project, isTyped)
    : { changes: [], notes: [], scripts: {}, devDependencies: {} };
  const scripts = { ...audit.scripts, ...eslint.scripts };
  const manifest = manifestWith(project, { scripts, devDependencies: eslint.devDependencies });
  if (manifest.after !== project.file.text) {
    changes.push({ name: project.file.name, before: project.file, after: manifest.after });
  }
  notes.push(...manifest.notes);
  add(audit);
  add(eslint);
  if (wanted('docker')) add(dockerPart(project, application));
  if (wanted('systemd')) add(systemdPart(project, application));
  if (wanted('secrets')) add(secretsPart(project));
  if (asked.ci) {
    const lints = Object.hasOwn({ ...project.manifest.scripts, ...scripts }, 'lint');
    add({ changes: workflowPart(project, lints) });
  }
  for (const { before, name } of changes) {
    if (before !== undefined && (before.mode & 0o200) === 0) {
      throw new Refused(`${show(name)} is read-only; nothing was changed`);
    }
  }
  return { changes, notes };
}

/**
 * @param {import('./project').Project} project
 * @param {import('./entry').Source} entry
 * @param {Asked} asked
 * @returns {{ changes: Change[], notes: Note[] }}
 */
function codePart(project, entry, asked) {
  const { file, tokens } = entry;
  const name = show(file.name);
  if (isWired(tokens)) return { changes: [], notes: wiredNotes(name, tokens) };
  const { edits, notes } = wire(name, file.text, tokens, asked);
  const elsewhere = registersElsewhere(project, entry);
  const style = tokens.some(({ text }) => text === 'import') ? 'import' : 'require';
  if (elsewhere !== undefined) {
    throw new Refused(
      `${show(elsewhere)} registers routes on the application of ${name} later, so the error handler does not belong at the end of ${name}`,
      { byHand: byHand(style) },
    );
  }
  const after = applyEdits(file.text, edits);
  requireReadable(name, file.text, after, style === 'import' || /\.mjs$/.test(name));
  return { changes: [{ name: file.name, before: file, after }], notes };
}

/** @param {string} name @param {import('./tokens').Token[]} tokens @returns {Note[]} */
function wiredNotes(name, tokens) {
  const handles = tokens.some(({ text, index }) => text === 'errors' && tokens[index - 1]?.text === '.');
  if (handles) return [];
  return [
    {
      what: `${name} names hauberk, but no error handler of it: app.use(guard.errors), behind the last route`,
      docs: 'guard.md',
    },
  ];
}

/**
 * The last look before anything is shown: the result is cut as before, and Node.js reads it.
 *
 * @param {string} name @param {string} before @param {string} after @param {boolean} isModule
 */
function requireReadable(name, before, after, isModule) {
  const wrong = new Refused(
    `${name} would not be a program any more; nothing was changed, and this is a mistake of init`,
  );
  try {
    if (tokenize(after).length <= tokenize(before).length) throw wrong;
  } catch (error) {
    throw error instanceof Unsure ? wrong : error;
  }
  // Types are for the compiler; it is not started.
  if (/\.[cm]?ts$/.test(name)) return;
  if (!parses(before, isModule))
    throw new Refused(`${name} is no program that Node.js can read; nothing was changed`);
  if (!parses(after, isModule)) throw wrong;
}

/** The port that the application says it listens on, else 3000. @param {import('./tokens').Token[]} tokens */
function portOf(tokens) {
  for (const { text, index } of tokens) {
    const named =
      text === 'PORT' && ['||', '??'].includes(tokens[index + 1]?.text) ? tokens[index + 2] : undefined;
    const given = text === 'listen' && tokens[index + 1]?.text === '(' ? tokens[index + 2] : undefined;
    for (const token of [named, given]) {
      const port = Number(token?.type === 'number' ? token.text : (stringOf(token) ?? Number.NaN));
      if (Number.isInteger(port) && port > 0 && port < 65536) return port;
    }
  }
  return 3000;
}

module.exports = { planOf, PARTS };
