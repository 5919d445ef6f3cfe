'use strict';

const { at } = require('../../source/source');
const { fail, pass, skip } = require('../../verdict');

const PACKAGES = ['csrf-csrf', 'csrf-sync', 'csurf', 'lusca', 'tiny-csrf', '@dr.pogodin/csurf'];

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'cookies/csrf',
  kind: 'static',
  weight: 2,
  why: 'A browser sends the session cookie along with what any other site makes it send.',
  fix: 'app.use(hauberk()) refuses requests from other sites; alone: app.use(hauberk.csrf())',
  docs: 'csrf.md',
  look({ project, guard }) {
    if (guard.on('csrf')) return pass('the guard refuses requests from other sites', guard.evidence);
    const own = project.source.calls(/^hauberk(?:\.|\/)csrf$/);
    if (own.length > 0)
      return pass(
        'hauberk.csrf refuses requests from other sites',
        own.map((one) => at(one)),
      );
    const used = project.source.uses(PACKAGES);
    if (used !== undefined) return pass(`${used} is used`);
    const sessions = project.source.calls(
      /^(?:express-session|cookie-session|hauberk(?:\.|\/)sessions)$|(?:^|\.)res\.cookie$/,
    );
    if (sessions.length === 0) return skip('no cookie says who the user is');
    return fail(
      'nothing stops requests that other sites make in the name of a user',
      sessions.map((one) => at(one)),
    );
  },
};
