'use strict';

const SYMBOLS = new Set('-#!$@\u00a3%^&*()_+|~=`{}[]:";\'<>?,./\\ ');

/**
 * @param {any} [options]
 */
function isStrongPassword(options) {
  const given = options ?? {};
  if (given.returnScore) return undefined;
  const { minLength = 8, minLowercase = 1, minUppercase = 1, minNumbers = 1, minSymbols = 1 } = given;
  return (/** @type {string} */ text) => {
    let [lower, upper, digits, symbols] = [0, 0, 0, 0];
    for (let i = 0; i < text.length; i += 1) {
      const char = text[i];
      if (char >= 'a' && char <= 'z') lower += 1;
      else if (char >= 'A' && char <= 'Z') upper += 1;
      else if (char >= '0' && char <= '9') digits += 1;
      else if (SYMBOLS.has(char)) symbols += 1;
    }
    return (
      text.length >= minLength &&
      lower >= minLowercase &&
      upper >= minUppercase &&
      digits >= minNumbers &&
      symbols >= minSymbols
    );
  };
}

module.exports = { isStrongPassword };
