'use strict';

const { bindingsOf } = require('./imports');
const { isDeferred, kindOfBlock, statementsOf } = require('./statements');

/** @typedef {import('./tokens').Token} Token */
/** @typedef {import('./statements').Statement} Statement */
/**
 * @typedef {object} Use of the application's name
 * @property {number} at index of the token
 * @property {'registers' | 'settings' | 'listens' | 'starts' | 'leaves' | 'handed'} kind
 * @property {string} [method]
 * @property {number} statement index in the list of the block's statements, -1 where it is outside of the block
 * @property {boolean} deferred whether it runs later than the statements around it
 */
/**
 * @typedef {object} Application
 * @property {string} name
 * @property {number} call index of the token `express`, or of the `require`, of `express()`
 * @property {number} block index of the `{` around it, -1 for the file
 * @property {Statement[]} statements of that block
 * @property {number} made index of the statement that makes it
 * @property {import('./imports').Binding} express
 */

const REGISTERS = new Set('use get post put patch delete all head options route param'.split(' '));
const SETTINGS = new Set(
  'set enable disable enabled disabled engine locals on once emit path mountpath address render'.split(' '),
);
const STARTS = new Set(
  'createServer createSecureServer listen request supertest serverless agent inject'.split(' '),
);
// Each repeated part begins with a sign that no part before it can take, so it looks at each token once.
const DECLARED =
  // eslint-disable-next-line security/detect-unsafe-regex -- see above
  /(?:^(?:export )?(?:const|let|var) |, |^)([\w$]+)(?: : [\w$]+(?: \. [\w$]+)*)?(?: = (?:module \. )?exports(?: \. [\w$]+)?)* =$/;

/**
 * Every `express()` of a file.
 *
 * @param {Token[]} tokens
 * @returns {{ call: number, express: import('./imports').Binding }[]}
 */
function callsOf(tokens) {
  return bindingsOf(tokens, 'express').flatMap((express) => {
    if (express.name === '') return [{ call: express.at - 2, express }];
    return tokens
      .filter(
        ({ text, index }) =>
          text === express.name &&
          tokens[index + 1]?.text === '(' &&
          tokens[index + 2]?.text === ')' &&
          !['.', '?.', 'function'].includes(tokens[index - 1]?.text),
      )
      .map(({ index }) => ({ call: index, express }));
  });
}

/**
 * The application that a call makes, where it is given a name in a block of statements.
 *
 * @param {Token[]} tokens
 * @param {{ call: number, express: import('./imports').Binding }} found
 * @returns {Application | undefined}
 */
function applicationOf(tokens, { call, express }) {
  const block = tokens[call].within;
  if (block >= 0 && (tokens[block].text !== '{' || kindOfBlock(tokens, block) === 'other')) return undefined;
  const statements = statementsOf(tokens, block);
  const made = statements.findIndex(({ first, last }) => first <= call && call <= last);
  const { first, last } = statements[made];
  const behind = tokens[call + (express.name === '' ? 6 : 3)];
  // `express().use(...)` gives the name to something else.
  if (behind !== undefined && behind.index <= last && ![';', ','].includes(behind.text)) return undefined;
  const before = tokens
    .slice(first, call)
    .map(({ text }) => text)
    .join(' ');
  const name = DECLARED.exec(before)?.[1];
  return name === undefined ? undefined : { name, call, block, statements, made, express };
}

/** @param {Token[]} tokens @param {Application} application @returns {Use[]} */
function usesOf(tokens, { name, call, block, statements }) {
  return tokens.flatMap((token) => {
    const at = token.index;
    if (token.text !== name || ['.', '?.'].includes(tokens[at - 1]?.text ?? '')) return [];
    // The declaration itself, a key of an object and a type.
    if (at < call && statements.some(({ first, last }) => first <= at && call <= last)) return [];
    if (tokens[at + 1]?.text === ':' && ['{', ','].includes(tokens[at - 1]?.text ?? '')) return [];
    if (tokens[at - 1]?.text === 'typeof') return [];
    const statement = statements.findIndex(({ first, last }) => first <= at && at <= last);
    const deferred = statement >= 0 && isDeferred(tokens, at, block, statements[statement].first);
    return [{ at, statement, deferred, ...kindOf(tokens, at) }];
  });
}

/** @param {Token[]} tokens @param {number} at @returns {{ kind: Use['kind'], method?: string }} */
function kindOf(tokens, at) {
  const next = tokens[at + 1];
  if (next?.text === '.' || next?.text === '?.') {
    const method = tokens[at + 2].text;
    if (method === 'listen') return { kind: 'listens', method };
    if (SETTINGS.has(method)) return { kind: 'settings', method };
    if (method === 'get' && hasOneArgument(tokens, at + 3)) return { kind: 'settings', method };
    return { kind: REGISTERS.has(method) ? 'registers' : 'handed', method };
  }
  if (leaves(tokens, at)) return { kind: 'leaves' };
  const callee = calleeOf(tokens, at);
  return { kind: callee !== undefined && STARTS.has(callee) ? 'starts' : 'handed' };
}

/** `app.get('setting')` reads a setting. @param {Token[]} tokens @param {number} open */
function hasOneArgument(tokens, open) {
  return tokens[open]?.text === '(' && tokens[open].match === open + 2;
}

/** Whether the name is exported or returned, and not called with. @param {Token[]} tokens @param {number} at */
function leaves(tokens, at) {
  const before = tokens[at - 1]?.text;
  if (before === 'return' || before === 'default') return true;
  let first = at;
  if (tokens[at].within >= 0 && tokens[tokens[at].within].text === '{') first = tokens[at].within;
  const words = tokens.slice(Math.max(0, first - 4), first).map(({ text }) => text);
  const [last, second] = [words.at(-1), words.at(-2)];
  if (first !== at && (last === 'export' || last === 'return')) return true;
  return last === '=' && (second === 'exports' || words.includes('exports'));
}

/** The last name of what is called with the token as an argument. @param {Token[]} tokens @param {number} at */
function calleeOf(tokens, at) {
  const open = tokens[at].within;
  if (open < 0 || tokens[open].text !== '(') return undefined;
  const callee = tokens[open - 1];
  return callee?.type === 'word' ? callee.text : undefined;
}

module.exports = { callsOf, applicationOf, usesOf };
