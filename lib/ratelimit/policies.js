'use strict';

const { Policy, usualName } = require('./fields');

/** Limits of requests whose policies are kept; more are made anew. */
const KEPT = 64;

/** What the response fields say about each policy. */
class Policies {
  /** @param {Readonly<import('./options').Settings>} settings */
  constructor(settings) {
    this.settings = settings;
    this.all = settings.policies.map((policy) => new Policy(policy, settings));
    /** @type {Map<number, Policy[]>} by limit, where it varies */
    this.varied = new Map();
  }

  /** @param {number} limit of a request */
  of(limit) {
    const kept = this.varied.get(limit);
    if (kept !== undefined) return kept;
    const [{ windowMs, burst }] = this.settings.policies;
    const name = this.settings.name ?? usualName(limit, windowMs);
    const made = [new Policy({ name, limit, windowMs, burst: burst || limit }, this.settings)];
    if (this.varied.size < KEPT) this.varied.set(limit, made);
    return made;
  }

  /** @param {number} limit of a request */
  namesOf(limit) {
    return this.of(limit).map(({ name }) => name);
  }
}

exports.Policies = Policies;
