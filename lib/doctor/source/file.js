'use strict';

const { Expressions } = require('./expressions');

/**
 * What one source file says: what it imports, and what it calls with which arguments. A name stands for what it is
 * declared with, wherever in the file that is; a name that comes from elsewhere is only a name.
 *
 * @typedef {import('./expressions').Range} Range
 * @typedef {object} Call
 * @property {SourceFile} file
 * @property {string} name what is called: `express.json`, `express().use`, `res.status().json`, `app.get`
 * @property {number} line
 * @property {Range[]} args
 * @property {number} at the token of the name's first word
 */

const NO_CALL = new Set([
  'if',
  'for',
  'while',
  'switch',
  'catch',
  'function',
  'return',
  'await',
  'typeof',
  'with',
]);
const MAX_DEPTH = 3;
/** Words that checks ask for wherever they stand. */
const MARKED = new Set([
  'rejectUnauthorized',
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'minVersion',
  'secureProtocol',
]);

class SourceFile extends Expressions {
  /** @param {string} name relative to the root @param {string} text */
  constructor(name, text) {
    super(text);
    this.name = name;
    /** @type {Map<string, string>} a local name, and the module or its export that it is */
    this.imports = new Map();
    /** @type {Set<string>} */
    this.modules = new Set();
    /** @type {number[]} */
    this.marked = [];
    this.#declarations();
    /** @type {Call[]} */
    this.calls = [];
    this.#calls();
  }

  #declarations() {
    const { text, kind } = this;
    for (let at = 0; at < text.length; at += 1) {
      if (kind[at] !== 'word') continue;
      const word = text[at];
      if (MARKED.has(word)) this.marked.push(at);
      if (word === 'import') this.#import(at);
      else if (word === 'require' && this.is(at + 1, '(') && kind[at + 2] === 'string') this.#require(at);
      else if (word === 'function' && kind[at + 1] === 'word') this.#value(text[at + 1], at);
      else if ((word === 'const' || word === 'let' || word === 'var') && kind[at + 1] === 'word')
        this.#variable(at + 1);
    }
  }

  /** @param {string} name @param {number} at */
  #value(name, at) {
    if (!this.values.has(name)) this.values.set(name, at);
  }

  /** `const a = ...`, `const a: Type = ...` @param {number} at */
  #variable(at) {
    let equals = at + 1;
    if (this.is(equals, ':')) {
      while (equals < at + 30 && !this.is(equals, '=') && !this.is(equals, ';')) equals += 1;
    }
    if (this.is(equals, '=')) this.#value(this.text[at], equals + 1);
  }

  /** @param {number} at of `require` */
  #require(at) {
    const from = this.text[at + 2];
    this.modules.add(from);
    let of = from;
    if (this.is(at + 4, '.') && this.kind[at + 5] === 'word') of = member(from, this.text[at + 5]);
    if (!this.is(at - 1, '=')) return;
    if (this.kind[at - 2] === 'word') {
      // `require('express')()` is no import, but a call of it.
      if (!this.is(at + 4, '(')) this.imports.set(this.text[at - 2], of);
    } else if (this.is(at - 2, '}') && this.pair[at - 2] >= 0)
      this.#names(this.pair[at - 2], at - 2, of, ':');
  }

  /** `{ a, b: c }` and `{ a, b as c }` @param {number} open @param {number} close @param {string} of @param {string} as */
  #names(open, close, of, as) {
    for (let at = open + 1; at < close; at += 1) {
      if (this.kind[at] !== 'word' || this.text[at] === 'type') continue;
      const name = this.text[at];
      const renamed = this.text[at + 1] === as && this.kind[at + 2] === 'word';
      this.imports.set(renamed ? this.text[at + 2] : name, member(of, name));
      if (renamed) at += 2;
    }
  }

  /** @param {number} at of `import` */
  #import(at) {
    const { text, kind } = this;
    if (this.is(at + 1, '(')) {
      if (kind[at + 2] === 'string') this.modules.add(text[at + 2]);
      return;
    }
    if (kind[at + 1] === 'string') return void this.modules.add(text[at + 1]);
    const end = Math.min(at + 200, text.length);
    for (let i = at + 1; i < end; i += 1) {
      if (this.isWord(i, 'from') && kind[i + 1] === 'string') {
        this.modules.add(text[i + 1]);
        if (!this.isWord(at + 1, 'type')) this.#clause(at + 1, i, text[i + 1]);
        return;
      }
      if (this.is(i, ';')) return;
    }
  }

  /** @param {number} from @param {number} to @param {string} of */
  #clause(from, to, of) {
    for (let at = from; at < to; at += 1) {
      if (this.is(at, '{')) {
        this.#names(at, this.pair[at], of, 'as');
        at = this.pair[at] < 0 ? to : this.pair[at];
      } else if (this.isWord(at, 'as')) continue;
      else if (this.kind[at] === 'word') this.imports.set(this.text[at], of);
    }
  }

  #calls() {
    for (let at = 1; at < this.text.length; at += 1) {
      if (!this.is(at, '(') || this.pair[at] < 0) continue;
      const end = at - 1 - (this.is(at - 1, '?.') ? 1 : 0);
      const chain = this.#callee(end);
      if (chain === undefined) continue;
      this.calls.push({
        file: this,
        name: chain.name,
        line: this.line[end],
        at: chain.at,
        args: this.list(at),
      });
    }
  }

  /** @param {number} end the token before the bracket */
  #callee(end) {
    const { text, kind } = this;
    // `require('helmet')()` calls what it requires.
    if (this.is(end, ')') && kind[end - 1] === 'string' && this.isWord(this.pair[end] - 1, 'require')) {
      return { name: text[end - 1], at: this.pair[end] - 1 };
    }
    if (kind[end] !== 'word' || NO_CALL.has(text[end]) || this.isWord(end - 1, 'function')) return undefined;
    return this.#chain(end);
  }

  /**
   * The chain of names and calls that ends here, from its first word.
   *
   * @param {number} end @returns {{ name: string, at: number } | undefined}
   */
  #chain(end) {
    const parts = [];
    let at = end;
    for (let steps = 0; steps < 40; steps += 1) {
      if (this.kind[at] === 'word') {
        const before = at - 1;
        if (this.is(before, '.') || this.is(before, '?.')) {
          parts.unshift(`.${this.text[at]}`);
          at = before - 1;
          continue;
        }
        return { name: this.resolve(this.text[at]) + parts.join(''), at };
      }
      if (this.is(at, ')') && this.pair[at] > 0) {
        parts.unshift('()');
        // `require('express')()` begins with a module.
        if (this.isWord(this.pair[at] - 1, 'require') && this.kind[at - 1] === 'string') {
          parts.shift();
          return { name: this.text[at - 1] + parts.join(''), at: this.pair[at] - 1 };
        }
        at = this.pair[at] - 1;
        if (this.is(at, '?.')) at -= 1;
        if (this.kind[at] !== 'word' && !this.is(at, ')')) return { name: `?${parts.join('')}`, at };
        continue;
      }
      return parts.length === 0 || this.kind[at] === 'regex' ? undefined : { name: `?${parts.join('')}`, at };
    }
    return undefined;
  }

  /** What a local name is, as a name of a module. @param {string} word @param {number} [depth] @returns {string} */
  resolve(word, depth = 0) {
    const imported = this.imports.get(word);
    if (imported !== undefined) return imported;
    const value = this.values.get(word);
    if (value === undefined || depth >= MAX_DEPTH) return word;
    // `const app = express()`: what it is a call of, and `new Foo()` of what class.
    let at = this.isWord(value, 'await') || this.isWord(value, 'new') ? value + 1 : value;
    if (this.kind[at] !== 'word' || NO_CALL.has(this.text[at]) || this.text[at] === 'async') return word;
    if (this.text[at] === 'require') return this.#required(at) ?? word;
    let name = this.resolve(this.text[at], depth + 1);
    for (at += 1; this.is(at, '.') && this.kind[at + 1] === 'word'; at += 2) name += `.${this.text[at + 1]}`;
    return this.is(at, '(') && this.pair[at] > 0 ? `${name}()` : word;
  }

  /** `require('express')()` @param {number} at */
  #required(at) {
    const called = this.kind[at + 2] === 'string' && this.is(at + 3, ')') && this.is(at + 4, '(');
    return called ? `${this.text[at + 2]}()` : undefined;
  }
}

/** @param {string} of @param {string} name */
const member = (of, name) => (name === 'default' ? of : `${of}.${name}`);

exports.SourceFile = SourceFile;
