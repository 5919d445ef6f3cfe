'use strict';

const crypto = require('node:crypto');
const { exists, readIfThere, readText } = require('../files');
const { isIgnored, isRepository, tracked } = require('../git');
const { appended } = require('./docker');
const { Refused } = require('../refusal');

const NAME = /^[ \t]*(?:export )?HAUBERK_SECRET[ \t]*=/m;
const MAKE = `node -p "require('node:crypto').randomBytes(32).toString('base64url')"`;
const EXAMPLE = [
  '# Signs and seals cookies and tokens; at least 32 bytes, another one in each environment. Make one with:',
  `# ${MAKE}`,
  'HAUBERK_SECRET=',
];

/**
 * The name of the secret goes into files that git tracks, the secret never: only into a `.env` that is there already
 * and that git ignores.
 *
 * @param {{ root: string }} project
 * @returns {{ changes: import('../apply').Change[], notes: import('../wire').Note[] }}
 */
function secretsPart({ root }) {
  /** @type {import('../apply').Change[]} */
  const changes = [];
  /** @type {import('../wire').Note[]} */
  const notes = [];
  const example = readIfThere(root, '.env.example');
  if (!NAME.test(example?.text ?? '')) {
    changes.push({
      name: example?.name ?? '.env.example',
      before: example,
      after: appended(example?.text, EXAMPLE),
    });
  }
  const repository = isRepository(root);
  const ignore = ignoreChange(root, repository);
  if (ignore !== undefined) changes.push(ignore);
  const note = secretChange(root, repository, changes);
  if (note !== undefined) notes.push({ what: note, docs: 'init.md' });
  return { changes, notes };
}

/** @param {string} root @param {boolean} repository @returns {import('../apply').Change | undefined} */
function ignoreChange(root, repository) {
  const before = readIfThere(root, '.gitignore');
  const listed = (before?.text ?? '').split(/\r?\n/).some((line) => /^\/?\.env\*?$/.test(line.trim()));
  if (listed || (repository && isIgnored(root, '.env'))) return undefined;
  return { name: before?.name ?? '.gitignore', before, after: appended(before?.text, ['.env']) };
}

/**
 * @param {string} root @param {boolean} repository @param {import('../apply').Change[]} changes gets the one of `.env`
 * @returns {string | undefined} what a person has to know
 */
function secretChange(root, repository, changes) {
  if (repository && tracked(root, ['.env']).has('.env')) {
    return '.env is tracked by git, so every secret in it is known to whoever reads the repository: git rm --cached .env, and make new ones';
  }
  const byHand = `set HAUBERK_SECRET where the application runs (${MAKE})`;
  if (!exists(root, '.env')) return byHand;
  let before;
  try {
    before = readText(root, '.env');
  } catch (error) {
    if (error instanceof Refused) return byHand;
    throw error;
  }
  if (NAME.test(before.text)) return undefined;
  const ignored = changes.some(({ name }) => name === '.gitignore') || isIgnored(root, '.env');
  // A link leads to a file that git may look at under another name.
  if (!repository || !ignored || before.name !== '.env' || (before.mode & 0o200) === 0) return byHand;
  const after = appended(before.text, [`HAUBERK_SECRET=${crypto.randomBytes(32).toString('base64url')}`]);
  changes.push({ name: '.env', before, after, secret: true });
  return undefined;
}

module.exports = { secretsPart };
