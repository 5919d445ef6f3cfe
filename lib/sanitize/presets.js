'use strict';

const { HauberkError, show } = require('../internal/fault');
const { closest } = require('../internal/options');
const { Policy } = require('./policy');

const BASIC_TAGS = [
  ...['a', 'abbr', 'b', 'blockquote', 'br', 'code', 'em', 'i', 'li', 'ol', 'p', 'pre', 's', 'strong'],
  ...['sub', 'sup', 'u', 'ul'],
];

const BASIC_ATTRIBUTES = {
  '*': ['dir', 'lang', 'title'],
  a: ['href', 'hreflang'],
  blockquote: ['cite'],
  ol: ['reversed', 'start', 'type'],
};

/** What the names stand for; `sanitize.policy` takes the same options. */
const PRESETS = Object.freeze({
  text: {},
  basic: {
    tags: BASIC_TAGS,
    attributes: BASIC_ATTRIBUTES,
    classes: { code: ['language-*'] },
    schemes: ['http', 'https', 'mailto', 'tel'],
  },
  rich: {
    tags: [
      ...BASIC_TAGS,
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'img', 'figure', 'figcaption', 'details', 'summary'],
      ...['table', 'caption', 'colgroup', 'col', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td'],
    ],
    attributes: {
      ...BASIC_ATTRIBUTES,
      col: ['span'],
      colgroup: ['span'],
      details: ['open'],
      img: ['alt', 'height', 'loading', 'src', 'width'],
      td: ['align', 'colspan', 'rowspan'],
      th: ['abbr', 'align', 'colspan', 'rowspan', 'scope'],
    },
    classes: { code: ['language-*'] },
    schemes: ['http', 'https', 'mailto', 'tel'],
  },
});

/** @type {Map<string, Policy>} compiled on first use */
const compiled = new Map();

/**
 * @param {unknown} policy a Policy, or the name of a preset
 * @returns {Policy}
 * @throws ERR_HAUBERK_SANITIZE_POLICY; an unknown name never means another policy
 */
function policyOf(policy) {
  if (policy instanceof Policy) return policy;
  const known = typeof policy === 'string' ? compiled.get(policy) : undefined;
  if (known !== undefined) return known;
  if (typeof policy !== 'string' || !Object.hasOwn(PRESETS, policy)) throw unknownPolicy(policy);
  const made = new Policy(PRESETS[/** @type {keyof typeof PRESETS} */ (policy)]);
  compiled.set(policy, made);
  return made;
}

/** @param {unknown} policy */
function unknownPolicy(policy) {
  const near = typeof policy === 'string' ? closest(policy, Object.keys(PRESETS)) : undefined;
  const hint =
    near === undefined ? 'use text, basic, rich, or sanitize.policy({ ... })' : `did you mean ${near}?`;
  return new HauberkError('ERR_HAUBERK_SANITIZE_POLICY', `no sanitizing policy ${show(policy)}; ${hint}`);
}

module.exports = { policyOf };
