'use strict';

const { HauberkError } = require('../internal/fault');
const { start } = require('./app/start');
const { CHECKS } = require('./checks');
const { readProject } = require('./project/read');
const { look } = require('./live/look');
const { summarise } = require('./score');
const { guardOf } = require('./source/guard');
const { skip, warn } = require('./verdict');

const DOCS = 'https://github.com/hauberk/hauberk/blob/main/docs/';

/** @typedef {import('./verdict').Check} Check */
/** @typedef {import('./verdict').Seen} Seen */

/**
 * @param {any} settings of options.js
 * @returns {Promise<import('./index').Report>}
 */
async function run(settings) {
  const project = readProject(settings.root);
  const started = settings.app === undefined ? undefined : await start(settings.app, settings);
  try {
    const url = started?.url ?? settings.url;
    const live = url === undefined ? undefined : await look(url, settings);
    const seen = { project, live, app: started, guard: guardOf(project, started?.report) };
    const checks = CHECKS.map((check) => judge(check, seen));
    return {
      ...summarise(checks),
      project: project.name,
      root: project.root,
      looked: { files: project.source.files.length, url, app: settings.app },
      checks,
      ...(live === undefined ? {} : { observatory: live.observatory }),
      notes: [...project.notes, ...(started?.notes ?? [])],
    };
  } finally {
    await started?.stop();
  }
}

/** @param {Check} check @param {Seen} seen @returns {import('./index').Check} */
function judge(check, seen) {
  const { id, kind, weight, why, fix, docs } = check;
  const [practice] = id.split('/');
  const verdict = kind === 'live' && seen.live === undefined ? NO_SERVER : attempt(check, seen);
  return {
    id,
    practice: /** @type {import('./index').Practice} */ (practice),
    kind,
    status: verdict.status,
    what: verdict.what,
    why,
    fix: verdict.fix ?? fix,
    docs: DOCS + docs,
    weight,
    evidence: verdict.evidence,
  };
}

const NO_SERVER = skip('needs a running server: --url or --app');

/**
 * A file that cannot be read is a finding of the check that needed it, and does not end the others.
 *
 * @param {Check} check @param {Seen} seen
 */
function attempt(check, seen) {
  try {
    return check.look(seen);
  } catch (error) {
    if (error instanceof HauberkError) return warn(`could not be looked at: ${error.message}`);
    throw error;
  }
}

module.exports = { run };
