'use strict';

/** The tables of the example: nothing but this file knows SQL. */

const crypto = require('node:crypto');
const session = require('express-session');
const Database = require('libsql');

const TOKEN_BYTES = 32;
const PAGE_SIZE = 20;

/** Every value is bound, none is put into the text of a statement. */
function openStore(/** @type {string} */ file) {
  const db = new Database(file);
  db.exec(`
    create table accounts (id integer primary key, name text unique not null, hash text not null, role text not null, totp text, totpOn integer not null default 0);
    create table tokens (digest text primary key, purpose text not null, account integer not null references accounts, expires integer not null);
    create table steps (key text primary key, last integer not null);
    create table recovery (key text not null, hash text not null, primary key (key, hash));
    create table passkeys (id text primary key, user text not null, publicKey text not null, counter integer not null, transports text not null, backedUp integer not null);
    create table sessions (id text primary key, content text not null, expires integer not null);
    create table comments (id integer primary key, account integer not null references accounts, html text not null, posted integer not null);
  `);
  const sql = (/** @type {string} */ text) => db.prepare(text);
  const insertAccount = sql('insert into accounts (name, hash, role) values (?, ?, ?)');
  const accountByName = sql('select * from accounts where name = ?');
  const accountById = sql('select * from accounts where id = ?');
  const setTotp = sql('update accounts set totp = ? where id = ? and totpOn = 0');
  const confirmTotp = sql('update accounts set totpOn = 1 where id = ? and totp = ? and totpOn = 0');
  const dropToken = sql('delete from tokens where digest = ?');
  const updateHash = sql('update accounts set hash = ? where id = ?');
  const insertToken = sql('insert into tokens (digest, purpose, account, expires) values (?, ?, ?, ?)');
  const dropExpired = sql('delete from tokens where expires <= ?');
  const accountByToken = sql(
    'select a.* from tokens t join accounts a on a.id = t.account where t.digest = ? and t.purpose = ? and t.expires > ?',
  );
  const insertComment = sql('insert into comments (account, html, posted) values (?, ?, ?)');
  const latestComments = sql(
    'select c.id, a.name, c.html, c.posted from comments c join accounts a on a.id = c.account order by c.id desc limit ?',
  );
  const allAccounts = sql('select id, name, role from accounts order by id');
  return {
    addAccount: (/** @type {string} */ name, /** @type {string} */ hash, role = 'member') =>
      Number(insertAccount.run(name, hash, role).lastInsertRowid),
    findAccount: (/** @type {string} */ name) => accountByName.get(name),
    setHash: (/** @type {number} */ id, /** @type {string} */ hash) => updateHash.run(hash, id),
    account: (/** @type {number} */ id) => accountById.get(id),
    setTotp: (/** @type {number} */ id, /** @type {string} */ sealed) =>
      setTotp.run(sealed, id).changes === 1,
    confirmTotp: (/** @type {number} */ id, /** @type {string} */ sealed) =>
      confirmTotp.run(id, sealed).changes === 1,
    /** Only a digest is kept. Tokens are 256 random bits, so a plain hash is enough: there is nothing to guess. */
    issueToken(
      /** @type {number} */ account,
      /** @type {string} */ purpose,
      /** @type {number} */ lifetimeMs,
    ) {
      const token = crypto.randomBytes(TOKEN_BYTES).toString('base64url');
      const expires = Date.now() + lifetimeMs;
      dropExpired.run(Date.now());
      insertToken.run(digest(token), purpose, account, expires);
      return { token, expires: new Date(expires).toISOString() };
    },
    accountOf: (/** @type {string} */ token, /** @type {string} */ purpose) =>
      accountByToken.get(digest(token), purpose, Date.now()),
    /** Gives whether it was there: of many requests with one token, one ends it. */
    endToken: (/** @type {string} */ token) => dropToken.run(digest(token)).changes === 1,
    mfa: mfaStore(db),
    passkeys: passkeyStore(db),
    sessions: new SessionStore(db),
    addComment: (/** @type {number} */ account, /** @type {string} */ html) =>
      Number(insertComment.run(account, html, Date.now()).lastInsertRowid),
    comments: () =>
      latestComments.all(PAGE_SIZE).map(({ id, name, html, posted }) => ({ id, name, html, posted })),
    accounts: () => allAccounts.all().map(({ id, name, role }) => ({ id, name, role })),
    close: () => db.close(),
  };
}

function digest(/** @type {string} */ token) {
  return crypto.createHash('sha256').update(token).digest('hex');
}

/** What `hauberk.mfa` keeps. Each method is one statement or one transaction, so no code gets in twice. */
function mfaStore(/** @type {any} */ db) {
  const advance = db.prepare(
    'insert into steps (key, last) values (?, ?) on conflict (key) do update set last = excluded.last where last < excluded.last',
  );
  const clear = db.prepare('delete from recovery where key = ?');
  const insert = db.prepare('insert into recovery (key, hash) values (?, ?)');
  const remove = db.prepare('delete from recovery where key = ? and hash = ?');
  const count = db.prepare('select count(*) as n from recovery where key = ?');
  return {
    advance: (/** @type {string} */ key, /** @type {number} */ value) =>
      advance.run(key, value).changes === 1,
    replace: db.transaction((/** @type {string} */ key, /** @type {string[]} */ hashes) => {
      clear.run(key);
      for (const hash of hashes) insert.run(key, hash);
    }),
    remove: (/** @type {string} */ key, /** @type {string} */ hash) => remove.run(key, hash).changes === 1,
    count: (/** @type {string} */ key) => Number(count.get(key).n),
  };
}

/** What `hauberk.mfa.passkeys` keeps. A counter that does not rise is a copied passkey: `touch` refuses it in the statement. */
function passkeyStore(/** @type {any} */ db) {
  const ofUser = db.prepare('select * from passkeys where user = ?');
  const byId = db.prepare('select * from passkeys where id = ?');
  const insert = db.prepare(
    'insert into passkeys (id, user, publicKey, counter, transports, backedUp) values (?, ?, ?, ?, ?, ?) on conflict do nothing',
  );
  const touch = db.prepare(
    'update passkeys set counter = ?1, backedUp = ?2 where id = ?3 and (counter < ?1 or (counter = 0 and ?1 = 0))',
  );
  const read = (/** @type {any} */ row) =>
    row && { ...row, transports: JSON.parse(row.transports), backedUp: row.backedUp === 1 };
  return {
    list: (/** @type {string} */ user) => ofUser.all(user).map(read),
    find: (/** @type {string} */ id) => read(byId.get(id)),
    add: (/** @type {import('hauberk').mfa.PasskeyCredential} */ one) =>
      insert.run(
        one.id,
        one.user,
        one.publicKey,
        one.counter,
        JSON.stringify(one.transports),
        Number(one.backedUp),
      ).changes === 1,
    touch: (/** @type {string} */ id, /** @type {number} */ counter, /** @type {boolean} */ backedUp) =>
      touch.run(counter, Number(backedUp), id).changes === 1,
  };
}

/** A store for express-session in the same database. */
class SessionStore extends session.Store {
  constructor(/** @type {any} */ db) {
    super();
    this.one = db.prepare('select content from sessions where id = ? and expires > ?');
    this.every = db.prepare('select id, content from sessions where expires > ?');
    this.put = db.prepare(
      'insert into sessions (id, content, expires) values (?, ?, ?) on conflict (id) do update set content = excluded.content, expires = excluded.expires',
    );
    this.drop = db.prepare('delete from sessions where id = ? or expires <= ?');
  }

  get(/** @type {string} */ id, /** @type {Function} */ done) {
    const row = this.one.get(id, Date.now());
    done(null, row === undefined ? null : JSON.parse(row.content));
  }

  set(/** @type {string} */ id, /** @type {any} */ content, /** @type {Function} */ done) {
    this.put.run(id, JSON.stringify(content), new Date(content.cookie.expires).getTime());
    done(null);
  }

  touch(/** @type {string} */ id, /** @type {any} */ content, /** @type {Function} */ done) {
    this.set(id, content, done);
  }

  destroy(/** @type {string} */ id, /** @type {Function} */ done) {
    this.drop.run(id, Date.now());
    done(null);
  }

  all(/** @type {Function} */ done) {
    const rows = this.every.all(Date.now());
    done(
      null,
      Object.fromEntries(rows.map((/** @type {any} */ { id, content }) => [id, JSON.parse(content)])),
    );
  }
}

module.exports = { openStore };
