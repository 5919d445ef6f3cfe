'use strict';

/** Lints a small application with every mistake in the first ten lines. Run: node examples/eslint.js */

const { Linter } = require('eslint');
const hauberk = require('hauberk/eslint');

const application = `
const express = require('express');
const session = require('express-session');
const helmet = require('helmet');
const app = express();
app.set('trust proxy', true);
app.use(express.json());
app.use(session({ secret: 'keyboard cat' }));
app.post('/register', (req, res) => users.insertOne({ password: req.body.password }));
app.use(helmet());
app.use((req, res) => res.redirect('https://' + req.headers.host + req.url));
app.listen(3000);
`;

const messages = new Linter().verify(application, hauberk.configs.express, 'app.js');
for (const { line, ruleId, message } of messages) console.log(`app.js:${line} ${ruleId}\n  ${message}`);
