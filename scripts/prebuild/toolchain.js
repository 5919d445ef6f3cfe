'use strict';

/**
 * The compilers, all from package registries: a Rust with the source of its standard library (Debian), and zig as the
 * linker and C library of every target (PyPI). docs/decisions/0038-one-machine-builds-all.md says why these.
 */

const fs = require('node:fs');
const path = require('node:path');

const { ask, inCache, once, run } = require('./work');
const debian = require('./debian');

const ZIG = '0.17.1';
const ZIGBUILD = '0.24.0';

/** The compiler and its std must be this new; where an index is missing an older one would come. */
const RUST_AT_LEAST = [1, 96];

const RUST_PACKAGES = [
  ...['rustc-web', 'cargo-web', 'rust-web-src', 'libstd-rust-web-1.96'],
  ...['libstd-rust-web-dev:amd64', 'libstd-rust-web-dev:arm64'],
  ...['libllvm22', 'lld-22', 'llvm-22', 'libhttp-parser2.9', 'libgit2-1.5'],
  ...['libmbedcrypto7', 'libmbedx509-1', 'libmbedtls14'],
];

function rust() {
  const place = debian.unpack('rust', 'bookworm', RUST_PACKAGES, 'Rust with the source of std', (root) => {
    const said = ask(path.join(root, 'usr/bin/rustc'), ['-V'], environment(path.join(root, 'usr')));
    const [major, minor] = /** @type {RegExpExecArray} */ (/(\d+)\.(\d+)/.exec(said)).slice(1).map(Number);
    if (major < RUST_AT_LEAST[0] || (major === RUST_AT_LEAST[0] && minor < RUST_AT_LEAST[1])) {
      throw new Error(`${said} is too old; the index of Debian's security updates was not there`);
    }
  });
  const usr = path.join(place, 'usr');
  // What rustc strips a Mach-O file with; Debian's LLVM has it under its own name.
  const objcopy = path.join(usr, 'bin/rust-objcopy');
  if (!fs.existsSync(objcopy)) fs.symlinkSync('../lib/llvm-22/bin/llvm-objcopy', objcopy);
  return usr;
}

/** @param {string} usr @returns {NodeJS.ProcessEnv} */
function environment(usr) {
  const libraries = path.join(usr, 'lib/x86_64-linux-gnu');
  return {
    ...process.env,
    LD_LIBRARY_PATH: [libraries, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
    PATH: [path.join(usr, 'bin'), path.join(usr, 'lib/llvm-22/bin'), process.env.PATH].join(':'),
    RUSTC: path.join(usr, 'bin/rustc'),
    CARGO: path.join(usr, 'bin/cargo'),
    // What compiles std is an unstable option of cargo.
    RUSTC_BOOTSTRAP: '1',
    RUSTUP_TOOLCHAIN: '',
  };
}

function zig() {
  return once('zig', `${ZIG} ${ZIGBUILD}`, 'zig and cargo-zigbuild', (place) => {
    run('zig', 'python3', ['-m', 'venv', place]);
    run('zig', path.join(place, 'bin/pip'), [
      ...['install', '--no-input', '--only-binary', ':all:'],
      ...[`ziglang==${ZIG}`, `cargo-zigbuild==${ZIGBUILD}`],
    ]);
  });
}

/** What a build of any target is run with. */
function prepare() {
  const usr = rust();
  const venv = zig();
  const env = environment(usr);
  // The compiler drives these two; Debian's asks for archives that a cross linker has not.
  return {
    zigbuild: path.join(venv, 'bin/cargo-zigbuild'),
    env: {
      ...env,
      PATH: `${path.join(venv, 'bin')}:${env.PATH}`,
      CARGO_TARGET_DIR: inCache('target'),
      CARGO_ZIGBUILD_CACHE_DIR: inCache('zigbuild'),
      ZIG_GLOBAL_CACHE_DIR: inCache('zig-cache'),
      ZIG_LOCAL_CACHE_DIR: inCache('zig-cache'),
      // The unlinked archives that Windows' host process is found by; see compile.js.
      LIBNODE_PATH: stub(),
    },
  };
}

/** Empty archives: names that linkers ask for and nothing is in. */
function stub() {
  const place = inCache('stub');
  fs.mkdirSync(place, { recursive: true });
  for (const name of ['libnode.dll', 'libnode.a', 'libssp.a', 'libssp_nonshared.a']) {
    fs.writeFileSync(path.join(place, name), name.endsWith('.a') ? '!<arch>\n' : '');
  }
  return place;
}

module.exports = { prepare };
