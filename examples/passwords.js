'use strict';

/**
 * Registration and login with stored hashes, old users moved to today's parameters as they log in.
 * Run: node examples/passwords.js
 */

const passwords = require('../lib/passwords');

/** The "database": what an older program left, and what is added below. */
const users = new Map([
  ['olduser@example.test', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
]);

/** @param {string} email @param {string} password */
async function register(email, password) {
  users.set(email, await passwords.hash(password));
}

/** @param {string} email @param {string} password */
async function login(email, password) {
  const stored = users.get(email) ?? null;
  // null: the same work is done, so that the time does not tell who has an account.
  if (!(await passwords.verify(stored, password))) return false;
  if (stored !== null && passwords.needsRehash(stored)) users.set(email, await passwords.hash(password));
  return true;
}

async function main() {
  await register('newuser@example.test', 'correct horse battery staple');
  console.log(
    'new user, right password: ',
    await login('newuser@example.test', 'correct horse battery staple'),
  );
  console.log('new user, wrong password: ', await login('newuser@example.test', 'wrong'));
  console.log('no such user:             ', await login('nobody@example.test', 'wrong'));
  console.log('old user, before login:   ', users.get('olduser@example.test'));
  console.log('old user, right password: ', await login('olduser@example.test', 'U*U'));
  console.log('old user, after login:    ', users.get('olduser@example.test'));
  console.log(passwords.stats());
}

main();
