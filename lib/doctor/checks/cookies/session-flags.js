'use strict';

const { at } = require('../../source/source');
const { fail, pass, skip } = require('../../verdict');

/** @param {import('../../source/file').Call} call @returns {string[]} what is missing or switched off */
function holes({ file, args, name }) {
  const [options] = args;
  const holder = name === 'express-session' ? file.property(options, 'cookie') : options;
  if (holder === undefined)
    return file.isPlainObject(options) || options === undefined ? ['secure', 'sameSite'] : [];
  const plain = file.isPlainObject(holder);
  const value = (/** @type {string} */ flag) => file.property(holder, flag);
  return [
    ...(value('httpOnly') !== undefined && file.literal(value('httpOnly')) === 'false' ? ['httpOnly'] : []),
    ...(value('secure') === undefined
      ? plain
        ? ['secure']
        : []
      : file.literal(value('secure')) === 'false'
        ? ['secure']
        : []),
    ...(value('sameSite') === undefined
      ? plain
        ? ['sameSite']
        : []
      : file.literal(value('sameSite')) === 'false'
        ? ['sameSite']
        : []),
  ];
}

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'cookies/session-flags',
  kind: 'static',
  weight: 3,
  why: 'Without Secure the session goes over plain HTTP, without HttpOnly scripts read it, without SameSite other sites use it.',
  fix: "session({ cookie: { secure: 'auto', httpOnly: true, sameSite: 'lax' }, ... }), or hauberk.sessions()",
  docs: 'cookies.md',
  look({ project, guard }) {
    const made = project.source.calls(/^(?:express-session|cookie-session)$/);
    const own = project.source.calls(/^hauberk(?:\.|\/)sessions$/);
    if (made.length === 0)
      return own.length > 0
        ? pass(
            'hauberk.sessions sets the flags',
            own.map((one) => at(one)),
          )
        : skip('no sessions are set up');
    if (guard.on('cookies')) return pass('the guard sets the flags of every cookie', guard.evidence);
    const open = made
      .map((call) => ({ call, missing: holes(call) }))
      .filter(({ missing }) => missing.length > 0);
    if (open.length > 0)
      return fail(
        'the session cookie lacks flags',
        open.map(({ call, missing }) => at(call, `without ${missing.join(', ')}`)),
      );
    return pass(
      'the session cookie has its flags',
      made.map((one) => at(one)),
    );
  },
};
