'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { HauberkError } = require('./fault');

/** The platforms with a package of their own; musl and whatever else there is, the generated loader finds. */
const TARGETS = Object.freeze({
  'darwin-arm64': 'darwin-arm64',
  'darwin-x64': 'darwin-x64',
  'linux-arm': 'linux-arm-gnueabihf',
  'linux-arm64': 'linux-arm64-gnu',
  'linux-x64': 'linux-x64-gnu',
  'win32-x64': 'win32-x64-msvc',
});

/** Where musl's loader is there may be no glibc. */
const MUSL = Object.freeze({
  arm: '/lib/ld-musl-armhf.so.1',
  arm64: '/lib/ld-musl-aarch64.so.1',
  x64: '/lib/ld-musl-x86_64.so.1',
});

/**
 * The only place that loads the platform binary.
 *
 * 1. On the usual platforms straight by its name: the generated loader is some thousand lines that would have to be
 *    read first.
 * 2. Otherwise, and where that fails, by the generated loader.
 * 3. Where that fails as well: why, and the way out.
 *
 * @returns {typeof import('../../native/binding')}
 */
function load() {
  const target = usualTarget();
  try {
    const file = target && require.resolve(placeOf(target));
    if (file && isCut(file)) throw require('./native-missing').cutOff(/** @type {string} */ (target));
    if (file) return require(file);
  } catch (error) {
    // The generated loader fails again, or knows better; a file that was cut off it must not touch.
    if (error instanceof HauberkError) throw error;
  }
  try {
    return require('../../native/binding.js');
  } catch (cause) {
    throw require('./native-missing').explain(target, placeOf, cause);
  }
}

/**
 * Whether an ELF file is shorter than its header says. Loading such a file ends the process (SIGBUS), with no word of
 * why; other systems look by themselves.
 *
 * @param {string} file
 */
function isCut(file) {
  if (process.platform !== 'linux') return false;
  const head = Buffer.alloc(64);
  const fd = fs.openSync(file, 'r');
  try {
    if (fs.readSync(fd, head) < head.length) return true;
    const wide = head[4] === 2;
    const table = wide ? Number(head.readBigUInt64LE(40)) : head.readUInt32LE(32);
    const [size, count] = wide
      ? [head.readUInt16LE(58), head.readUInt16LE(60)]
      : [head.readUInt16LE(46), head.readUInt16LE(48)];
    // What is no ELF file at all the system refuses, and says so.
    return head.readUInt32BE(0) === 0x7f454c46 && fs.fstatSync(fd).size < table + size * count;
  } finally {
    fs.closeSync(fd);
  }
}

/** @returns {string | undefined} undefined where the generated loader has to look */
function usualTarget() {
  const { platform, arch, env } = process;
  if (env.NAPI_RS_NATIVE_LIBRARY_PATH || env.NAPI_RS_FORCE_WASI) return undefined;
  if (platform === 'linux' && fs.existsSync(MUSL[/** @type {keyof typeof MUSL} */ (arch)] ?? '/')) {
    return undefined;
  }
  return TARGETS[/** @type {keyof typeof TARGETS} */ (`${platform}-${arch}`)];
}

/**
 * @param {string} target
 * @returns {string} what to require: in a checkout the file that was built, else the platform's package
 */
function placeOf(target) {
  const built = path.join(__dirname, '../../native', `hauberk.${target}.node`);
  return fs.existsSync(built) ? built : `@hauberk/${target}`;
}

module.exports = load();
