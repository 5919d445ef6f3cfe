'use strict';

const { peekContext } = require('../internal/context');
const { publish } = require('../internal/events');
const { sendProblem } = require('../internal/problem');
const CODES = require('../internal/codes');

/**
 * Looks at what leaves, whoever sends it, for what belongs in the log: a stack trace, a path of the application,
 * the text of a database (CWE-209).
 *
 * 1. Text is looked at (text/*, JSON, XML, JavaScript, no type at all), not encoded bodies, images or files.
 * 2. The first 256 KiB of a body; a pattern that lies across two chunks is found.
 * 3. `report`: an event `sensitive_read`; the body leaves as it is.
 * 4. `replace`: nothing of it leaves. The answer becomes a 500; where the head has left already the connection is
 *    cut, so that no half answer looks whole.
 */

const MOST = 256 * 1024;
const OVERLAP = 512;

/** @typedef {import('./options').LeakMode} LeakMode */

/** @type {readonly [what: string, pattern: RegExp][]} each linear: what repeats is bounded */
const PATTERNS = Object.freeze([
  [
    'a stack trace',
    /(?:^|[\n\r>"]|\\n|&nbsp;)\s{0,16}at (?:async |new )?[^\n\r]{0,256}?(?:[/\\]|node:|<anonymous>)[^\n\r:/\\<>]{0,128}:\d{1,7}:\d{1,7}/,
  ],
  ['a stack trace', /\bTraceback \(most recent call last\)|\bnode:internal\/|\bException in thread "/],
  [
    'a database error',
    /\bSQLITE_[A-Z]{3,}|\bSQLSTATE\[|\bORA-\d{5}\b|\bER_[A-Z_]{3,}: |\bE11000 duplicate key\b|\bsyntax error at or near "|\bYou have an error in your SQL syntax\b|\bviolates (?:unique|foreign key|check|not-null) constraint\b|\bUNIQUE constraint failed: |\bSequelize\w{0,32}Error\b|\bPrismaClient\w{0,32}Error\b/,
  ],
  [
    'a database error',
    /\bjava\.sql\.SQL\w{0,32}Exception\b|\bUnexpected end of command in statement \[|\bWarning: (?:mysqli?|pg|sqlite|maxdb|oci|odbc|mssql|SQLite3)(?:_|::)\w{0,32}(?:\(|:)/i,
  ],
  // The names alone: an error page of another server, passed on.
  ['an exception of a framework', /\b(?:[a-z]\w{0,64}\.){2,16}[A-Z]\w{0,64}(?:Exception|Error)\b/],
  ['an exception of a framework', /\b(?:Http|ViewState)\w{0,48}(?:Exception|Wrapper): /],
  ['a path of a web server', /[\\/]inetpub\b/i],
]);

const TEXT =
  /^(?:text\/|application\/(?:[\w.-]{1,64}\+)?(?:json|xml)\b|application\/(?:javascript|ld\+json)\b)/i;

/**
 * The places of this process that no client has to know. Short ones (`/`, `/app`) would be found in ordinary text.
 *
 * @returns {string[]}
 */
function ownPaths() {
  const paths = [process.cwd(), require.main?.path].filter((path) => path !== undefined && path.length > 6);
  const forms = paths.flatMap((path) => [path, JSON.stringify(path).slice(1, -1)]);
  return [...new Set(/** @type {string[]} */ (forms))];
}

/**
 * @param {string} text
 * @param {string[]} paths
 * @returns {string | undefined} what it holds, in a few words
 */
function leakIn(text, paths) {
  for (const [what, pattern] of PATTERNS) if (pattern.test(text)) return what;
  return paths.some((path) => text.includes(path)) ? 'a path of the application' : undefined;
}

/**
 * @param {Exclude<LeakMode, 'off'>} mode
 * @returns {(req: any, res: any) => void} watches one response
 */
function leakWatch(mode) {
  const paths = ownPaths();
  return function watch(req, res) {
    const seen = { left: MOST, tail: '', found: false };
    const { write, end } = res;

    /** @param {any} chunk @param {any} encoding @returns {boolean} whether the chunk must not leave */
    function judge(chunk, encoding) {
      if (
        seen.found ||
        seen.left <= 0 ||
        chunk === undefined ||
        chunk === null ||
        typeof chunk === 'function'
      ) {
        return seen.found && mode === 'replace';
      }
      if (!isText(res)) return false;
      const text = textOf(chunk, encoding).slice(0, seen.left);
      seen.left -= text.length;
      const what = leakIn(seen.tail + text, paths);
      seen.tail = text.slice(-OVERLAP);
      if (what === undefined) return false;
      seen.found = true;
      tell(req, what, mode);
      return mode === 'replace';
    }

    /** @param {any[]} given what was handed to `write` or `end` */
    function replace(given) {
      if (!res.headersSent) return refuse(req, res, end);
      if (!res.writableEnded) res.socket?.destroy();
      return given.findLast((one) => typeof one === 'function')?.();
    }

    res.write = function hauberkWrite(/** @type {any[]} */ ...given) {
      if (!judge(given[0], given[1])) return write.apply(this, given);
      replace(given);
      return true;
    };
    res.end = function hauberkEnd(/** @type {any[]} */ ...given) {
      if (!judge(given[0], given[1])) return end.apply(this, given);
      replace(given);
      return this;
    };
  };
}

/** @param {any} res */
function isText(res) {
  if ((res.getHeader('Content-Encoding') ?? 'identity') !== 'identity') return false;
  const type = res.getHeader('Content-Type');
  return type === undefined || TEXT.test(String(type));
}

/** @param {any} chunk @param {any} encoding */
function textOf(chunk, encoding) {
  if (typeof chunk === 'string') return encoding === 'hex' || encoding === 'base64' ? '' : chunk;
  if (!(chunk instanceof Uint8Array)) return '';
  // Latin-1 keeps every ASCII pattern as it is and costs nothing to make.
  return Buffer.from(chunk.buffer, chunk.byteOffset, Math.min(chunk.byteLength, MOST)).toString('latin1');
}

/**
 * @param {any} req
 * @param {string} what
 * @param {Exclude<LeakMode, 'off'>} mode
 */
function tell(req, what, mode) {
  const context = peekContext(req);
  const event = {
    event: 'sensitive_read',
    practice: 'errors',
    code: 'ERR_HAUBERK_ERRORS_LEAK',
    blocked: mode === 'replace',
    detail: `a response to ${req.method} held ${what}`,
    requestId: context?.requestId,
    client: context?.client?.masked,
    time: Date.now(),
  };
  publish(event, context?.client);
}

/**
 * @param {any} req
 * @param {any} res
 * @param {Function} end the response's own
 */
function refuse(req, res, end) {
  for (const name of res.getHeaderNames()) {
    if (/^content-|^etag$|^last-modified$|^location$|^transfer-encoding$/.test(name)) res.removeHeader(name);
  }
  res.end = end;
  sendProblem(req, res, {
    status: 500,
    title: CODES.ERR_HAUBERK_ERRORS_LEAK.title,
    requestId: peekContext(req)?.requestId,
  });
}

module.exports = { leakWatch };
