'use strict';

const TOP_LEVEL = /^(?:[a-z\u00a1-\u00a8\u00aa-\ud7ff\uf900-\ufdcf\ufdf0-\uffef]{2,}|xn[a-z0-9-]{2,})$/i;
const LABEL = /^[a-z_\u00a1-\uffff0-9-]+$/i;
// eslint-disable-next-line security/detect-unsafe-regex -- no repetition inside a repetition: linear
const PLAIN_LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i;
const FULL_WIDTH = /[\uff01-\uff5e]/;

/**
 * @param {any} [options]
 * @returns {(text: string) => boolean}
 */
function isFQDN(options) {
  const {
    require_tld: requireTop = true,
    allow_underscores: underscores = false,
    allow_trailing_dot: trailingDot = false,
    allow_numeric_tld: numericTop = false,
    allow_wildcard: wildcard = false,
    ignore_max_length: anyLength = false,
  } = options ?? {};
  return (given) => {
    let text = trailingDot && given.endsWith('.') ? given.slice(0, -1) : given;
    if (wildcard === true && text.startsWith('*.')) text = text.slice(2);
    const labels = text.split('.');
    const top = labels[labels.length - 1];
    if (requireTop) {
      if (labels.length < 2) return false;
      if (!numericTop && !TOP_LEVEL.test(top)) return false;
      if (/\s/.test(top)) return false;
    }
    if (!numericTop && /^\d+$/.test(top)) return false;
    return labels.every((label) => isLabel(label, underscores, anyLength));
  };
}

/** @param {string} label @param {boolean} underscores @param {boolean} anyLength */
function isLabel(label, underscores, anyLength) {
  if (label.length > 63 && !anyLength) return false;
  if (PLAIN_LABEL.test(label)) return true;
  if (!LABEL.test(label) || FULL_WIDTH.test(label)) return false;
  if (label.startsWith('-') || label.endsWith('-')) return false;
  return underscores || !label.includes('_');
}

const OCTET = /^(?:0|[1-9][0-9]{0,2})$/;

/** @param {string} text */
function isIPv4(text) {
  if (text.length > 15) return false;
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => OCTET.test(part) && Number(part) <= 255);
}

/**
 * RFC 4291, with a zone behind `%`.
 *
 * @param {string} text
 */
function isIPv6(text) {
  const zone = text.indexOf('%');
  if (zone !== -1 && !/^[0-9a-zA-Z.]+$/.test(text.slice(zone + 1))) return false;
  const address = zone === -1 ? text : text.slice(0, zone);
  if (address.length > 45 || !address.includes(':')) return false;
  const gap = address.indexOf('::');
  if (gap !== address.lastIndexOf('::')) return false;
  if (gap === -1) return groups(address.split(':'), true) === 8;
  const head = address.slice(0, gap);
  const tail = address.slice(gap + 2);
  const before = head === '' ? 0 : groups(head.split(':'), false);
  const after = tail === '' ? 0 : groups(tail.split(':'), true);
  return before >= 0 && after >= 0 && before + after <= 7;
}

/** How many groups of 16 bits these are, or -1. @param {string[]} parts @param {boolean} last */
function groups(parts, last) {
  let count = 0;
  for (let i = 0; i < parts.length; i += 1) {
    if (/^[0-9a-fA-F]{1,4}$/.test(parts[i])) count += 1;
    else if (last && i === parts.length - 1 && isIPv4(parts[i])) count += 2;
    else return -100;
  }
  return count;
}

/** @param {any} [options] */
function isIP(options) {
  const version = String((typeof options === 'object' ? options?.version : options) || '');
  if (version === '') return (/** @type {string} */ text) => isIPv4(text) || isIPv6(text);
  if (version === '4') return isIPv4;
  return version === '6' ? isIPv6 : () => false;
}

module.exports = { isFQDN, isIP };
