'use strict';

const os = require('node:os');
const path = require('node:path');
const { LIMITS, exists, readText } = require('../../internal/project/files');

/**
 * What npm and pnpm are configured with: which registry is asked about what, and the credentials of each. As npm
 * does it: the environment (`npm_config_...`) comes before the project's `.npmrc`, that one before the user's.
 *
 * Credentials without a registry (`_authToken=...` alone) belong to nobody and are not read.
 *
 * @typedef {object} Config
 * @property {string | undefined} registry
 * @property {Map<string, string>} scopes registry of each `@scope`
 * @property {Map<string, string>} credentials by what they are for (`//host/path/`): a value of Authorization
 */

/**
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} env
 * @returns {Config}
 */
function readNpmrc(cwd, env) {
  const files = [path.join(cwd, '.npmrc'), userFile(env)];
  // The last one says it: later pairs take the place of earlier ones.
  const pairs = [...files.reverse().flatMap((file) => pairsOf(file, env)), ...fromEnvironment(env)];
  const values = new Map(pairs);
  /** @type {Config} */
  const config = { registry: values.get('registry'), scopes: new Map(), credentials: new Map() };
  for (const [key, value] of values) {
    const scope = /^(@[^:/]+):registry$/.exec(key)?.[1];
    if (scope !== undefined) config.scopes.set(scope, value);
  }
  for (const key of values.keys()) {
    const place = /^(\/\/.+):(?:_authToken|_auth|_password)$/.exec(key)?.[1];
    const credentials = place === undefined ? undefined : credentialsOf(values, place);
    if (place !== undefined && credentials !== undefined) config.credentials.set(place, credentials);
  }
  return config;
}

/** @param {Map<string, string>} values @param {string} place @returns {string | undefined} */
function credentialsOf(values, place) {
  const [token, basic] = [values.get(`${place}:_authToken`), values.get(`${place}:_auth`)];
  const [name, password] = [values.get(`${place}:username`), values.get(`${place}:_password`)];
  if (token) return `Bearer ${token}`;
  if (basic) return `Basic ${basic}`;
  if (!name || !password) return undefined;
  // npm keeps the password in base64, and the two together in base64 again.
  const plain = Buffer.from(password, 'base64').toString('utf8');
  return `Basic ${Buffer.from(`${name}:${plain}`).toString('base64')}`;
}

/** @param {NodeJS.ProcessEnv} env */
function userFile(env) {
  const name = Object.keys(env).find((one) => one.toLowerCase() === 'npm_config_userconfig');
  return env[name ?? ''] || path.join(os.homedir(), '.npmrc');
}

/** @param {NodeJS.ProcessEnv} env @returns {[string, string][]} */
function fromEnvironment(env) {
  return Object.entries(env).flatMap(([name, value]) => {
    if (!/^npm_config_/i.test(name) || !value) return [];
    const key = name.slice('npm_config_'.length);
    return [[/^(?:\/\/|@)/.test(key) ? key : key.toLowerCase(), value]];
  });
}

/**
 * The lines of a file as npm reads them: `key = value`, comments with `;` or `#`, quotes around either, and
 * `${NAME}` of the environment in both.
 *
 * @param {string} file
 * @param {NodeJS.ProcessEnv} env
 * @returns {[string, string][]}
 */
function pairsOf(file, env) {
  if (!exists(file)) return [];
  /** @type {[string, string][]} */
  const pairs = [];
  for (const line of readText(file, LIMITS.manifest).split(/[\r\n]+/)) {
    const text = line.trim();
    const at = text.indexOf('=');
    if (at < 1 || text.startsWith(';') || text.startsWith('#')) continue;
    const key = expand(unquoted(text.slice(0, at)), env);
    const value = expand(unquoted(text.slice(at + 1)), env);
    // What is not in the environment is not there at all: `${NPM_TOKEN}` itself is no token.
    if (key !== undefined && value !== undefined) pairs.push([key, value]);
  }
  return pairs;
}

/** @param {string} part */
function unquoted(part) {
  const text = part.trim();
  const quote = text[0];
  if (text.length >= 2 && (quote === '"' || quote === "'") && text.endsWith(quote)) return text.slice(1, -1);
  // A comment behind a value begins with one of these, unless it is escaped.
  return text.split(/(?<!\\)[;#]/, 1)[0].trim();
}

/**
 * `${NAME}`, with `${NAME-other}` and `${NAME:-other}` where it may be missing, and `${NAME?}` where that is nothing.
 *
 * @param {string} text
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined} undefined where something is missing
 */
function expand(text, env) {
  let missing = false;
  const expanded = text.replace(/\$\{([^${}]*)\}/g, (_, inside) => {
    const [name] = /^\w*/.exec(inside) ?? [''];
    const rest = inside.slice(name.length);
    const [way] = ['?', ':-', '-'].filter((sign) => rest.startsWith(sign) && (sign !== '?' || rest === sign));
    const value = way === undefined && rest !== '' ? undefined : env[name];
    if (value !== undefined && !(way === ':-' && value === '')) return value;
    if (way === undefined) missing = true;
    return way === undefined ? '' : rest.slice(way.length);
  });
  return missing ? undefined : expanded;
}

exports.readNpmrc = readNpmrc;
exports.expand = expand;
