'use strict';

/** Reads what a Windows addon imports and exports. Layout: the PE format specification. */

const AMD64 = 0x8664;
const PE32_PLUS = 0x20b;
const EXPORTS = 0;
const IMPORTS = 1;
const DELAYED = 13;

/** Part of every Windows that Node.js runs on; the C runtime is Windows' own (UCRT). */
const SYSTEM =
  /^(kernel32|kernelbase|ntdll|advapi32|bcrypt|bcryptprimitives|userenv|ws2_32|api-ms-win-[a-z0-9-]+|ucrtbase|msvcrt)\.dll$/i;

/** @param {Buffer} file */
function read(file) {
  const start = file.readUInt32LE(0x3c);
  if (file.toString('latin1', start, start + 4) !== 'PE\0\0') throw new Error('this is no PE file');
  const optional = start + 24;
  if (file.readUInt16LE(optional) !== PE32_PLUS) throw new Error('this is no 64-bit PE file');
  const table = optional + file.readUInt16LE(start + 20);
  const sections = Array.from({ length: file.readUInt16LE(start + 6) }, (_, i) => {
    const at = table + i * 40;
    return {
      address: file.readUInt32LE(at + 12),
      size: Math.max(file.readUInt32LE(at + 8), file.readUInt32LE(at + 16)),
      offset: file.readUInt32LE(at + 20),
    };
  });
  const place = (/** @type {number} */ address) => {
    const section = sections.find((each) => address >= each.address && address < each.address + each.size);
    if (section === undefined) throw new Error(`no section holds the address ${address}`);
    return address - section.address + section.offset;
  };
  const directory = (/** @type {number} */ which) => file.readUInt32LE(optional + 112 + which * 8);
  const text = (/** @type {number} */ at) => file.toString('latin1', at, file.indexOf(0, at));
  return { file, machine: file.readUInt16LE(start + 4), place, directory, text };
}

/** @typedef {ReturnType<typeof read>} Pe */

/** The libraries it imports from, and the names. @param {Pe} pe */
function imports(pe) {
  /** @type {Map<string, string[]>} */
  const found = new Map();
  const address = pe.directory(IMPORTS);
  if (address === 0) return found;
  for (let at = pe.place(address); pe.file.readUInt32LE(at + 12) !== 0; at += 20) {
    const names = [];
    let entry = pe.place(pe.file.readUInt32LE(at) || pe.file.readUInt32LE(at + 16));
    for (let value; (value = pe.file.readBigUInt64LE(entry)) !== 0n; entry += 8) {
      names.push(value >> 63n === 0n ? pe.text(pe.place(Number(value)) + 2) : `#${value & 0xffffn}`);
    }
    const library = pe.text(pe.place(pe.file.readUInt32LE(at + 12)));
    found.set(library, [...(found.get(library) ?? []), ...names]);
  }
  return found;
}

/** @param {Pe} pe */
function exportsOf(pe) {
  const address = pe.directory(EXPORTS);
  if (address === 0) return [];
  const at = pe.place(address);
  const names = pe.place(pe.file.readUInt32LE(at + 32));
  return Array.from({ length: pe.file.readUInt32LE(at + 24) }, (_, i) =>
    pe.text(pe.place(pe.file.readUInt32LE(names + 4 * i))),
  );
}

/**
 * @param {Buffer} file
 * @returns {import('.').Report}
 */
function inspect(file) {
  const pe = read(file);
  const wrong = [];
  if (pe.machine !== AMD64) wrong.push('its machine is not x64');
  const found = imports(pe);
  for (const library of found.keys()) if (!SYSTEM.test(library)) wrong.push(`it imports from ${library}`);
  if (pe.directory(DELAYED) !== 0) wrong.push('it has delayed imports');
  const napi = [...found.values()].flat().filter((name) => name.startsWith('napi_')).length;
  return {
    wrong,
    napi,
    exported: exportsOf(pe),
    facts: [`imports from ${found.size} system DLLs`],
  };
}

module.exports = { inspect };
