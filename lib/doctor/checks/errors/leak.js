'use strict';

/* eslint-disable security/detect-unsafe-regex -- each repetition is bounded, or begins where no other part fits */

const { fail, pass, skip } = require('../../verdict');

/** A stack trace, a path of the machine, a complaint of a database. */
const LEAKS = [
  [/\bat (?:[\w.<>[\] ]{1,200} \()?(?:file:\/\/)?(?:\/|[A-Z]:\\)[^\s)<]{0,500}:\d+:\d+/, 'a stack trace'],
  [/\bat \w[\w.<>[\] ]{0,200}(?:&nbsp;| )\(?(?:node:)?[\w/.-]{1,300}\.[cm]?js:\d+:\d+/, 'a stack trace'],
  [
    /(?:\/(?:home|root|usr|var|opt|srv|app|Users|tmp)\/|[A-Z]:\\)[\w./\\-]{0,300}node_modules/,
    'a path of the machine',
  ],
  [
    /\b(?:SQLITE_ERROR|ER_PARSE_ERROR|syntax error at or near|MongoServerError|SequelizeDatabaseError)\b/,
    'a complaint of a database',
  ],
];

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'errors/leak',
  kind: 'live',
  weight: 3,
  why: 'A stack trace names files, packages and versions: a map for whoever made it happen.',
  fix: 'app.use(guard.errors) after the last route',
  docs: 'errors.md',
  look({ live }) {
    const asked = [
      live?.answers.malformedJson,
      live?.answers.malformedPath,
      live?.answers.missing,
      ...(live?.ordinary ?? []),
    ].filter((one) => one !== undefined && one.error === undefined);
    if (asked.length === 0) return skip('no answer came');
    const leaks = new Set(
      asked.flatMap((one) =>
        LEAKS.flatMap(([pattern, what]) =>
          one !== undefined && /** @type {RegExp} */ (pattern).test(one.body.slice(0, 65_536))
            ? [`${one.name} (${one.status}): ${what}`]
            : [],
        ),
      ),
    );
    return leaks.size > 0
      ? fail('answers to broken requests tell how the server is built', [...leaks])
      : pass('answers to broken requests tell nothing');
  },
};
