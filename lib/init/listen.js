'use strict';

/** @typedef {import('./tokens').Token} Token */

/** `process.env.PORT || 3000` and its like, tokens joined by blanks. */
const FROM_ENVIRONMENT = /^(?:Number \( )?process \. env \. \w+ (?:\|\||\?\?) ['"]?(\d{1,5})['"]?(?: \))?$/;
const NUMBER = /^(\d{1,5})$/;
const NO_PARAMETERS = /^(?:async )?(?:\( \) =>|function \w* ?\( \))/;

/**
 * `app.listen` becomes `guard.listen` where both do the same: a port that is certain, and at most a callback that
 * takes nothing (Express 5 hands it the error of listening).
 *
 * @param {Token[]} tokens
 * @param {import('./application').Application} application
 * @param {import('./application').Use[]} uses
 * @param {{ guard: string, first: number }} made the name of the guard, and the statement behind which it stands
 * @param {(index: number) => string} where
 * @returns {{ edits: import('./wire').Edit[], notes: import('./wire').Note[] }}
 */
function guardedListen(tokens, application, uses, { guard, first }, where) {
  /** @type {import('./wire').Edit[]} */
  const edits = [];
  /** @type {import('./wire').Note[]} */
  const notes = [];
  for (const { at, kind, statement } of uses) {
    if (kind !== 'listens' || tokens[at + 3]?.text !== '(') continue;
    const port = statement <= first ? undefined : safePort(tokens, at + 3);
    if (port === undefined) {
      const what = `${where(at)} stays app.listen: guard.listen(app, port, { user }) can bind a low port and become another user`;
      notes.push({ what, docs: 'privileges.md' });
      continue;
    }
    if (port > 0 && port < 1024) {
      const what = `${where(at)} binds port ${port}, which may need root: give guard.listen { user: 'a user of its own' }, or take a port from 1024 on`;
      notes.push({ what, docs: 'privileges.md' });
    }
    const start = tokens[at].start;
    edits.push({ at: start, end: tokens[at + 3].end, text: `${guard}.listen(${application.name}, ` });
  }
  return { edits, notes };
}

/** @param {Token[]} tokens @param {number} open @returns {number | undefined} the port, where all is certain */
function safePort(tokens, open) {
  const [first, second, ...rest] = argumentsOf(tokens, open);
  if (first === undefined || rest.length > 0) return undefined;
  if (second !== undefined && !NO_PARAMETERS.test(textOf(second))) return undefined;
  const port = portOf(textOf(first)) ?? (first.length === 1 ? constant(tokens, first[0]) : undefined);
  return port !== undefined && port < 65536 ? port : undefined;
}

/** @param {string} text */
function portOf(text) {
  const found = NUMBER.exec(text) ?? FROM_ENVIRONMENT.exec(text);
  return found ? Number(found[1]) : undefined;
}

/** The port that a `const` of the file holds. @param {Token[]} tokens @param {Token} name */
function constant(tokens, name) {
  const named = tokens.filter(
    ({ text, index }) =>
      text === name.text &&
      ['const', 'let', 'var', ','].includes(tokens[index - 1]?.text ?? '') &&
      tokens[index + 1]?.text === '=',
  );
  if (named.length !== 1 || tokens[named[0].index - 1].text !== 'const') return undefined;
  let last = named[0].index + 2;
  while (
    tokens[last + 1] !== undefined &&
    !tokens[last + 1].newline &&
    ![';', ','].includes(tokens[last + 1].text)
  )
    last += 1;
  return portOf(textOf(tokens.slice(named[0].index + 2, last + 1)));
}

/** @param {Token[]} tokens @param {number} open @returns {Token[][]} */
function argumentsOf(tokens, open) {
  const end = /** @type {number} */ (tokens[open].match);
  /** @type {Token[][]} */
  const list = [];
  let from = open + 1;
  for (let i = from; i <= end; i += 1) {
    if (i !== end && !(tokens[i].text === ',' && tokens[i].within === open)) continue;
    if (i > from) list.push(tokens.slice(from, i));
    from = i + 1;
  }
  return list;
}

/** @param {Token[]} tokens */
const textOf = (tokens) => tokens.map(({ text }) => text).join(' ');

module.exports = { guardedListen };
