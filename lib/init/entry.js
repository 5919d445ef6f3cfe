'use strict';

const path = require('node:path');
const { callsOf } = require('./application');
const { exists, readText, show, sourcesOf } = require('./files');
const { stringOf } = require('./imports');
const { programOf } = require('./project');
const { Refused } = require('./refusal');
const { tokenize, Unsure, lineOf } = require('./tokens');

/** @typedef {{ file: import('./files').Text, tokens: import('./tokens').Token[] }} Source */

const ENDINGS = ['', '.js', '.ts', '.cjs', '.mjs', '.cts', '.mts', '/index.js', '/index.ts'];
const LONGEST_LINE = 2000;
const REGISTERS = new Set('use get post put patch delete all route'.split(' '));

/**
 * The file that makes the application: the one that is named, else the only one of the project, else the one among
 * several that package.json starts.
 *
 * @param {import('./project').Project} project
 * @param {string | undefined} named
 * @returns {Source}
 * @throws Refused
 */
function findEntry(project, named) {
  const { root } = project;
  if (named !== undefined) return read(root, named);
  /** @type {Source[]} */
  const found = [];
  /** @type {string[]} */
  const problems = [];
  const started = startedFiles(project);
  for (const name of new Set([...started, ...sourcesOf(root)])) {
    try {
      const source = readIfExpress(root, name);
      if (source !== undefined && !found.some(({ file }) => file.path === source.file.path))
        found.push(source);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (started.includes(name)) throw error;
      problems.push(error.message);
    }
  }
  if (found.length === 1) return found[0];
  if (found.length === 0) {
    const why = problems.length > 0 ? ` (${problems.slice(0, 3).join('; ')})` : '';
    throw new Refused(
      `no file of the project was found that makes an Express application${why}; name it: --entry FILE`,
    );
  }
  const chosen = found.filter(({ file }) => started.includes(file.name));
  if (chosen.length === 1) return chosen[0];
  const list = found.map(({ file }) => show(file.name)).join(', ');
  throw new Refused(`several files make an Express application: ${list}; name one: --entry FILE`);
}

/** The files that package.json names. @param {import('./project').Project} project @returns {string[]} */
function startedFiles({ root, manifest }) {
  const given = [programOf(manifest.scripts?.start), programOf(manifest.scripts?.dev), manifest.main];
  return given.flatMap((one) => {
    if (typeof one !== 'string' || one === '' || one.includes('\0')) return [];
    const clean = path.posix.normalize(one.replace(/\\/g, '/'));
    // What was built from src/ is not the source.
    const source = clean.replace(/^(?:dist|build|out|lib)\//, 'src/').replace(/\.([cm]?)js$/, '.$1ts');
    const built = /^(?:dist|build|out)\//.test(clean);
    const name = ENDINGS.map((ending) => (built ? source : clean) + ending).find((file) =>
      isFileName(root, file),
    );
    return name === undefined ? [] : [name];
  });
}

/** @param {string} root @param {string} name */
function isFileName(root, name) {
  return /\.[cm]?[jt]s$|^bin\//.test(name) && exists(root, name);
}

/** @param {string} root @param {string} name @returns {Source | undefined} */
function readIfExpress(root, name) {
  const file = readText(root, name);
  if (!file.text.includes('express')) return undefined;
  const source = cut(file);
  return callsOf(source.tokens).length > 0 ? source : undefined;
}

/** @param {string} root @param {string} name @returns {Source} */
function read(root, name) {
  return cut(readText(root, name));
}

/** @param {import('./files').Text} file @returns {Source} */
function cut(file) {
  const name = show(file.name);
  if (file.text.split('\n').some((line) => line.length > LONGEST_LINE)) {
    throw new Refused(
      `${name} has a line of more than ${LONGEST_LINE} characters: it is minified or generated; name its source: --entry FILE`,
    );
  }
  try {
    return { file, tokens: tokenize(file.text) };
  } catch (error) {
    if (!(error instanceof Unsure)) throw error;
    throw new Refused(`${name}:${lineOf(file.text, error.at)} is not understood: ${error.message}`);
  }
}

/**
 * The first place in another file that registers something on the application after importing it: the error handler
 * at the end of its own file would come before that.
 *
 * @param {import('./project').Project} project
 * @param {Source} entry
 * @returns {string | undefined} such as `server.js:12`
 */
function registersElsewhere({ root, manifest }, entry) {
  const stem = path.posix.basename(entry.file.name).replace(/\.[cm]?[jt]s$/, '');
  for (const name of new Set([
    ...startedFiles(/** @type {any} */ ({ root, manifest })),
    ...sourcesOf(root),
  ])) {
    if (name === entry.file.name) continue;
    let source;
    try {
      const file = readText(root, name);
      if (!file.text.includes(stem === 'index' ? 'require' : stem) && !file.text.includes('import')) continue;
      source = cut(file);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      continue;
    }
    const at = registrationIn(source, entry.file.name);
    if (at !== undefined) return `${name}:${lineOf(source.file.text, at)}`;
  }
  return undefined;
}

/** @param {Source} source @param {string} entry @returns {number | undefined} offset */
function registrationIn({ file, tokens }, entry) {
  const folder = path.posix.dirname(file.name);
  for (const token of tokens) {
    const given = stringOf(token);
    if (given === undefined || !/^\.\.?(\/|$)/.test(given)) continue;
    const target = path.posix.normalize(path.posix.join(folder, given)).replace(/\.[cm]?[jt]s$/, '');
    const own = entry.replace(/\.[cm]?[jt]s$/, '');
    if (target !== own && path.posix.join(target, 'index') !== own) continue;
    const names = namesBefore(tokens, token.index);
    const use = tokens.find(
      ({ text, index, type }) =>
        type === 'word' &&
        names.has(text) &&
        index > token.index &&
        tokens[index - 1]?.text !== '.' &&
        tokens[index + 1]?.text === '.' &&
        REGISTERS.has(tokens[index + 2]?.text) &&
        tokens[index + 3]?.text === '(' &&
        tokens[index + 3].match !== index + 5,
    );
    if (use !== undefined) return use.start;
  }
  return undefined;
}

/** The names that the import in front of a path gives. @param {import('./tokens').Token[]} tokens @param {number} at */
function namesBefore(tokens, at) {
  const names = new Set();
  for (let i = at - 1; i >= 0 && at - i < 60; i -= 1) {
    const { text, type } = tokens[i];
    if (['const', 'let', 'var', 'import', ';'].includes(text)) break;
    if (type === 'word' && !['require', 'from', 'as', 'default', 'await'].includes(text)) names.add(text);
  }
  return names;
}

module.exports = { findEntry, registersElsewhere };
