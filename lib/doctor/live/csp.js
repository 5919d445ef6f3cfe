'use strict';

/**
 * The Content-Security-Policy as Mozilla's HTTP Observatory judges it. The worst that holds counts.
 */

/** Sources so broad that they allow whatever an attacker can host. */
const BROAD = new Set([
  ...['*', 'http:', 'https:', 'ftp:', 'http://*', 'http://*.*', 'https://*', 'https://*.*'],
]);
const UNSAFE_INLINE = new Set(["'unsafe-inline'", 'data:']);
const NONCE_OR_HASH = /^'(?:nonce-|sha(?:256|384|512)-)/;
const PASSIVE = new Set(['img-src', 'media-src']);
/** They fall back to default-src (CSP Level 3, 6.8.3). */
const FETCH = new Set([
  ...[
    'child-src',
    'connect-src',
    'default-src',
    'font-src',
    'frame-src',
    'img-src',
    'manifest-src',
    'media-src',
  ],
  ...['object-src', 'prefetch-src', 'script-src', 'script-src-elem', 'script-src-attr', 'style-src'],
  ...['style-src-elem', 'style-src-attr', 'worker-src'],
]);

/** @param {string} text @returns {Map<string, string[]> | undefined} undefined: it says nothing, or one thing twice */
function parse(text) {
  /** @type {Map<string, string[]>} */
  const directives = new Map();
  // Several fields are joined by commas; all of them hold, and the first decides here.
  for (const part of text.split(',')[0].split(';')) {
    const [name, ...sources] = part.trim().split(/\s+/);
    if (name === '') continue;
    if (directives.has(name.toLowerCase())) return undefined;
    directives.set(
      name.toLowerCase(),
      sources.map((source) => (NONCE_OR_HASH.test(source) ? source : source.toLowerCase())),
    );
  }
  return directives.size === 0 ? undefined : directives;
}

/** @param {string | undefined} text @param {string | undefined} reportOnly @returns {{ modifier: number, what: string }} */
function judge(text, reportOnly) {
  if (text === undefined || text.trim() === '') {
    return {
      modifier: -25,
      what:
        reportOnly === undefined
          ? 'no Content-Security-Policy'
          : 'only a Content-Security-Policy-Report-Only',
    };
  }
  const directives = parse(text);
  if (directives === undefined) return { modifier: -25, what: 'a Content-Security-Policy that is not valid' };
  const sources = (/** @type {string} */ name) =>
    directives.get(name) ?? directives.get('default-src') ?? ['*'];
  const script = scriptSources(sources('script-src'));
  if (script === undefined) return { modifier: -25, what: "'strict-dynamic' without a nonce or hash" };
  const unsafe = (/** @type {string[]} */ list) =>
    list.some((one) => BROAD.has(one) || UNSAFE_INLINE.has(one));
  if (unsafe(script) || sources('object-src').some((one) => BROAD.has(one))) {
    return {
      modifier: -20,
      what: 'unsafe-inline, data: or a source that allows everything, for scripts or objects',
    };
  }
  const all = [...directives].filter(([name]) => FETCH.has(name));
  const insecure = all.filter(([, list]) => list.some((one) => /^(?:http|ftp):/.test(one)));
  if (insecure.some(([name]) => !PASSIVE.has(name))) return { modifier: -20, what: 'http: for what acts' };
  if ([script, sources('style-src')].some((list) => list.includes("'unsafe-eval'")))
    return { modifier: -10, what: 'unsafe-eval' };
  if (insecure.length > 0) return { modifier: -10, what: 'http: for images or media' };
  if (unsafe(withoutInline(sources('style-src'))))
    return { modifier: 0, what: 'unsafe or broad in style-src only' };
  const none = directives.get('default-src');
  if (none?.length === 1 && none[0] === "'none'")
    return { modifier: 10, what: "default-src 'none', and nothing unsafe" };
  return { modifier: 5, what: 'nothing unsafe' };
}

/**
 * What of script-src a browser heeds: a nonce or hash switches 'unsafe-inline' off, 'strict-dynamic' hosts and
 * schemes too.
 *
 * @param {string[]} list @returns {string[] | undefined} undefined: nothing could run
 */
function scriptSources(list) {
  const keyed = list.some((one) => NONCE_OR_HASH.test(one));
  if (!list.includes("'strict-dynamic'")) return withoutInline(list);
  if (!keyed) return undefined;
  return withoutInline(list).filter((one) => !BROAD.has(one));
}

/** @param {string[]} list */
function withoutInline(list) {
  return list.some((one) => NONCE_OR_HASH.test(one)) ? list.filter((one) => one !== "'unsafe-inline'") : list;
}

module.exports = { parse, judge };
