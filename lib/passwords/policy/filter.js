'use strict';

const fs = require('node:fs/promises');
const { show } = require('../../internal/fault');
const { parse, invalid, integer, oneOf, string } = require('../../internal/options');
const { Layout, sha1, broken, HEADER_BYTES, OFFSET_BYTES, PREFIX_BITS } = require('./format');

/**
 * Filters in files: breached passwords without the network. `format.js` says what is in the file.
 */

/** A list of passwords is sorted in memory. */
const MOST_PASSWORDS = 10_000_000;
const CHUNK_BYTES = 1 << 20;

// The paths are the developer's, from a script; nothing of a request gets here.
/* eslint-disable security/detect-non-literal-fs-filename */

const SHAPE = Object.freeze({
  from: (/** @type {any} */ value, /** @type {string} */ path) => {
    const lines = value?.[Symbol.asyncIterator] ?? value?.[Symbol.iterator];
    if (typeof value === 'string' ? value !== '' : typeof lines === 'function') return value;
    throw invalid(path, 'the path of a text file, or an iterable of lines', value);
  },
  to: string({ pattern: /^[^\0]+$/, expected: 'the path of the file to write' }),
  kind: oneOf(['sha1', 'passwords'], 'sha1'),
  prefixBits: oneOf(PREFIX_BITS, 16),
  remainderBytes: integer({ min: 2, max: 8, unit: 'bytes', default: 4 }),
});

/**
 * Makes a filter file from a list.
 *
 * @param {import('./index').FilterBuildOptions} options
 * @returns {Promise<import('./index').FilterInfo>}
 */
async function build(options) {
  const { from, to, kind, prefixBits, remainderBytes } = parse(
    'passwords.policy.filter.build',
    options,
    SHAPE,
  );
  if (to === undefined)
    throw invalid('passwords.policy.filter.build.to', 'the path of the file to write', to);
  const lines = typeof from === 'string' ? linesOf(from) : from;
  const hashes = kind === 'sha1' ? hashesOf(lines) : await sorted(lines);
  const part = `${to}.part`;
  const file = await fs.open(part, 'w');
  let layout;
  try {
    layout = await write(file, hashes, new Layout(prefixBits, remainderBytes, 0));
    await file.sync();
  } catch (error) {
    await file.close();
    await fs.rm(part, { force: true });
    throw error;
  }
  await file.close();
  await fs.rename(part, to);
  return { count: layout.count, bytes: layout.bytes, falsePositiveRate: layout.falsePositiveRate };
}

/**
 * The lines of a text file. It is opened when the first one is asked for: an error always has somebody waiting.
 *
 * @param {string} path
 */
async function* linesOf(path) {
  const file = await fs.open(path);
  try {
    yield* file.readLines();
  } finally {
    await file.close();
  }
}

/**
 * Hashes in the order of a list that is sorted; `HASH` or `HASH:COUNT`, as breach lists have them.
 *
 * @param {Iterable<string> | AsyncIterable<string>} lines
 */
async function* hashesOf(lines) {
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line === '') continue;
    const [hash, count] = line.slice(0, 80).trimEnd().split(':', 2);
    if (!/^[0-9a-f]{40}$/i.test(hash) || (count !== undefined && !/^\d{1,15}$/.test(count))) {
      throw broken(`cannot be made: line ${number} is no SHA-1 hash`);
    }
    // A count of 0 marks padding.
    if (count === undefined || Number(count) > 0) yield hash.toLowerCase();
  }
}

/** @param {Iterable<string> | AsyncIterable<string>} lines */
async function sorted(lines) {
  /** @type {Set<string>} */
  const hashes = new Set();
  for await (const line of lines) {
    if (line !== '') hashes.add(sha1(line));
    if (hashes.size > MOST_PASSWORDS) {
      throw broken(
        `cannot be made of more than ${MOST_PASSWORDS} passwords; hash them, sort them, use kind 'sha1'`,
      );
    }
  }
  return [...hashes].sort();
}

/**
 * @param {fs.FileHandle} file
 * @param {Iterable<string> | AsyncIterable<string>} hashes ascending
 * @param {Layout} empty
 */
async function write(file, hashes, empty) {
  const counts = new Float64Array(2 ** empty.prefixBits + 1);
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let [held, at, count, last] = [0, empty.entriesAt, 0, ''];
  const flush = async () => {
    await file.write(chunk, 0, held, at);
    [at, held] = [at + held, 0];
  };
  for await (const hash of hashes) {
    // A public list: there is nothing to time.
    // eslint-disable-next-line security/detect-possible-timing-attacks
    if (hash === last) continue;
    if (hash < last) {
      throw broken(
        `cannot be made: the hashes do not ascend (entry ${count + 1}); sort them with LC_ALL=C sort`,
      );
    }
    last = hash;
    if (held + empty.remainderBytes > CHUNK_BYTES) await flush();
    held += empty.remainderOf(hash).copy(chunk, held);
    counts[empty.prefixOf(hash) + 1] += 1;
    count += 1;
  }
  await flush();
  const index = Buffer.alloc(counts.length * OFFSET_BYTES);
  let before = 0;
  counts.forEach((here, i) => index.writeUIntBE((before += here), i * OFFSET_BYTES, OFFSET_BYTES));
  const layout = new Layout(empty.prefixBits, empty.remainderBytes, count);
  await file.write(index, 0, index.length, HEADER_BYTES);
  await file.write(layout.header(), 0, HEADER_BYTES, 0);
  return layout;
}

/** A filter in a file: nothing of it is kept in memory. */
class Filter {
  /** @param {fs.FileHandle} file @param {Layout} layout */
  constructor(file, layout) {
    this.file = file;
    this.layout = layout;
  }

  get info() {
    const { count, bytes, falsePositiveRate } = this.layout;
    return { count, bytes, falsePositiveRate };
  }

  /** @param {string} password */
  async has(password) {
    if (typeof password !== 'string') throw broken(`looks up strings; got ${show(password)}`);
    const hash = sha1(password);
    const [from, to] = this.layout.range(
      await this.piece(this.layout.indexAt(this.layout.prefixOf(hash)), 2 * OFFSET_BYTES),
    );
    return this.layout.holds(await this.piece(from, to - from), this.layout.remainderOf(hash));
  }

  /** @param {number} at @param {number} length */
  async piece(at, length) {
    const buffer = Buffer.alloc(length);
    if (length === 0) return buffer;
    let read;
    try {
      read = await this.file.read(buffer, 0, length, at);
    } catch (cause) {
      throw Object.assign(broken('cannot be read'), { cause });
    }
    if (read.bytesRead !== length) throw broken('is damaged: it ends too early');
    return buffer;
  }

  close() {
    return this.file.close();
  }
}

/** @param {string} path @returns {Promise<Filter>} */
async function open(path) {
  let file;
  try {
    file = await fs.open(path, 'r');
  } catch (cause) {
    throw Object.assign(broken('cannot be opened'), { cause });
  }
  try {
    const { size } = await file.stat();
    const header = Buffer.alloc(HEADER_BYTES);
    await file.read(header, 0, HEADER_BYTES, 0);
    return new Filter(file, Layout.read(header, size));
  } catch (error) {
    await file.close();
    throw error;
  }
}

exports.build = build;
exports.open = open;
exports.Filter = Filter;
