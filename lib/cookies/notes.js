'use strict';

const { publish, sayOnce } = require('../internal/events');
const { show } = require('../internal/fault');

/** How many names a list remembers: names may come from clients. */
const MAX_NAMES = 100;
/** How many of them a finding names. */
const MAX_SHOWN = 5;

/**
 * What was seen on cookies, for `report()`, and told as an event the first time for each name.
 */
class Notes {
  /** @param {boolean} enforce */
  constructor(enforce) {
    this.enforce = enforce;
    /** @type {Set<string>} name and what was wrong */
    this.weak = new Set();
    /** @type {Set<string>} */
    this.readable = new Set();
    /** @type {Set<string>} */
    this.forced = new Set();
    /** @type {Set<string>} */
    this.dropped = new Set();
    /** @type {Set<string>} */
    this.old = new Set();
    this.plain = false;
  }

  /**
   * @param {Set<string>} list
   * @param {string} text
   * @returns {boolean} whether it is new and was kept
   */
  #first(list, text) {
    if (list.size >= MAX_NAMES || list.has(text)) return false;
    list.add(text);
    return true;
  }

  /** @param {any} context @param {string} code @param {string} detail @param {boolean} blocked */
  #tell(context, code, detail, blocked) {
    const event = {
      event: 'input_validation_fail',
      practice: 'cookies',
      code,
      blocked,
      detail,
      requestId: context.requestId,
      client: context.client?.masked,
      time: Date.now(),
    };
    publish(event, context.client);
  }

  /**
   * @param {any} context
   * @param {string} name
   * @param {{ weak: string[], readable: boolean, forced: boolean }} told
   */
  policy(context, name, { weak, readable, forced }) {
    if (weak.length > 0) {
      const detail = `the cookie ${show(name)} left the application with ${weak.join(', ')}`;
      if (this.#first(this.weak, detail))
        this.#tell(context, 'ERR_HAUBERK_COOKIES_WEAK', detail, this.enforce);
    }
    if (forced && this.#first(this.forced, name) && this.enforce) {
      sayOnce(
        `HAUBERK_COOKIES_FORCED ${show(name)}`,
        `the cookie ${show(name)} looks like a secret, so it was made HttpOnly; if scripts must read it, say so: ` +
          `cookies: { readable: [${show(name)}] }`,
      );
    }
    if (readable && this.#first(this.readable, name)) {
      const detail = `scripts can read the cookie ${show(name)}`;
      this.#tell(context, 'ERR_HAUBERK_COOKIES_READABLE', detail, false);
    }
  }

  /** @param {any} context @param {string} name @param {string} why */
  drop(context, name, why) {
    const detail = `the cookie ${show(name)} was left out: ${why}`;
    if (this.#first(this.dropped, name) && this.enforce)
      sayOnce(`HAUBERK_COOKIES_DROPPED ${show(name)}`, detail);
    this.#tell(context, 'ERR_HAUBERK_COOKIES_DROPPED', detail, this.enforce);
  }

  /** @param {any} context @param {string} name */
  forged(context, name) {
    const detail = `the cookie ${show(name)} has a prefix in letters of another case`;
    this.#tell(context, 'ERR_HAUBERK_COOKIES_FORGED', detail, this.enforce);
  }

  /** @param {string} name an old name that came without a window */
  refusedOld(name) {
    if (!this.#first(this.old, name) || !this.enforce) return;
    sayOnce(
      'HAUBERK_COOKIES_OLD_NAME',
      `a request came with the cookie ${show(name)}, which travels under a new name now, so it was not read. If it is ` +
        'of users who logged in before: cookies: { oldNamesUntil: "<date>" }; if another service sets it: ' +
        `cookies: { keep: [${show(name)}] }`,
    );
  }

  sawPlain() {
    if (this.plain) return;
    this.plain = true;
    sayOnce(
      'HAUBERK_COOKIES_PLAIN',
      'cookies were sent without Secure and without a prefix, because the request came over plain HTTP ' +
        'outside production; with NODE_ENV=production they never are',
    );
  }

  /** @returns {import('../internal/stage').Finding[]} */
  findings() {
    /** @type {import('../internal/stage').Finding[]} */
    const found = [];
    const note = (/** @type {Set<string>} */ list, /** @type {string} */ what, /** @type {string} */ fix) => {
      if (list.size > 0) found.push({ level: 'note', what: `${what}: ${shown(list)}`, fix });
    };
    note(this.readable, 'scripts can read cookies', 'httpOnly: true, or name them in cookies: { readable }');
    note(
      this.forced,
      'cookies that look like secrets were made HttpOnly',
      'httpOnly: true where they are set',
    );
    note(this.dropped, 'cookies were left out', 'see the events ERR_HAUBERK_COOKIES_DROPPED');
    note(this.old, 'requests came with cookies under old names', 'cookies: { oldNamesUntil } or { keep }');
    return found;
  }
}

/** @param {Set<string>} list */
function shown(list) {
  const first = [...list].slice(0, MAX_SHOWN).map((name) => show(name));
  return first.join(', ') + (list.size > MAX_SHOWN ? ' and more' : '');
}

exports.Notes = Notes;
