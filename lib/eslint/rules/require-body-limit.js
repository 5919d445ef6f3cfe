'use strict';

const { exportOf, hasSpread, objectOf, resolve, valueOf } = require('../ast');
const { rule } = require('../rule');

const PARSERS = /^(?:express|body-parser)\.(?:json|urlencoded|raw|text)$/;
const SIZE = /^[\d.]+ *[kmgtp]?b?$/i;

/** What express.json and its siblings use when nothing is said. */
const DEFAULT = "limit: '100kb'";

/** @param {any} node */
function disables(node) {
  if (node.type === 'Identifier') return node.name === 'Infinity' || node.name === 'undefined';
  if (node.type === 'MemberExpression')
    return /^(?:POSITIVE_INFINITY|MAX_SAFE_INTEGER|MAX_VALUE)$/.test(node.property.name);
  if (node.type !== 'Literal') return false;
  if (typeof node.value === 'string') return !SIZE.test(node.value.trim());
  return typeof node.value !== 'number';
}

/** Says how much a body may hold, in the parsers of Express and in multer. */
module.exports = rule('require-body-limit', {
  description: 'say how large a body may be',
  fixable: true,
  messages: {
    missing: 'Say how large a body may be, { limit: "100kb" }: what is not written down is not reviewed.',
    disabled: "This limit does not limit: it must be a number of bytes or a size such as '100kb'.",
    upload: 'multer without limits.fileSize takes files of any size; set it, and limits.files.',
  },
  create(context) {
    const { sourceCode } = context;

    /** @param {any} node @param {any} options */
    function addLimit(node, options) {
      return (/** @type {any} */ fixer) => {
        if (node.arguments.length === 0) {
          return fixer.insertTextBefore(sourceCode.getLastToken(node), `{ ${DEFAULT} }`);
        }
        const [first] = options.properties;
        if (first) return fixer.insertTextBefore(first, `${DEFAULT}, `);
        return fixer.replaceText(options, `{ ${DEFAULT} }`);
      };
    }

    /** @param {any} node */
    function parser(node) {
      const [first] = node.arguments;
      const options = first && objectOf(context, first);
      if (first && options === undefined) return;
      const limit = options && valueOf(options, 'limit');
      if (limit) {
        if (disables(resolve(context, limit))) context.report({ node: limit, messageId: 'disabled' });
      } else if (!options || !hasSpread(options)) {
        context.report({ node, messageId: 'missing', fix: addLimit(node, options) });
      }
    }

    /** @param {any} node */
    function upload(node) {
      const [first] = node.arguments;
      const options = first && objectOf(context, first);
      if (first && (options === undefined || hasSpread(options))) return;
      const given = options && valueOf(options, 'limits');
      const limits = given && objectOf(context, given);
      if (given && limits === undefined) return;
      if (!limits || (!valueOf(limits, 'fileSize') && !hasSpread(limits)))
        context.report({ node, messageId: 'upload' });
    }

    return {
      CallExpression(node) {
        const callee = exportOf(context, node.callee) ?? '';
        if (PARSERS.test(callee)) parser(node);
        else if (callee === 'multer') upload(node);
      },
    };
  },
});
