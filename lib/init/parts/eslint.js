'use strict';

const { exists, readText } = require('../files');
const { majorOf } = require('../project');

const CONFIGS = ['js', 'mjs', 'cjs', 'ts', 'mts', 'cts'].map((ending) => `eslint.config.${ending}`);
const OLD = [
  '.eslintrc',
  '.eslintrc.js',
  '.eslintrc.cjs',
  '.eslintrc.json',
  '.eslintrc.yml',
  '.eslintrc.yaml',
];

const CONFIG = `import hauberk from 'hauberk/eslint';

const globals = Object.fromEntries(
  [
    'process Buffer console setTimeout clearTimeout setInterval clearInterval setImmediate queueMicrotask',
    'performance fetch URL URLSearchParams AbortController AbortSignal TextEncoder TextDecoder structuredClone',
    '__dirname __filename',
  ]
    .join(' ')
    .split(' ')
    .map((name) => [name, 'readonly']),
);

export default [
  { ignores: ['dist/', 'build/', 'coverage/', 'public/'] },
  ...hauberk.configs.recommended,
  { languageOptions: { globals } },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs' } },
`;
const COMMON = "  { files: ['**/*.js'], languageOptions: { sourceType: 'commonjs' } },\n";
const TYPED = `  {
    files: ['**/*.ts', '**/*.mts', '**/*.cts'],
    languageOptions: { parser: typescript.parser },
    // The compiler finds these, and knows about types.
    rules: { 'no-undef': 'off', 'no-unused-vars': 'off' },
  },
`;

/**
 * @param {import('../project').Project} project
 * @param {boolean} usesTypeScript whether the application is written in it
 * @returns {{ changes: import('../apply').Change[], notes: import('../wire').Note[], scripts: Record<string, string>, devDependencies: Record<string, string> }}
 */
function eslintPart(project, usesTypeScript) {
  const nothing = (/** @type {string} */ what) => ({
    changes: [],
    notes: what === '' ? [] : [{ what, docs: 'eslint.md' }],
    scripts: {},
    devDependencies: {},
  });
  const { root, manifest, dependencies } = project;
  const there = CONFIGS.find((name) => exists(root, name));
  if (there !== undefined) {
    const wired = readText(root, there).text.includes('hauberk/eslint');
    return nothing(
      wired ? '' : `${there} is yours and stays: add ...hauberk.configs.express from hauberk/eslint`,
    );
  }
  if (OLD.some((name) => exists(root, name)) || manifest.eslintConfig !== undefined) {
    return nothing(
      'the ESLint configuration has the old form: hauberk/eslint needs a flat one (eslint.config.mjs)',
    );
  }
  const major = Object.hasOwn(dependencies, 'eslint') ? majorOf(project, 'eslint') : 10;
  if (major === undefined || major < 9) return nothing('hauberk/eslint needs ESLint 9 or 10');
  const parser = Object.hasOwn(dependencies, 'typescript-eslint');
  if (usesTypeScript && !parser) {
    return nothing(
      'no eslint.config.mjs was written: for TypeScript, ESLint needs the package typescript-eslint',
    );
  }
  const after = [
    parser ? "import typescript from 'typescript-eslint';\n" : '',
    CONFIG,
    manifest.type === 'module' ? '' : COMMON,
    parser ? TYPED : '',
    '];\n',
  ].join('');
  return {
    changes: [{ name: 'eslint.config.mjs', after }],
    notes: [],
    scripts: { lint: 'eslint .' },
    devDependencies: {
      eslint: `^${major}.0.0`,
      '@eslint/js': `^${major}.0.0`,
      'eslint-plugin-security': '^4.0.0',
    },
  };
}

module.exports = { eslintPart };
