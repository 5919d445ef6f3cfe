'use strict';

const js = require('@eslint/js');
const security = require('eslint-plugin-security');
const hauberk = require('./lib/eslint');

const globals = Object.fromEntries(
  [
    'require module process Buffer console setTimeout clearTimeout setInterval clearInterval',
    'setImmediate queueMicrotask performance fetch URL URLSearchParams AbortController AbortSignal',
    'TextEncoder TextDecoder structuredClone __dirname __filename',
  ]
    .join(' ')
    .split(' ')
    .map((name) => [name, 'readonly']),
);
// `exports = module.exports = fn;` is the form whose names ESM finds.
globals.exports = 'writable';

module.exports = [
  { ignores: ['native/', 'target/', '.cache/', 'node_modules/'] },
  js.configs.recommended,
  security.configs.recommended,
  ...hauberk.configs.express,
  {
    files: ['**/*.js'],
    // `exports = module.exports = fn` is what keeps ESM names.
    languageOptions: {
      ecmaVersion: 2023,
      sourceType: 'commonjs',
      globals: { ...globals, exports: 'writable' },
    },
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'none' }],
      // Reports every computed property read; the tables of this project are frozen and looked up by own names.
      'security/detect-object-injection': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { ecmaVersion: 2023, sourceType: 'module', globals },
  },
  {
    // They build applications with mistakes in them, on purpose.
    files: ['__test__/**', 'benches/**'],
    rules: Object.fromEntries(Object.keys(hauberk.rules).map((name) => [`hauberk/${name}`, 'off'])),
  },
  {
    files: ['scripts/**', '__test__/**', 'benches/**'],
    rules: {
      // Development programs: their file names come from this repository, not from a request.
      'security/detect-non-literal-fs-filename': 'off',
      'security/detect-child-process': 'off',
      'security/detect-non-literal-require': 'off',
      'security/detect-non-literal-regexp': 'off',
    },
  },
];
