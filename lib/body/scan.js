'use strict';

/**
 * `scanJson(bytes, limits)` judges the bytes of a JSON text; `limits` come from `native.body.register`. It
 * gives `undefined` when all is well and the text is ASCII, else the number that src/body/native.rs explains.
 */
const { scanJson } = require('../internal/native').body.functions();

module.exports = { scanJson };
