'use strict';

const { isFQDN } = require('./hosts');

const ASCII_ATOM = /^[a-z\d!#$%&'*+\-/=?^_`{|}~]+$/i;
const ATOM = /^[a-z\d!#$%&'*+\-/=?^_`{|}~\u00a1-\ud7ff\uf900-\ufdcf\ufdf0-\uffef]+$/i;
/* eslint-disable no-control-regex */
// Each character of a quoted local part, or a backslash and what it escapes: the two begin differently.
const ASCII_QUOTED = /^(?:[\s\x01-\x08\x0b\x0c\x0e-\x1f\x7f\x21\x23-\x5b\x5d-\x7e]|\\[\x01-\x09\x0b-\x7f])*$/;
const QUOTED =
  /^(?:[\s\x01-\x08\x0b\x0c\x0e-\x1f\x7f\x21\x23-\x5b\x5d-\x7e\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef]|\\[\x01-\x09\x0b-\x7f\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef])*$/;
/* eslint-enable no-control-regex */
/** The address that most people have; short enough that no part can be too long. */
const USUAL =
  // eslint-disable-next-line security/detect-unsafe-regex -- parts are told apart by "." and "@": linear
  /^[a-z\d!#$%&'*+\-/=?^_`{|}~]+(?:\.[a-z\d!#$%&'*+\-/=?^_`{|}~]+)*@(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+[a-z]{2,}$/i;
const MAX_USUAL = 64;
const MAX_LENGTH = 254;
const MAX_LOCAL = 64;

/** Options that are rare enough to be left to the package. */
const RARE = [
  'allow_display_name',
  'require_display_name',
  'domain_specific_validation',
  'allow_ip_domain',
  'blacklisted_chars',
  'ignore_max_length',
];

/** @param {string} host @param {(string | RegExp)[]} list */
function isListed(host, list) {
  return list.some((one) => (one instanceof RegExp ? one.test(host) : one === host));
}

/** @param {any} [options] */
function isEmail(options) {
  const given = options ?? {};
  if (RARE.some((name) => given[name])) return undefined;
  const {
    host_blacklist: denied = [],
    host_whitelist: allowed = [],
    allow_utf8_local_part: utf8 = true,
  } = given;
  const { require_tld, allow_underscores } = given;
  const isHost = isFQDN({ require_tld, allow_underscores });
  const atom = utf8 ? ATOM : ASCII_ATOM;
  const quoted = utf8 ? QUOTED : ASCII_QUOTED;
  const anyHost = denied.length === 0 && allowed.length === 0;
  return (/** @type {string} */ text) => {
    if (anyHost && text.length <= MAX_USUAL && USUAL.test(text)) return true;
    if (text.length > MAX_LENGTH) return false;
    const at = text.lastIndexOf('@');
    if (at === -1) return false;
    const local = text.slice(0, at);
    const domain = text.slice(at + 1);
    if (denied.length > 0 && isListed(domain.toLowerCase(), denied)) return false;
    if (allowed.length > 0 && !isListed(domain.toLowerCase(), allowed)) return false;
    if (bytes(local) > MAX_LOCAL || bytes(domain) > MAX_LENGTH || !isHost(domain)) return false;
    if (local.startsWith('"') && local.endsWith('"')) return quoted.test(local.slice(1, local.length - 1));
    return local.split('.').every((part) => atom.test(part));
  };
}

/** @param {string} text few enough characters that most need no counting */
function bytes(text) {
  return text.length * 3 <= MAX_LOCAL ? text.length : Buffer.byteLength(text);
}

// Which domains belong to one provider, and therefore share its rules: facts, as the package lists them.
const list = (/** @type {string} */ name, /** @type {string} */ ends) =>
  ends.split(' ').map((end) => `${name}.${end}`);
const ICLOUD = new Set(['icloud.com', 'me.com']);
const OUTLOOK = new Set([
  ...list(
    'hotmail',
    'at be ca cl co.il co.nz co.th co.uk com com.ar com.au com.br com.gr com.mx com.pe com.tr com.vn cz de dk es fr hu id ie in it jp kr lv my ph pt sa sg sk',
  ),
  ...list('live', 'be co.uk com com.ar com.mx de es eu fr it nl'),
  'msn.com',
  ...list(
    'outlook',
    'at be cl co.il co.nz co.th com com.ar com.au com.br com.gr com.pe com.tr com.vn cz de dk es fr hu id ie in it jp kr lv my ph pt sa sg sk',
  ),
  'passport.com',
]);
const YAHOO = new Set(['rocketmail.com', ...list('yahoo', 'ca co.uk com de fr in it'), 'ymail.com']);
const YANDEX = new Set([...list('yandex', 'ru ua kz com by'), 'ya.ru']);

/**
 * @typedef {object} Provider
 * @property {string} name as in the options
 * @property {(local: string) => string} cut removes what is no part of the account
 */

/** @param {string} domain @returns {Provider | undefined} */
function providerOf(domain) {
  if (domain === 'gmail.com' || domain === 'googlemail.com') return { name: 'gmail', cut: beforePlus };
  if (ICLOUD.has(domain)) return { name: 'icloud', cut: beforePlus };
  if (OUTLOOK.has(domain)) return { name: 'outlookdotcom', cut: beforePlus };
  return YAHOO.has(domain) ? { name: 'yahoo', cut: beforeLastDash } : undefined;
}

/** @param {string} local */
function beforePlus(local) {
  const plus = local.indexOf('+');
  return plus === -1 ? local : local.slice(0, plus);
}

/** @param {string} local */
function beforeLastDash(local) {
  const dash = local.lastIndexOf('-');
  return dash === -1 ? local : local.slice(0, dash);
}

/** @param {any} [options] */
function normalizeEmail(options) {
  const is = (/** @type {string} */ name) => options?.[name] ?? true;
  return (/** @type {string} */ text) => {
    const at = text.lastIndexOf('@');
    const domain = text.slice(at + 1).toLowerCase();
    let local = at === -1 ? '' : text.slice(0, at);
    if (YANDEX.has(domain)) {
      if (is('all_lowercase') || is('yandex_lowercase')) local = local.toLowerCase();
      return `${local}@${is('yandex_convert_yandexru') ? 'yandex.ru' : domain}`;
    }
    const provider = providerOf(domain);
    if (provider === undefined) return `${is('all_lowercase') ? local.toLowerCase() : local}@${domain}`;
    const { name, cut } = provider;
    if (is(`${name}_remove_subaddress`)) local = cut(local);
    if (name === 'gmail' && is('gmail_remove_dots')) {
      local = local.replace(/\.+/g, (dots) => (dots.length > 1 ? dots : ''));
    }
    if (local === '') return false;
    if (is('all_lowercase') || is(`${name}_lowercase`)) local = local.toLowerCase();
    return `${local}@${name === 'gmail' && is('gmail_convert_googlemaildotcom') ? 'gmail.com' : domain}`;
  };
}

module.exports = { isEmail, normalizeEmail };
