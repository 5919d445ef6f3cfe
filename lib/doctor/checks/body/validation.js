'use strict';

/* eslint-disable security/detect-unsafe-regex -- each repetition is bounded, or begins where no other part fits */

const { at } = require('../../source/source');
const { fail, pass, skip } = require('../../verdict');

const PACKAGES = [
  'express-validator',
  'zod',
  'joi',
  'ajv',
  'valibot',
  'yup',
  'arktype',
  'superstruct',
  '@sinclair/typebox',
  'typebox',
  'class-validator',
  'celebrate',
  'express-openapi-validator',
  'io-ts',
  'runtypes',
  '@hapi/joi',
  'effect',
  'hauberk/validate',
];

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'body/validation',
  kind: 'static',
  weight: 3,
  why: 'A handler that takes what comes takes an array where a text was meant, and a field that nobody meant.',
  fix: "app.post('/notes', hauberk.validate({ body: schema }), handler)",
  docs: 'validate.md',
  look({ project }) {
    const { source } = project;
    const own = source.calls(/^hauberk\.validate(?:\.\w+)?$/);
    if (own.length > 0)
      return pass(
        'bodies are checked against a schema',
        own.map((one) => at(one)),
      );
    const used = source.uses(PACKAGES);
    if (used !== undefined) return pass(`${used} checks what comes in`);
    const routes = source.routes().filter(({ method }) => ['post', 'put', 'patch'].includes(method));
    if (routes.length === 0) return skip('no route takes a body');
    return fail(
      'no route checks its body against a schema',
      routes.map(({ call, method, path }) => at(call, `${method.toUpperCase()} ${path}`)),
    );
  },
};
