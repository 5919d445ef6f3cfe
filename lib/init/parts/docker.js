'use strict';

const { exists, readIfThere } = require('../files');
const { programOf } = require('../project');

const NODE = '24';

/**
 * What each package manager is told. `build` needs everything, `prune` leaves what runs.
 *
 * @typedef {{ ready: string[], all: string, production: string, run: string, prune: string }} Manager
 * @type {Readonly<Record<'npm' | 'pnpm' | 'yarn', Manager>>}
 */
const MANAGERS = Object.freeze({
  npm: {
    ready: [],
    all: 'npm ci',
    production: 'npm ci --omit=dev',
    run: 'npm run build',
    prune: 'npm prune --omit=dev',
  },
  pnpm: {
    ready: ['RUN corepack enable'],
    all: 'pnpm install --frozen-lockfile',
    production: 'pnpm install --frozen-lockfile --prod',
    run: 'pnpm run build',
    prune: 'pnpm prune --prod',
  },
  yarn: {
    ready: [],
    all: 'yarn install --frozen-lockfile',
    production: 'yarn install --frozen-lockfile --production',
    run: 'yarn run build',
    prune: 'yarn install --frozen-lockfile --production --ignore-scripts',
  },
});

/** What must not get into an image: secrets, history, and what is made inside. */
const IGNORED = Object.freeze([
  ...['node_modules', '.git', '.env', '.env.*', '*.pem', '*.key', '.npmrc', 'npm-debug.log*', 'coverage'],
  ...['Dockerfile', '.dockerignore', 'deploy'],
]);

/**
 * @param {import('../project').Project} project
 * @param {{ entry: string, port: number }} application
 * @returns {{ changes: import('../apply').Change[], notes: import('../wire').Note[] }}
 */
function dockerPart(project, application) {
  const changes = [];
  const notes = [];
  const { root, manager } = project;
  const own = readIfThere(root, 'Dockerfile');
  if (own !== undefined) {
    if (!/^[ \t]*USER[ \t]/im.test(own.text))
      notes.push({
        what: 'Dockerfile is yours and stays: what it starts runs as root (it has no USER)',
        docs: 'privileges.md',
      });
  } else if (manager === 'berry') {
    notes.push({
      what: 'no Dockerfile for yarn berry: its installation depends on its linker',
      docs: 'init.md',
    });
  } else {
    const after = dockerfile(project, MANAGERS[manager], application);
    if (after === undefined)
      notes.push({
        what: 'no Dockerfile and no unit: package.json has no script "start" that runs without development packages, with a script "build" for what it builds',
        docs: 'init.md',
      });
    else changes.push({ name: 'Dockerfile', after });
  }
  const ignore = dockerignore(root);
  if (ignore !== undefined && (changes.length > 0 || exists(root, 'Dockerfile'))) changes.push(ignore);
  if (project.lockfile === undefined)
    notes.push({ what: 'there is no lockfile: commit one, "npm ci" and audit need it', docs: 'audit.md' });
  return { changes, notes };
}

/** @param {import('../project').Project} project @param {Manager} manager @param {{ entry: string, port: number }} application */
function dockerfile({ manifest, lockfile, typescript, manager: name }, manager, { entry, port }) {
  const start = startOf(manifest, typescript, entry);
  if (start === undefined) return undefined;
  const builds = typeof manifest.scripts?.build === 'string';
  const files = [
    'package.json',
    lockfile ?? 'package-lock.json',
    ...(name === 'pnpm' ? ['pnpm-workspace.yam[l]'] : []),
  ];
  return `# What builds stays in the first stage; the second holds what runs, owned by root and so not writable.
FROM node:${NODE}-slim AS build
WORKDIR /app
${[...manager.ready, `COPY ${files.join(' ')} ./`, `RUN ${builds ? manager.all : manager.production}`, 'COPY . .', ...(builds ? [`RUN ${manager.run}`, `RUN ${manager.prune}`] : [])].join('\n')}

FROM node:${NODE}-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app ./
# The image's user "node", as a number so that an orchestrator can see that it is not root.
USER 1000:1000
EXPOSE ${port}
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s --retries=3 \\
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || ${port}), { redirect: 'manual' }).then((r) => process.exit(r.status < 500 ? 0 : 1), () => process.exit(1))"]
# Run it with: --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges
CMD ${JSON.stringify(start)}
`;
}

/**
 * What starts the application where only production's packages are; undefined where that can not be told.
 *
 * @param {Record<string, any>} manifest @param {boolean} typescript @param {string} entry
 * @returns {string[] | undefined}
 */
function startOf(manifest, typescript, entry) {
  const start = manifest.scripts?.start;
  if (typeof start !== 'string') return typescript || /\.[cm]?ts$/.test(entry) ? undefined : ['node', entry];
  const words = start.trim().split(/\s+/);
  // tsx, nodemon and the like are gone after the last stage of the build.
  if (Object.hasOwn(manifest.devDependencies ?? {}, words[0])) return undefined;
  const program = programOf(start);
  const built = program !== undefined && /^(?:dist|build|out)\//.test(program);
  if (built && typeof manifest.scripts.build !== 'string') return undefined;
  // One command without shell signs is run directly, so that signals reach it.
  return program !== undefined && /^node [\w ./@=-]+$/.test(start.trim()) ? words : ['npm', 'start'];
}

/** @param {string} root @returns {import('../apply').Change | undefined} */
function dockerignore(root) {
  const before = readIfThere(root, '.dockerignore');
  const lines = (before?.text ?? '').split(/\r?\n/).map((line) => line.trim().replace(/^\/|\/$/g, ''));
  const missing = IGNORED.filter((one) => !lines.includes(one) && !lines.includes(`**/${one}`));
  // Whoever wrote the file may have left out the rest on purpose; secrets and history never.
  const added =
    before === undefined
      ? missing
      : missing.filter((one) => ['.git', '.env', '.env.*', 'node_modules'].includes(one));
  if (added.length === 0) return undefined;
  return { name: before?.name ?? '.dockerignore', before, after: appended(before?.text, added) };
}

/** Lines at the end of a text, with its line ends. @param {string | undefined} before @param {string[]} lines */
function appended(before = '', lines) {
  const eol = before.includes('\r\n') ? '\r\n' : '\n';
  const gap = before === '' || before.endsWith('\n') ? '' : eol;
  return before + gap + lines.map((line) => line + eol).join('');
}

module.exports = { dockerPart, appended, startOf };
