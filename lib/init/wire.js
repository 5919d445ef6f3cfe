'use strict';

const { Refused } = require('./refusal');
const { statementsOf } = require('./statements');
const { callsOf, applicationOf, usesOf } = require('./application');
const { bindingsOf, stringOf } = require('./imports');
const { carriedOptions, literal } = require('./carry');
const { guardedListen } = require('./listen');
const { trustProxy } = require('./proxy');
const { lineOf } = require('./tokens');

/** @typedef {import('./tokens').Token} Token */
/** @typedef {import('./application').Application} Application */
/** @typedef {import('./application').Use} Use */
/** @typedef {{ at: number, end: number, text: string }} Edit of the source, by offsets */
/** @typedef {{ what: string, docs: string }} Note something that a person has to look at */
/**
 * @typedef {object} Wish
 * @property {'enforce' | 'report'} mode
 * @property {string | number | string[] | undefined} trustProxy
 */

const LONGEST_LINE = 100;
const NO_SEMICOLON_BEFORE = /^[([`/+\-*.,]/;

/** Whether a file names hauberk already. @param {Token[]} tokens */
function isWired(tokens) {
  return tokens.some((token) => stringOf(token) === 'hauberk');
}

/**
 * The guard in front of an application and its error handler behind it.
 *
 * @param {string} file as messages name it
 * @param {string} source
 * @param {Token[]} tokens
 * @param {Wish} wish
 * @returns {{ edits: Edit[], notes: Note[] }}
 * @throws Refused where it is not certain what to change
 */
function wire(file, source, tokens, wish) {
  const application = theApplication(file, source, tokens);
  const at = (/** @type {number} */ index) => `${file}:${lineOf(source, tokens[index].start)}`;
  const uses = usesOf(tokens, application);
  const last = lastRegistration(application, uses, at);
  const style = styleOf(source, tokens, application);
  const names = namesFor(tokens, file);
  const { options, notes } = carriedOptions(tokens, application, uses, at);
  const proxy = trustProxy(tokens, application, uses, wish.trustProxy, at);
  if (wish.mode === 'report') options.mode = 'report';
  if (proxy.client !== undefined) options.client = { trustProxy: proxy.client };

  const { first, cors } = placeOfGuard(tokens, application, uses);
  const { name } = application;
  const write = writer(source, tokens, style);
  const edits = [
    ...imports(tokens, application, names, write),
    write(application.statements[first], [
      construction(`const ${names.guard} = ${names.hauberk}(`, options, style),
      `${name}.use(${names.guard})`,
    ]),
    write(application.statements[Math.max(first, last)], [`${name}.use(${names.guard}.errors)`]),
    ...proxy.edits,
  ];
  const listens = guardedListen(tokens, application, uses, { guard: names.guard, first }, at);
  edits.push(...listens.edits);
  notes.push(...proxy.notes, ...listens.notes);
  if (cors === 'later') {
    notes.push({
      what: 'cors() stands behind the guard, so a browser can not read refusals: move it in front of app.use(guard)',
      docs: 'guard.md',
    });
  }
  return { edits: inOrder(edits), notes };
}

/** @param {string} file @param {string} source @param {Token[]} tokens @returns {Application} */
function theApplication(file, source, tokens) {
  const calls = callsOf(tokens);
  if (calls.length === 0) throw new Refused(`${file} makes no Express application`);
  if (calls.length > 1) {
    const lines = calls.map(({ call }) => lineOf(source, tokens[call].start)).join(' and ');
    throw new Refused(
      `${file} makes ${calls.length} applications (lines ${lines}); which one is to be guarded is yours to say`,
      {
        byHand: byHand(calls[0].express.style),
      },
    );
  }
  const application = applicationOf(tokens, calls[0]);
  if (application === undefined || (calls[0].express.style === 'namespace' && !/\.[cm]?ts$/.test(file))) {
    const line = lineOf(source, tokens[calls[0].call].start);
    throw new Refused(`${file}:${line} makes the application in a way that init does not change`, {
      byHand: byHand(calls[0].express.style),
    });
  }
  return application;
}

/**
 * The statement of the block behind which every route is registered.
 *
 * @param {Application} application
 * @param {Use[]} uses
 * @param {(index: number) => string} at
 */
function lastRegistration(application, uses, at) {
  const registering = uses.filter(({ kind }) => kind === 'registers' || kind === 'handed');
  const late = registering.find(({ deferred, statement }) => deferred || statement < 0);
  if (late !== undefined) {
    throw new Refused(
      `${at(late.at)} may register routes later than the statements around it; where the error handler belongs is not certain`,
      { byHand: byHand(application.express.style, application.name) },
    );
  }
  const before = registering.find(({ statement }) => statement < application.made);
  if (before !== undefined) {
    throw new Refused(`${at(before.at)} uses ${application.name} before the line that makes it`, {
      byHand: byHand(application.express.style, application.name),
    });
  }
  return Math.max(application.made, ...registering.map(({ statement }) => statement));
}

/**
 * Directly behind the application, or behind cors() where that is what it registers first.
 *
 * @param {Token[]} tokens @param {Application} application @param {Use[]} uses
 * @returns {{ first: number, cors: 'before' | 'later' | 'none' }}
 */
function placeOfGuard(tokens, { made, statements }, uses) {
  const names = bindingsOf(tokens, 'cors').map(({ name }) => name);
  const isCors = (/** @type {Use} */ { at, method }) =>
    method === 'use' && names.includes(tokens[at + 4]?.text ?? '') && tokens[at + 5]?.text === '(';
  const registering = uses.filter(({ kind }) => kind === 'registers' || kind === 'handed');
  const first = registering[0];
  // With a setting in the same chain, or inside an `if`, the statement is left alone.
  if (first !== undefined && isCors(first) && statements[first.statement].first === first.at) {
    return { first: first.statement, cors: 'before' };
  }
  return { first: made, cors: registering.some(isCors) ? 'later' : 'none' };
}

/** @param {string} source @param {Token[]} tokens @param {Application} application */
function styleOf(source, tokens, application) {
  const last = lastOf(tokens, application.statements[application.made]);
  return {
    quote: tokens[application.express.at].text[0],
    semicolon: tokens[last].text === ';' ? ';' : '',
    eol: source.includes('\r\n') ? '\r\n' : '\n',
  };
}

/**
 * A semicolon at the beginning of a line ends the statement before it, but is written for the one behind it.
 *
 * @param {Token[]} tokens @param {import('./statements').Statement} statement
 */
function lastOf(tokens, { last }) {
  return tokens[last].text === ';' && tokens[last].newline ? last - 1 : last;
}

/** Names that the file does not use yet. @param {Token[]} tokens @param {string} file */
function namesFor(tokens, file) {
  const used = new Set(tokens.map(({ text }) => text));
  /** @param {string[]} list */
  const free = (list) => {
    const name = list.find((one) => !used.has(one));
    if (name === undefined)
      throw new Refused(`${file} uses the names ${list.join(', ')} already`, { byHand: byHand('require') });
    return name;
  };
  return { hauberk: free(['hauberk', 'hauberkGuard']), guard: free(['guard', 'apiGuard', 'httpGuard']) };
}

/** @param {Token[]} tokens @param {Application} application @param {{ hauberk: string }} names @param {ReturnType<typeof writer>} write */
function imports(tokens, { express }, { hauberk }, write) {
  const statement = statementsOf(tokens, -1).find(
    ({ first, last }) => first <= express.at && express.at <= last,
  );
  if (statement === undefined) throw new Error('the import of express is part of a statement');
  const quote = tokens[express.at].text[0];
  const name = `${quote}hauberk${quote}`;
  const line = {
    require: `const ${hauberk} = require(${name})`,
    import: `import ${hauberk} from ${name}`,
    namespace: `import * as ${hauberk} from ${name}`,
    'import-require': `import ${hauberk} = require(${name})`,
  }[express.style];
  // `const app = require('express')()` is the application itself: the name must be there before it.
  return [write(statement, [line], express.name === '')];
}

/**
 * Lines behind (or in front of) a statement, written as the file is written.
 *
 * @param {string} source @param {Token[]} tokens @param {{ semicolon: string, eol: string }} style
 */
function writer(source, tokens, { semicolon, eol }) {
  /** @param {import('./statements').Statement} statement @param {string[]} lines @param {boolean} [before] @returns {Edit} */
  return (statement, lines, before = false) => {
    const start = tokens[statement.first].start;
    const head = source.slice(source.lastIndexOf('\n', start - 1) + 1, start);
    const indent = /^[ \t]*/.exec(head)?.[0] ?? '';
    const last = lastOf(tokens, statement);
    const next = tokens[before ? statement.first : last + 1];
    const guarded = lines.map((line) => line.replaceAll('\n', eol + indent) + semicolon);
    if (semicolon === '' && next !== undefined && NO_SEMICOLON_BEFORE.test(next.text)) {
      guarded[guarded.length - 1] += ';';
    }
    if (before) return { at: start, end: start, text: guarded.map((line) => line + eol + indent).join('') };
    const end = tokens[last].end;
    // A comment may follow in the same line; another statement may, too.
    const lineEnd = source.slice(end).search(/\r?\n|$/) + end;
    const alone = next === undefined || next.start >= lineEnd;
    const openComment = source.slice(end, lineEnd).includes('/*');
    const at = alone && !openComment ? lineEnd : end;
    return {
      at,
      end: at,
      text: guarded.map((line) => eol + indent + line).join('') + (alone ? '' : eol + indent),
    };
  };
}

/**
 * The line that makes the guard; several where one would be long.
 *
 * @param {string} head @param {Record<string, any>} options @param {{ quote: string }} style
 */
function construction(head, options, style) {
  const line = `${head}${literal(options, style)})`;
  if (line.length <= LONGEST_LINE) return line;
  const entries = Object.entries(options).map(([key, value]) => `  ${key}: ${literal(value, style)},`);
  return [`${head}{`, ...entries, '})'].join('\n');
}

/** @param {Edit[]} edits */
function inOrder(edits) {
  // A stable sort: what was asked for first comes first at the same place.
  return edits.sort((a, b) => a.at - b.at);
}

/** @param {string} source @param {Edit[]} edits in order */
function applyEdits(source, edits) {
  let text = '';
  let at = 0;
  for (const edit of edits) {
    text += source.slice(at, edit.at) + edit.text;
    at = edit.end;
  }
  return text + source.slice(at);
}

/**
 * What to write where init does not.
 *
 * @param {import('./imports').Binding['style']} style @param {string} [name] of the application
 */
function byHand(style, name = 'app') {
  const load = style === 'require' ? "const hauberk = require('hauberk');" : "import hauberk from 'hauberk';";
  return [
    load,
    '',
    '// directly behind the line that makes the application:',
    "const guard = hauberk({ privileges: { root: 'refuse' } });",
    `${name}.use(guard);`,
    '',
    '// behind the last route:',
    `${name}.use(guard.errors);`,
  ].join('\n');
}

module.exports = { wire, isWired, applyEdits, byHand };
