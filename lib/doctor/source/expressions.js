'use strict';

const { tokenize } = require('./tokens');

/** @typedef {[from: number, to: number]} Range of tokens, `to` not included */

const OPENS = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
]);
const CLOSES = new Set([')', ']', '}']);

/** The tokens of a file, and what stands in them as values: objects, texts, functions. */
class Expressions {
  /** @param {string} source */
  constructor(source) {
    const { text, kind, line } = tokenize(source);
    this.text = text;
    this.kind = kind;
    this.line = line;
    /** @type {Int32Array} for an opening bracket where it closes, and the other way round; -1 elsewhere */
    this.pair = pairs(text, kind);
    /** @type {Map<string, number>} a name, and the token at which its value begins */
    this.values = new Map();
  }

  /** @param {number} at @param {string} mark */
  is(at, mark) {
    return this.text[at] === mark && this.kind[at] === 'mark';
  }

  /** @param {number} at @param {string} word */
  isWord(at, word) {
    return this.text[at] === word && this.kind[at] === 'word';
  }

  /** What stands between a bracket and its partner, at its commas. @param {number} open @returns {Range[]} */
  list(open) {
    /** @type {Range[]} */
    const ranges = [];
    const close = this.pair[open];
    let from = open + 1;
    for (let at = open + 1; at <= close; at += 1) {
      if (at === close || this.is(at, ',')) {
        if (at > from) ranges.push([from, at]);
        from = at + 1;
      } else if (this.pair[at] > at) at = this.pair[at];
    }
    return ranges;
  }

  /** Follows a name to its value. @param {Range} range @returns {Range} */
  follow(range) {
    const [from, to] = range;
    const at = to - from === 1 && this.kind[from] === 'word' ? this.values.get(this.text[from]) : undefined;
    if (at === undefined) return range;
    for (let end = at; end < this.text.length; end += 1) {
      if (
        this.is(end, ';') ||
        this.is(end, ',') ||
        (end > at && this.line[end] > this.line[end - 1] && !this.#goesOn(end))
      )
        return [at, end];
      if (this.pair[end] > end) end = this.pair[end];
    }
    return [at, this.text.length];
  }

  /** @param {number} at the first token of a line */
  #goesOn(at) {
    return (
      /^(?:[.?:|&+=]|\?\.|\|\||&&|\?\?|=>)/.test(this.text[at]) ||
      this.is(at - 1, '=') ||
      this.is(at - 1, '=>')
    );
  }

  /**
   * The value of a property of an object literal.
   *
   * @param {Range | undefined} given @param {string} name
   * @returns {Range | undefined} undefined: not there, or it is no literal
   */
  property(given, name) {
    const range = given && this.follow(given);
    if (range === undefined || !this.is(range[0], '{')) return undefined;
    for (const [from, to] of this.list(range[0])) {
      if (this.text[from] !== name || this.kind[from] === 'mark') continue;
      if (this.is(from + 1, ':')) return [from + 2, to];
      if (to - from === 1) return [from, to];
      // A method: `origin(origin, callback) {}`.
      if (this.is(from + 1, '(')) return [from, to];
    }
    return undefined;
  }

  /** Whether the range is an object literal whose properties are all to be seen. @param {Range | undefined} given */
  isPlainObject(given) {
    const range = given && this.follow(given);
    if (range === undefined || !this.is(range[0], '{')) return false;
    return this.list(range[0]).every(([from]) => !this.is(from, '...'));
  }

  /** A single token as what it is: text of a string, `true`, `12`; else undefined. @param {Range | undefined} given */
  literal(given) {
    if (given === undefined) return undefined;
    const [from, to] = this.follow(given);
    if (to - from !== 1 || this.kind[from] === 'regex') return undefined;
    if (this.kind[from] === 'template' && this.text[from].includes('${')) return undefined;
    return this.text[from];
  }

  /** Whether the range is one string. @param {Range | undefined} given */
  isString(given) {
    if (given === undefined) return false;
    const [from, to] = this.follow(given);
    return (
      to - from === 1 &&
      (this.kind[from] === 'string' || (this.kind[from] === 'template' && !this.text[from].includes('${')))
    );
  }

  /** The range as it stands, for patterns. @param {Range | undefined} given */
  show(given) {
    return given === undefined ? '' : this.text.slice(given[0], given[1]).join(' ');
  }

  /** How many parameters a function has; undefined: it is no function that is written here. @param {Range} given */
  parameters(given) {
    const [from, to] = this.follow(given);
    let at = from;
    if (this.isWord(at, 'async')) at += 1;
    const isFunction = this.isWord(at, 'function');
    if (isFunction) at += this.kind[at + 1] === 'word' ? 2 : 1;
    if (!this.is(at, '(')) return undefined;
    const close = this.pair[at];
    if (!isFunction && !this.text.slice(close, Math.min(to, close + 12)).includes('=>')) return undefined;
    return this.list(at).length;
  }
}

/** @param {string[]} text @param {string[]} kind */
function pairs(text, kind) {
  const pair = new Int32Array(text.length).fill(-1);
  /** @type {number[]} */
  const open = [];
  for (let at = 0; at < text.length; at += 1) {
    if (kind[at] !== 'mark') continue;
    if (OPENS.has(text[at])) open.push(at);
    else if (CLOSES.has(text[at])) {
      const last = open[open.length - 1];
      if (last === undefined || OPENS.get(text[last]) !== text[at]) continue;
      open.pop();
      pair[last] = at;
      pair[at] = last;
    }
  }
  return pair;
}

exports.Expressions = Expressions;
