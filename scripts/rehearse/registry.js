'use strict';

const { execFileSync, spawn } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');

const { npm, toolFolder } = require('./tools');

/**
 * A registry on this machine: what is published here stays here, the rest comes from the registry that npm is
 * configured for.
 *
 * @param {string} folder for its storage
 * @returns {Promise<{ url: string, close: () => void }>}
 */
async function startRegistry(folder) {
  const above = execFileSync(npm.command, [...npm.args, 'config', 'get', 'registry'], { shell: npm.shell });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const own = { access: '$all', publish: '$all', unpublish: '$all' };
  const config = {
    storage: path.join(folder, 'storage'),
    uplinks: { above: { url: above.toString().trim(), timeout: '60s', maxage: '30m' } },
    packages: { hauberk: own, '@hauberk/*': own, '**': { access: '$all', proxy: 'above' } },
    max_body_size: '100mb',
    web: { enable: false },
    log: { type: 'stdout', format: 'pretty', level: 'warn' },
  };
  fs.mkdirSync(folder, { recursive: true });
  // YAML reads JSON.
  const file = path.join(folder, 'config.yaml');
  fs.writeFileSync(file, JSON.stringify(config));
  const log = fs.openSync(path.join(folder, 'log.txt'), 'w');
  const bin = path.join(toolFolder('verdaccio'), 'node_modules', 'verdaccio', 'bin', 'verdaccio');
  const child = spawn(process.execPath, [bin, '--config', file, '--listen', `127.0.0.1:${port}`], {
    stdio: ['ignore', log, log],
  });
  for (let i = 0; ; i += 1) {
    if (await answers(`${url}-/ping`)) break;
    if (i > 600 || child.exitCode !== null) {
      child.kill();
      throw new Error(
        `the registry did not start:\n${fs.readFileSync(path.join(folder, 'log.txt'), 'utf8')}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { url, close: () => child.kill() };
}

/** @param {string} url */
async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {net.AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

module.exports = { startRegistry };
