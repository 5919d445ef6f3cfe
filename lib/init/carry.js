'use strict';

const { bindingsOf, stringOf } = require('./imports');

/** @typedef {import('./tokens').Token} Token */
/** @typedef {import('./wire').Note} Note */

const SIZE = /^\d{1,12} ?(b|kb|mb|gb)$/i;
const UNITS = Object.freeze({ b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 });
/** What hauberk allows at most, and what it allows unless told otherwise. */
const MOST = 1024 ** 3;
const USUAL = 100 * 1024;
const PARSERS = new Set(['json', 'urlencoded', 'raw', 'text']);
const FIXED_PATH = /^\/[\w\-./~]*$/;

/**
 * Options of the guard that keep what the application's own body parsers allow: the guard reads bodies before
 * they do.
 *
 * @param {Token[]} tokens
 * @param {import('./application').Application} application
 * @param {import('./application').Use[]} uses
 * @param {(index: number) => string} where
 * @returns {{ options: Record<string, any>, notes: Note[] }}
 */
function carriedOptions(tokens, application, uses, where) {
  /** @type {Record<string, any>} */
  const options = { privileges: { root: 'refuse' } };
  /** @type {Record<string, any>} */
  const routes = {};
  /** @type {Note[]} */
  const notes = [];
  for (const parser of parsersOf(tokens, application.express.name)) {
    const note = (/** @type {string} */ what) =>
      notes.push({ what: `${where(parser.at)}: ${what}`, docs: 'body.md' });
    if (parser.keys.includes('verify')) {
      note(
        'verify is no longer called, because the guard reads the body first: take the bytes from hauberk.body.rawBody(req)',
      );
    }
    const { global, rule } = placeOf(tokens, parser, uses);
    const size = sizeOf(parser);
    if (size === 'unknown') note('its limit is not a literal: give the same to hauberk({ body: { limit } })');
    const limit = size === 'unknown' || size === undefined ? undefined : size;
    if (parser.kind === 'text') continue;
    if (parser.kind === 'raw') {
      if (rule === undefined)
        note('express.raw() gets no bytes behind the guard: use body: { raw: true } on its route');
      else routes[rule] = { body: { raw: true, ...(limit === undefined ? {} : { limit }) } };
    } else if (limit !== undefined && bytes(limit) > USUAL) {
      if (rule !== undefined) routes[rule] = { body: { limit } };
      else if (!global)
        note('a route with a larger body: give it hauberk({ routes: { ... body: { limit } } })');
      else if (bytes(limit) > bytes(options.body?.limit ?? 0)) options.body = { limit };
    }
  }
  if (Object.keys(routes).length > 0) options.routes = routes;
  return { options, notes };
}

/**
 * @typedef {{ at: number, kind: string, keys: string[], limit: Token[] | undefined }} Parser
 * @param {Token[]} tokens
 * @param {string} express
 * @returns {Parser[]}
 */
function parsersOf(tokens, express) {
  const names = new Set([express, ...bindingsOf(tokens, 'body-parser').map(({ name }) => name)]);
  return tokens.flatMap((token, at) => {
    const kind = tokens[at + 2]?.text;
    if (!names.has(token.text) || token.type !== 'word' || tokens[at + 1]?.text !== '.' || !PARSERS.has(kind))
      return [];
    if (tokens[at - 1]?.text === '.' || tokens[at + 3]?.text !== '(') return [];
    return [{ at, kind, ...optionsOf(tokens, at + 4) }];
  });
}

/** The keys of an object literal, and the tokens behind `limit:`. @param {Token[]} tokens @param {number} open */
function optionsOf(tokens, open) {
  const object = tokens[open];
  /** @type {string[]} */
  const keys = [];
  /** @type {Token[] | undefined} */
  let limit;
  if (object?.text !== '{') return { keys, limit: object?.text === ')' ? undefined : [object] };
  const end = /** @type {number} */ (object.match);
  for (let i = open + 1; i < end; i += 1) {
    if (tokens[i].within !== open) continue;
    const startsKey = tokens[i - 1].text === '{' || tokens[i - 1].text === ',';
    if (!startsKey) continue;
    const key = stringOf(tokens[i]) ?? tokens[i].text;
    keys.push(key);
    if (key !== 'limit' && key !== '...') continue;
    let last = i + 2;
    while (last < end && !(tokens[last].text === ',' && tokens[last].within === open)) last += 1;
    limit = key === '...' ? [tokens[i]] : tokens.slice(i + 2, last);
  }
  return { keys, limit };
}

/** @param {Parser} parser @returns {string | number | undefined | 'unknown'} */
function sizeOf({ limit }) {
  if (limit === undefined) return undefined;
  const text = stringOf(limit[0]);
  if (limit.length !== 1) return 'unknown';
  if (text !== undefined) return SIZE.test(text) && bytes(text) <= MOST ? text : 'unknown';
  return limit[0].type === 'number' && /^\d+$/.test(limit[0].text) ? Number(limit[0].text) : 'unknown';
}

/** @param {string | number} size */
function bytes(size) {
  const match = /^(\d+) ?([kmg]?b)$/i.exec(String(size));
  return match ? Number(match[1]) * UNITS[/** @type {'b'} */ (match[2].toLowerCase())] : Number(size);
}

/**
 * Where a parser is registered: for everything (`app.use(express.json())`), or as the rule of the guard's routes.
 *
 * @param {Token[]} tokens @param {Parser} parser @param {import('./application').Use[]} uses
 * @returns {{ global: boolean, rule?: string }}
 */
function placeOf(tokens, { at }, uses) {
  const open = tokens[at].within;
  const use = uses.find((one) => one.kind === 'registers' && one.at + 3 === open);
  if (use === undefined) return { global: false };
  const path = stringOf(tokens[open + 1]);
  if (path === undefined) return { global: use.method === 'use' && open + 1 === at };
  if (!FIXED_PATH.test(path)) return { global: false };
  const method = use.method === 'use' || use.method === 'all' ? '' : `${use.method?.toUpperCase()} `;
  return { global: false, rule: method + path };
}

/**
 * An object as source, in one line.
 *
 * @param {unknown} value @param {{ quote: string }} style @returns {string}
 */
function literal(value, style) {
  if (typeof value === 'string') return style.quote + value + style.quote;
  if (Array.isArray(value)) return `[${value.map((one) => literal(one, style)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(([key, one]) => {
    const name = /^[a-z]\w*$/i.test(key) ? key : style.quote + key + style.quote;
    return `${name}: ${literal(one, style)}`;
  });
  return `{ ${entries.join(', ')} }`;
}

module.exports = { carriedOptions, literal };
