'use strict';

/* eslint-disable security/detect-non-literal-regexp, security/detect-unsafe-regex -- made of names that are escaped or our own; each repetition is bounded, or begins where no other part fits */

/**
 * Dockerfiles, read line by line.
 *
 * @typedef {{ file: string, line: number, word: string, rest: string }} Instruction
 */

const NAMES = /(?:^|\/)(?:[\w.-]+\.)?(?:Dockerfile|Containerfile)(?:\.[\w.-]+)?$/i;

/** @param {import('./read').Project} project @returns {{ name: string, instructions: Instruction[] }[]} */
function dockerfiles(project) {
  return project
    .matching(NAMES)
    .filter(({ name }) => !/\.(?:md|dockerignore|[jt]s)$/i.test(name))
    .map(({ name, text }) => ({ name, instructions: instructionsOf(name, text) }));
}

/** @param {string} file @param {string} text @returns {Instruction[]} */
function instructionsOf(file, text) {
  /** @type {Instruction[]} */
  const found = [];
  let open = '';
  let start = 0;
  text.split('\n').forEach((raw, i) => {
    const line = raw.trim();
    if (line.startsWith('#') || (line === '' && open === '')) return;
    if (open === '') start = i + 1;
    open += line.endsWith('\\') ? `${line.slice(0, -1)} ` : line;
    if (line.endsWith('\\')) return;
    const space = open.search(/\s/);
    const word = space === -1 ? open : open.slice(0, space);
    found.push({
      file,
      line: start,
      word: word.toUpperCase(),
      rest: space === -1 ? '' : open.slice(space).trim(),
    });
    open = '';
  });
  return found;
}

/** The instructions of the last stage, which is what runs. @param {Instruction[]} instructions */
function lastStage(instructions) {
  const from = instructions.map(({ word }) => word).lastIndexOf('FROM');
  return instructions.slice(Math.max(0, from));
}

/**
 * The user that the last stage runs as; a stage that is built on an earlier one has its user.
 *
 * @param {Instruction[]} instructions
 * @returns {{ user: string | undefined, at: Instruction | undefined }}
 */
function userOf(instructions) {
  let end = instructions.length;
  for (let steps = 0; steps < 50; steps += 1) {
    const before = instructions.slice(0, end);
    const from = before.map(({ word }) => word).lastIndexOf('FROM');
    if (from === -1) return { user: undefined, at: undefined };
    const user = before.slice(from).findLast(({ word }) => word === 'USER');
    if (user !== undefined)
      return { user: user.rest.split(/[\s:]/, 1)[0].replace(/^["']|["']$/g, ''), at: user };
    const base = /^(?:--\S+\s+)*(\S+)/.exec(before[from].rest)?.[1] ?? '';
    if (/:nonroot\b|\bnonroot\b/.test(base)) return { user: 'nonroot', at: before[from] };
    const stage = before.findIndex(
      ({ word, rest }) =>
        word === 'FROM' && new RegExp(`\\sAS\\s+${base.replace(/\W/g, '\\$&')}$`, 'i').test(rest),
    );
    if (stage === -1 || stage >= from) return { user: undefined, at: before[from] };
    end = before.findIndex(({ word }, i) => i > stage && word === 'FROM');
  }
  return { user: undefined, at: undefined };
}

/** @param {string | undefined} user */
const isRoot = (user) => user === undefined || /^(?:root|0+)$/i.test(user);

module.exports = { dockerfiles, lastStage, userOf, isRoot };
