'use strict';

/**
 * JavaScript and TypeScript cut into tokens: enough to find statements and calls, not a parser.
 *
 * 1. Comments and white space are left out, but each token knows whether a line ended before it.
 * 2. A template is one token; so is a regular expression.
 * 3. Brackets know their partner (`match`) and every token the innermost bracket around it (`within`).
 * 4. What is not understood for certain ends in `Unsure`: nothing is guessed, because the result decides where a
 *    file is changed.
 *
 * @typedef {object} Token
 * @property {'word' | 'punctuator' | 'string' | 'template' | 'number' | 'regex'} type
 * @property {string} text as in the source
 * @property {number} start offset
 * @property {number} end offset behind it
 * @property {boolean} newline whether a line ends between the token before and this one
 * @property {number} index in the list
 * @property {number} within index of the bracket around it, -1 at the top
 * @property {number} [match] index of the other bracket
 */

class Unsure extends Error {
  /** @param {string} what @param {number} at offset */
  constructor(what, at) {
    super(what);
    this.at = at;
  }
}

const SPACE = /[ \t\v\f\u00a0\ufeff]/;
const LINE_END = /[\n\r\u2028\u2029]/;
const WORD_START = /[\p{ID_Start}$_#@\\]/u;
const WORD = /[\u200d\u200c$\\\p{ID_Continue}]/u;
/** Words behind which an expression begins, so that a slash begins a regular expression. */
const BEFORE_EXPRESSION = new Set(
  'await case delete do else extends in instanceof new of return throw typeof void yield default'.split(' '),
);
/** Words whose parentheses are followed by a statement. */
const BEFORE_STATEMENT = new Set(['if', 'while', 'for', 'with']);
const PUNCTUATORS = [
  ...['>>>=', '...', '**=', '<<=', '>>=', '>>>', '===', '!==', '&&=', '||=', '??='],
  ...['=>', '==', '!=', '<=', '>=', '&&', '||', '??', '?.', '++', '--', '+=', '-=', '*=', '/=', '%='],
  ...['&=', '|=', '^=', '<<', '>>', '**'],
];
const MAX_DEPTH = 50;
const OPEN = Object.freeze({ '(': ')', '[': ']', '{': '}' });

/** @param {string} source @returns {Token[]} @throws Unsure */
function tokenize(source) {
  const lexer = new Lexer(source);
  lexer.run(false);
  if (lexer.open.length > 0) throw new Unsure('a bracket is never closed', lexer.tokens[lexer.open[0]].start);
  return lexer.tokens;
}

class Lexer {
  /** @param {string} source @param {number} [at] @param {number} [depth] of templates inside each other */
  constructor(source, at = 0, depth = 0) {
    if (depth > MAX_DEPTH) throw new Unsure('templates inside each other', at);
    this.source = source;
    this.at = at;
    this.depth = depth;
    this.newline = false;
    /** @type {Token[]} */
    this.tokens = [];
    /** @type {number[]} */
    this.open = [];
  }

  /** @param {boolean} inTemplate whether an unmatched `}` ends the run */
  run(inTemplate) {
    if (this.at === 0 && this.source.startsWith('#!')) this.skipLine();
    for (;;) {
      this.skipSpace();
      if (this.at >= this.source.length) {
        if (inTemplate) throw new Unsure('a template is never closed', this.at);
        return;
      }
      if (inTemplate && this.source[this.at] === '}' && this.open.length === 0) return;
      this.one();
    }
  }

  one() {
    const { source, at } = this;
    const char = source[at];
    if (char === '"' || char === "'") return this.add('string', this.endOfString(char));
    if (char === '`') return this.add('template', this.endOfTemplate());
    if (/[0-9]/.test(char) || (char === '.' && /[0-9]/.test(source[at + 1] ?? ''))) {
      return this.add('number', this.while(/[\w.]/, at + 1));
    }
    const point = String.fromCodePoint(/** @type {number} */ (source.codePointAt(at)));
    if (WORD_START.test(point)) return this.add('word', this.while(WORD, at + point.length));
    if (char === '/' && this.regexMayStart()) return this.add('regex', this.endOfRegex());
    const long = PUNCTUATORS.find((one) => source.startsWith(one, at));
    // `a?.1:b` is a conditional.
    const text = long === '?.' && /[0-9]/.test(source[at + 2] ?? '') ? '?' : (long ?? char);
    if (!/^[\x21-\x7e]+$/.test(text)) throw new Unsure('a character that is no part of the language', at);
    return this.bracket(this.add('punctuator', at + text.length));
  }

  /** @param {Token['type']} type @param {number} end @returns {Token} */
  add(type, end) {
    const token = {
      type,
      text: this.source.slice(this.at, end),
      start: this.at,
      end,
      newline: this.newline,
      index: this.tokens.length,
      within: this.open.at(-1) ?? -1,
    };
    this.tokens.push(token);
    this.at = end;
    this.newline = false;
    return token;
  }

  /** @param {Token} token */
  bracket(token) {
    if (Object.hasOwn(OPEN, token.text)) {
      this.open.push(token.index);
      return;
    }
    if (token.text !== ')' && token.text !== ']' && token.text !== '}') return;
    const opener = this.tokens[this.open.pop() ?? -1];
    if (opener === undefined || OPEN[/** @type {'('} */ (opener.text)] !== token.text) {
      throw new Unsure('brackets do not match', token.start);
    }
    opener.match = token.index;
    token.match = opener.index;
    token.within = opener.within;
  }

  /** Whether a slash here begins a regular expression rather than dividing. */
  regexMayStart() {
    const before = this.tokens.at(-1);
    if (before === undefined) return true;
    if (before.type === 'word') {
      const member = ['.', '?.'].includes(this.tokens.at(-2)?.text ?? '');
      return !member && BEFORE_EXPRESSION.has(before.text);
    }
    if (before.type !== 'punctuator') return false;
    if (before.text === ')') {
      const head = this.tokens[/** @type {number} */ (before.match) - 1];
      return head?.type === 'word' && BEFORE_STATEMENT.has(head.text);
    }
    if (before.text === '}') throw new Unsure('a slash behind a closing brace', this.at);
    return ![']', '++', '--'].includes(before.text);
  }

  /** @param {string} quote */
  endOfString(quote) {
    for (let i = this.at + 1; i < this.source.length; i += 1) {
      const char = this.source[i];
      if (char === '\\') i += this.source.startsWith('\r\n', i + 1) ? 2 : 1;
      else if (char === quote) return i + 1;
      else if (char === '\n' || char === '\r') break;
    }
    throw new Unsure('a string is never closed', this.at);
  }

  endOfTemplate() {
    for (let i = this.at + 1; i < this.source.length; i += 1) {
      const char = this.source[i];
      if (char === '\\') i += 1;
      else if (char === '`') return i + 1;
      else if (char === '$' && this.source[i + 1] === '{') {
        const inner = new Lexer(this.source, i + 2, this.depth + 1);
        inner.run(true);
        i = inner.at;
      }
    }
    throw new Unsure('a template is never closed', this.at);
  }

  endOfRegex() {
    let inClass = false;
    for (let i = this.at + 1; i < this.source.length; i += 1) {
      const char = this.source[i];
      if (LINE_END.test(char)) break;
      if (char === '\\') i += 1;
      else if (char === '[') inClass = true;
      else if (char === ']') inClass = false;
      else if (char === '/' && !inClass) return this.while(WORD, i + 1);
    }
    throw new Unsure('a regular expression is never closed', this.at);
  }

  /** @param {RegExp} pattern of one character @param {number} from */
  while(pattern, from) {
    let end = from;
    while (end < this.source.length) {
      const point = String.fromCodePoint(/** @type {number} */ (this.source.codePointAt(end)));
      if (!pattern.test(point)) break;
      end += point.length;
    }
    return end;
  }

  skipLine() {
    while (this.at < this.source.length && !LINE_END.test(this.source[this.at])) this.at += 1;
  }

  skipSpace() {
    const { source } = this;
    for (; this.at < source.length; this.at += 1) {
      const char = source[this.at];
      if (LINE_END.test(char)) this.newline = true;
      else if (char === '/' && source[this.at + 1] === '/') {
        this.skipLine();
        this.at -= 1;
      } else if (char === '/' && source[this.at + 1] === '*') {
        const end = source.indexOf('*/', this.at + 2);
        if (end < 0) throw new Unsure('a comment is never closed', this.at);
        if (LINE_END.test(source.slice(this.at, end))) this.newline = true;
        this.at = end + 1;
      } else if (!SPACE.test(char)) return;
    }
  }
}

/** The line of an offset, from 1. @param {string} source @param {number} at */
function lineOf(source, at) {
  return source.slice(0, at).split('\n').length;
}

module.exports = { tokenize, Unsure, lineOf };
