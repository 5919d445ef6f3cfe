'use strict';

const { HauberkError, show } = require('../../internal/fault');
const options = require('../../internal/options');

/** Policy-controlled features (W3C webappsec-permissions-policy, features.md), to find misspelt ones. */
const KNOWN = Object.freeze([
  ...['accelerometer', 'ambient-light-sensor', 'attribution-reporting', 'autoplay', 'bluetooth'],
  ...['browsing-topics', 'camera', 'clipboard-read', 'clipboard-write', 'compute-pressure'],
  ...['cross-origin-isolated', 'display-capture', 'encrypted-media', 'fullscreen', 'gamepad', 'geolocation'],
  ...['gyroscope', 'hid', 'identity-credentials-get', 'idle-detection', 'keyboard-map', 'local-fonts'],
  ...['magnetometer', 'microphone', 'midi', 'otp-credentials', 'payment', 'picture-in-picture'],
  ...['publickey-credentials-create', 'publickey-credentials-get', 'screen-wake-lock', 'serial'],
  ...['speaker-selection', 'storage-access', 'sync-xhr', 'unload', 'usb', 'web-share'],
  ...['window-management', 'xr-spatial-tracking'],
]);

/** For `true`: what a page can spy or spend with, and few pages use. */
const DENIED = Object.freeze([
  ...['accelerometer', 'bluetooth', 'browsing-topics', 'camera', 'display-capture', 'geolocation'],
  ...['gyroscope', 'hid', 'idle-detection', 'local-fonts', 'magnetometer', 'microphone', 'midi', 'payment'],
  ...['serial', 'usb', 'xr-spatial-tracking'],
]);

const ORIGIN = /^https?:\/\/(?:\*\.)?[a-z\d](?:[a-z\d.-]*[a-z\d])?(?::\d{1,5})?$/i;

/** @param {string} given @param {string} path */
function featureOf(given, path) {
  const name = given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const near = KNOWN.includes(name) ? undefined : options.closest(name, [...KNOWN]);
  if (near !== undefined || !/^[a-z][a-z\d-]{0,63}$/.test(name)) {
    const hint = near === undefined ? 'it is no name of a feature' : `did you mean ${near}?`;
    throw new HauberkError('ERR_HAUBERK_OPTION_UNKNOWN', `${path} has no feature ${show(given)}; ${hint}`);
  }
  return name;
}

/** @param {unknown} value @param {string} path */
function allowlist(value, path) {
  if (value === '*') return '*';
  if (!Array.isArray(value))
    throw options.invalid(path, 'an array of sources (empty: nobody), or "*"', value);
  const sources = Array.from(value, (source) => {
    if (source === 'self' || source === 'src') return source;
    if (typeof source === 'string' && ORIGIN.test(source)) return `"${source}"`;
    throw options.invalid(path, 'made of self, src and origins such as https://maps.example', source);
  });
  return `(${sources.join(' ')})`;
}

/** @param {unknown} value @param {string} path */
function features(value, path) {
  if (!options.isPlainObject(value) || Object.keys(value).length === 0) {
    throw options.invalid(path, 'an object of features', value);
  }
  const seen = new Set();
  return Object.entries(value).map(([given, list]) => {
    const name = featureOf(given, path);
    if (seen.has(name)) throw options.invalid(`${path}.${name}`, 'given once', list);
    seen.add(name);
    return `${name}=${allowlist(list, `${path}.${name}`)}`;
  });
}

/** Which browser features a page and its frames may use (W3C Permissions Policy). Off unless asked for. */
module.exports = {
  option: 'permissionsPolicy',
  name: 'Permissions-Policy',
  reportOnly: 'Permissions-Policy-Report-Only',
  standard: DENIED.map((name) => `${name}=()`).join(', '),
  sets: {},
  configure: (/** @type {unknown} */ given, /** @type {string} */ path) =>
    options.parse(path, given, { features }).features.join(', '),
};
