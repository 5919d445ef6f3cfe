'use strict';

/** @typedef {import('./graph').Package} Package */

/**
 * What is wrong with an entry of a lockfile, whatever the advisories say. One row per rule.
 *
 * @type {Readonly<Record<string, { severity: string, title: string, fix: string, holds: (one: Package) => boolean }>>}
 */
const CHECKS = Object.freeze({
  'lockfile/missing-integrity': {
    severity: 'high',
    title: 'No hash: what is installed cannot be told from what was reviewed',
    fix: 'Remove node_modules and the entry, and install again with a current package manager.',
    holds: (one) => one.integrity === 'none',
  },
  'lockfile/weak-integrity': {
    severity: 'moderate',
    title: 'Only a SHA-1 or MD5 hash, for which collisions can be made',
    fix: 'Install again with a current package manager: it writes SHA-512.',
    holds: (one) => one.integrity === 'weak',
  },
  'lockfile/http-source': {
    severity: 'high',
    title: 'Fetched without encryption',
    fix: 'Use https.',
    holds: (one) => one.kind === 'http',
  },
  'lockfile/git-source': {
    severity: 'moderate',
    title: 'Comes from a git repository, with no hash, and its scripts run at installation',
    fix: 'Depend on a published version.',
    holds: (one) => one.kind === 'git',
  },
  'lockfile/url-source': {
    severity: 'moderate',
    title: 'Comes from an address that is no registry',
    fix: 'Depend on a published version.',
    holds: (one) => one.kind === 'url',
  },
  'lockfile/name-mismatch': {
    severity: 'high',
    title: 'The address leads to a package of another name (lockfile injection)',
    fix: 'Find out who changed the lockfile; then write it anew.',
    holds: mismatch,
  },
  'lockfile/no-version': {
    severity: 'moderate',
    title: 'Has no version that advisories could be compared with',
    fix: 'Depend on a published version.',
    holds: (one) => one.version === undefined && one.kind !== 'local',
  },
  'lockfile/install-script': {
    severity: 'info',
    title: 'Runs a script of its own at installation',
    fix: 'Install with --ignore-scripts, and allow the scripts that are needed.',
    holds: (one) => one.installScript === true,
  },
});

/** @param {Package} one */
function mismatch({ kind, source, name }) {
  if (kind !== 'registry' || source === undefined || !source.includes('/-/')) return false;
  let address = source;
  try {
    address = decodeURIComponent(source);
  } catch {
    // As it stands, then: a broken escape matches no name.
  }
  return !address.includes(`/${name}/-/`);
}

/** @param {Package} one @returns {string[]} the rules that hold */
function check(one) {
  return Object.keys(CHECKS).filter((rule) => CHECKS[rule].holds(one));
}

module.exports = { CHECKS, check };
