'use strict';

const { execFileSync } = require('node:child_process');
const { Refused } = require('./refusal');
const { show } = require('./files');

/** Variables of a hook or an alias would lead to another repository. */
const MISLEADING = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_PREFIX',
  'GIT_NAMESPACE',
  'GIT_COMMON_DIR',
];

/** @param {string} root @param {string[]} args @returns {string | undefined} undefined where git says no */
function git(root, args) {
  const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' };
  for (const name of MISLEADING) Reflect.deleteProperty(env, name);
  try {
    // Only fixed arguments and names of files of the project, after `--`; a file system monitor is not started.
    return execFileSync('git', ['-C', root, '-c', 'core.fsmonitor=false', ...args], {
      encoding: 'utf8',
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 30_000,
      maxBuffer: 64 * 1024 ** 2,
    });
  } catch {
    return undefined;
  }
}

/** @param {string} root */
function isRepository(root) {
  return git(root, ['rev-parse', '--is-inside-work-tree'])?.trim() === 'true';
}

/** @param {string | undefined} text separated by NUL */
const names = (text) => (text ?? '').split('\0').filter(Boolean);

/** @param {string} root @param {string[]} files @returns {Set<string>} those that git tracks */
function tracked(root, files) {
  return files.length === 0 ? new Set() : new Set(names(git(root, ['ls-files', '-z', '--', ...files])));
}

/** @param {string} root @param {string} file @returns {boolean} */
function isIgnored(root, file) {
  return git(root, ['check-ignore', '-q', '--no-index', '--', file]) !== undefined;
}

/**
 * What init changes must be undone by git: so there is a repository, and nothing in it waits to be committed.
 *
 * @param {string} root
 * @param {boolean} force
 */
function requireCleanTree(root, force) {
  if (force) return;
  if (!isRepository(root)) {
    throw new Refused(
      'this is no git repository (or git is not installed), so nothing could be undone; run "git init" and commit, or use --force',
    );
  }
  const dirty = git(root, ['status', '--porcelain=v1', '-z', '--untracked-files=no', '--', '.']);
  if (dirty === undefined)
    throw new Refused(
      'git status failed here, so it is not certain that anything could be undone; see git status',
    );
  const changed = names(dirty);
  if (changed.length > 0) {
    const list = changed.slice(0, 5).map((line) => show(line.slice(3)));
    throw new Refused(
      `git has changes that are not committed (${list.join(', ')}${changed.length > 5 ? ', ...' : ''}); commit or stash them, or use --force`,
    );
  }
}

/**
 * @param {string} root
 * @param {string[]} files that exist and would be changed
 * @param {boolean} force
 */
function requireTracked(root, files, force) {
  if (force) return;
  const known = tracked(root, files);
  const lost = files.filter((file) => !known.has(file));
  if (lost.length > 0) {
    throw new Refused(
      `git does not know ${lost.map(show).join(', ')}, so a change could not be undone; commit first, or use --force`,
    );
  }
}

module.exports = { isRepository, tracked, isIgnored, requireCleanTree, requireTracked };
