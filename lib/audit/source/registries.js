'use strict';

const { execFile } = require('node:child_process');
const { isIP } = require('node:net');
const path = require('node:path');
const { failure } = require('../../internal/project/failure');
const { readNpmrc } = require('./npmrc');
const { readYarnrc } = require('./yarnrc');

/**
 * Which registry is asked about which packages, and the credentials for each.
 *
 * 1. `--registry` is asked about everything. Otherwise the packages of a scope with a registry of its own are asked
 *    about there, all others at the registry that the package manager is configured with.
 * 2. Credentials go to the host, the port and the path that they were written for, and what is below that path.
 * 3. They go over TLS, or to this machine itself; never in clear to another one. No redirect is followed.
 *
 * @typedef {object} Registry
 * @property {string} base
 * @property {string | undefined} authorization
 * @property {boolean} withheld whether there are credentials that may not be sent in clear
 */
class Registries {
  /** @param {{ registry: string | undefined, timeoutMs: number, cwd: string, manager?: string }} settings */
  constructor({ registry, timeoutMs, cwd, manager }) {
    const folder = path.resolve(cwd);
    this.config =
      (manager === 'yarn' ? readYarnrc(folder, process.env) : undefined) ?? readNpmrc(folder, process.env);
    this.given = registry;
    this.ask = () => configured(folder, timeoutMs);
  }

  /** The registry of what has none of its own. @returns {Promise<Registry>} */
  async main() {
    const base = this.given ?? this.config.registry;
    if (base === undefined) return this.of(await this.ask());
    if (!isAddress(base)) throw failure('the registry that is configured is no http or https address');
    return this.of(base);
  }

  /** @param {string} name of a package @returns {Registry | undefined} the one of its scope */
  ofScope(name) {
    const at = name.startsWith('@') ? name.indexOf('/') : -1;
    const base = this.given === undefined && at > 0 ? this.config.scopes.get(name.slice(0, at)) : undefined;
    if (base === undefined) return undefined;
    if (!isAddress(base)) throw failure(`the registry of ${name.slice(0, at)} is no http or https address`);
    return this.of(base);
  }

  /** @param {string} address @returns {Registry} */
  of(address) {
    const url = new URL(address.endsWith('/') ? address : `${address}/`);
    const found = this.find(url);
    const safe = url.protocol === 'https:' || isLoopback(url.hostname);
    if (found !== undefined && !/^[\x21-\x7e]+ [\x21-\x7e]+$/.test(found)) {
      throw failure(`the credentials for ${url.host} hold characters that cannot be sent`);
    }
    return {
      base: url.href,
      authorization: safe ? found : undefined,
      withheld: !safe && found !== undefined,
    };
  }

  /** The credentials that stand for the longest part of the path. @param {URL} url */
  find({ host, pathname }) {
    const parts = pathname.split('/').filter(Boolean);
    for (let i = parts.length; i >= 0; i -= 1) {
      const place = ['/', host, ...parts.slice(0, i)].join('/');
      const found = this.config.credentials.get(`${place}/`) ?? this.config.credentials.get(place);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** @param {string} host as URL gives it */
function isLoopback(host) {
  if (host === 'localhost' || host === '[::1]') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}

/** @param {string} text */
const isAddress = (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** What npm is configured with elsewhere: globally, or not at all. @param {string} cwd @param {number} timeout @returns {Promise<string>} */
function configured(cwd, timeout) {
  return new Promise((resolve, reject) => {
    const windows = process.platform === 'win32';
    const options = { cwd, timeout, windowsHide: true, shell: windows };
    execFile(windows ? 'npm.cmd' : 'npm', ['config', 'get', 'registry'], options, (error, stdout) => {
      const said = String(stdout).trim();
      if (!error && isAddress(said)) resolve(said);
      else
        reject(
          failure(
            'npm does not say which registry to ask: give --registry URL, or --db DIR to work offline',
            error,
          ),
        );
    });
  });
}

exports.Registries = Registries;
