'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

/**
 * The names under which cookies travel.
 *
 * 1. A telltale name (`connect.sid`) says what runs here and which cookie to steal or to plant. It travels as
 *    `__Host-` and 16 characters derived from the secret, or from the application's package name where there is no
 *    secret: the same after every start and in every process, another one in each application. Without a secret the
 *    name can be worked out by who knows the package's name.
 * 2. `__Host-` because a browser takes such a cookie only from this very host, over HTTPS (RFC 6265bis, 4.1.3.2): a
 *    sibling domain cannot plant it. A cookie that the application shares with siblings (`shared`) travels as
 *    `__Secure-`.
 * 3. `name.sig`, the signature that cookie-session keeps beside `name`, travels as the new name and `.sig`.
 * 4. Over plain HTTP, in development, a browser refuses these prefixes: there the two underscores are left out
 *    (`Host-...`), for names that the application itself gave a prefix, too.
 * 5. All secrets' names are read, the first one's are written. So a secret can be rotated.
 */

/** Names that frameworks and servers give to sessions; none of them needs to be read by a script. */
const TELLTALE = Object.freeze([
  'connect.sid',
  'session',
  'session_id',
  'session-id',
  'sessionid',
  'sessionId',
  'sess',
  'sid',
  'SID',
  'express:sess',
  'express.sid',
  'express-session',
  'koa:sess',
  'koa.sess',
  'sails.sid',
  'next-auth.session-token',
  'authjs.session-token',
  'better-auth.session_token',
  'auth_session',
  'PHPSESSID',
  'JSESSIONID',
  'ASP.NET_SessionId',
  'ASPSESSIONID',
  'laravel_session',
  'ci_session',
  'symfony',
  '_session_id',
  'rack.session',
  'CFID',
  'CFTOKEN',
]);

/** @typedef {'__Host-' | '__Secure-'} Prefix */

const LABEL = 'cookies/names';
const NAME_BYTES = 12;
const COMPANION = '.sig';
/** Prefixes that browsers check; `__Http-` and `__Host-Http-` ask for HttpOnly besides. Compared ignoring case. */
const CHECKED = /^__(?:host|secure|http)-/i;
const EXACT = /^__(?:Host|Secure|Http)-/;
const WITHOUT_UNDERSCORES = /^(?:Host|Secure|Http)-/;

/**
 * What a name becomes, without a prefix: first with the key that is written, then with those that are still read.
 *
 * @param {import('./keys').Keys} keys
 * @param {string} name
 * @returns {string[]} 16 characters of base64url each
 */
function derive(keys, name) {
  const material = keys.lasting ? keys.derive(LABEL) : [Buffer.from(`hauberk ${packageName()}`)];
  return material.map((key) =>
    crypto.createHmac('sha256', key).update(name).digest().subarray(0, NAME_BYTES).toString('base64url'),
  );
}

/** @type {string | undefined} */
let known;

/** @returns {string} the `name` in the package.json of the application, or of the folder that it was started in */
function packageName() {
  if (known === undefined) {
    const main = require.main?.filename ?? process.argv[1];
    known = nameAbove(main && path.dirname(main)) ?? nameAbove(process.cwd()) ?? 'application';
  }
  return known;
}

/**
 * @param {string | undefined} start
 * @returns {string | undefined}
 */
function nameAbove(start) {
  let folder = start;
  while (folder !== undefined) {
    try {
      const { name } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
      if (typeof name === 'string' && name !== '') return name;
    } catch {
      // Not there, or not to be read: the folder above may have one.
    }
    const above = path.dirname(folder);
    folder = above === folder ? undefined : above;
  }
  return undefined;
}

/** The names of one configuration, worked out once. */
class CookieNames {
  /**
   * @param {import('./keys').Keys} keys
   * @param {{ names?: readonly string[], shared?: readonly string[], keep?: readonly string[] }} [options] `names`:
   *   further names that are renamed; `shared`: those of all that siblings share (`__Secure-`); `keep`: telltale names
   *   that are not renamed
   */
  constructor(keys, { names = [], shared = [], keep = [] } = {}) {
    const all = new Set([...TELLTALE, ...names, ...shared]);
    for (const name of keep) all.delete(name);
    /** @type {readonly string[]} the application's names that travel under another one, without companions */
    this.renamed = Object.freeze([...all]);
    /** @type {Map<string, { name: string, prefix: Prefix }>} from the application's name, companions too */
    this.out = new Map();
    /** @type {Map<string, { name: string, rank: number }>} to the application's name; the lowest rank is the newest key */
    this.in = new Map();
    for (const name of this.renamed) {
      const prefix = shared.includes(name) ? '__Secure-' : '__Host-';
      derive(keys, name).forEach((derived, rank) => {
        for (const tail of ['', COMPANION]) {
          if (rank === 0) this.out.set(name + tail, { name: prefix + derived + tail, prefix });
          this.in.set(prefix + derived + tail, { name: name + tail, rank });
        }
      });
    }
    Object.freeze(this);
  }

  /**
   * @param {string} name as the application has it
   * @param {boolean} [plain] over plain HTTP in development
   * @returns {string} the name on the wire
   */
  outgoing(name, plain = false) {
    const wire = this.out.get(name)?.name ?? name;
    return plain && EXACT.test(wire) ? wire.slice(2) : wire;
  }

  /**
   * @param {string} wire the name on the wire
   * @param {boolean} [plain] over plain HTTP in development
   * @returns {string | undefined} as the application has it; undefined for a name that must not reach it: a telltale
   *   one (nobody who got it from here sends it), and a prefix in another case (browsers of old took it from anybody)
   */
  incoming(wire, plain = false) {
    const full = plain && WITHOUT_UNDERSCORES.test(wire) ? `__${wire}` : wire;
    const entry = this.in.get(full);
    if (entry !== undefined) return entry.name;
    if (this.out.has(wire)) return undefined;
    if (CHECKED.test(full) && !EXACT.test(full)) return undefined;
    return full;
  }

  /**
   * @param {string} wire a name that `incoming` translated
   * @param {boolean} [plain]
   * @returns {number} 0 for the first secret's name, or for one that the application itself gave; else higher
   */
  rank(wire, plain = false) {
    return this.in.get(plain ? `__${wire}` : wire)?.rank ?? 0;
  }
}

exports.TELLTALE = TELLTALE;
exports.CHECKED = CHECKED;
exports.CookieNames = CookieNames;
exports.derive = derive;
