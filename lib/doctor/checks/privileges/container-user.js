'use strict';

const { dockerfiles, isRoot, userOf } = require('../../project/container');
const { fail, pass, skip } = require('../../verdict');

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'privileges/container-user',
  kind: 'static',
  weight: 3,
  why: 'A container without USER runs as root: whoever breaks into the application owns the container, and often the host.',
  fix: 'End the Dockerfile with: USER node',
  docs: 'privileges.md',
  look({ project }) {
    const files = dockerfiles(project);
    if (files.length === 0) return skip('there is no Dockerfile');
    const open = files
      .map(({ name, instructions }) => ({ name, ...userOf(instructions) }))
      .filter(({ user }) => isRoot(user));
    if (open.length === 0)
      return pass(
        'the container runs as a user of its own',
        files.map(({ name }) => ({ file: name, text: 'USER' })),
      );
    return fail(
      'the container runs as root',
      open.map(({ name, user, at }) => ({
        file: name,
        line: at?.line,
        text: user === undefined ? 'no USER in the last stage' : `USER ${user}`,
      })),
    );
  },
};
