'use strict';

/** `npm start`: makes the clone ready, then runs the example API. */

const { spawn } = require('node:child_process');
const path = require('node:path');

require('./setup').setup();

const ROOT = path.join(__dirname, '..');
const api = spawn(process.execPath, [path.join('examples', 'api.js')], { cwd: ROOT, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => api.kill(signal));
api.on('exit', (code) => process.exit(code ?? 0));
