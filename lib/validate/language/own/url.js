'use strict';

const { isFQDN, isIP } = require('./hosts');

const SCHEME = /^([a-z][a-z0-9+\-.]*):/i;

/** The address that most people have, under the default rules. */
const USUAL =
  // eslint-disable-next-line security/detect-unsafe-regex -- labels end in "." and are bounded: linear
  /^https?:\/\/(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z]{2,63}(?::[1-9]\d{0,3})?(?:[/?#][^\s<>\\]*)?$/i;

/**
 * One difference from the package: a backslash is not valid (RFC 3986 has none). Browsers read it as `/`,
 * so that `http://trusted.example\@other.example` would lead to another host than the one that was checked.
 *
 * @param {any} [options]
 */
function isURL(options) {
  const given = options ?? {};
  // Lists of hosts are the package's.
  if (given.host_whitelist || given.host_blacklist) return undefined;
  const rules = {
    protocols: given.protocols ?? ['http', 'https', 'ftp'],
    needProtocol: given.require_protocol ?? false,
    needHost: given.require_host ?? true,
    needPort: given.require_port ?? false,
    knownProtocol: given.require_valid_protocol ?? true,
    relative: given.allow_protocol_relative_urls ?? false,
    fragments: given.allow_fragments ?? true,
    queries: given.allow_query_components ?? true,
    noAuth: given.disallow_auth ?? false,
    max: (given.validate_length ?? true) ? (given.max_allowed_length ?? 2084) : Infinity,
    isAddress: /** @type {(text: string) => boolean} */ (isIP()),
    isAddress6: /** @type {(text: string) => boolean} */ (isIP(6)),
    isHost: isFQDN(given),
  };
  if (options !== undefined) return (/** @type {string} */ text) => isUrlText(text, rules);
  return (/** @type {string} */ text) =>
    (text.length <= rules.max && USUAL.test(text)) || isUrlText(text, rules);
}

/** @param {string} url @param {any} rules */
function isUrlText(url, rules) {
  if (url === '' || url.length > rules.max || /[\s<>\\]/.test(url) || url.startsWith('mailto:')) return false;
  if (!rules.fragments && url.includes('#')) return false;
  if (!rules.queries && /[?&]/.test(url)) return false;
  const end = url.search(/[#?]/);
  const rest = withoutProtocol(end === -1 ? url : url.slice(0, end), rules);
  if (rest === undefined || rest === '') return false;
  const slash = rest.indexOf('/');
  const authority = slash === -1 ? rest : rest.slice(0, slash);
  if (authority === '' && !rules.needHost) return true;
  const at = authority.indexOf('@');
  if (at !== -1 && !isAuth(authority.slice(0, at), rules)) return false;
  return isPlace(authority.slice(at + 1), rules);
}

/**
 * What stands behind the protocol and `//`; `undefined` where they are not as the rules say.
 *
 * @param {string} url without query and fragment
 * @param {any} rules
 * @returns {string | undefined}
 */
function withoutProtocol(url, rules) {
  const scheme = SCHEME.exec(url)?.[1];
  let rest = url;
  let explicit = false;
  if (scheme === undefined) {
    if (rules.needProtocol) return undefined;
  } else if (isNoProtocol(url.slice(scheme.length + 1))) {
    // `user:password@host` or `host:8080`: the colon is no protocol's.
    if (rules.needProtocol) return undefined;
  } else {
    explicit = true;
    if (rules.knownProtocol && !rules.protocols.includes(scheme.toLowerCase())) return undefined;
    rest = url.slice(scheme.length + 1);
  }
  if (!rest.startsWith('//')) return rest;
  return explicit || rules.relative ? rest.slice(2) : undefined;
}

/** @param {string} rest what stands behind the first colon */
function isNoProtocol(rest) {
  if (rest.startsWith('//')) return false;
  const slash = rest.indexOf('/');
  const head = slash === -1 ? rest : rest.slice(0, slash);
  const at = head.indexOf('@');
  if (at === -1) return /^[0-9]/.test(rest);
  const auth = head.slice(0, at);
  return /^[a-zA-Z0-9\-_.%:]*$/.test(auth) && !/%[0-9a-fA-F]{2}/.test(auth);
}

/** @param {string} auth @param {any} rules */
function isAuth(auth, rules) {
  if (rules.noAuth || auth === '' || auth === ':') return false;
  return auth.indexOf(':') === auth.lastIndexOf(':');
}

/** A host and its port. @param {string} place @param {any} rules */
function isPlace(place, rules) {
  // eslint-disable-next-line security/detect-unsafe-regex -- no repetition inside a repetition: linear
  const six = /^\[([^\]]+)\](?::([0-9]+))?$/.exec(place);
  const colon = six ? -1 : place.indexOf(':');
  const host = six ? '' : colon === -1 ? place : place.slice(0, colon);
  const port = six ? (six[2] ?? '') : colon === -1 ? '' : place.slice(colon + 1);
  if (port === '') {
    if (rules.needPort) return false;
  } else if (!/^[0-9]+$/.test(port) || Number(port) < 1 || Number(port) > 65535) {
    return false;
  }
  if (host === '' && !rules.needHost) return true;
  if (six && rules.isAddress6(six[1])) return true;
  return rules.isAddress(host) || rules.isHost(host);
}

module.exports = { isURL };
