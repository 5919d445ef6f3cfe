'use strict';

const { peekContext } = require('../internal/context');
const { parse } = require('./options');
const { Resolver } = require('./resolver');

/**
 * Who is calling, on `context.client`.
 *
 * @typedef {object} Client
 * @property {string | undefined} address canonical text; undefined where the socket has no address
 * @property {string} key what limits count by: the IPv4 address, or the IPv6 network
 * @property {string} masked what events show
 * @property {any} [print] where a limiter keeps the place of `key` in its table
 */

/**
 * @param {ReturnType<typeof parse>} settings
 * @returns {import('../internal/stage').Stage & { trusts: (req: any) => boolean }}
 */
function create(settings) {
  const resolver = new Resolver(settings);
  return {
    practice: 'client',
    settings: {},
    run(req, _res, context) {
      context.resolver = resolver;
      context.client = resolver.identify(req);
    },
    trusts: (req) => resolver.trusts(req),
    report: () => report(resolver),
  };
}

/**
 * @param {Resolver} resolver
 * @returns {import('../internal/stage').Finding[]}
 */
function report(resolver) {
  const { findings } = resolver.contradictions;
  if (resolver.kind !== 'app') return findings;
  const hops = resolver.guessed === 0 ? 1 : resolver.guessed;
  return [
    ...findings,
    {
      level: 'note',
      what: "forwarding headers count when they come from a private address, unless the app's own trust proxy says otherwise",
      fix: `client: { trustProxy: ${hops} } if ${hops === 1 ? 'one proxy stands' : `${hops} proxies stand`} in front of the app, client: { trustProxy: false } if none does`,
    },
  ];
}

/** @type {Resolver | undefined} */
let standard;

/**
 * The resolver that goes for a request: the guard's, else one with the defaults.
 *
 * @param {any} req
 * @returns {Resolver}
 */
function resolverOf(req) {
  return peekContext(req)?.resolver ?? (standard ??= new Resolver(parse(undefined)));
}

/**
 * The client of a request, found once.
 *
 * @param {any} req
 * @param {import('../internal/context').Context} context
 * @returns {Client}
 */
function clientOf(req, context) {
  return context.client ?? (context.client = resolverOf(req).identify(req));
}

module.exports = { parse, create, resolverOf, clientOf };
