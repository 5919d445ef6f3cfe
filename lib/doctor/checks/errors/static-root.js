'use strict';

const { at } = require('../../source/source');
const { fail, pass, skip } = require('../../verdict');

const WHOLE = /^(?:__dirname|process \. cwd \( \)|\.\/?|import \. meta \. dirname)$/;

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'errors/static-root',
  kind: 'static',
  weight: 3,
  why: 'A static folder that is the project itself serves the source, package.json and whatever lies there.',
  fix: "express.static('public'): a folder that holds only what is public",
  docs: 'doctor.md',
  look({ project }) {
    const made = project.source.calls(/^(?:express\.static|serve-static|sirv|serve-index)$/);
    if (made.length === 0) return skip('no static files are served');
    const open = made.filter(
      ({ file, args, name }) =>
        name === 'serve-index' || (args[0] !== undefined && WHOLE.test(file.show(file.follow(args[0])))),
    );
    return open.length > 0
      ? fail(
          'the project itself is served',
          open.map((one) => at(one)),
        )
      : pass(
          'static files have a folder of their own',
          made.map((one) => at(one)),
        );
  },
};
