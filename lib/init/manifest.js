'use strict';

const { version } = require('../../package.json');

/**
 * package.json with what the project needs, indented as it was.
 *
 * @param {import('./project').Project} project
 * @param {{ scripts: Record<string, string>, devDependencies: Record<string, string> }} wanted
 * @returns {{ after: string, notes: import('./wire').Note[] }}
 */
function manifestWith({ file, manifest }, wanted) {
  /** @type {import('./wire').Note[]} */
  const notes = [];
  const result = { ...manifest };
  const scripts = { ...result.scripts };
  for (const [name, script] of Object.entries(wanted.scripts)) {
    if (!Object.hasOwn(scripts, name)) scripts[name] = script;
    else if (name !== 'lint' && !scripts[name].includes('hauberk')) {
      notes.push({
        what: `package.json has a script "${name}" already; hauberk's is: ${script}`,
        docs: `${name}.md`,
      });
    }
  }
  if (Object.keys(scripts).length > 0) result.scripts = scripts;
  if (!Object.hasOwn(result.dependencies ?? {}, 'hauberk')) {
    result.dependencies = sorted({ ...result.dependencies, hauberk: `^${version}` });
    if (Object.hasOwn(result.devDependencies ?? {}, 'hauberk')) {
      result.devDependencies = { ...result.devDependencies };
      Reflect.deleteProperty(result.devDependencies, 'hauberk');
    }
  }
  const missing = Object.entries(wanted.devDependencies).filter(
    ([name]) =>
      !Object.hasOwn(result.devDependencies ?? {}, name) && !Object.hasOwn(result.dependencies, name),
  );
  if (missing.length > 0) {
    result.devDependencies = sorted({ ...result.devDependencies, ...Object.fromEntries(missing) });
  }
  const same = JSON.stringify(result) === JSON.stringify(manifest);
  return { after: same ? file.text : written(file.text, result), notes };
}

/** As npm writes them. @param {Record<string, string>} table */
function sorted(table) {
  return Object.fromEntries(Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @param {string} before @param {object} manifest */
function written(before, manifest) {
  const indent = /^[ \t]+(?=")/m.exec(before)?.[0] ?? '  ';
  const eol = before.includes('\r\n') ? '\r\n' : '\n';
  const end = /\r?\n$/.exec(before)?.[0] ?? '';
  return JSON.stringify(manifest, null, indent).split('\n').join(eol) + end;
}

module.exports = { manifestWith };
