'use strict';

/** The table of targets, the folders in npm/, the loader, the published manifest and the licences agree. */

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');

const { manifestToPublish } = require('../../scripts/pack');
const { chosen } = require('../../scripts/licences');
const { inspect } = require('../../scripts/prebuild/inspect');
const { later } = require('../../scripts/prebuild/inspect/elf');
const { table } = require('../../scripts/prebuild/table');
const { TARGETS, binaryOf, choose } = require('../../scripts/prebuild/targets');

const ROOT = path.join(__dirname, '../..');
const own = require('../../package.json');
const read = (/** @type {string} */ name) => fs.readFileSync(path.join(ROOT, name), 'utf8');
const target = (/** @type {string} */ name) => choose([name])[0];

test('npm/ has one folder for each target, and no other', () => {
  assert.deepEqual(fs.readdirSync(path.join(ROOT, 'npm')).sort(), TARGETS.map((each) => each.name).sort());
});

for (const each of TARGETS) {
  test(`@hauberk/${each.name}: its manifest says what the table says`, () => {
    const manifest = require(`../../npm/${each.name}/package.json`);
    assert.deepEqual(
      {
        name: manifest.name,
        version: manifest.version,
        license: manifest.license,
        main: manifest.main,
        files: manifest.files,
        os: manifest.os,
        cpu: manifest.cpu,
        libc: manifest.libc,
        engines: manifest.engines,
      },
      {
        name: `@hauberk/${each.name}`,
        version: own.version,
        license: own.license,
        main: binaryOf(each),
        files: [binaryOf(each), 'THIRD-PARTY.md'],
        os: [each.os],
        cpu: [each.cpu],
        libc: each.libc === undefined ? undefined : [each.libc],
        engines: own.engines,
      },
    );
    assert.ok(fs.existsSync(path.join(ROOT, 'npm', each.name, 'README.md')));
    // What npm would run on installing is nothing at all.
    assert.equal(manifest.scripts, undefined);
  });

  test(`@hauberk/${each.name}: the generated loader asks for it, in this version`, () => {
    const loader = read('native/binding.js');
    assert.ok(loader.includes(`require('./${binaryOf(each)}')`));
    assert.ok(loader.includes(`require('@hauberk/${each.name}')`));
    assert.ok(loader.includes(`require('@hauberk/${each.name}/package.json').version`));
    assert.ok(loader.includes(`'${own.version}'`));
  });
}

test('the platform packages are optional dependencies of what is published, and of nothing that is committed', () => {
  assert.equal(own.optionalDependencies, undefined);
  const published = manifestToPublish();
  assert.deepEqual(
    published.optionalDependencies,
    Object.fromEntries(TARGETS.map((each) => [`@hauberk/${each.name}`, own.version])),
  );
  assert.equal(published.scripts, undefined);
  assert.equal(published.devDependencies, undefined);
});

test('a target that does not exist is named, with those that do', () => {
  assert.throws(() => choose(['linux-x64']), /there is no target linux-x64; one of linux-x64-gnu, /);
  assert.equal(choose([]).length, 8);
});

test('the check of binaries reads the one of this machine', (t) => {
  const here = TARGETS.find((each) => fs.existsSync(path.join(ROOT, 'native', binaryOf(each))));
  if (here === undefined) return t.skip('the native core is not built');
  // Built for this machine alone, so it may need a newer C library than a release may, and the compiler's own.
  const report = inspect(path.join(ROOT, 'native', binaryOf(here)), { ...here, floor: '99.0' });
  assert.deepEqual(
    report.wrong.filter((text) => !/libgcc_s/.test(text)),
    [],
  );
  assert.ok(report.exported.includes('napi_register_module_v1'));
  assert.ok(report.size > report.gzip && report.gzip > 100_000);
  assert.match(table([{ target: here, report }]), new RegExp(`^\\| ${here.name} .*not executed`, 'm'));
});

test('the check of binaries sees what a release must not have', (t) => {
  const linux = path.join(ROOT, 'native', binaryOf(target('linux-x64-gnu')));
  if (!fs.existsSync(linux)) return t.skip('the native core is not built for Linux');
  const wrong = (/** @type {object} */ change) =>
    inspect(linux, { ...target('linux-x64-gnu'), floor: '99.0', ...change }).wrong.join('; ');
  assert.match(wrong({ floor: '2.2' }), /it needs glibc 2\.\d/);
  assert.match(wrong({ cpu: 'arm64' }), /machine is not arm64/);
  assert.match(wrong({ libc: 'musl' }), /it needs the library libc\.so\.6/);
  assert.throws(() => wrong({ format: 'pe' }), /no PE file/);
  assert.throws(() => wrong({ format: 'macho' }), /no 64-bit Mach-O file/);
});

// Addons of other people, which are C++: they name what theirs may and ours must not.
test('the check of binaries reads files of Windows and macOS', (t) => {
  const of = (/** @type {string} */ name) => path.join(ROOT, 'node_modules/argon2/prebuilds', name);
  const windows = of('win32-x64/argon2.glibc.node');
  const mac = of('darwin-arm64/argon2.armv8.node');
  const found = [windows, mac].map((file) => path.dirname(file)).map((folder) => fs.readdirSync(folder)[0]);
  assert.equal(found.length, 2);
  const pe = inspect(path.join(path.dirname(windows), found[0]), target('win32-x64-msvc'));
  assert.ok(pe.exported.length > 0);
  assert.notDeepEqual(pe.wrong, []);
  const macho = inspect(path.join(path.dirname(mac), found[1]), target('darwin-arm64'));
  assert.ok(macho.napi > 0);
  assert.match(macho.facts.join(), /signed ad hoc, \d+ pages match/);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-macho-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const bytes = fs.readFileSync(path.join(path.dirname(mac), found[1]));
  bytes[20_000] ^= 1;
  const changed = path.join(folder, 'changed.node');
  fs.writeFileSync(changed, bytes);
  assert.match(inspect(changed, target('darwin-arm64')).wrong.join(), /1 pages are not what was signed/);
});

test('versions are compared as numbers', () => {
  assert.deepEqual(
    [
      later('2.17', '2.4'),
      later('2.4', '2.17'),
      later('2.17', '2.17'),
      later('11.0', '11'),
      later('2.2.5', '2.2'),
    ],
    [true, false, false, false, true],
  );
});

test('THIRD-PARTY.md names crates of the lock file, each with a licence that somebody chose', () => {
  const listed = [...read('THIRD-PARTY.md').matchAll(/^- ([\w-]+) ([\d.]+[^:]*): (.+)$/gm)];
  assert.ok(listed.length > 100);
  const lock = read('Cargo.lock');
  for (const [, name, version, license] of listed) {
    assert.ok(lock.includes(`name = "${name}"\nversion = "${version}"`), `${name} ${version}`);
    assert.ok(chosen(license).length > 0, `${name}: ${license}`);
  }
  // Each direct dependency that is in every binary.
  for (const name of ['ammonia', 'napi', 'html5ever', 'zeroize'])
    assert.match(read('THIRD-PARTY.md'), new RegExp(`^- ${name} `, 'm'));
  assert.throws(() => chosen('GPL-3.0-only'), /no rule chooses/);
  assert.deepEqual(chosen('(MIT OR Apache-2.0) AND Unicode-3.0'), ['MIT', 'Unicode-3.0']);
});
