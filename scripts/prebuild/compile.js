'use strict';

/**
 * Compiles the core for one target. The binary comes to `npm/<target>/`, where git ignores it; one that is only to be tried, to
 * the cache.
 */

const fs = require('node:fs');
const path = require('node:path');

const { ROOT, inCache, run, say, seconds } = require('./work');
const { binaryOf } = require('./targets');

const PRODUCT = Object.freeze({ elf: 'libhauberk.so', macho: 'libhauberk.dylib', pe: 'hauberk.dll' });

/**
 * @param {Readonly<import('./targets').Target>} target
 * @param {{ zigbuild: string, env: NodeJS.ProcessEnv }} tools
 * @param {'release' | 'quick'} profile
 * @returns {string} the binary
 */
function compile(target, tools, profile) {
  const start = Date.now();
  say(`${target.name}: compiling …`);
  const withFloor = target.libc === 'glibc' ? `${target.triple}.${target.floor}` : target.triple;
  const args = ['zigbuild', '--profile', profile, '--locked', '--lib', '--target', withFloor];
  // Alone, panic_abort would not be found by std; what hauberk does on a panic is in Cargo.toml: it unwinds.
  // Without what a backtrace is read with: a panic is caught and becomes a coded error.
  if (target.buildStd) args.push('-Zbuild-std=std,panic_abort', '-Zbuild-std-features=default,panic-unwind');
  // Node-API is then looked up in the process that loads the addon, whatever its file is called.
  if (target.os === 'win32') args.push('--features', 'napi/dyn-symbols');
  run(target.name, tools.zigbuild, args, { cwd: ROOT, env: environment(target, tools.env) });
  const made = path.join(String(tools.env.CARGO_TARGET_DIR), target.triple, profile, PRODUCT[target.format]);
  const out = binaryAt(target, profile);
  fs.mkdirSync(path.dirname(out), { recursive: true });
  fs.copyFileSync(made, out);
  if (target.format === 'macho') forgetNames(out, target, tools.env);
  say(`${target.name}: compiled in ${seconds(start)}`);
  return out;
}

/**
 * The linker exports every function of a Mach-O file and keeps its name. What Node.js asks for stays; llvm-objcopy signs anew.
 *
 * @param {string} file
 * @param {Readonly<import('./targets').Target>} target
 * @param {NodeJS.ProcessEnv} env
 */
function forgetNames(file, target, env) {
  const keep = '--keep-global-symbol=_napi_register_module_v1';
  run(target.name, 'llvm-objcopy', [keep, '--discard-all', file], { env });
}

/**
 * Where the binary of a target is.
 *
 * @param {Readonly<import('./targets').Target>} target
 * @param {'release' | 'quick'} profile
 */
function binaryAt(target, profile) {
  const folder = profile === 'release' ? path.join(ROOT, 'npm', target.name) : inCache('quick');
  return path.join(folder, binaryOf(target));
}

/**
 * @param {Readonly<import('./targets').Target>} target
 * @param {NodeJS.ProcessEnv} env
 */
function environment(target, env) {
  const flags = [];
  // An addon is a shared object of the process's own C library.
  if (target.libc === 'musl') flags.push('-Ctarget-feature=-crt-static');
  // Debian's compiler asks for libssp on Windows; empty archives answer.
  if (target.os === 'win32') flags.push(`-Lnative=${env.LIBNODE_PATH}`);
  // No path of the machine that built it stays in the binary.
  flags.push(`--remap-path-prefix=${ROOT}=/hauberk`);
  flags.push(`--remap-path-prefix=${cargoHome()}=/cargo`);
  return {
    ...env,
    CARGO_ENCODED_RUSTFLAGS: flags.join('\x1f'),
    // No one builds on what is tried: what the next build would reuse need not be written.
    CARGO_PROFILE_QUICK_INCREMENTAL: 'false',
    CARGO_PROFILE_QUICK_OPT_LEVEL: '2',
    ...(target.os === 'darwin' ? { MACOSX_DEPLOYMENT_TARGET: target.floor } : {}),
  };
}

function cargoHome() {
  return process.env.CARGO_HOME ?? path.join(process.env.HOME ?? '/root', '.cargo');
}

module.exports = { compile, binaryAt };
