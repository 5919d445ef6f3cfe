'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

/* eslint-disable security/detect-non-literal-fs-filename -- all below the operator's own folder */

/**
 * The files of one ACME account: nobody but the owner reads them (folder 0700, files 0600), and each is
 * replaced in one step, so that no process ever reads half of one.
 */

const OWNER_ONLY = 0o600;
const TOKEN = /^[\w-]{1,128}$/;

class Files {
  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
    this.challenges = path.join(folder, 'challenges');
    this.account = path.join(folder, 'account.pem');
    /** Key and chain in one file, so that they always belong together. */
    this.certificate = path.join(folder, 'certificate.pem');
    this.lock = path.join(folder, 'lock');
  }

  prepare() {
    fs.mkdirSync(this.challenges, { recursive: true, mode: 0o700 });
  }

  /** @param {string} file @returns {string | undefined} */
  read(file) {
    try {
      if (fs.statSync(file).mode & 0o077) fs.chmodSync(file, OWNER_ONLY);
      return fs.readFileSync(file, 'utf8');
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** @param {string} file @param {string} content */
  write(file, content) {
    const draft = `${file}.${crypto.randomBytes(8).toString('hex')}`;
    try {
      const handle = fs.openSync(draft, 'wx', OWNER_ONLY);
      try {
        fs.writeSync(handle, content);
        fs.fsyncSync(handle);
      } finally {
        fs.closeSync(handle);
      }
      fs.renameSync(draft, file);
    } catch (error) {
      fs.rmSync(draft, { force: true });
      throw error;
    }
  }

  /** @param {string} token as the ACME server or a client gave it @returns {string | undefined} */
  challenge(token) {
    return TOKEN.test(token) ? path.join(this.challenges, token) : undefined;
  }
}

exports.Files = Files;
