'use strict';

/** Three ways to say what a route takes: JSON Schema, a Standard Schema library, and express-validator's language. */

const express = require('express');
const hauberk = require('hauberk');

const { body, checkExact, matchedData, query, validationResult } = hauberk.validate;

const NOTE = {
  type: 'object',
  properties: {
    title: { type: 'string', minLength: 1, maxLength: 200 },
    tags: { type: 'array', items: { type: 'string', pattern: '^[a-z]{1,20}$' }, maxItems: 5 },
    remind: { type: 'string', format: 'date-time' },
  },
  required: ['title'],
};
const PAGE = { type: 'object', properties: { page: { type: 'integer', minimum: 1, maximum: 1000 } } };

const app = express();
app.use(express.json({ limit: '100kb' }));

app.post('/notes', hauberk.validate({ body: NOTE }), (req, res) => res.status(201).json(req.body));
app.get('/notes', hauberk.validate({ query: PAGE }), (req, res) => res.json({ page: req.query.page ?? 1 }));

app.post(
  '/register',
  body('email').isEmail().normalizeEmail(),
  body('password').isLength({ min: 15, max: 256 }).withMessage('15 to 256 characters'),
  checkExact([query('invite').optional().isUUID()]),
  (req, res) => {
    const result = validationResult(req);
    if (!result.isEmpty()) return res.status(422).json({ errors: result.array() });
    const { email } = matchedData(req);
    return res.status(201).json({ email });
  },
);

app.use(hauberk.errors());

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(`Try:
  curl -i http://127.0.0.1:${port}/notes -H 'Content-Type: application/json' -d '{"title":"","admin":true}'
  curl -i 'http://127.0.0.1:${port}/notes?page=2'`);
});
