'use strict';

const { at } = require('./source');

/**
 * What `hauberk()` does in this project: by its own report where the application runs, else by what the source says.
 *
 * @typedef {object} Guard
 * @property {boolean} found a guard is made and used
 * @property {import('../index').Evidence[]} evidence
 * @property {(practice: string) => boolean} on
 * @property {(practice: string) => import('./file').Range | undefined} options of a practice, where the source shows them
 * @property {import('./file').Call | undefined} call
 * @property {any} report of `guard.report()`
 */

/**
 * @param {import('../project/read').Project} project
 * @param {any} report
 * @returns {Guard}
 */
function guardOf({ source }, report) {
  const made = source.calls(/^hauberk$/);
  const [call] = made;
  const found = report !== undefined || (made.length > 0 && made.some((one) => isUsed(source, one)));
  const options = (/** @type {string} */ practice) =>
    call === undefined ? undefined : call.file.property(call.args[0], practice);
  const inSource = (/** @type {string} */ practice) => {
    const given = options(practice);
    return given === undefined || call.file.literal(given) !== 'false';
  };
  return {
    found,
    call,
    report,
    options,
    evidence: found && call !== undefined ? [at(call)] : [],
    on: (practice) => {
      if (!found) return false;
      const state = report?.practices?.[practice];
      return state === undefined ? inSource(practice) : state === 'on';
    },
  };
}

/** `app.use(guard)`, `app.use(hauberk())`, `http.createServer(guard)`. */
function isUsed(/** @type {import('./source').Source} */ source, /** @type {import('./file').Call} */ made) {
  const { file } = made;
  return source.calls(/\.use$|(?:^|\.)createServer$/).some((call) =>
    call.args.some((range) => {
      if (call.file !== file) return /\b[gG]uard\b/.test(call.file.show(range));
      const [from, to] = file.follow(range);
      return made.at >= from && made.at < to;
    }),
  );
}

module.exports = { guardOf };
