'use strict';

const DOCS = 'https://github.com/hauberk/hauberk/blob/main/docs/eslint.md';

/**
 * A rule, with what each of them has in common.
 *
 * @param {string} name
 * @param {{ description: string, messages: Record<string, string>, fixable?: boolean,
 *   create: (context: any) => Record<string, (node: any) => void> }} rule
 * @returns {import('./index').Rule}
 */
function rule(name, { description, messages, fixable = false, create }) {
  return Object.freeze({
    meta: {
      type: /** @type {const} */ ('problem'),
      docs: { description, recommended: true, url: `${DOCS}#${name}` },
      ...(fixable && { fixable: /** @type {const} */ ('code') }),
      schema: /** @type {[]} */ ([]),
      messages,
    },
    create,
  });
}

module.exports = { rule };
