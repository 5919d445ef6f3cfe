'use strict';

const os = require('node:os');
const path = require('node:path');
const { LIMITS, exists, readText } = require('../../internal/project/files');
const { parseYaml } = require('../../internal/project/yaml');
const { expand } = require('./npmrc');

const NAME = '.yarnrc.yml';

/**
 * What yarn (berry) is configured with, as `readNpmrc` gives it: the environment (`YARN_NPM_...`) comes before the
 * project's `.yarnrc.yml`, that one before the user's. A token at the top needs `npmRegistryServer` beside it: without
 * one it is for whatever yarn asks by default, and is not read.
 *
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} env
 * @returns {import('./npmrc').Config | undefined} undefined where there is none
 */
function readYarnrc(cwd, env) {
  const files = [path.join(cwd, NAME), path.join(os.homedir(), NAME)].filter(exists);
  if (files.length === 0) return undefined;
  const [own = {}, users = {}] = files.map((file) => fieldsOf(file, env));
  const all = { ...users, ...own, ...fromEnvironment(env) };
  const registry = textOf(all.npmAuditRegistry ?? all.npmRegistryServer);
  /** @type {import('./npmrc').Config} */
  const config = { registry, scopes: new Map(), credentials: new Map() };
  add(config, placeOf(textOf(all.npmRegistryServer) ?? ''), all);
  for (const file of [users, own]) {
    for (const [place, one] of entries(file.npmRegistries)) add(config, placeOf(place), one);
    for (const [name, one] of entries(file.npmScopes)) {
      const server = textOf(one.npmRegistryServer);
      if (server === undefined) continue;
      config.scopes.set(`@${name}`, server);
      add(config, placeOf(server), one);
    }
  }
  return config;
}

/** @param {import('./npmrc').Config} config @param {string | undefined} place @param {Record<string, unknown>} of */
function add({ credentials }, place, { npmAuthToken, npmAuthIdent }) {
  const [token, ident] = [textOf(npmAuthToken), textOf(npmAuthIdent)];
  if (place === undefined) return;
  if (token) credentials.set(place, `Bearer ${token}`);
  // `name:password`, or the two in base64.
  else if (ident)
    credentials.set(place, `Basic ${ident.includes(':') ? Buffer.from(ident).toString('base64') : ident}`);
}

/** @param {string} file @param {NodeJS.ProcessEnv} env @returns {Record<string, any>} */
function fieldsOf(file, env) {
  return /** @type {any} */ (expanded(parseYaml(readText(file, LIMITS.manifest), file), env)) ?? {};
}

/** @param {unknown} value @param {NodeJS.ProcessEnv} env @returns {unknown} */
function expanded(value, env) {
  if (typeof value === 'string') return expand(value, env);
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, expanded(one, env)]));
}

/** @param {NodeJS.ProcessEnv} env */
function fromEnvironment(env) {
  const names = { npmRegistryServer: 'YARN_NPM_REGISTRY_SERVER', npmAuthToken: 'YARN_NPM_AUTH_TOKEN' };
  const given = Object.entries({ ...names, npmAuthIdent: 'YARN_NPM_AUTH_IDENT' });
  return Object.fromEntries(given.filter(([, name]) => env[name]).map(([key, name]) => [key, env[name]]));
}

/** `//host/path` of an address, or of one without a scheme. @param {string} address @returns {string | undefined} */
function placeOf(address) {
  const url = address.startsWith('//') ? `https:${address}` : address;
  if (!URL.canParse(url)) return undefined;
  const { host, pathname } = new URL(url);
  return `//${host}${pathname}`;
}

/** @param {unknown} value @returns {[string, Record<string, unknown>][]} */
function entries(value) {
  if (typeof value !== 'object' || value === null) return [];
  return /** @type {any} */ (
    Object.entries(value).filter(([, one]) => typeof one === 'object' && one !== null)
  );
}

/** @param {unknown} value */
const textOf = (value) => (typeof value === 'string' && value !== '' ? value : undefined);

exports.readYarnrc = readYarnrc;
