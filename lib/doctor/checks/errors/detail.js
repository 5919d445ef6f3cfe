'use strict';

/* eslint-disable security/detect-unsafe-regex -- each repetition is bounded, or begins where no other part fits */

const { at } = require('../../source/source');
const { fail, pass } = require('../../verdict');

const SENDS = /^(?:.*\.)?(?:res|response|reply)(?:\.\w+(?:\(\))?)*\.(?:send|json|jsonp|end|write|render)$/;
const DETAIL =
  /\b(?:err|error|e|ex|exception) \. (?:stack|message|sqlMessage|sql|detail)\b|\b(?:err|error|ex|exception) \. toString\b|\. stack\b/;
const WHOLE = /^(?:err|error|ex|exception)$/;

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'errors/detail',
  kind: 'static',
  weight: 3,
  why: 'What an error says names files, tables and versions: a map for whoever made it happen.',
  fix: 'Log the error, and answer with a fixed text: app.use(guard.errors) does both',
  docs: 'eslint.md#no-error-detail-in-response',
  look({ project }) {
    const open = project.source
      .calls(SENDS)
      .filter(({ file, args }) =>
        args.some((range) => DETAIL.test(file.show(range)) || WHOLE.test(file.show(range))),
      );
    return open.length > 0
      ? fail(
          'responses carry what an error says',
          open.map((one) => at(one)),
        )
      : pass('no response was found that carries what an error says');
  },
};
