'use strict';

/** @typedef {import('./tokens').Token} Token */
/** @typedef {{ first: number, last: number }} Statement indices of tokens, both included */

const DECLARES_WITH_BODY = new Set(['function', 'class', 'interface', 'enum', 'namespace', 'module']);
const MODIFIERS = new Set(['export', 'default', 'async', 'abstract', 'declare']);
const HEADED = new Set(['if', 'for', 'while', 'with']);
/** A line that ends with one of these goes on. */
const GOES_ON = new Set(
  'in of instanceof typeof void delete new await const let var import export default from as extends case'.split(
    ' ',
  ),
);
const CONTROL_HEADS = new Set(['if', 'for', 'while', 'with', 'switch', 'catch', 'await']);
const BEFORE_OBJECT = new Set(
  '( , = : [ ? || && ?? ... return default const let var export import typeof'.split(' '),
);
const CONTROL_WORDS = new Set(['else', 'do', 'try', 'finally']);

/**
 * The statements directly inside a block.
 *
 * @param {Token[]} tokens
 * @param {number} block index of its `{`, or -1 for the file
 * @returns {Statement[]}
 */
function statementsOf(tokens, block) {
  const end = block < 0 ? tokens.length : /** @type {number} */ (tokens[block].match);
  const list = [];
  for (let i = block + 1; i < end;) {
    const last = Math.min(endOf(tokens, i, end), end - 1);
    list.push({ first: i, last });
    i = last + 1;
  }
  return list;
}

/**
 * @param {Token[]} tokens
 * @param {number} first index of a statement's first token
 * @param {number} end index behind the block
 * @returns {number} index of its last token
 */
function endOf(tokens, first, end) {
  const { text } = tokens[first];
  if (text === ';') return first;
  if (text === '{') return closing(tokens, first);
  if (tokens[first].type !== 'word') return endOfExpression(tokens, first, end);
  if (HEADED.has(text)) return endOfHeaded(tokens, first, end);
  if (text === 'do') {
    const body = endOf(tokens, first + 1, end);
    return withSemicolon(tokens, closing(tokens, body + 2));
  }
  if (text === 'try') return endOfTry(tokens, first);
  if (text === 'switch') return closing(tokens, closing(tokens, first + 1) + 1);
  return endOfDeclaration(tokens, first, end) ?? endOfExpression(tokens, first, end);
}

/** @param {Token[]} tokens @param {number} first @param {number} end */
function endOfHeaded(tokens, first, end) {
  const head = tokens[first + 1]?.text === 'await' ? first + 2 : first + 1;
  const body = endOf(tokens, closing(tokens, head) + 1, end);
  if (tokens[first].text !== 'if' || tokens[body + 1]?.text !== 'else') return body;
  return endOf(tokens, body + 2, end);
}

/** @param {Token[]} tokens @param {number} first */
function endOfTry(tokens, first) {
  let last = closing(tokens, first + 1);
  if (tokens[last + 1]?.text === 'catch') {
    const next = last + 2;
    last = closing(tokens, tokens[next]?.text === '(' ? closing(tokens, next) + 1 : next);
  }
  return tokens[last + 1]?.text === 'finally' ? closing(tokens, last + 2) : last;
}

/** Of a function, a class and what TypeScript adds; undefined where it is none. @param {Token[]} tokens @param {number} first @param {number} end */
function endOfDeclaration(tokens, first, end) {
  let i = first;
  while (MODIFIERS.has(tokens[i]?.text) && !tokens[i + 1]?.newline) i += 1;
  const constEnum = tokens[i]?.text === 'const' && tokens[i + 1]?.text === 'enum';
  if (constEnum) i += 1;
  if (!DECLARES_WITH_BODY.has(tokens[i]?.text)) return undefined;
  // `module.exports = ...` and `type.x` are expressions.
  if (['.', '=', '(', '[', '?.', ';', ','].includes(tokens[i + 1]?.text) && tokens[i].text !== 'function') {
    return undefined;
  }
  for (let at = i + 1; at < end; at += 1) {
    const token = tokens[at];
    // An overload of TypeScript has no body.
    if (token.text === ';') return at;
    if (token.text === '{') {
      // `class A extends mixin({}) {` and a return type of `{ a: string }` end elsewhere.
      const close = closing(tokens, at);
      if (tokens[at - 1]?.text !== ':' && tokens[at - 1]?.text !== '|') return close;
      at = close;
    } else if (token.match !== undefined && token.match > at) at = token.match;
  }
  return end - 1;
}

/** @param {Token[]} tokens @param {number} first @param {number} end */
function endOfExpression(tokens, first, end) {
  let at = first;
  for (;;) {
    const token = tokens[at];
    if (token.text === ';') return at;
    if (token.match !== undefined && token.match > at) at = token.match;
    const next = tokens[at + 1];
    if (next === undefined || at + 1 >= end) return at;
    if (next.newline && next.text !== ';' && !continues(tokens, first, at, next)) return at;
    at += 1;
  }
}

/**
 * Whether a statement goes on behind a line end (ECMA-262, 12.10, automatic semicolon insertion).
 *
 * @param {Token[]} tokens @param {number} first @param {number} at the last token of the line @param {Token} next
 */
function continues(tokens, first, at, next) {
  const before = tokens[at];
  if (before.type === 'punctuator' && ![')', ']', '}', '++', '--'].includes(before.text))
    return before.text !== '!';
  const member = ['.', '?.'].includes(tokens[at - 1]?.text);
  if (before.type === 'word' && GOES_ON.has(before.text) && !member) return true;
  if (next.type === 'template') return true;
  if (next.type === 'punctuator') {
    if (next.text === '{') return before.text === ')' && isFunctionHead(tokens, at);
    return !['++', '--', '!', '~', '}'].includes(next.text);
  }
  if (next.text === 'instanceof' || next.text === 'in') return true;
  return next.text === 'from' && ['import', 'export'].includes(tokens[first].text);
}

/** Whether a `)` closes the parameters of a `function`. @param {Token[]} tokens @param {number} close */
function isFunctionHead(tokens, close) {
  const open = /** @type {number} */ (tokens[close].match);
  const words = [tokens[open - 1]?.text, tokens[open - 2]?.text, tokens[open - 3]?.text];
  return words.includes('function');
}

/** @param {Token[]} tokens @param {number} open @returns {number} index of the bracket that closes it */
function closing(tokens, open) {
  return tokens[open]?.match ?? open;
}

/** @param {Token[]} tokens @param {number} at */
function withSemicolon(tokens, at) {
  return tokens[at + 1]?.text === ';' ? at + 1 : at;
}

/**
 * What a `{` opens: statements that run in turn (`plain`), a function's body, or something else.
 *
 * @param {Token[]} tokens
 * @param {number} open
 * @returns {'plain' | 'function' | 'other'}
 */
function kindOfBlock(tokens, open) {
  const before = tokens[open - 1];
  if (before === undefined || [';', '}'].includes(before.text)) return 'plain';
  if (before.text === '=>') return 'function';
  if (before.type === 'word' && CONTROL_WORDS.has(before.text)) return 'plain';
  if (before.text !== ')') return returnTypeOf(tokens, open) ? 'function' : 'other';
  const head = tokens[/** @type {number} */ (before.match) - 1];
  return head?.type === 'word' && CONTROL_HEADS.has(head.text) ? 'plain' : 'function';
}

/** `function f(): Promise<void> {`: the type between the parameters and the body. @param {Token[]} tokens @param {number} open */
function returnTypeOf(tokens, open) {
  for (let at = open - 1; at > 0 && open - at < 12; at -= 1) {
    const { text, type } = tokens[at];
    if (text === ':') return tokens[at - 1].text === ')';
    if (type !== 'word' && !['<', '>', '.', '|', '[', ']', ','].includes(text)) return false;
  }
  return false;
}

/**
 * Whether a token inside a block runs later than the statement around it: inside a function or class.
 *
 * @param {Token[]} tokens
 * @param {number} at
 * @param {number} block
 * @param {number} first first token of the statement of the block that it is part of
 */
function isDeferred(tokens, at, block, first) {
  let around = at;
  for (; tokens[around].within !== block; around = tokens[around].within) {
    if (around !== at && isDeferredBlock(tokens, around)) return true;
    if (inArrow(tokens, around, tokens[around].within)) return true;
  }
  return (around !== at && isDeferredBlock(tokens, around)) || inArrow(tokens, around, first - 1);
}

/** @param {Token[]} tokens @param {number} open */
function isDeferredBlock(tokens, open) {
  return tokens[open].text === '{' && !isObject(tokens, open) && kindOfBlock(tokens, open) !== 'plain';
}

/** Whether a `{` opens an object: an expression is what stands before it. @param {Token[]} tokens @param {number} open */
function isObject(tokens, open) {
  return BEFORE_OBJECT.has(tokens[open - 1]?.text ?? '');
}

/**
 * Whether a token stands in the body of an arrow function without braces.
 *
 * @param {Token[]} tokens @param {number} at @param {number} floor the index behind which to look
 */
function inArrow(tokens, at, floor) {
  for (let i = at - 1; i > floor; i -= 1) {
    const { text, match } = tokens[i];
    if (match !== undefined && match < i) i = match;
    else if (text === ';' || text === ',') return false;
    else if (text === '=>') return tokens[i + 1].text !== '{' || i + 1 === at;
  }
  return false;
}

module.exports = { statementsOf, kindOfBlock, isDeferred };
