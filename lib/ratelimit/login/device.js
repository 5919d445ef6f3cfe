'use strict';

const crypto = require('node:crypto');
const client = require('../../client');
const { isSecure } = require('../../internal/transport');

const NAME = 'hauberk-device';
/** Cookies of the name that are looked at: another site of the same domain may have set some. */
const MOST = 8;
const VALUE = /^([0-9a-z]{1,10})\.([\w-]{22})\.([\w-]{43})$/;

/**
 * The device cookie (OWASP, Slow Down Online Guessing Attacks with Device Cookies): says that this browser
 * has logged in to this account before. It opens nothing; its failures are counted by themselves, so that
 * nobody else's count against it. The value is the time, a random number and a MAC over these and the
 * account.
 */
class Devices {
  /** @param {Buffer[]} keys the first signs, all verify @param {number} maxAgeMs */
  constructor(keys, maxAgeMs) {
    this.keys = keys;
    this.maxAgeMs = maxAgeMs;
  }

  /**
   * @param {any} req
   * @param {string} account its fingerprint
   * @returns {string | undefined} the device's number, where a cookie of it is good for the account
   */
  find(req, account) {
    const name = nameFor(isSecure(req, client.trusts));
    for (const value of valuesOf(req.headers.cookie, name)) {
      const [, issued, number, mac] = VALUE.exec(value) ?? [];
      if (mac === undefined || !this.isFresh(issued)) continue;
      const given = Buffer.from(mac, 'base64url');
      if (this.keys.some((key) => crypto.timingSafeEqual(macOf(key, account, issued, number), given)))
        return number;
    }
    return undefined;
  }

  /** @param {string} issued */
  isFresh(issued) {
    const age = Date.now() - parseInt(issued, 36) * 1000;
    // A clock that is a little behind the one that signed.
    return age >= -300_000 && age <= this.maxAgeMs;
  }

  /**
   * @param {any} req
   * @param {string} account
   * @returns {string} the value of Set-Cookie
   */
  issue(req, account) {
    const secure = isSecure(req, client.trusts);
    const issued = Math.floor(Date.now() / 1000).toString(36);
    const number = crypto.randomBytes(16).toString('base64url');
    const mac = macOf(this.keys[0], account, issued, number).toString('base64url');
    const age = Math.floor(this.maxAgeMs / 1000);
    return (
      `${nameFor(secure)}=${issued}.${number}.${mac}; Max-Age=${age}; Path=/; HttpOnly; SameSite=Lax` +
      (secure ? '; Secure' : '')
    );
  }
}

/** @param {boolean} secure */
function nameFor(secure) {
  // Over plain HTTP a browser would not take a cookie with the prefix.
  return secure ? `__Host-${NAME}` : NAME;
}

/** @param {unknown} header @param {string} name */
function valuesOf(header, name) {
  if (typeof header !== 'string') return [];
  return header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .slice(0, MOST)
    .map((pair) => pair.slice(name.length + 1));
}

/** @param {Buffer} key @param {string} account @param {string} issued @param {string} number */
function macOf(key, account, issued, number) {
  return crypto.createHmac('sha256', key).update(`${account}.${issued}.${number}`).digest();
}

exports.Devices = Devices;
