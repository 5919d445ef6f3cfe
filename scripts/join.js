'use strict';

/**
 * Writes lib/guard/joined.js of a package that is about to be packed: the sources of the files that `hauberk()` loads, word
 * for word, each in a function, in the order in which they are loaded. See lib/guard/join.js.
 */

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');

/** What a module may know of itself besides its names; lib/guard/join.js gives no more. */
const BEYOND = /\brequire\.|\bmodule\.(?!exports\b)/;

/** @returns {string[]} names as from the package's folder, with `/` */
function loadedByGuard() {
  const program = `require(${JSON.stringify(ROOT)})(); console.log(JSON.stringify(Object.keys(require.cache)))`;
  const env = { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' };
  const out = execFileSync(process.execPath, ['-e', program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const files = /** @type {string[]} */ (JSON.parse(out.toString()));
  return files
    .map((file) => path.relative(ROOT, file).split(path.sep).join('/'))
    .filter((name) => name.startsWith('lib/') && name.endsWith('.js'))
    .filter((name) => !['lib/guard/joined.js', 'lib/guard/join.js', 'lib/internal/native.js'].includes(name))
    .filter((name) => !BEYOND.test(sourceOf(name)));
}

/** @param {string} name */
function sourceOf(name) {
  return fs.readFileSync(path.join(ROOT, name), 'utf8');
}

/** @param {string} to the folder of the package */
function join(to) {
  const parts = loadedByGuard().map(
    (name) =>
      `${JSON.stringify(name)}(exports, require, module, __filename, __dirname) {\n${sourceOf(name)}},\n`,
  );
  const text = `// The files that every guard loads, word for word: see lib/guard/join.js.\nmodule.exports = {\n${parts.join('\n')}};\n`;
  fs.writeFileSync(path.join(to, 'lib/guard/joined.js'), text);
}

module.exports = { join, loadedByGuard };
