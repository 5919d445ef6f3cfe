'use strict';

/** Reads what a macOS addon asks of the system, and checks its signature. Layout: Mach-O, Apple's `loader.h` and `cs_blobs.h`. */

const crypto = require('node:crypto');

const { later } = require('./elf');

const MAGIC_64 = 0xfeedfacf;
const CPUS = Object.freeze({ x64: 0x01000007, arm64: 0x0100000c });
const KINDS = Object.freeze({ 6: 'dylib', 8: 'bundle' });
const LC = Object.freeze({
  SYMTAB: 2,
  LOAD_DYLIB: 0xc,
  BUILD: 0x32,
  MINIMUM: 0x24,
  SIGNATURE: 0x1d,
  DYLD_INFO: 0x22,
});
const FLAT_LOOKUP = 0xfe;
const CODE_DIRECTORY = 0xfade0c02;
const SHA256 = 2;

/** @param {Buffer} file */
function commands(file) {
  if (file.readUInt32LE(0) !== MAGIC_64) throw new Error('this is no 64-bit Mach-O file');
  let at = 32;
  return Array.from({ length: file.readUInt32LE(16) }, () => {
    const command = { kind: file.readUInt32LE(at) & 0x7fffffff, at };
    at += file.readUInt32LE(at + 4);
    return command;
  });
}

/** @param {Buffer} file @param {number} at */
const text = (file, at) => file.toString('latin1', at, file.indexOf(0, at));

/** @param {number} packed as in load commands: 16 bits, 8 bits, 8 bits */
const version = (packed) => `${packed >>> 16}.${(packed >> 8) & 255}`;

/** What a byte of binding code does, by its upper half; the lower one is a small number. */
const BIND = Object.freeze({ LIBRARY: 0x10, LIBRARY_ULEB: 0x20, SPECIAL: 0x30, SYMBOL: 0x40, DO: 0x90 });
/** How many variable-length numbers follow the other ones. @type {Readonly<Record<number, number>>} */
const NUMBERS = Object.freeze({ 0x60: 1, 0x70: 1, 0x80: 1, 0xa0: 1, 0xc0: 2 });

/**
 * Where the loader takes symbols from, as the binding code of a file says; newer linkers leave it out of the symbol table.
 *
 * @param {Buffer} file
 * @param {ReturnType<typeof commands>} all
 * @returns {Map<string, number>} the library's number, or as in the symbol table
 */
function bindings(file, all) {
  /** @type {Map<string, number>} */
  const from = new Map();
  const info = all.find((command) => command.kind === LC.DYLD_INFO);
  if (info === undefined) return from;
  // At once, and when a function is first called.
  for (const field of [16, 32]) {
    let at = file.readUInt32LE(info.at + field);
    const end = at + file.readUInt32LE(info.at + field + 4);
    let [library, symbol] = [0, ''];
    const number = () => {
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = file[at++];
        value += (byte & 127) * 2 ** shift;
        if (byte < 128) return value;
      }
    };
    while (at < end) {
      const byte = file[at++];
      const [code, small] = [byte & 0xf0, byte & 0x0f];
      if (code === BIND.LIBRARY) library = small;
      else if (code === BIND.LIBRARY_ULEB) library = number();
      else if (code === BIND.SPECIAL) library = small === 0 ? 0 : 0xf0 | small;
      else if (code === BIND.SYMBOL) {
        symbol = text(file, at);
        at += symbol.length + 1;
      } else for (let left = NUMBERS[code] ?? 0; left > 0; left -= 1) number();
      if (code >= BIND.DO) from.set(symbol, library);
    }
  }
  return from;
}

/** @param {Buffer} file @param {ReturnType<typeof commands>} all */
function symbols(file, all) {
  const table = all.find((command) => command.kind === LC.SYMTAB);
  if (table === undefined) throw new Error('there is no symbol table');
  const [start, count, strings] = [8, 12, 16].map((field) => file.readUInt32LE(table.at + field));
  const bound = bindings(file, all);
  return Array.from({ length: count }, (_, i) => {
    const at = start + i * 16;
    const name = text(file, strings + file.readUInt32LE(at));
    return {
      name,
      defined: (file[at + 4] & 0x0e) !== 0,
      external: (file[at + 4] & 1) === 1,
      // Which library an undefined symbol comes from.
      from: bound.get(name) ?? file.readUInt16LE(at + 6) >> 8,
    };
  });
}

/**
 * The ad-hoc signature that Apple's processors demand: every page must hash to what the code directory says.
 *
 * @param {Buffer} file
 * @param {ReturnType<typeof commands>} all
 * @returns {{ pages: number, bad: number } | undefined}
 */
function signature(file, all) {
  const command = all.find((each) => each.kind === LC.SIGNATURE);
  if (command === undefined) return undefined;
  const blob = file.subarray(file.readUInt32LE(command.at + 8));
  const directory = Array.from({ length: blob.readUInt32BE(8) }, (_, i) =>
    blob.subarray(blob.readUInt32BE(16 + i * 8)),
  ).find((each) => each.readUInt32BE(0) === CODE_DIRECTORY && each[37] === SHA256);
  if (directory === undefined) return { pages: 0, bad: 1 };
  const [hashes, pages, limit] = [16, 28, 32].map((field) => directory.readUInt32BE(field));
  const size = 2 ** directory[39];
  let bad = 0;
  for (let i = 0; i < pages; i++) {
    const page = file.subarray(i * size, Math.min((i + 1) * size, limit));
    const kept = directory.subarray(hashes + i * 32, hashes + i * 32 + 32);
    if (!crypto.createHash('sha256').update(page).digest().equals(kept)) bad++;
  }
  return { pages, bad };
}

/**
 * @param {Buffer} file
 * @param {Readonly<import('../targets').Target>} target
 * @returns {import('.').Report}
 */
function inspect(file, target) {
  const all = commands(file);
  const wrong = [];
  if (file.readUInt32LE(4) !== CPUS[/** @type {'x64' | 'arm64'} */ (target.cpu)]) {
    wrong.push(`its processor is not ${target.cpu}`);
  }
  const kind = KINDS[/** @type {6 | 8} */ (file.readUInt32LE(12))];
  if (kind === undefined) wrong.push('it is neither a dylib nor a bundle');
  const libraries = all
    .filter((command) => command.kind === LC.LOAD_DYLIB)
    .map((command) => text(file, command.at + file.readUInt32LE(command.at + 8)));
  for (const name of libraries) {
    if (!/^\/(usr\/lib\/lib|System\/Library\/Frameworks\/)/.test(name)) wrong.push(`it needs ${name}`);
  }
  const build = all.find((command) => command.kind === LC.BUILD || command.kind === LC.MINIMUM);
  const floor = build && version(file.readUInt32LE(build.at + (build.kind === LC.BUILD ? 12 : 8)));
  if (floor === undefined || later(floor, target.floor ?? '11.0')) wrong.push(`it needs macOS ${floor}`);
  const found = symbols(file, all).filter((symbol) => symbol.external);
  const open = found.filter((symbol) => !symbol.defined && symbol.from === FLAT_LOOKUP);
  const strange = open.filter((symbol) => !symbol.name.startsWith('_napi_'));
  if (strange.length > 0) wrong.push(`nobody defines ${strange.map((symbol) => symbol.name).join(', ')}`);
  const bound = found.filter((symbol) => symbol.name.startsWith('_napi_') && !symbol.defined);
  if (bound.length !== open.length - strange.length) wrong.push('Node-API is bound to a library');
  const signed = signature(file, all);
  if (signed === undefined && target.cpu === 'arm64') wrong.push('it is not signed');
  if (signed !== undefined && signed.bad > 0) wrong.push(`${signed.bad} pages are not what was signed`);
  return {
    wrong,
    napi: bound.length,
    exported: found.filter((symbol) => symbol.defined).map((symbol) => symbol.name.replace(/^_/, '')),
    facts: [
      `${kind}, macOS ${floor}`,
      signed === undefined ? 'not signed' : `signed ad hoc, ${signed.pages} pages match`,
    ],
  };
}

module.exports = { inspect };
