'use strict';

const NAMES =
  /^(?:\.github\/workflows\/[^/]+\.ya?ml|\.gitlab-ci\.ya?ml|\.gitlab\/.+\.ya?ml|\.circleci\/config\.ya?ml|azure-pipelines\.ya?ml|bitbucket-pipelines\.ya?ml|Jenkinsfile|\.travis\.ya?ml|\.drone\.ya?ml|\.woodpecker\.ya?ml|\.husky\/[\w-]+|\.ci\/.+|Makefile)$/;

/**
 * What CI runs: its files, and the scripts of package.json.
 *
 * @param {import('./read').Project} project
 * @param {RegExp} pattern of a line
 * @returns {import('../index').Evidence[]}
 */
function inAutomation(project, pattern) {
  const seen = Object.entries(project.scripts)
    .filter(([, line]) => pattern.test(line))
    .map(([name, line]) => ({ text: `script ${name}: ${line}`, file: 'package.json' }));
  return [...seen, ...inCi(project, pattern)];
}

/** @param {import('./read').Project} project @param {RegExp} pattern @returns {import('../index').Evidence[]} */
function inCi(project, pattern) {
  return project.matching(NAMES).flatMap(({ name, text }) =>
    text.split('\n').flatMap((line, i) => {
      const code = line.trim();
      return !code.startsWith('#') && pattern.test(code) ? [{ text: code, file: name, line: i + 1 }] : [];
    }),
  );
}

module.exports = { inAutomation, inCi };
