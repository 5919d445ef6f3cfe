'use strict';

/* eslint-disable security/detect-non-literal-fs-filename -- the folder that the user pointed at; links are not followed */

const fs = require('node:fs');
const path = require('node:path');

const MAX_ENTRIES = 200_000;
const MAX_DEPTH = 40;
/** What is installed, built, or for a browser. */
const LEFT_OUT = new Set([
  'node_modules',
  'bower_components',
  'dist',
  'build',
  'out',
  'coverage',
  'vendor',
  'public',
]);
const TESTS = new Set([
  'test',
  'tests',
  '__tests__',
  '__test__',
  'spec',
  'e2e',
  '__mocks__',
  'fixtures',
  'cypress',
]);

/**
 * The files below a folder, relative and with `/`, in a fixed order. Symbolic links are not followed, so no loop of
 * them is; a folder that may not be read is told and left out.
 *
 * @param {string} root
 * @param {string[]} notes
 * @returns {{ name: string, source: boolean }[]} `source`: of the application itself, not of its tests
 */
function walk(root, notes) {
  /** @type {{ name: string, source: boolean }[]} */
  const found = [];
  /** @type {{ at: string, depth: number, source: boolean }[]} */
  const waiting = [{ at: '', depth: 0, source: true }];
  let entries = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { at, depth, source } = next;
    for (const entry of list(path.join(root, at), at, notes)) {
      entries += 1;
      if (entries > MAX_ENTRIES) {
        notes.push(`only the first ${MAX_ENTRIES} files and folders were looked at`);
        return sorted(found);
      }
      const name = at === '' ? entry.name : `${at}/${entry.name}`;
      if (entry.isFile())
        found.push({
          name,
          source: source && !/\.(?:test|spec|stories|d)\.[cm]?[jt]sx?$|\.min\.js$/.test(name),
        });
      if (!entry.isDirectory() || LEFT_OUT.has(entry.name) || isHidden(name)) continue;
      if (depth < MAX_DEPTH)
        waiting.push({ at: name, depth: depth + 1, source: source && !TESTS.has(entry.name) });
      else notes.push(`${name} is too deep and was not looked at`);
    }
  }
  return sorted(found);
}

/** Hidden folders are the tools' own, but those of CI say what happens to the project. @param {string} name */
function isHidden(name) {
  const last = name.slice(name.lastIndexOf('/') + 1);
  return last.startsWith('.') && !['.github', '.circleci', '.gitlab', '.husky', '.ci'].includes(last);
}

/** @param {{ name: string, source: boolean }[]} found */
function sorted(found) {
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @param {string} folder @param {string} name @param {string[]} notes */
function list(folder, name, notes) {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const code = /** @type {NodeJS.ErrnoException} */ (error).code ?? 'unknown';
    notes.push(`${name === '' ? 'the folder' : name} could not be read (${code})`);
    return [];
  }
}

module.exports = { walk };
