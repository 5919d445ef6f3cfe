'use strict';

/** Values that are no text: what a client can put into JSON, and what a developer can mix up. */
const otherInputs = () => [
  undefined,
  null,
  true,
  false,
  0,
  -1,
  NaN,
  Infinity,
  10n,
  {},
  [],
  ['123456'],
  Object.create(null),
  () => '123456',
];

module.exports = { otherInputs };
