'use strict';

/* eslint-disable security/detect-unsafe-regex -- each repetition is bounded, or begins where no other part fits */

const { dockerfiles, isRoot, userOf } = require('../../project/container');
const { at } = require('../../source/source');
const { fail, pass } = require('../../verdict');

/** What keeps the process from being root, whoever starts it. @param {import('../../verdict').Seen} seen */
function reasons({ project, guard }) {
  const calls = project.source
    .calls(/^(?:hauberk\.privileges\.drop|hauberk\/privileges\.drop|process\.setuid|(?:.*\.)?listen)$/)
    .filter(
      ({ file, args, name }) =>
        !name.endsWith('listen') || args.some((one) => file.property(one, 'user') !== undefined),
    );
  const option = guard.options('privileges');
  const refuses =
    option !== undefined && guard.call?.file.literal(guard.call.file.property(option, 'root')) === 'refuse';
  const unit = project
    .matching(/\.service$/)
    .find(({ text }) =>
      /^[ \t]*(?:DynamicUser[ \t]*=[ \t]*(?:yes|true)|User[ \t]*=[ \t]*(?!root\b|0\b)\S)/m.test(text),
    );
  const container = dockerfiles(project).find(({ instructions }) => !isRoot(userOf(instructions).user));
  return [
    ...calls.map((call) => at(call)),
    ...(refuses && guard.call ? [at(guard.call, "privileges: { root: 'refuse' }")] : []),
    ...(unit ? [{ file: unit.name, text: 'User=' }] : []),
    ...(container ? [{ file: container.name, text: 'USER' }] : []),
  ];
}

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'privileges/process',
  kind: 'static',
  weight: 3,
  why: 'Nobody notices that a process runs as root until it is broken into.',
  fix: "Refuse to answer as root: hauberk({ privileges: { root: 'refuse' } }), or drop after the bind: guard.listen(app, 443, { user: 'app' })",
  docs: 'privileges.md',
  look(seen) {
    const found = reasons(seen);
    if (found.length > 0) return pass('something keeps the process from running as root', found);
    const uid = seen.app?.uid;
    if (uid === 0) return fail('the application answers as root', ['its user id was 0 once it listened']);
    return fail('nothing keeps the process from running as root', [
      'no USER, no User=, no drop of privileges, no refusal',
    ]);
  },
};
