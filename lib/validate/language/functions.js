'use strict';

const { HauberkError } = require('../../internal/fault');
const { peer } = require('../../internal/peer');
const { own } = require('./own');

/**
 * The standard validators and sanitizers by name. Those of `own/` are hauberk's; the others come from the
 * package `validator`, an optional peer dependency, whose locale tables and checksums nobody should copy.
 */

const VALIDATORS = Object.freeze(
  `contains equals isAbaRouting isAfter isAlpha isAlphanumeric isAscii isBase32 isBase58 isBase64 isBefore isBIC
  isBoolean isBtcAddress isByteLength isCreditCard isCurrency isDataURI isDate isDecimal isDivisibleBy isEAN isEmail
  isEmpty isEthereumAddress isFQDN isFloat isFreightContainerID isFullWidth isHalfWidth isHash isHexColor isHexadecimal
  isHSL isIBAN isIdentityCard isIMEI isIP isIPRange isISBN isISSN isISIN isISO6346 isISO6391 isISO8601
  isISO31661Numeric isISO31661Alpha2 isISO31661Alpha3 isISO4217 isISO15924 isISRC isIn isInt isJSON isJWT isLatLong
  isLength isLicensePlate isLocale isLowercase isLuhnNumber isMagnetURI isMailtoURI isMACAddress isMD5 isMimeType
  isMobilePhone isMongoId isMultibyte isNumeric isOctal isPassportNumber isPort isPostalCode isRFC3339 isRgbColor
  isSemVer isSlug isStrongPassword isSurrogatePair isTaxID isTime isURL isULID isUUID isUppercase isVariableWidth isVAT
  isWhitelisted matches`.split(/\s+/),
);

const SANITIZERS = Object.freeze(
  `blacklist escape unescape ltrim normalizeEmail rtrim stripLow toBoolean toDate toFloat toInt trim
  whitelist`.split(/\s+/),
);

/**
 * Longest text that a function of the package gets, in UTF-16 units: its patterns are not linear by
 * construction.
 */
const MAX_PEER_TEXT = 4096;

/** @param {string} name what needs it */
function validatorPackage(name) {
  return peer('validator', name);
}

/**
 * The test of a validator, chosen once by its arguments.
 *
 * @param {string} name
 * @param {any[]} args
 * @returns {(text: string, ...args: any[]) => boolean}
 */
function validator(name, args) {
  const mine = own[name]?.(...args);
  if (mine !== undefined) return mine;
  const theirs = fromPackage(name);
  return (text, ...rest) => text.length <= MAX_PEER_TEXT && theirs(text, ...rest);
}

/**
 * @param {string} name
 * @param {any[]} args
 * @returns {(text: string, ...args: any[]) => unknown}
 */
function sanitizer(name, args) {
  return own[name]?.(...args) ?? fromPackage(name);
}

/** @param {string} name */
function fromPackage(name) {
  const found = validatorPackage(name)[name];
  if (typeof found === 'function') return found;
  throw new HauberkError(
    'ERR_HAUBERK_VALIDATE_RULES',
    `${name} is not in the installed version of the package "validator": npm install validator@latest`,
  );
}

module.exports = { SANITIZERS, VALIDATORS, sanitizer, validator };
