'use strict';

const { at } = require('../../source/source');
const { fail, pass, skip } = require('../../verdict');

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'errors/handler',
  kind: 'static',
  weight: 3,
  why: "Express's own error handler answers with the stack trace, unless NODE_ENV is exactly production.",
  fix: 'app.use(guard.errors) after the last route; alone: app.use(hauberk.errors())',
  docs: 'errors.md',
  look({ project, guard }) {
    const { source } = project;
    const uses = source.onApplication(/^use$/);
    if (source.calls(/^express$/).length === 0 && uses.length === 0)
      return skip('no Express application is made');
    const own = uses.filter(({ file, args }) =>
      args.some((range) => {
        const text = file.show(range);
        if (
          /\. errors\b|[eE]rror|^\w*[eE]rr\w*$/.test(text) &&
          !text.includes('=>') &&
          !text.includes('function')
        )
          return true;
        const count = file.parameters(range);
        return count === 4;
      }),
    );
    if (own.length === 0)
      return fail(
        'there is no error handler',
        source.calls(/^express$/).map((one) => at(one)),
      );
    if (guard.report?.practices?.errors === 'off') return fail('the errors of the guard are off');
    return pass(
      'there is an error handler',
      own.map((one) => at(one)),
    );
  },
};
