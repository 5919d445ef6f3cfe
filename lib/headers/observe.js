'use strict';

const { peekContext } = require('../internal/context');
const { publish, sayOnce } = require('../internal/events');
const { show } = require('../internal/fault');
const options = require('../internal/options');
const { FIELDS } = require('./fields');
const { withoutNonce, write } = require('./policy');
const { readHead } = require('./sent');

/**
 * Looks at the heads that really left, and compares them with what `headers` (or the guard) laid down for each:
 *
 * 1. `lost`: a field that was laid down is not there. Something wrote the head past the application's own methods, or
 *    removed the field at the last moment.
 * 2. `overridden`: it is there with another value. Not for what the option `ignore` names, and not for a policy that
 *    allows nothing at all, as error pages have.
 * 3. `doubled`: a field that may stand once stands there twice, or holds two values.
 * 4. `revealed`: X-Powered-By or Server is there, and was to be removed.
 * 5. `unguarded`: the response left before `headers` or the guard saw its request.
 *
 * Findings are kept apart by kind, field, route and class of status, so that their number is bounded by the application
 * and not by its clients; `MAX` bounds it in any case.
 */

const MAX = 500;
const POLICIES = ['content-security-policy', 'content-security-policy-report-only'];

/** Fields of which a response has one, with one value. */
const SINGLE = new Set([
  ...FIELDS.map(({ name }) => name.toLowerCase()),
  ...POLICIES,
  ...['cache-control', 'content-type', 'content-length', 'location', 'server', 'x-powered-by'],
]);

/** Those where a comma in one field is as good as a second field. */
const NO_COMMA = new Set([
  ...['x-content-type-options', 'x-frame-options', 'strict-transport-security', 'x-xss-protection'],
  ...['cross-origin-opener-policy', 'cross-origin-embedder-policy', 'cross-origin-resource-policy'],
  ...['origin-agent-cluster', 'x-dns-prefetch-control', 'x-download-options'],
]);

const SHAPE = Object.freeze({
  ignore: options.list(
    options.string({ pattern: /^[\w-]{1,64}$/, expected: 'the name of a response field' }),
    [],
  ),
  onFinding: options.func(),
});

/**
 * @param {import('./index').ObserveOptions} [given]
 * @returns {import('./index').Observer} a middleware; before everything else
 * @throws HauberkError `ERR_HAUBERK_OPTION_UNKNOWN`, `ERR_HAUBERK_OPTION_INVALID`
 */
function observe(given) {
  const settings = options.parse('headers.observe', given, SHAPE);
  const ignored = new Set(settings.ignore.map((/** @type {string} */ name) => name.toLowerCase()));
  /** @type {Map<string, import('./index').Finding>} */
  const found = new Map();

  /** @type {any} */
  const observer = function observeHeaders(
    /** @type {any} */ req,
    /** @type {any} */ res,
    /** @type {() => void} */ next,
  ) {
    // Once for each response, also where it is cut off; the head that left can be read then.
    res.once('close', () => {
      const head = readHead(res);
      if (head === undefined) return;
      for (const one of compare(peekContext(req), res, head, ignored)) note(found, settings, one, req, res);
    });
    next();
  };
  observer.findings = () => [...found.values()].map((finding) => ({ ...finding }));
  return observer;
}

/**
 * @param {import('../internal/context').Context | undefined} context
 * @param {any} res
 * @param {[string, string][]} head names in lower case
 * @param {ReadonlySet<string>} ignored
 * @returns {{ kind: import('./index').Finding['kind'], field?: string, expected?: string, actual?: string }[]}
 */
function compare(context, res, head, ignored) {
  /** @type {Map<string, string[]>} */
  const sent = new Map();
  for (const [name, value] of head) sent.set(name, [...(sent.get(name) ?? []), value]);
  const findings = doubled(sent);
  if (context?.headers === undefined) return [...findings, { kind: 'unguarded' }];
  for (const [name, values] of expected(context, res)) {
    const actual = sent.get(name);
    if (actual === undefined) findings.push({ kind: 'lost', field: name, expected: values[0] });
    else if (
      actual.length === 1 &&
      !values.includes(actual[0]) &&
      !ignored.has(name) &&
      !isClosed(name, actual[0])
    ) {
      findings.push({ kind: 'overridden', field: name, expected: values[0], actual: actual[0] });
    }
  }
  for (const name of context.headers.plan.removed) {
    if (sent.has(name)) findings.push({ kind: 'revealed', field: name, actual: sent.get(name)?.join(', ') });
  }
  return findings;
}

/**
 * Whether a field is a policy that allows nothing.
 *
 * @param {string} name
 * @param {string} value
 */
function isClosed(name, value) {
  if (name !== POLICIES[0]) return false;
  const directives = value.split(';').map((one) => one.trim().split(/\s+/));
  const closed = directives.every(([, source, ...more]) => source === "'none'" && more.length === 0);
  return closed && directives.some(([directive]) => directive === 'default-src');
}

/** @param {Map<string, string[]>} sent @returns {ReturnType<typeof compare>} */
function doubled(sent) {
  /** @type {ReturnType<typeof compare>} */
  const findings = [];
  for (const [field, values] of sent) {
    const twice = values.length > 1 && SINGLE.has(field);
    if (twice || (NO_COMMA.has(field) && values[0].includes(','))) {
      findings.push({ kind: 'doubled', field, actual: values.join(' | ') });
    }
  }
  return findings;
}

/**
 * What was laid down for a response: by name the values that are right.
 *
 * @param {any} context
 * @param {any} res
 * @returns {Map<string, string[]>}
 */
function expected({ headers: { plan }, laid, nonce, policyValues }, res) {
  // Where nothing was laid down (the head was written past the hook), what every response of the plan has.
  const list = laid ?? (plan.lists.either ?? Object.values(plan.lists)[0])[0];
  const map = new Map();
  for (let i = 0; i < list.lower.length; i += 1) map.set(list.lower[i], [list.values[i]]);
  for (const policy of res.statusCode === 304 ? [] : list.policies) {
    const texts = [write(policy, policyValues, nonce), write(policy, undefined, nonce)];
    map.set(policy.name.toLowerCase(), [...texts, ...texts.map(withoutNonce)]);
  }
  return map;
}

/**
 * @param {Map<string, import('./index').Finding>} found
 * @param {any} settings
 * @param {ReturnType<typeof compare>[number]} one
 * @param {any} req
 * @param {any} res
 */
function note(found, { onFinding }, { kind, field, ...values }, req, res) {
  const route = routeOf(req);
  const key = [kind, field, route, Math.floor(res.statusCode / 100)].join(' ');
  const known = found.get(key);
  if (known !== undefined) return void (known.count += 1);
  if (found.size >= MAX) return;
  /** @type {import('./index').Finding} */
  const finding = {
    kind,
    field,
    ...masked(values),
    method: req.method,
    route,
    status: res.statusCode,
    count: 1,
  };
  found.set(key, finding);
  tell(finding, peekContext(req));
  try {
    onFinding?.({ ...finding });
  } catch (error) {
    // Nothing stands behind the end of a response: it would end the process.
    sayOnce('HAUBERK_HEADERS_ON_FINDING', `onFinding of headers.observe() threw: ${show(error)}`);
  }
}

/** The nonce of a response is nobody's business, even afterwards. @param {Record<string, string | undefined>} values */
function masked(values) {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      value?.replace(/'nonce-[^']*'/g, "'nonce'").slice(0, 1000),
    ]),
  );
}

/**
 * The route as the application wrote it; never a path, which a client wrote.
 *
 * @param {any} req
 * @returns {string | undefined}
 */
function routeOf({ route }) {
  return route === undefined ? undefined : String(route.path);
}

/**
 * @param {import('./index').Finding} finding
 * @param {import('../internal/context').Context | undefined} context
 */
function tell({ kind, field, route, status }, context) {
  const where = `on ${route ?? 'a response without a route'} (${status})`;
  const detail =
    kind === 'unguarded'
      ? `a response left before headers() or the guard saw its request, ${where}`
      : `the response field ${field} was ${kind}, ${where}`;
  sayOnce(
    'HAUBERK_HEADERS_OBSERVED',
    `${detail}; said once, see headers.observe().findings() for all of them`,
  );
  publish({
    event: 'sys_monitor_disabled',
    practice: 'headers',
    code: undefined,
    blocked: false,
    detail,
    requestId: context?.requestId,
    client: context?.client?.masked,
    time: Date.now(),
  });
}

exports.observe = observe;
