#!/usr/bin/env node
'use strict';

/** Finds the command; each reads its own arguments. None needs the native binary. */

const COMMANDS = Object.freeze({
  audit: {
    what: 'dependencies against advisories and a policy',
    load: () => require('../lib/audit/command'),
  },
  doctor: {
    what: 'a project and a running server against the eleven practices',
    load: () => require('../lib/doctor/command'),
  },
  init: {
    what: 'the guard, and the files around it, into an Express application',
    load: () => require('../lib/init/command'),
  },
});

const USAGE = `hauberk COMMAND [options]

${Object.entries(COMMANDS)
  .map(([name, { what }]) => `  ${name.padEnd(8)} ${what}`)
  .join('\n')}

hauberk COMMAND --help says more.
`;

const output = {
  out: (/** @type {string} */ text) => void process.stdout.write(text),
  err: (/** @type {string} */ text) => void process.stderr.write(text),
};

/** @param {string[]} args @returns {Promise<number>} */
async function main([name, ...args]) {
  if (name === '--help' || name === '-h' || name === 'help') {
    output.out(USAGE);
    return 0;
  }
  if (name === '--version') {
    output.out(`${require('../package.json').version}\n`);
    return 0;
  }
  if (name === undefined || !Object.hasOwn(COMMANDS, name)) {
    output.err(`${name === undefined ? '' : `hauberk: no such command\n\n`}${USAGE}`);
    return 2;
  }
  return COMMANDS[/** @type {keyof typeof COMMANDS} */ (name)].load().command(args, output);
}

// A reader such as head may go away early.
process.stdout.on('error', () => process.exit());

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  () => {
    output.err('hauberk: stopped at something that was not foreseen\n');
    process.exitCode = 3;
  },
);
