'use strict';

const net = require('node:net');
const { Refused } = require('./refusal');
const { stringOf } = require('./imports');

/** @typedef {import('./tokens').Token} Token */

const PRESETS = Object.freeze(['cloudflare', 'aws-alb', 'fly', 'heroku', 'nginx-local', 'private']);
const MAX_HOPS = 32;
const NAMED = new Set(['loopback', 'linklocal', 'uniquelocal']);

/**
 * The answer to "what stands in front of the application": a number of proxies, a preset, or addresses.
 *
 * @param {string} text
 * @returns {number | string | string[] | undefined} undefined for no answer
 */
function readTrustProxy(text) {
  const given = text.trim();
  if (given === '') return undefined;
  if (/^\d{1,2}$/.test(given) && Number(given) <= MAX_HOPS) return Number(given);
  if (PRESETS.includes(given)) return given;
  const list = given.split(',').map((one) => one.trim());
  if (list.every(isBlock)) return list;
  throw new Refused(
    `--trust-proxy takes the number of proxies in front of the application (0 to ${MAX_HOPS}), ` +
      `one of ${PRESETS.join(', ')}, or their addresses separated by commas`,
    { exitCode: 2 },
  );
}

/** An address, a block of them, or one of Express's names. @param {string} text */
function isBlock(text) {
  const [address, length, ...rest] = text.split('/');
  const family = net.isIP(address);
  if (family === 0) return NAMED.has(text);
  const bits = length === undefined ? 1 : Number(/^\d{1,3}$/.test(length) ? length : 999);
  return rest.length === 0 && bits >= 1 && bits <= (family === 4 ? 32 : 128);
}

/**
 * Whether a person has to say what stands in front: the application does not, or trusts everybody.
 *
 * @param {Token[]} tokens
 */
function needsAnswer(tokens) {
  const settings = tokens.filter((token) => stringOf(token) === 'trust proxy');
  return settings.every(
    ({ index }) => tokens[index - 2]?.text === 'enable' || tokens[index + 2]?.text === 'true',
  );
}

/**
 * With `trust proxy` true every caller chooses its own address, and the guard refuses to serve. So that line is
 * changed to the answer; without one nothing is done at all.
 *
 * @param {Token[]} tokens
 * @param {import('./application').Application} application
 * @param {import('./application').Use[]} uses
 * @param {number | string | string[] | undefined} answer
 * @param {(index: number) => string} where
 * @returns {{ edits: import('./wire').Edit[], notes: import('./wire').Note[], client?: number | string | string[] }}
 */
function trustProxy(tokens, { name }, uses, answer, where) {
  const setting = uses.filter(({ at, method }) => {
    return (method === 'set' || method === 'enable') && stringOf(tokens[at + 4]) === 'trust proxy';
  });
  const everybody = setting.filter(
    ({ at, method }) => method === 'enable' || tokens[at + 6]?.text === 'true',
  );
  if (everybody.length > 0) {
    if (answer === undefined) {
      throw new Refused(
        `${where(everybody[0].at)} sets "trust proxy" to true, with which every caller chooses the address it is counted by, ` +
          'and the guard refuses to serve; say what stands in front of the application: --trust-proxy 1 for one proxy, ' +
          'or its addresses, or a preset (see docs/client.md)',
      );
    }
    return {
      edits: everybody.map((use) => replaced(tokens, name, use, answer)),
      notes: [],
      ...clientOf(answer),
    };
  }
  if (answer !== undefined) return { edits: [], notes: [], client: answer };
  if (setting.length > 0) return { edits: [], notes: [] };
  const what =
    'no proxy was named: forwarding headers count only from private addresses; pin it with client: { trustProxy }, or with --trust-proxy';
  return { edits: [], notes: [{ what, docs: 'client.md' }] };
}

/** Express knows no presets: those go to the guard. @param {number | string | string[]} answer */
function clientOf(answer) {
  return typeof answer === 'string' ? { client: answer } : {};
}

/**
 * @param {Token[]} tokens @param {string} name @param {import('./application').Use} use @param {number | string | string[]} answer
 * @returns {import('./wire').Edit}
 */
function replaced(tokens, name, { at }, answer) {
  const quote = tokens[at + 4].text[0];
  const value = Array.isArray(answer)
    ? `[${answer.map((one) => quote + one + quote).join(', ')}]`
    : typeof answer === 'string'
      ? 'false'
      : answer === 0
        ? 'false'
        : String(answer);
  const open = at + 3;
  const end = tokens[/** @type {number} */ (tokens[open].match)].end;
  const key = tokens[at + 4].text;
  return { at: tokens[at].start, end, text: `${name}.set(${key}, ${value})` };
}

module.exports = { trustProxy, needsAnswer, readTrustProxy };
