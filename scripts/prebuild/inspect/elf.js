'use strict';

/** Reads what a Linux addon asks of the system that loads it. Layout: the ELF specification, `elf(5)`. */

const MACHINES = Object.freeze({ x64: 62, arm64: 183, arm: 40 });
const SHT_DYNAMIC = 6;
const SHT_DYNSYM = 11;
const SHT_VERNEED = 0x6ffffffe;
const SHT_VERSYM = 0x6fffffff;
const DT_NEEDED = 1;
const STB_WEAK = 2;

/** Field offsets of the two classes. */
const LAYOUT = Object.freeze({
  1: { sections: 0x20, count: 0x30, header: 40, symbol: 16, shndx: 14, info: 12, dynamic: 8 },
  2: { sections: 0x28, count: 0x3c, header: 64, symbol: 24, shndx: 6, info: 4, dynamic: 16 },
});

/** @param {Buffer} file */
function read(file) {
  if (file.readUInt32BE(0) !== 0x7f454c46) throw new Error('this is no ELF file');
  const wide = file[4] === 2;
  const layout = LAYOUT[/** @type {1 | 2} */ (file[4])];
  const word = (/** @type {number} */ at) =>
    wide ? Number(file.readBigUInt64LE(at)) : file.readUInt32LE(at);
  const first = word(layout.sections);
  const sections = Array.from({ length: file.readUInt16LE(layout.count) }, (_, i) => {
    const at = first + i * layout.header;
    const [offset, size, link] = wide
      ? [word(at + 0x18), word(at + 0x20), file.readUInt32LE(at + 0x28)]
      : [word(at + 0x10), word(at + 0x14), file.readUInt32LE(at + 0x18)];
    return { type: file.readUInt32LE(at + 4), offset, size, link };
  });
  const strings = (/** @type {{ link: number }} */ section) => sections[section.link].offset;
  const text = (/** @type {number} */ at) => file.toString('latin1', at, file.indexOf(0, at));
  return { file, layout, word, sections, strings, text };
}

/** @typedef {ReturnType<typeof read>} Elf */

/** The libraries it names. @param {Elf} elf */
function needed(elf) {
  const dynamic = elf.sections.find((section) => section.type === SHT_DYNAMIC);
  if (dynamic === undefined) throw new Error('this is no shared object');
  const found = [];
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += elf.layout.dynamic) {
    if (elf.word(at) !== DT_NEEDED) continue;
    found.push(elf.text(elf.strings(dynamic) + elf.word(at + elf.layout.dynamic / 2)));
  }
  return found;
}

/** Number of a version to its name, of those that it needs. @param {Elf} elf */
function versions(elf) {
  const section = elf.sections.find((each) => each.type === SHT_VERNEED);
  /** @type {Map<number, string>} */
  const found = new Map();
  for (let at = section?.offset ?? 0, more = section !== undefined; more;) {
    const names = elf.strings(/** @type {any} */ (section));
    let entry = at + elf.file.readUInt32LE(at + 8);
    for (let left = elf.file.readUInt16LE(at + 2); left > 0; left--) {
      found.set(elf.file.readUInt16LE(entry + 6), elf.text(names + elf.file.readUInt32LE(entry + 8)));
      entry += elf.file.readUInt32LE(entry + 12);
    }
    const next = elf.file.readUInt32LE(at + 12);
    more = next !== 0;
    at += next;
  }
  return found;
}

/** Its dynamic symbols, without the empty first one. @param {Elf} elf */
function symbols(elf) {
  const table = elf.sections.find((section) => section.type === SHT_DYNSYM);
  if (table === undefined) throw new Error('there are no dynamic symbols');
  const versym = elf.sections.find((section) => section.type === SHT_VERSYM);
  const names = versions(elf);
  return Array.from({ length: table.size / elf.layout.symbol - 1 }, (_, i) => {
    const at = table.offset + (i + 1) * elf.layout.symbol;
    const version = versym === undefined ? 0 : elf.file.readUInt16LE(versym.offset + 2 * (i + 1)) & 0x7fff;
    return {
      name: elf.text(elf.strings(table) + elf.file.readUInt32LE(at)),
      version: names.get(version),
      weak: elf.file[at + elf.layout.info] >> 4 === STB_WEAK,
      defined: elf.file.readUInt16LE(at + elf.layout.shndx) !== 0,
    };
  });
}

/**
 * @param {Buffer} file
 * @param {Readonly<import('../targets').Target>} target
 * @returns {import('.').Report}
 */
function inspect(file, target) {
  const elf = read(file);
  const all = symbols(elf);
  const undefinedOnes = all.filter((symbol) => !symbol.defined && !symbol.weak);
  const wrong = [];
  if (file.readUInt16LE(18) !== MACHINES[target.cpu]) wrong.push(`its machine is not ${target.cpu}`);
  const libraries = needed(elf);
  const allowed =
    target.libc === 'musl' ? /^libc\.so$/ : /^(libc|libm|libdl|libpthread|librt|ld-linux.*)\.so\.\d$/;
  for (const name of libraries) if (!allowed.test(name)) wrong.push(`it needs the library ${name}`);
  const newest = [...new Set(all.flatMap((symbol) => symbol.version ?? []))]
    .filter((name) => name.startsWith('GLIBC_'))
    .map((name) => name.slice('GLIBC_'.length))
    .reduce((most, each) => (later(each, most) ? each : most), '0');
  if (target.floor !== undefined && later(newest, target.floor)) wrong.push(`it needs glibc ${newest}`);
  // What has no version comes from the process. Of musl's own symbols none has one: its linker knew them.
  const open = undefinedOnes.filter((symbol) => symbol.version === undefined).map((symbol) => symbol.name);
  const napi = open.filter((name) => name.startsWith('napi_'));
  if (target.libc !== 'musl' && napi.length !== open.length) {
    wrong.push(`nobody defines ${open.filter((name) => !name.startsWith('napi_')).join(', ')}`);
  }
  const exported = all.filter((symbol) => symbol.defined).map((symbol) => symbol.name);
  return {
    wrong,
    napi: napi.length,
    exported,
    facts: [
      target.libc === 'musl'
        ? `${open.length - napi.length} of musl, by ${libraries.join(', ') || 'none'}`
        : `glibc ${newest}`,
    ],
  };
}

/** Whether version `a` is later than `b`. @param {string} a @param {string} b */
function later(a, b) {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number));
  const differs = left.findIndex((part, i) => part !== (right[i] ?? 0));
  return differs !== -1 && left[differs] > (right[differs] ?? 0);
}

module.exports = { inspect, later };
