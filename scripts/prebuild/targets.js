'use strict';

/**
 * Every platform that hauberk is built for. The folders in npm/, the prebuild, its checks and the release all
 * go by this table.
 */

/**
 * @typedef {object} Target
 * @property {string} name the platform package is `@hauberk/<name>`, its binary `hauberk.<name>.node`
 * @property {string} triple what Rust calls it
 * @property {string} [floor] the oldest C library or system that it must run on
 * @property {'elf' | 'macho' | 'pe'} format
 * @property {'x64' | 'arm64' | 'arm'} cpu
 * @property {'linux' | 'darwin' | 'win32'} os
 * @property {'glibc' | 'musl'} [libc]
 * @property {boolean} buildStd whether Rust's standard library is compiled too, because none is packaged
 */

/** In the order in which they are built. @type {readonly Readonly<Target>[]} */
const TARGETS = Object.freeze([
  {
    name: 'linux-x64-gnu',
    triple: 'x86_64-unknown-linux-gnu',
    floor: '2.17',
    format: 'elf',
    os: 'linux',
    cpu: 'x64',
    libc: 'glibc',
    buildStd: false,
  },
  {
    name: 'linux-x64-musl',
    triple: 'x86_64-unknown-linux-musl',
    format: 'elf',
    os: 'linux',
    cpu: 'x64',
    libc: 'musl',
    buildStd: true,
  },
  {
    name: 'linux-arm64-gnu',
    triple: 'aarch64-unknown-linux-gnu',
    floor: '2.17',
    format: 'elf',
    os: 'linux',
    cpu: 'arm64',
    libc: 'glibc',
    buildStd: false,
  },
  {
    name: 'linux-arm64-musl',
    triple: 'aarch64-unknown-linux-musl',
    format: 'elf',
    os: 'linux',
    cpu: 'arm64',
    libc: 'musl',
    buildStd: true,
  },
  {
    // The loader asks for this name on 64-bit Windows, whatever linker made the binary.
    name: 'win32-x64-msvc',
    triple: 'x86_64-pc-windows-gnu',
    format: 'pe',
    os: 'win32',
    cpu: 'x64',
    buildStd: true,
  },
  {
    name: 'linux-arm-gnueabihf',
    triple: 'armv7-unknown-linux-gnueabihf',
    floor: '2.17',
    format: 'elf',
    os: 'linux',
    cpu: 'arm',
    libc: 'glibc',
    buildStd: true,
  },
  {
    name: 'darwin-arm64',
    triple: 'aarch64-apple-darwin',
    floor: '11.0',
    format: 'macho',
    os: 'darwin',
    cpu: 'arm64',
    buildStd: true,
  },
  {
    name: 'darwin-x64',
    triple: 'x86_64-apple-darwin',
    floor: '11.0',
    format: 'macho',
    os: 'darwin',
    cpu: 'x64',
    buildStd: true,
  },
]);

/**
 * @param {readonly string[]} names none: all
 * @returns {readonly Readonly<Target>[]}
 */
function choose(names) {
  for (const name of names) {
    if (!TARGETS.some((target) => target.name === name)) {
      throw new Error(`there is no target ${name}; one of ${TARGETS.map((each) => each.name).join(', ')}`);
    }
  }
  return names.length === 0 ? TARGETS : TARGETS.filter((target) => names.includes(target.name));
}

/** The file name of a target's binary. @param {Readonly<Target>} target */
const binaryOf = (target) => `hauberk.${target.name}.node`;

module.exports = { TARGETS, choose, binaryOf };
