'use strict';

const { HauberkError, show } = require('../internal/fault');

/**
 * The links of clean HTML, given to a function of the developer. Clean HTML has a `<` only where a tag
 * starts, and each attribute is written as ` name="value"`: no parser is needed to find them.
 */

// Linear: each attribute starts with its own space, and a name has no space.
// eslint-disable-next-line security/detect-unsafe-regex -- see above
const TAG = /<([a-z][a-z0-9-]*)((?: [^\s"=<>]+="[^"<>]*")+)>/g;
const LINK = / (href|src|action|formaction|poster|cite|background|longdesc)="([^"<>]*)"/g;

const ENTITIES = Object.freeze({ '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&nbsp;': '\u00a0' });

/**
 * @param {string} html clean
 * @param {import('./index').LinkRewriter} rewrite
 * @returns {string} has to be cleaned again
 */
function rewriteLinks(html, rewrite) {
  return html.replace(TAG, (whole, tag, attributes) => {
    const rewritten = attributes.replace(
      LINK,
      (/** @type {string} */ same, /** @type {string} */ name, /** @type {string} */ value) => {
        const url = decode(value);
        const given = rewrite(url, tag, name);
        if (given === null) return '';
        if (typeof given !== 'string') {
          throw new HauberkError(
            'ERR_HAUBERK_SANITIZE_POLICY',
            `rewriteLink must return a string, or null to drop the link; got ${show(given)}`,
          );
        }
        return given === url ? same : ` ${name}="${encode(given)}"`;
      },
    );
    return rewritten === attributes ? whole : `<${tag}${rewritten}>`;
  });
}

/** @param {string} value */
function decode(value) {
  return value.replace(/&(?:amp|lt|gt|quot|nbsp);/g, (one) => ENTITIES[/** @type {'&amp;'} */ (one)]);
}

/** @param {string} value */
function encode(value) {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

module.exports = { rewriteLinks };
