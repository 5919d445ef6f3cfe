'use strict';

const crypto = require('node:crypto');
const { HauberkError } = require('../../internal/fault');

/**
 * The file of a filter: a sorted list of shortened SHA-1 hashes, with an index, so that one look-up reads two
 * small pieces. Numbers are big-endian.
 *
 *   0   8  "HAUBERKF"
 *   8   1  version, 1
 *   9   1  prefix bits p: 8, 12, 16 or 20
 *   10  1  remainder bytes r: 2 to 8
 *   11  1  0
 *   12  8  count n
 *   20  12 0
 *   32     (2^p + 1) numbers of 6 bytes: how many entries come before those with this prefix
 *   ...    n entries of r bytes: what follows the prefix in the hash, ascending within a prefix
 *
 * A password that is not in the list is taken for one that is with a probability of n / 2^(p + 8r); one that is
 * in the list is always found.
 */

const MAGIC = 'HAUBERKF';
const HEADER_BYTES = 32;
const OFFSET_BYTES = 6;
const PREFIX_BITS = Object.freeze([8, 12, 16, 20]);

/** @param {string} password its SHA-1 in hexadecimal, as breach lists have it */
const sha1 = (password) => crypto.createHash('sha1').update(password).digest('hex');

/** @param {string} why */
const broken = (why) => new HauberkError('ERR_HAUBERK_PASSWORDS_FILTER', `the filter of passwords ${why}`);

/** The sizes in a filter, and where things stand. */
class Layout {
  /** @param {number} prefixBits @param {number} remainderBytes @param {number} count */
  constructor(prefixBits, remainderBytes, count) {
    this.prefixBits = prefixBits;
    this.remainderBytes = remainderBytes;
    this.count = count;
    this.entriesAt = HEADER_BYTES + (2 ** prefixBits + 1) * OFFSET_BYTES;
    this.bytes = this.entriesAt + count * remainderBytes;
    this.falsePositiveRate = count / 2 ** (prefixBits + 8 * remainderBytes);
  }

  /** @param {Buffer} header @param {number} size of the file */
  static read(header, size) {
    if (header.length < HEADER_BYTES || header.toString('latin1', 0, 8) !== MAGIC || header[8] !== 1) {
      throw broken('is no filter, or of a later version');
    }
    const [prefixBits, remainderBytes] = [header[9], header[10]];
    const count = Number(header.readBigUInt64BE(12));
    const layout = new Layout(prefixBits, remainderBytes, count);
    const fits = PREFIX_BITS.includes(prefixBits) && remainderBytes >= 2 && remainderBytes <= 8;
    if (!fits || layout.bytes !== size) throw broken('is damaged: its size is not what its header says');
    return layout;
  }

  header() {
    const header = Buffer.alloc(HEADER_BYTES);
    header.write(MAGIC, 'latin1');
    header.set([1, this.prefixBits, this.remainderBytes], 8);
    header.writeBigUInt64BE(BigInt(this.count), 12);
    return header;
  }

  /** @param {string} hash in hexadecimal @returns {number} */
  prefixOf(hash) {
    return Number.parseInt(hash.slice(0, this.prefixBits / 4), 16);
  }

  /** @param {string} hash in hexadecimal */
  remainderOf(hash) {
    const from = this.prefixBits / 4;
    return Buffer.from(hash.slice(from, from + 2 * this.remainderBytes), 'hex');
  }

  /** @param {number} prefix @returns {number} where its two offsets stand: this and the next */
  indexAt(prefix) {
    return HEADER_BYTES + prefix * OFFSET_BYTES;
  }

  /** @param {Buffer} pair two offsets @returns {[number, number]} where the entries begin and end */
  range(pair) {
    const [from, to] = [pair.readUIntBE(0, OFFSET_BYTES), pair.readUIntBE(OFFSET_BYTES, OFFSET_BYTES)];
    if (from > to || to > this.count) throw broken('is damaged: its index does not ascend');
    return [this.entriesAt + from * this.remainderBytes, this.entriesAt + to * this.remainderBytes];
  }

  /** @param {Buffer} entries of one prefix @param {Buffer} remainder @returns {boolean} */
  holds(entries, remainder) {
    const size = this.remainderBytes;
    let [low, high] = [0, entries.length / size];
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = entries.compare(remainder, 0, size, middle * size, (middle + 1) * size);
      if (order === 0) return true;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return false;
  }
}

exports.Layout = Layout;
exports.sha1 = sha1;
exports.broken = broken;
exports.HEADER_BYTES = HEADER_BYTES;
exports.OFFSET_BYTES = OFFSET_BYTES;
exports.PREFIX_BITS = PREFIX_BITS;
