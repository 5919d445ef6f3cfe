'use strict';

const FORM = '[0-9a-f]{8}-[0-9a-f]{4}-V[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';

/** RFC 9562: each version, and what the package calls nil, max, loose and all. @type {Record<string, RegExp>} */
const UUIDS = {
  nil: /^0{8}-0{4}-0{4}-0{4}-0{12}$/,
  max: /^f{8}-f{4}-f{4}-f{4}-f{12}$/i,
  loose: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
};
for (let version = 1; version <= 8; version += 1) {
  // eslint-disable-next-line security/detect-non-literal-regexp -- built from the constant above
  UUIDS[version] = new RegExp(`^${FORM.replace('V', String(version))}$`, 'i');
}
// eslint-disable-next-line security/detect-non-literal-regexp -- built from the constant above
const ANY_UUID = new RegExp(`^${FORM.replace('V', '[1-8]')}$`, 'i');

/** @param {any} version */
function isUUID(version) {
  const which = version ?? 'all';
  if (which === 'all') {
    return (/** @type {string} */ text) =>
      ANY_UUID.test(text) || UUIDS.nil.test(text) || UUIDS.max.test(text);
  }
  const form = Object.hasOwn(UUIDS, which) ? UUIDS[which] : undefined;
  return (/** @type {string} */ text) => form !== undefined && form.test(text);
}

const BASE64 = [/^[A-Za-z0-9+/]+$/, /^[A-Za-z0-9+/]+={0,2}$/];
const BASE64_URL = [/^[A-Za-z0-9_-]+$/, /^[A-Za-z0-9_-]+={0,2}$/];

/** @param {any} [options] */
function isBase64(options) {
  const urlSafe = options?.urlSafe ?? false;
  const padding = options?.padding ?? !urlSafe;
  const form = (urlSafe ? BASE64_URL : BASE64)[padding ? 1 : 0];
  return (/** @type {string} */ text) =>
    text === '' || ((!padding || text.length % 4 === 0) && form.test(text));
}

/** @param {string} text three parts of base64url, each of which may be empty */
function isJwtText(text) {
  return /^[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*$/.test(text);
}

/** @param {any} [options] */
function isHexColor(options) {
  const form = options?.require_hashtag
    ? /^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i
    : /^#?(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i;
  return (/** @type {string} */ text) => form.test(text);
}

const HEX = /^(?:0x|0h)?[0-9a-f]+$/i;

module.exports = {
  isUUID,
  isBase64,
  isHexColor,
  isJWT: () => isJwtText,
  isHexadecimal: () => (/** @type {string} */ text) => HEX.test(text),
  isMongoId: () => (/** @type {string} */ text) => text.length === 24 && HEX.test(text),
  isMD5: () => (/** @type {string} */ text) => /^[a-f0-9]{32}$/.test(text),
};
