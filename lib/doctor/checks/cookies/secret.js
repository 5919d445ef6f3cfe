'use strict';

const { at } = require('../../source/source');
const { fail, pass, skip } = require('../../verdict');

/** Where each maker takes its secret. @type {Record<string, string[]>} */
const MAKERS = {
  'express-session': ['secret'],
  'cookie-session': ['secret', 'keys'],
  'cookie-parser': [''],
  hauberk: ['secret'],
  'hauberk.sessions': ['secret'],
  'hauberk/sessions': ['secret'],
  'csrf-csrf.doubleCsrf': ['getSecret'],
};

const ANY_MAKER =
  /^(?:express-session|cookie-session|cookie-parser|hauberk|hauberk[./]sessions|csrf-csrf\.doubleCsrf)$/;

/** Whether a text stands there as the secret, or takes its place where the environment has none. @param {import('../../source/file').SourceFile} file @param {import('../../source/file').Range | undefined} given */
function isWritten(file, given) {
  if (given === undefined) return false;
  if (file.isString(given)) return true;
  const [from, to] = file.follow(given);
  if (file.is(from, '[')) return file.list(from).some((one) => file.isString(one));
  if (file.text.slice(from, to).includes('=>'))
    return to - from < 8 && file.kind.slice(from, to).includes('string');
  const last = to - 1;
  return file.kind[last] === 'string' && (file.is(last - 1, '||') || file.is(last - 1, '??'));
}

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'cookies/secret',
  kind: 'static',
  weight: 3,
  why: 'Whoever reads the source, or guesses the fallback, forges every cookie that is signed with it.',
  fix: 'Take it from the environment, at least 32 random bytes, and stop when it is missing: secret: process.env.HAUBERK_SECRET',
  docs: 'cookies.md',
  look({ project }) {
    const made = project.source.calls(ANY_MAKER);
    if (made.length === 0) return skip('nothing takes a secret');
    const open = made.filter(({ file, name, args }) =>
      MAKERS[name].some(
        (place) =>
          args[0] !== undefined && isWritten(file, place === '' ? args[0] : file.property(args[0], place)),
      ),
    );
    return open.length > 0
      ? fail(
          'a secret stands in the source',
          open.map((one) => at(one)),
        )
      : pass(
          'no secret stands in the source',
          made.map((one) => at(one)),
        );
  },
};
