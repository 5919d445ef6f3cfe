'use strict';

// In the published package the sources of the files that every guard loads stand here, written by scripts/join.js.
module.exports = Object.freeze({});
