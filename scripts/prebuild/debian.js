'use strict';

/**
 * Fetches Debian packages of any release and processor without touching the system: a package index of its
 * own in the cache, and packages that are unpacked, never installed.
 */

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const { ask, inCache, once, run } = require('./work');

const KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The mirrors that this system uses, so that none is written down here. */
function mirrors() {
  if (process.env.HAUBERK_DEBIAN_MIRROR) {
    const site = process.env.HAUBERK_DEBIAN_MIRROR.replace(/\/$/, '');
    return { site, security: `${site}-security` };
  }
  const rows = ask('apt-get', ['indextargets', '--format', '$(SITE) $(RELEASE)']).split('\n');
  const of = (/** @type {(release: string) => boolean} */ wanted) =>
    rows
      .map((row) => row.split(' '))
      .find(([site, release]) => /\/debian/.test(site) && wanted(release))?.[0];
  const site = of((release) => !release.includes('security'));
  if (site === undefined) {
    throw new Error('no Debian mirror is known; set HAUBERK_DEBIAN_MIRROR to one (as in sources.list)');
  }
  return { site, security: of((release) => release.includes('security')) ?? `${site}-security` };
}

/** Options that make apt work in a folder of the cache. @param {string} place @param {readonly string[]} cpus */
function options(place, cpus) {
  return [
    ...['-o', `Dir::State=${place}/state`, '-o', `Dir::Cache=${place}/cache`],
    ...['-o', `Dir::Etc::SourceList=${place}/sources.list`, '-o', 'Dir::Etc::SourceParts=/dev/null'],
    ...['-o', `Dir::State::status=${place}/status`, '-o', `Dir::Etc::Preferences=/dev/null`],
    ...['-o', 'Dir::Etc::PreferencesParts=/dev/null', '-o', 'APT::Architecture=amd64'],
    ...cpus.flatMap((name) => ['-o', `APT::Architectures::=${name}`]),
    ...['-o', 'APT::Sandbox::User=root'],
  ];
}

/**
 * The index of a release. A source that does not load is an error: an older package would come in silently.
 *
 * @param {string} release
 * @param {readonly string[]} cpus
 */
function index(release, cpus) {
  const day = new Date().toISOString().slice(0, 10);
  const named = `${release}-${cpus.join('-')}`;
  return once(`apt-${named}`, day, `the package index of Debian ${named}`, (place) => {
    for (const name of ['state/lists/partial', 'cache/archives/partial']) {
      fs.mkdirSync(path.join(place, name), { recursive: true });
    }
    fs.writeFileSync(path.join(place, 'status'), '');
    const { site, security } = mirrors();
    const signed = `[signed-by=${KEYS}]`;
    const lines = [`deb ${signed} ${site} ${release} main`];
    // armhf is only run, not built with: what its base system needs is in the release itself.
    if (!cpus.includes('armhf')) lines.push(`deb ${signed} ${security} ${release}-security main`);
    fs.writeFileSync(path.join(place, 'sources.list'), `${lines.join('\n')}\n`);
    run('apt', 'apt-get', [
      ...options(place, cpus),
      ...['-o', 'APT::Update::Error-Mode=any'],
      ...['-o', 'Acquire::Retries=3', '-o', 'Acquire::Languages=none'],
      ...['-o', 'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false', 'update'],
    ]);
  });
}

/**
 * Unpacks packages into a folder of the cache.
 *
 * @param {string} folder
 * @param {string} release such as `bookworm`
 * @param {readonly string[]} packages such as `libc6:arm64`
 * @param {string} what for the progress
 * @param {(place: string) => void} [check] throws where what came is not what is needed
 */
function unpack(folder, release, packages, what, check = () => {}) {
  return once(folder, `1 ${release} ${packages.join(' ')}`, what, (place) => {
    const debs = inCache(`${folder}.debs`);
    fs.rmSync(debs, { recursive: true, force: true });
    fs.mkdirSync(debs, { recursive: true });

    const cpus = packages.some((name) => name.endsWith(':armhf')) ? ['amd64', 'armhf'] : ['amd64', 'arm64'];
    const from = index(release, cpus);
    run('apt', 'apt-get', [...options(from, cpus), 'download', ...packages], { cwd: debs });
    for (const name of fs.readdirSync(debs)) {
      const done = spawnSync('dpkg', ['-x', path.join(debs, name), place]);
      if (done.status !== 0) throw new Error(`${name} could not be unpacked: ${done.stderr}`);
    }
    fs.rmSync(debs, { recursive: true });
    check(place);
  });
}

module.exports = { unpack, mirrors, KEYS };
