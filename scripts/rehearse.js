'use strict';

/**
 * Rehearses what users do: publishes hauberk and its platform packages to a registry on this machine, installs them
 * into new projects in every usual way, and uses them.
 *
 * npm run rehearse               everything
 * npm run rehearse -- yarn jest  only the cases whose name contains one of the words
 *
 * Platform packages whose binary was not built here are published without it, as npm looks at all of them.
 */

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { pack } = require('./pack');
const { failures } = require('./rehearse/failures');
const { installs } = require('./rehearse/installs');
const { startRegistry } = require('./rehearse/registry');
const { npm, ROOT } = require('./rehearse/tools');
const { worlds } = require('./rehearse/worlds');

const words = process.argv.slice(2).map((word) => word.toLowerCase());

main().then(
  (failed) => process.exit(failed ? 1 : 0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);

async function main() {
  const cases = [...installs, ...failures, ...worlds].filter(
    ({ name }) => words.length === 0 || words.some((word) => name.toLowerCase().includes(word)),
  );
  if (cases.length === 0) throw new Error('no case has one of these words in its name');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hauberk-rehearse-'));
  const registry = await startRegistry(path.join(folder, 'registry'));
  try {
    publish(folder, registry.url);
    const stage = { folder: path.join(folder, 'projects'), url: registry.url };
    const rows = [];
    for (const one of cases) rows.push(await attempt(one, stage));
    print(rows);
    return rows.some(({ failed }) => failed);
  } finally {
    registry.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} folder @param {string} url */
function publish(folder, url) {
  const { main, platform } = pack(path.join(folder, 'pack'));
  const files = [platform];
  for (const name of fs.readdirSync(path.join(ROOT, 'npm'))) {
    if (path.basename(platform).startsWith(`hauberk-${name}-0`)) continue;
    const place = path.join(ROOT, 'npm', name);
    const built = fs.existsSync(path.join(place, `hauberk.${name}.node`));
    console.log(`@hauberk/${name}: ${built ? 'with its binary' : 'without a binary (not built here)'}`);
    files.push(place);
  }
  const userconfig = path.join(folder, 'npmrc');
  const host = url.replace(/^http:/, '');
  // The registry takes packages from everybody; npm wants a token to be there.
  fs.writeFileSync(userconfig, `registry=${url}\n${host}:_authToken=rehearsal\n`);
  for (const file of [...files, main]) {
    execFileSync(npm.command, ['publish', file, '--userconfig', userconfig, '--access', 'public'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      cwd: folder,
      shell: npm.shell,
      env: { ...process.env, npm_config_registry: url, npm_config_loglevel: 'error' },
    });
  }
}

/** @param {import('./rehearse/installs').Case} one @param {import('./rehearse/projects').Stage} stage */
async function attempt({ name, run }, stage) {
  const start = performance.now();
  try {
    const said = await run(stage);
    const seconds = (performance.now() - start) / 1000;
    console.log(`ok      ${name}`);
    return { name, failed: false, seconds, said: typeof said === 'string' ? said : '' };
  } catch (error) {
    console.log(`FAILED  ${name}\n${error instanceof Error ? error.message : error}`);
    return { name, failed: true, seconds: (performance.now() - start) / 1000, said: '' };
  }
}

/** @param {{ name: string, failed: boolean, seconds: number, said: string }[]} rows */
function print(rows) {
  const width = Math.max(...rows.map(({ name }) => name.length));
  console.log(`\nrehearsal on ${process.platform}-${process.arch}, Node.js ${process.version}`);
  for (const { name, failed, seconds, said } of rows) {
    console.log(
      `  ${name.padEnd(width)}  ${failed ? 'FAILED' : 'ok'.padEnd(6)}  ${seconds.toFixed(0).padStart(4)} s`,
    );
    if (said) console.log(`      ${said}`);
  }
}
