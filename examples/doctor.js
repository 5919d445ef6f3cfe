'use strict';

/** Looks at a small project with many holes, and says what to do first. Run: node examples/doctor.js */

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const doctor = require('hauberk/doctor');

const APPLICATION = `
const express = require('express');
const session = require('express-session');
const app = express();
app.use(express.json());
app.use(session({ secret: 'keyboard cat' }));
app.post('/login', (req, res) => res.json({ ok: true }));
app.get('/old', (req, res) => res.redirect('https://' + req.headers.host + '/new'));
app.listen(3000);
`;

const FILES = {
  'package.json': JSON.stringify({ name: 'shop', scripts: { start: 'node server.js' } }),
  'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages: { '': {} } }),
  'server.js': APPLICATION,
  Dockerfile: 'FROM node:24\nCOPY . .\nRUN npm install\nCMD ["node", "server.js"]\n',
};

async function main() {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'doctor-example-'));
  // eslint-disable-next-line security/detect-non-literal-fs-filename -- names from the table above
  for (const [name, text] of Object.entries(FILES)) fs.writeFileSync(path.join(root, name), text);
  try {
    const report = await doctor({ root });
    console.log(doctor.format(report));
    console.log(`a CI job with --min-score 80 would ${report.score >= 80 ? 'pass' : 'fail'}`);
  } finally {
    fs.rmSync(root, { recursive: true });
  }
}

main();
