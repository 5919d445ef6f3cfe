'use strict';

const path = require('node:path');
const { LIMITS, exists, readJson } = require('../files');
const { record } = require('./graph');

const SCRIPTS = ['preinstall', 'install', 'postinstall'];

/**
 * Some lockfiles do not say which packages run scripts; where they are installed, their package.json does.
 *
 * @param {string} root
 * @param {import('./graph').Package} one
 * @returns {boolean | undefined} undefined: not installed
 */
function hasInstallScript(root, { id, name, version }) {
  const store = `${name.replace('/', '+')}@${version}`;
  const places = [
    ...(id.includes('node_modules/') ? [id] : []),
    `node_modules/${name}`,
    `node_modules/.pnpm/${store}/node_modules/${name}`,
  ];
  for (const place of places) {
    const file = path.join(root, place, 'package.json');
    // A name such as `../x` must not lead out of node_modules.
    if (!file.startsWith(path.join(root, 'node_modules') + path.sep) || !exists(file)) continue;
    const manifest = record(readJson(file, LIMITS.manifest));
    if (manifest.version !== version) continue;
    return SCRIPTS.some((script) => typeof record(manifest.scripts)[script] === 'string');
  }
  return undefined;
}

module.exports = { hasInstallScript };
