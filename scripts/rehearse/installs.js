'use strict';

const fs = require('node:fs');
const path = require('node:path');

const { answers, project, readmeExample } = require('./projects');

/** @typedef {{ name: string, run: (stage: import('./projects').Stage) => unknown }} Case */

const EXPRESS = Object.freeze({ 'Express 5': 'express@^5', 'Express 4': 'express@^4.22' });

/** Each package manager, with each Express: the README's example, in CommonJS and ESM. @type {Case[]} */
const installs = /** @type {const} */ (['npm', 'pnpm', 'yarn', 'bun']).flatMap((manager) =>
  Object.entries(EXPRESS).map(([name, express]) => ({
    name: `${manager}, ${name}: the README's example`,
    async run(/** @type {import('./projects').Stage} */ stage) {
      const place = project(stage, `${manager}-${name.at(-1)}`, manager, ['hauberk', express]);
      const example = readmeExample();
      fs.writeFileSync(path.join(place, 'app.js'), example);
      await answers(place, 'app.js');
      const esm = example.replace(/^const (\w+) = require\('(\w+)'\);$/gm, "import $1 from '$2';");
      fs.writeFileSync(path.join(place, 'app.mjs'), esm);
      await answers(place, 'app.mjs');
    },
  })),
);

installs.push({
  name: 'npm --ignore-scripts: nothing has to be run at installation',
  async run(stage) {
    const place = project(stage, 'ignore-scripts', 'npm', ['hauberk', 'express@^5'], ['--ignore-scripts']);
    fs.writeFileSync(path.join(place, 'app.js'), readmeExample());
    await answers(place, 'app.js');
  },
});

module.exports = { installs };
