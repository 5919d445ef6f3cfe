'use strict';

/**
 * JavaScript and TypeScript as a list of tokens, without comments. No parser: types, JSX and syntax that is not yet
 * known pass, and a file that is broken gives the tokens that it has. Each character is looked at a bounded number of
 * times, whatever the file holds.
 *
 * @typedef {object} Tokens parallel lists
 * @property {string[]} text of a string or template: what stands between its quotes
 * @property {('word' | 'string' | 'template' | 'number' | 'regex' | 'mark')[]} kind
 * @property {number[]} line from 1
 */

const WORD = /[\w$#\u0080-\uffff]+/y;
/** Behind these words an expression begins, so that a slash begins a regular expression. */
const BEFORE_REGEX = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'delete',
  'void',
  'do',
  'else',
  'await',
]);
const LONG_MARKS = ['...', '=>', '?.', '&&', '||', '??', '===', '!==', '==', '!='];
const MAX_REGEX = 2000;

/** @param {string} source @returns {Tokens} */
function tokenize(source) {
  /** @type {Tokens} */
  const tokens = { text: [], kind: [], line: [] };
  let line = 1;
  let at = 0;
  let noRegexBefore = 0;
  const push = (/** @type {Tokens['kind'][number]} */ kind, /** @type {string} */ text) => {
    tokens.kind.push(kind);
    tokens.text.push(text);
    tokens.line.push(line);
  };
  while (at < source.length) {
    const char = source[at];
    if (char === '\n') {
      line += 1;
      at += 1;
    } else if (char === ' ' || char === '\t' || char === '\r') at += 1;
    else if (char === '/' && source[at + 1] === '/') at = endOr(source.indexOf('\n', at), source);
    else if (char === '/' && source[at + 1] === '*') {
      const end = source.indexOf('*/', at + 2);
      const stop = end === -1 ? source.length : end + 2;
      line += newlines(source, at, stop);
      at = stop;
    } else if (char === '"' || char === "'") {
      const end = endOfString(source, at);
      push('string', unescape(source.slice(at + 1, end)));
      at = end + (source[end] === char ? 1 : 0);
    } else if (char === '`') {
      const end = endOfTemplate(source, at);
      push('template', source.slice(at + 1, end));
      line += newlines(source, at, end);
      at = end + 1;
    } else if (isWordStart(char)) {
      WORD.lastIndex = at;
      const [word] = /** @type {RegExpExecArray} */ (WORD.exec(source));
      push(char >= '0' && char <= '9' ? 'number' : 'word', word);
      at += word.length;
    } else if (char === '/' && at >= noRegexBefore && regexMayBegin(tokens)) {
      const end = endOfRegex(source, at);
      if (end < 0) noRegexBefore = -end;
      push(end < 0 ? 'mark' : 'regex', end < 0 ? '/' : source.slice(at, end));
      at = end < 0 ? at + 1 : end;
    } else {
      const mark = markAt(source, at, char);
      push('mark', mark);
      at += mark.length;
    }
  }
  return tokens;
}

/** @param {string} char */
function isWordStart(char) {
  return /[\w$#]/.test(char) || char > '\u007f';
}

/** @param {number} at @param {string} source */
const endOr = (at, source) => (at === -1 ? source.length : at);

/** @param {string} source @param {number} from @param {number} to */
function newlines(source, from, to) {
  let count = 0;
  for (let at = source.indexOf('\n', from); at !== -1 && at < to; at = source.indexOf('\n', at + 1))
    count += 1;
  return count;
}

/** Where the quote closes, or the line ends. @param {string} source @param {number} at */
function endOfString(source, at) {
  const quote = source[at];
  let i = at + 1;
  while (i < source.length && source[i] !== quote && source[i] !== '\n') i += source[i] === '\\' ? 2 : 1;
  return Math.min(i, source.length);
}

/** @param {string} text */
function unescape(text) {
  return text.includes('\\') ? text.replace(/\\(.)/gs, '$1') : text;
}

/** Where the backquote closes; inside `${}` braces and further templates nest. @param {string} source @param {number} at */
function endOfTemplate(source, at) {
  /** @type {number[]} for each template that is open, how many braces are open in its expression; -1: in its text */
  const open = [-1];
  let i = at + 1;
  for (; i < source.length; i += 1) {
    const char = source[i];
    const braces = open[open.length - 1];
    if (char === '\\') i += 1;
    else if (braces === -1) {
      if (char === '`') {
        open.pop();
        if (open.length === 0) return i;
      } else if (char === '$' && source[i + 1] === '{') {
        open[open.length - 1] = 1;
        i += 1;
      }
    } else if (char === '`') open.push(-1);
    else if (char === '{') open[open.length - 1] += 1;
    else if (char === '}') open[open.length - 1] = braces === 1 ? -1 : braces - 1;
  }
  return source.length;
}

/** @param {Tokens} tokens */
function regexMayBegin({ kind, text }) {
  const last = kind.length - 1;
  if (last < 0) return true;
  if (kind[last] === 'word') return BEFORE_REGEX.has(text[last]);
  return kind[last] === 'mark' && !/^[)\]}]$/.test(text[last]);
}

/** @param {string} source @param {number} at @param {string} char what stands there */
function markAt(source, at, char) {
  if (!/[=>.&|?]/.test(source[at + 1] ?? '')) return char;
  return LONG_MARKS.find((mark) => source.startsWith(mark, at)) ?? char;
}

/** @param {string} source @param {number} at @returns {number} negative: it is none, as far as this was looked at */
function endOfRegex(source, at) {
  let inClass = false;
  let i = at + 1;
  for (; i < source.length && i - at < MAX_REGEX; i += 1) {
    const char = source[i];
    if (char === '\n') break;
    if (char === '\\') i += 1;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) {
      WORD.lastIndex = i + 1;
      return i + 1 + (WORD.exec(source)?.[0].length ?? 0);
    }
  }
  return -i;
}

module.exports = { tokenize };
