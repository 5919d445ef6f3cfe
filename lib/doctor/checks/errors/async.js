'use strict';

const { at } = require('../../source/source');
const { fail, pass, skip } = require('../../verdict');

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'errors/async',
  kind: 'static',
  weight: 2,
  why: 'On Express 4 a rejection in an async handler reaches no error handler: the request hangs, and Node.js ends the process.',
  fix: 'const route = hauberk.errors.async; app.get(path, route(async (req, res) => ...)), or Express 5',
  docs: 'errors.md',
  look({ project }) {
    const { source } = project;
    if (!/^[\^~>=v ]*4/.test(project.dependencies.express ?? '')) return skip('only Express 4 needs it');
    if (
      source.uses(['express-async-errors', 'express-async-handler', 'express-promise-router']) !== undefined
    )
      return pass('rejections reach the error handler');
    const routes = source.onApplication(/^(?:get|post|put|patch|delete|all|use)$/);
    if (
      source
        .calls(/(?:^|\.)errors\.async$/)
        .some(
          ({ file, args }) => args.length === 1 && /\b(?:app|router|\w*Router)\b/.test(file.show(args[0])),
        )
    ) {
      return pass('rejections reach the error handler');
    }
    const open = routes.filter(({ file, args }) =>
      args.some(([from, to]) => to - from > 2 && file.isWord(from, 'async')),
    );
    if (open.length > 0)
      return fail(
        'rejections of async handlers reach nobody',
        open.map((one) => at(one)),
      );
    return pass('no async handler stands unwrapped');
  },
};
