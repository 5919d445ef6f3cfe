'use strict';

const { contextOf, peekContext } = require('../../internal/context');

/** The segments of an error's path, beside the enumerable fields that express-validator has. */
const PATH = Symbol('hauberk.path');

const NONE = Object.freeze(/** @type {Context[]} */ ([]));

/**
 * What one run of a chain found.
 *
 * @typedef {import('./select').Instance} Instance
 */
class Context {
  /** @param {import('./chain').Rules} rules */
  constructor(rules) {
    this.fields = rules.names;
    this.locations = rules.locations;
    this.optional = rules.optional;
    this.bail = rules.requestBail;
    this.visibility = rules.visibility;
    this.message = rules.message;
    /** @type {any[]} */
    this.errors = [];
    /** @type {Instance[]} */
    this.instances = [];
  }

  /**
   * The values; where one field is looked up in several places, those places that have it.
   *
   * @param {{ requiredOnly?: boolean }} [options]
   */
  getData({ requiredOnly = false } = {}) {
    const { optional, locations } = this;
    let instances = this.instances;
    if (locations.length > 1 && instances.length > 1) instances = present(instances);
    if (!requiredOnly || optional === false) return instances;
    return instances.filter(({ value }) => isRequired(value, optional));
  }

  /**
   * @param {any} message
   * @param {unknown} value
   * @param {any} meta
   * @param {readonly string[]} [segments]
   */
  addFieldError(message, value, meta, segments) {
    const msg = message || this.message || 'Invalid value';
    const error = {
      type: 'field',
      value,
      msg: typeof msg === 'function' ? msg(value, meta) : msg,
      path: meta?.path,
      location: meta?.location,
    };
    if (segments !== undefined) Object.defineProperty(error, PATH, { value: segments });
    this.errors.push(this.show(error));
  }

  /** @param {any} error */
  show(error) {
    const { type, value } = this.visibility;
    if (type === 'visible') return error;
    const shown = { ...error };
    if (error[PATH] !== undefined) Object.defineProperty(shown, PATH, { value: error[PATH] });
    if (type === 'hidden') delete shown.value;
    else shown.value = value;
    return shown;
  }
}

/** @param {unknown} value @param {string | false} optional */
function isRequired(value, optional) {
  if (optional === false) return true;
  if (optional === 'falsy') return Boolean(value);
  if (optional === 'null') return value !== null && value !== undefined;
  return value !== undefined;
}

/** @param {Instance[]} instances */
function present(instances) {
  /** @type {Map<string, Instance[]>} */
  const groups = new Map();
  for (const instance of instances) {
    const group = groups.get(instance.originalPath);
    if (group === undefined) groups.set(instance.originalPath, [instance]);
    else group.push(instance);
  }
  return [...groups].flatMap(([field, group]) => {
    const places = new Set(group.map(({ location }) => location)).size;
    if (group.length === 1 || places === 1 || field.includes('*')) return group;
    const given = group.filter(({ value }) => value !== undefined);
    return given.length > 0 ? given : [group[0]];
  });
}

/** @param {any} req @returns {readonly Context[]} of the chains that ran, in order */
function contextsOf(req) {
  return peekContext(req)?.chains ?? NONE;
}

/** @param {any} req @param {any} context */
function addContext(req, context) {
  const own = contextOf(req);
  if (own.chains === undefined) own.chains = [context];
  else own.chains.push(context);
}

exports.Context = Context;
exports.PATH = PATH;
exports.addContext = addContext;
exports.contextsOf = contextsOf;
exports.isRequired = isRequired;
