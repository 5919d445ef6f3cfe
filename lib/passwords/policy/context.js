'use strict';

/**
 * Words that are no secret here: the user's names and addresses, the name of the service. A password is compared
 * as people disguise words: small letters, `@` for `a`, `1` for `l`, no separators, backwards.
 *
 * By NIST SP 800-63B-4 a word inside a longer password is no reason to refuse it ("red rose on an old castle" is
 * fine for a user named Rose). So the rule `share` refuses where such words are a third of the password or more,
 * or where fewer than 8 characters are left without them; `contains` refuses any such word.
 */

/** Shorter words are in too many others. */
const MIN_WORD = 4;
const MAX_WORDS = 64;
const MAX_TEXT = 256;
const LEFT = 8;

const LOOKS = new Map(
  Object.entries({
    a: '4@',
    b: '8',
    c: '([{<',
    e: '3',
    g: '69',
    i: '1!|l',
    o: '0',
    s: '5$',
    t: '7+',
    z: '2',
  }).flatMap(([letter, others]) =>
    [...others].map((other) => /** @type {[string, string]} */ ([other, letter])),
  ),
);

/** Only letters and digits, each as what it looks like. @param {string} text */
function fold(text) {
  let out = '';
  for (const char of text.normalize('NFKC').toLowerCase()) {
    const like = LOOKS.get(char) ?? char;
    if (/[\p{L}\p{N}]/u.test(like)) out += like;
  }
  return out;
}

/**
 * @param {unknown} user a string, an array of them, or an object whose strings count
 * @param {readonly string[]} context
 * @returns {{ plain: string[], folded: Map<string, string> }} as zxcvbn takes them; folded, with the word each came from
 */
function wordsOf(user, context) {
  /** @type {Set<string>} */
  const words = new Set();
  for (const text of [...textsOf(user), ...context]) {
    const short = text.slice(0, MAX_TEXT).toLowerCase();
    const parts = short.split(/[^\p{L}\p{N}]+/u);
    const [local, domain] = short.includes('@') ? short.split('@') : [];
    for (const word of [short, ...parts, ...(local && domain ? [local, domain] : [])]) {
      if (words.size < MAX_WORDS && word.length >= MIN_WORD) words.add(word);
    }
  }
  /** @type {Map<string, string>} */
  const folded = new Map();
  for (const word of words) {
    const text = fold(word);
    if (text.length < MIN_WORD) continue;
    folded.set(text, word);
    folded.set([...text].reverse().join(''), word);
  }
  return { plain: [...words].map((word) => word.slice(0, 64).toWellFormed()), folded };
}

/** @param {unknown} user @returns {string[]} */
function textsOf(user) {
  if (typeof user === 'string') return [user];
  if (typeof user !== 'object' || user === null) return [];
  return Object.values(user)
    .filter((value) => typeof value === 'string')
    .slice(0, MAX_WORDS);
}

/**
 * The word for which a password is refused, if any.
 *
 * @param {string} password
 * @param {Map<string, string>} words folded
 * @param {unknown} rule
 * @returns {string | undefined}
 */
function contextShare(password, words, rule) {
  if (rule === false || words.size === 0) return undefined;
  const text = fold(password);
  const covered = new Uint8Array(text.length);
  let first;
  for (const [folded, word] of words) {
    let at = text.indexOf(folded);
    if (at >= 0) first ??= word;
    for (; at >= 0; at = text.indexOf(folded, at + 1)) covered.fill(1, at, at + folded.length);
  }
  if (first === undefined || rule === 'contains') return first;
  const share = covered.reduce((sum, one) => sum + one, 0);
  return share * 3 >= text.length || text.length - share < LEFT ? first : undefined;
}

module.exports = { wordsOf, contextShare, fold };
