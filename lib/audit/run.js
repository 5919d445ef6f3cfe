'use strict';

const { failure } = require('../internal/project/failure');
const { CHECKS, check } = require('../internal/project/lockfile/checks');
const { hasInstallScript } = require('../internal/project/lockfile/installed');
const { linesOf } = require('../internal/project/lockfile/lines');
const { chains, development } = require('./reach');
const { merge } = require('./merge');
const policies = require('./policy');
const { open } = require('../internal/project');
const { LEVELS, rank } = require('./severity');

/**
 * What a source says about one version of one package.
 *
 * @typedef {object} Advisory
 * @property {'registry' | 'osv' | 'snyk'} source
 * @property {string} id
 * @property {string[]} aliases
 * @property {string} package
 * @property {string} version
 * @property {string} severity
 * @property {string} title
 * @property {string | undefined} url
 * @property {string | undefined} fix first version without it
 * @property {string[]} [path] the chain that the source itself gives
 */

/** @typedef {import('./index').Finding & { pathsComplete: boolean }} Finding */
/** @typedef {ReturnType<typeof open>} Project */

/**
 * @param {any} settings of options.js
 * @returns {Promise<import('./index').Report>}
 */
async function run(settings) {
  const policy = settings.policy === undefined ? { exceptions: [] } : policies.load(settings.policy);
  const level = settings.level ?? policy.level ?? 'low';
  const production = settings.production ?? policy.production ?? false;
  const project = open(settings.cwd, settings.lockfile);
  const { packages } = project.graph;
  const installed = versionsOf(packages.values());
  const advisories = await ask({ ...settings, production, manager: project.graph.manager }, installed);
  const withPaths = policy.exceptions.some((/** @type {any} */ one) => one.path !== undefined);
  const findings = [...advisoryFindings(project, merge(advisories)), ...lockfileFindings(project, withPaths)];
  const problems = applyPolicy(policy.exceptions, findings, settings);
  const shown = [...problems, ...findings.filter((one) => !(production && one.development))];
  for (const one of shown) {
    one.counts = one.kind === 'policy' || (one.exception === undefined && rank(one.severity) >= rank(level));
  }
  shown.sort((a, b) => Number(b.counts) - Number(a.counts) || rank(b.severity) - rank(a.severity));
  return report(project, { level, production, sources: sourcesOf(settings) }, shown);
}

/** @param {Project} project @param {Record<string, any>} about @param {Finding[]} findings */
function report(project, about, findings) {
  const counting = findings.filter((one) => one.counts);
  const counts = Object.fromEntries(
    LEVELS.map((level) => [level, counting.filter((one) => one.severity === level).length]),
  );
  return /** @type {import('./index').Report} */ ({
    clean: counting.length === 0,
    exitCode: counting.length === 0 ? 0 : 1,
    project: project.name,
    lockfile: project.lockfile,
    manager: project.graph.manager,
    packages: project.graph.packages.size,
    ...about,
    counts,
    findings: findings.map(({ pathsComplete: _, ...finding }) => finding),
  });
}

/** @param {Iterable<import('../internal/project/lockfile/graph').Package>} packages */
function versionsOf(packages) {
  /** @type {Map<string, Set<string>>} */
  const versions = new Map();
  for (const { name, version, source } of packages) {
    // A folder of this machine is no package of a registry, and its name is nobody's business.
    if (version === undefined || /^(file|link|portal):/.test(source ?? '')) continue;
    const known = versions.get(name);
    if (known === undefined) versions.set(name, new Set([version]));
    else known.add(version);
  }
  return versions;
}

/** @param {any} settings @returns {('registry' | 'osv' | 'snyk')[]} */
function sourcesOf(settings) {
  const main = settings.db === undefined ? 'registry' : 'osv';
  return settings.snyk === undefined ? [main] : [main, 'snyk'];
}

/** @param {any} settings @param {Map<string, Set<string>>} installed @returns {Promise<Advisory[]>} */
async function ask(settings, installed) {
  const [main, snyk] = await Promise.all([
    settings.db === undefined
      ? require('./source/registry').fromRegistry(settings, installed)
      : require('./source/osv').fromFolder(settings.db, installed),
    settings.snyk === undefined ? [] : require('./source/snyk').fromSnyk(settings),
  ]);
  return [...main, ...snyk];
}

/** @param {Project} project @param {ReturnType<typeof merge>} merged @returns {Finding[]} */
function advisoryFindings({ graph, text }, merged) {
  const [isDevelopment, chainsTo] = [development(graph), chains(graph)];
  const ids = idsByVersion(graph);
  const lineOf = linesOf(text, needlesOf(graph, ids, merged));
  return merged.map(({ path, ...one }) => {
    const here = ids.get(`${one.package}@${one.version}`) ?? [];
    const { paths, complete } = chainsTo(here);
    return {
      kind: 'advisory',
      rule: one.id,
      ...one,
      development: here.length > 0 && here.every(isDevelopment),
      paths: paths.length > 0 || path === undefined || path.length === 0 ? paths : [path],
      pathsComplete: complete,
      line: lineOf(graph.packages.get(here[0])?.needle),
      exception: undefined,
      counts: false,
    };
  });
}

/** @param {Project['graph']} graph @param {Map<string, string[]>} ids @param {{ package: string, version: string }[]} list */
function needlesOf(graph, ids, list) {
  return list.map((one) => graph.packages.get(ids.get(`${one.package}@${one.version}`)?.[0] ?? '')?.needle);
}

/** @param {Project['graph']} graph */
function idsByVersion(graph) {
  /** @type {Map<string, string[]>} */
  const ids = new Map();
  for (const [id, { name, version }] of graph.packages) {
    const key = `${name}@${version}`;
    const known = ids.get(key);
    if (known === undefined) ids.set(key, [id]);
    else known.push(id);
  }
  return ids;
}

/** @param {Project} project @param {boolean} withPaths @returns {Finding[]} */
function lockfileFindings({ graph, root, text }, withPaths) {
  const [isDevelopment, chainsTo] = [development(graph), chains(graph)];
  /** @type {Map<string, { rule: string, all: import('../internal/project/lockfile/graph').Package[] }>} */
  const found = new Map();
  for (const one of graph.packages.values()) {
    const installScript = one.installScript ?? hasInstallScript(root, one);
    for (const rule of check({ ...one, installScript })) {
      // Once for a version, however often it stands in the tree.
      const key = `${rule} ${one.name}@${one.version}`;
      const known = found.get(key);
      if (known === undefined) found.set(key, { rule, all: [one] });
      else known.all.push(one);
    }
  }
  const list = [...found.values()];
  const lineOf = linesOf(
    text,
    list.map(({ all }) => all[0].needle),
  );
  return list.map(({ rule, all }) => {
    const ids = all.map(({ id }) => id);
    const { paths, complete } = withPaths ? chainsTo(ids) : { paths: [], complete: true };
    const { severity, title, fix } = CHECKS[rule];
    return {
      ...{ kind: 'lockfile', rule, id: rule, aliases: [], package: all[0].name, version: all[0].version },
      ...{ severity, title, fix, url: undefined, sources: ['lockfile'] },
      development: ids.every(isDevelopment),
      ...{ paths, pathsComplete: complete },
      line: lineOf(all[0].needle),
      ...{ exception: undefined, counts: false },
    };
  });
}

/**
 * Marks what is excepted; what is wrong with the exceptions themselves is a finding of its own.
 *
 * @param {import('./policy').Exception[]} exceptions
 * @param {Finding[]} findings
 * @param {{ now: Date, policy: string }} settings
 * @returns {Finding[]}
 */
function applyPolicy(exceptions, findings, { now }) {
  const today = now.toISOString().slice(0, 10);
  return exceptions.flatMap((one) => {
    const covered = findings.filter((finding) => policies.covers(one, finding));
    const subject = [one.advisory, one.package, one.path].filter((part) => part !== undefined).join(' ');
    if (today > one.expires) {
      return [
        problem('policy/expired-exception', `The exception for ${subject} expired on ${one.expires}`, one),
      ];
    }
    if (covered.length === 0) {
      return [
        problem('policy/stale-exception', `The exception for ${subject} matches nothing any more`, one),
      ];
    }
    for (const finding of covered) finding.exception ??= { reason: one.reason, expires: one.expires };
    return [];
  });
}

/** @param {string} rule @param {string} title @param {import('./policy').Exception} one @returns {Finding} */
function problem(rule, title, one) {
  const fix =
    rule === 'policy/expired-exception' ? 'Update the package, or decide anew.' : 'Remove the exception.';
  return {
    ...{ kind: 'policy', rule, id: rule, aliases: [], package: one.package ?? '', version: undefined },
    ...{ severity: 'high', title, fix, url: undefined, sources: ['policy'], development: false },
    ...{ paths: [], pathsComplete: true, line: undefined, exception: undefined, counts: true },
  };
}

/** @param {any} settings @returns {Promise<import('./index').Report>} */
async function safely(settings) {
  try {
    return await run(settings);
  } catch (error) {
    const { code } = /** @type {{ code?: unknown }} */ (error);
    if (typeof code === 'string' && code.startsWith('ERR_HAUBERK_')) throw error;
    throw failure('the audit stopped at something that was not foreseen', error);
  }
}

module.exports = { run: safely };
