'use strict';

/** @typedef {import('./tokens').Token} Token */
/**
 * How a file names a package.
 *
 * @typedef {object} Binding
 * @property {string} name '' where the package is called on the spot: `require('express')()`
 * @property {'require' | 'import' | 'namespace' | 'import-require'} style
 * @property {number} at index of the token with the package's name
 */

const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** The text of a plain string token, or undefined. @param {Token | undefined} token */
function stringOf(token) {
  if (token?.type !== 'string' || token.text.includes('\\')) return undefined;
  return token.text.slice(1, -1);
}

/**
 * The names that a file gives to a package, outside of every function.
 *
 * @param {Token[]} tokens
 * @param {string} wanted
 * @returns {Binding[]}
 */
function bindingsOf(tokens, wanted) {
  return tokens.flatMap((token, at) => {
    if (stringOf(token) !== wanted) return [];
    const found = required(tokens, at) ?? imported(tokens, at);
    return found === undefined ? [] : [found];
  });
}

/** @param {Token[]} tokens @param {number} at @returns {Binding | undefined} */
function required(tokens, at) {
  const [word, open, , close] = [tokens[at - 2], tokens[at - 1], tokens[at], tokens[at + 1]];
  if (word?.text !== 'require' || open.text !== '(' || close?.text !== ')' || word.within !== -1)
    return undefined;
  const next = tokens[at + 2];
  if (next?.text === '(' && !next.newline) return { name: '', style: 'require', at };
  if (next !== undefined && !next.newline && ['.', '?.', '[', '('].includes(next.text)) return undefined;
  const equals = tokens[at - 3];
  const name = tokens[at - 4];
  if (equals?.text !== '=' || name?.type !== 'word' || !NAME.test(name.text)) return undefined;
  const before = tokens[at - 5]?.text ?? '';
  if (before === 'import') return { name: name.text, style: 'import-require', at };
  if (!['const', 'let', 'var', ','].includes(before)) return undefined;
  return { name: name.text, style: 'require', at };
}

/** @param {Token[]} tokens @param {number} at @returns {Binding | undefined} */
function imported(tokens, at) {
  if (tokens[at - 1]?.text !== 'from' || tokens[at].within !== -1) return undefined;
  let first = at - 2;
  while (first >= 0 && tokens[first].text !== 'import') first -= 1;
  const [one, two, three] = [tokens[first + 1], tokens[first + 2], tokens[first + 3]];
  if (first < 0 || one === undefined) return undefined;
  if (one.text === '*') {
    return two.text === 'as' ? { name: three.text, style: 'namespace', at } : undefined;
  }
  // `import type express, ...` is gone when the program runs; `import type from 'x'` names it `type`.
  if (one.text === 'type' && two.text !== 'from' && two.text !== ',') return undefined;
  return one.type === 'word' && NAME.test(one.text) ? { name: one.text, style: 'import', at } : undefined;
}

module.exports = { bindingsOf, stringOf };
