'use strict';

const { sayOnce } = require('../internal/events');
const { refusal } = require('../internal/refusal');
const { tell } = require('../internal/stage');
const { parse } = require('./options');
const { isRoot, hasRootPrimary } = require('./who');

const CODE = 'ERR_HAUBERK_PRIVILEGES_ROOT';
const WAYS_OUT =
  'Three ways out: (1) start it as a user of its own (USER in the Dockerfile, User= in the systemd unit); ' +
  "(2) bind first and drop after: guard.listen(app, port, { user: 'app' }), or privileges.drop({ user: 'app' }); " +
  '(3) take a port from 1024 on behind a proxy, or give CAP_NET_BIND_SERVICE to a user of its own, so that root is not needed';

/** Whether the event of `warn` was told: the finding is about the process, not about one guard of it. */
let told = false;

/** What is wrong now, or undefined. */
function problem() {
  if (isRoot()) return 'the process answers requests as root';
  if (hasRootPrimary() === true) {
    return 'the primary of this cluster is still root (it binds the ports, so it must drop privileges too, once the workers listen)';
  }
  return undefined;
}

/**
 * Looks at the process on the first request, so that bind-then-drop has had its time. A process that is not root
 * cannot become root again; what passed once is not looked at again.
 *
 * @param {{ readonly root: 'warn' | 'refuse', readonly mode: 'enforce' | 'report' | undefined }} settings
 * @returns {import('../internal/stage').Stage}
 */
function create(settings) {
  let settled = false;
  return {
    practice: 'privileges',
    settings,
    run: function privileges(_req, _res, context) {
      if (settled) return undefined;
      const what = problem();
      if (what === undefined) {
        settled = true;
        return undefined;
      }
      sayOnce(CODE, `hauberk: ${what}. ${WAYS_OUT}`);
      const refused = refusal('privileges', CODE, 'The service is not set up safely and does not answer.', {
        event: 'authz_admin',
      });
      if (settings.root === 'refuse') return refused;
      settled = true;
      if (!told) tell(refused, context, false);
      told = true;
      return undefined;
    },
    report: () => {
      const what = problem();
      return what === undefined ? [] : [{ level: 'unsafe', what, fix: WAYS_OUT }];
    },
  };
}

module.exports = { parse, create };
