'use strict';

/* eslint-disable security/detect-unsafe-regex -- at most 2048 characters are matched */

const { escapeUnprintable } = require('../internal/text');

/**
 * What of an exposed message a client gets to read.
 *
 * 1. Only the first 2048 characters are looked at; at most 500 go out.
 * 2. A message that reads like the inside of a program (an exception of a framework, a database error,
 *    a stack, template or shell source) is withheld as a whole: `createError(400, databaseError)` exposes
 *    what its author never read.
 * 3. Otherwise lines that look like stack frames are dropped and file paths become `[path]`.
 */

const LOOK_AT = 2048;
const LONGEST = 500;

const FRAME =
  /^\s*(?:at\s+(?:async\s+|new\s+)?\S.*(?:[:(]|<anonymous>)|File ".*", line \d|Traceback |#\d+\s+\S|\.\.\. \d+ more|Caused by:|from .*:\d+:in )/;

/** @type {readonly RegExp[]} */
const INTERNAL = Object.freeze([
  // exceptions of other platforms, and what V8 says about a programming mistake
  /\b[A-Z]\w{2,64}(?:Exception|Wrapper)\b/,
  /\bException in thread\b|\bTraceback \(most recent call last\)/,
  /\b(?:com|org|net|java|javax|io)\.[a-z][\w]*\.[\w.]+/,
  /\bCannot (?:read|set) propert|\bis not (?:a function|defined|iterable|a constructor)\b|\bundefined \(reading\b/,
  /\b(?:Type|Reference|Range|Assertion|Eval)Error\b|\bnode:internal\b|\bnode_modules\b/,
  // databases
  /\bSQL(?:STATE|ITE\w*|Exception|Syntax\w*)|\bsqlite3?\b|\bORA-\d{3,5}\b|\bER_[A-Z_]{3,}\b|\bE11000\b|\bP\d{4}: |\b(?:my|ms|no)sql\b|\bpostgres\w*\b|\bmongo\w*\b|\bmaxdb\b|\bprisma\b|\bsequelize\b/i,
  /\bselect\b[^]{0,200}\bfrom\b|\binsert\s+into\b|\bupdate\b[^]{0,200}\bset\b|\bdelete\s+from\b|\bdrop\s+table\b/i,
  /\bselect statements\b|\b(?:in|of|near)\b[^]{0,20}\bstatement\b|\bsyntax error at or near\b|\bviolates\b[^]{0,40}\bconstraint\b|\bduplicate (?:key|entry)\b|\bUNIQUE constraint\b|\b(?:relation|table|column)\b[^]{0,80}\b(?:does not exist|doesn't exist|unknown|not found)\b|\bno such (?:table|column)\b|\bunknown (?:table|column)\b/i,
  // the system and its network
  /\bE(?:CONN\w+|NOENT|ACCES|PERM|ADDR\w+|NOTFOUND|AI_\w+|PIPE|ISDIR|NOTDIR|MFILE|TIMEDOUT|HOSTUNREACH)\b/,
  // PHP, template and shell source
  /\bon line \d+\b|<%|%>|<\?php|#\{|<title\b|<html\b/i,
]);

/** @type {readonly [RegExp, string][]} */
const PATHS = Object.freeze([
  [/\bfile:\/\/[^\s"'<>)]*/gi, '[path]'],
  // C:\dir\file, C:/dir, \\host\share, and a folder name with blanks while a backslash follows
  [/(?<![A-Za-z])[A-Za-z]:[\\/][^\s"'<>|]*(?: [^\s\\"'<>|]{1,64}\\[^\s"'<>|]*)*/g, '[path]'],
  [/\\{1,2}[A-Za-z][\w.$-]*(?:\\[^\s"'<>|]*)*/g, '[path]'],
  // /dir/file and ~/dir, but not the path of an http URL, a date or "and/or"
  [/(?<![\w.:/~<-])(?:~|\.{1,2})?\/[\w@.][^\s"'<>(),;]*/g, '[path]'],
  // src/file.js:10:5, file.js:10
  [/(?<![\w.:/-])(?:[\w@.-]{1,64}\/){1,32}[\w@.-]{1,64}\.[A-Za-z]\w{0,5}\b(?::\d+){0,2}/g, '[path]'],
  [/(?<![\w.:/-])[\w@.-]{1,64}\.(?:[cm]?[jt]sx?|py|php|rb|java|go|rs|cs):\d+(?::\d+)?/g, '[path]'],
]);

/**
 * @param {string} message
 * @returns {string | undefined} undefined where nothing may be shown
 */
function exposedText(message) {
  const text = message.slice(0, LOOK_AT);
  if (INTERNAL.some((pattern) => pattern.test(text))) return undefined;
  let result = text
    .split(/[\r\n]+/)
    .filter((part) => !FRAME.test(part))
    .join(' ')
    .trim();
  for (const [pattern, replacement] of PATHS) result = result.replace(pattern, replacement);
  if (result.length > LONGEST) result = `${result.slice(0, LONGEST)}...`;
  return result === '' ? undefined : escapeUnprintable(result);
}

module.exports = { exposedText };
