'use strict';

/* eslint-disable security/detect-unsafe-regex -- each repetition is bounded, or begins where no other part fits */

const { at } = require('../../source/source');
const { fail, pass, skip } = require('../../verdict');

const PARSERS = /^(?:express|body-parser)(?:\.(?:json|urlencoded|raw|text))?$/;
const UNITS = Object.freeze({ b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3, tb: 1024 ** 4 });
/** An upload has a route and a parser of its own. */
const MOST = 10 * 1024 ** 2;

/** @param {string | undefined} text @returns {number} NaN: it is no size */
function sizeOf(text) {
  const match = /^([\d._]+)\s*([kmgt]?b)?$/i.exec((text ?? '').trim());
  if (!match) return NaN;
  return (
    Number(match[1].replace(/_/g, '')) *
    UNITS[/** @type {keyof typeof UNITS} */ ((match[2] ?? 'b').toLowerCase())]
  );
}

/** @param {import('../../source/file').Call} call */
function isOpen({ file, args, name }) {
  const [options] = args;
  if (name === 'multer') {
    const limits = file.property(options, 'limits');
    if (options !== undefined && !file.isPlainObject(options)) return false;
    return (
      limits === undefined || (file.isPlainObject(limits) && file.property(limits, 'fileSize') === undefined)
    );
  }
  const limit = file.property(options, 'limit');
  if (limit === undefined) return false;
  const text = file.literal(limit);
  if (text === 'Infinity' || text === 'false') return true;
  const isSize = text !== undefined && (file.isString(limit) || /^\d/.test(text));
  // A text that is no size switches the limit off (CVE-2026-12590).
  return isSize && !(sizeOf(text) <= MOST);
}

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'body/limit',
  kind: 'static',
  weight: 2,
  why: 'A body without a limit fills the memory: one request ends the process.',
  fix: "express.json({ limit: '100kb' }); multer({ limits: { fileSize: 5_000_000, files: 1 } })",
  docs: 'eslint.md#require-body-limit',
  look({ project, guard }) {
    const made = project.source.calls(PARSERS).filter(({ name }) => name !== 'express');
    const all = [...made, ...project.source.calls(/^multer$/)];
    if (all.length === 0)
      return guard.on('body')
        ? pass('the guard limits bodies to 100 KiB', guard.evidence)
        : skip('no body is read');
    const open = all.filter(isOpen);
    return open.length > 0
      ? fail(
          'a body may be of any size',
          open.map((one) => at(one)),
        )
      : pass(
          'bodies are limited',
          all.map((one) => at(one)),
        );
  },
};
