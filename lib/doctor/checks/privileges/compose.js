'use strict';

/* eslint-disable security/detect-unsafe-regex -- each repetition is bounded, or begins where no other part fits */

const { fail, pass, skip } = require('../../verdict');

const NAMES = /(?:^|\/)(?:docker-)?compose(?:\.[\w-]+)*\.ya?ml$/;
const OPEN =
  /^\s*(?:-\s*)?(?:privileged:\s*["']?true\b|user:\s*["']?(?:root|0)\b|(?:-\s*)?["']?\/var\/run\/docker\.sock\b|pid:\s*["']?host\b|network_mode:\s*["']?host\b)/;

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'privileges/compose',
  kind: 'static',
  weight: 2,
  why: 'Privileged containers, the host namespaces and the socket of Docker are root on the host.',
  fix: 'Remove privileged, user: root, pid: host, network_mode: host and docker.sock from the service',
  docs: 'privileges.md',
  look({ project }) {
    const files = project.matching(NAMES);
    if (files.length === 0) return skip('there is no compose file');
    const open = files.flatMap(({ name, text }) =>
      text
        .split('\n')
        .flatMap((line, i) => (OPEN.test(line) ? [{ file: name, line: i + 1, text: line.trim() }] : [])),
    );
    return open.length === 0
      ? pass('no service has rights over the host')
      : fail('a service has rights over the host', open);
  },
};
