'use strict';

/**
 * hauberk's own validators and sanitizers, by the names and with the results of the package `validator`
 * 13.15. Each is a factory: it gets the arguments of the chain's method once and gives the function that
 * runs on every text, or `undefined` where the arguments ask for something that only the package has (a
 * locale, a rare option).
 *
 * All take time linear in the length of the text: no pattern has a repetition inside a repetition.
 *
 * They are JavaScript because crossing into Rust costs more than the work: docs/validate.md has figures.
 *
 * @type {Readonly<Record<string, ((...args: any[]) => ((text: string, ...args: any[]) => any) | undefined) | undefined>>}
 */
const own = Object.freeze(
  Object.assign(
    Object.create(null),
    require('./text'),
    require('./numbers'),
    require('./identifiers'),
    require('./hosts'),
    require('./dates'),
    require('./iso8601'),
    require('./cards'),
    require('./password'),
    require('./url'),
    require('./sanitizers'),
    require('./mail'),
  ),
);

exports.own = own;
