'use strict';

/** Code that each rule must leave alone, and code that it must report, with the message. */

/** @param {string} code @param {string[]} messages @param {string} [output] */
const bad = (code, messages, output) => ({
  code,
  errors: messages.map((messageId) => ({ messageId })),
  ...(output !== undefined && { output }),
});

const APP = "import express from 'express'; const app = express();";
const SESSION = "import session from 'express-session';";
const EXPRESS = "const express = require('express');";

module.exports = {
  'no-trust-proxy-true': {
    valid: [
      "app.set('trust proxy', 1);",
      "app.set('trust proxy', 'loopback');",
      "app.set('trust proxy', hops);",
      "app.disable('trust proxy');",
      "app.set('etag', true);",
      'map.set(true);',
    ],
    invalid: [
      bad("app.set('trust proxy', true);", ['trusted']),
      bad("app.enable('trust proxy');", ['trusted']),
      bad("const on = true; app.set('trust proxy', on);", ['trusted']),
      bad('express().set(`trust proxy`, true);', ['trusted']),
    ],
  },

  'no-default-session-name': {
    valid: [
      `${SESSION} app.use(session({ name: '__Host-a8f3', secret }));`,
      `${SESSION} app.use(session(options));`,
      `${SESSION} app.use(session({ ...base }));`,
      'session({ secret });',
      `${SESSION} app.use(session({ name: process.env.NAME }));`,
      "import sessions from 'cookie-session'; sessions({ name: 'k2' });",
    ],
    invalid: [
      bad(`${SESSION} app.use(session({ secret }));`, ['missing']),
      bad(`${SESSION} app.use(session());`, ['missing']),
      bad(`${SESSION} app.use(session({ name: 'connect.sid' }));`, ['telltale']),
      bad("const session = require('express-session'); session({ name: 'SID' });", ['telltale']),
      bad("import sessions from 'cookie-session'; sessions({ keys });", ['missing']),
      bad(`${SESSION} const options = { name: 'PHPSESSID' }; session(options);`, ['telltale']),
    ],
  },

  'no-weak-secret': {
    valid: [
      `${SESSION} session({ secret: process.env.SECRET });`,
      `${SESSION} session({ secret: [process.env.NEW, process.env.OLD] });`,
      `${SESSION} session({ secret: read() });`,
      "cookieParser('not the package');",
      "import hauberk from 'hauberk'; hauberk({ secret: process.env.HAUBERK_SECRET });",
      "import hauberk from 'hauberk'; hauberk();",
    ],
    invalid: [
      bad(`${SESSION} session({ secret: 'keyboard cat' });`, ['literal']),
      bad(`${SESSION} session({ secret: process.env.SECRET || 'dev' });`, ['fallback']),
      bad(`${SESSION} session({ secret: process.env.SECRET ?? \`dev\` });`, ['fallback']),
      bad(`${SESSION} session({ secret: ['one', 'two'] });`, ['literal', 'literal']),
      bad(`${SESSION} const secret = 'in a constant'; session({ secret });`, ['literal']),
      bad("const cookies = require('cookie-parser'); app.use(cookies('abc'));", ['literal']),
      bad("import sessions from 'cookie-session'; sessions({ keys: ['a'] });", ['literal']),
      bad("const hauberk = require('hauberk'); app.use(hauberk({ secret: 'x'.length ? 'a' : b }));", [
        'fallback',
      ]),
      bad("import { sessions } from 'hauberk'; sessions({ secret: 'abc' });", ['literal']),
    ],
  },

  'require-body-limit': {
    valid: [
      `${EXPRESS} app.use(express.json({ limit: '100kb' }));`,
      `${EXPRESS} app.use(express.json({ limit: 1e5 }));`,
      `${EXPRESS} app.use(express.json(options));`,
      `${EXPRESS} app.use(express.json({ ...shared }));`,
      `${EXPRESS} app.use(express.json({ limit }));`,
      'api.json();',
      "import multer from 'multer'; multer({ limits: { fileSize: 1e6 } });",
      "import multer from 'multer'; multer({ limits });",
    ],
    invalid: [
      bad(
        `${EXPRESS} app.use(express.json());`,
        ['missing'],
        `${EXPRESS} app.use(express.json({ limit: '100kb' }));`,
      ),
      bad(
        `${EXPRESS} app.use(express.urlencoded({ extended: true }));`,
        ['missing'],
        `${EXPRESS} app.use(express.urlencoded({ limit: '100kb', extended: true }));`,
      ),
      bad(
        "import { json } from 'body-parser'; app.use(json({}));",
        ['missing'],
        "import { json } from 'body-parser'; app.use(json({ limit: '100kb' }));",
      ),
      bad(`${EXPRESS} app.use(express.json({ limit: Infinity }));`, ['disabled']),
      bad(`${EXPRESS} app.use(express.raw({ limit: '100 potatoes' }));`, ['disabled']),
      bad(`${EXPRESS} app.use(express.text({ limit: false }));`, ['disabled']),
      bad(`${EXPRESS} app.use(express.json({ limit: Number.MAX_SAFE_INTEGER }));`, ['disabled']),
      bad("import multer from 'multer'; multer({ dest: 'files' });", ['upload']),
      bad("import multer from 'multer'; multer();", ['upload']),
    ],
  },

  'no-sync-hash-in-handler': {
    valid: [
      "import bcrypt from 'bcrypt'; const dummy = bcrypt.hashSync('x', 10);",
      "import bcrypt from 'bcrypt'; app.post('/', async (req, res) => { await bcrypt.hash(req.body.password, 12); });",
      "app.post('/', (req, res) => { cache.hashSync(req.body); });",
      "import { scryptSync } from 'node:crypto'; function derive(secret) { return scryptSync(secret, salt, 32); }",
    ],
    invalid: [
      bad(
        "import bcrypt from 'bcrypt'; app.post('/', (req, res) => { bcrypt.hashSync(req.body.password, 12); });",
        ['sync'],
      ),
      bad(
        "const { compareSync } = require('bcryptjs'); app.post('/', (a, b) => compareSync(a.body.p, hash));",
        ['sync'],
      ),
      bad(
        "import { scryptSync } from 'node:crypto'; function login(req, res) { scryptSync(req.body.p, salt, 32); }",
        ['sync'],
      ),
      bad(
        "const crypto = require('crypto'); const h = (err, req, res, next) => crypto.pbkdf2Sync('a', 'b', 1, 2, 'c');",
        ['sync'],
      ),
      bad(
        "import { passwords } from 'hauberk'; router.put('/', (req, res) => { if (x) { passwords.verifySync(h, p); } });",
        ['sync'],
      ),
    ],
  },

  'no-error-detail-in-response': {
    valid: [
      "app.use((err, req, res, next) => { log(err); res.status(500).json({ error: 'failed' }); });",
      'try { f(); } catch (error) { next(error); }',
      'app.get("/", (req, res) => res.json({ message: note.message }));',
      'app.use((err, req, res, next) => { res.status(err.status).end(); });',
      'try { f(); } catch (error) { res.status(error.status).json({ code: known(error) }); }',
      'try { f(); } catch (error) { console.log(error.stack); res.sendStatus(500); }',
    ],
    invalid: [
      bad('app.use((err, req, res, next) => { res.status(500).send(err.stack); });', ['detail']),
      bad('app.use((err, req, res, next) => { res.status(500).json({ error: err.message }); });', ['detail']),
      bad('try { f(); } catch (e) { res.send(e); }', ['detail']),
      bad('try { f(); } catch (e) { res.end(`failed: ${e}`); }', ['detail']),
      bad('try { f(); } catch (problem) { response.json({ why: { text: "x" + problem.message } }); }', [
        'detail',
      ]),
      bad('query().catch((err) => res.json(err));', ['detail']),
      bad('try { f(); } catch (e) { res.send(String(e)); }', ['detail']),
      bad('try { f(); } catch (e) { res.send(e.toString()); }', ['detail']),
      bad('query((err, rows) => { if (err) return res.status(500).json({ ...err }); });', ['detail']),
      bad('res.send(dev ? job.stack : "no");', ['detail']),
      bad('try { f(); } catch (e) { res.json([JSON.stringify(e)]); }', ['detail']),
    ],
  },

  'no-host-header-redirect': {
    valid: [
      "res.redirect('https://example.com' + req.url);",
      'res.redirect(`https://${config.host}${req.originalUrl}`);',
      "const wanted = req.get('host'); if (wanted !== HOST) res.sendStatus(421);",
      "res.set('X-Host', req.hostname);",
      'res.json({ host: req.hostname });',
    ],
    invalid: [
      bad('app.use((req, res) => res.redirect(`https://${req.headers.host}${req.url}`));', ['host']),
      bad("app.use((req, res) => res.redirect(301, 'https://' + req.hostname + req.url));", ['host']),
      bad("app.use((req, res) => res.redirect('https://' + req.get('Host') + req.url));", ['host']),
      bad(
        "app.use((req, res) => { const host = req.headers['x-forwarded-host']; res.redirect(['https://', host].join('')); });",
        ['host'],
      ),
      bad("app.use((req, res) => { res.writeHead(301, { Location: 'https://' + req.headers['host'] }); });", [
        'host',
      ]),
      bad("app.use((req, res) => { res.set('Location', `https://${req.host}/`); });", ['host']),
      bad('app.use((req, res) => res.location(`//${req.headers.host.split(":")[0]}/x`));', ['host']),
    ],
  },

  'no-cors-reflection': {
    valid: [
      "import cors from 'cors'; cors({ origin: ['https://example.com'], credentials: true });",
      "import cors from 'cors'; cors({ origin: true });",
      "import cors from 'cors'; cors({ origin: '*' });",
      "import cors from 'cors'; cors({ credentials: true, origin(origin, done) { done(null, LIST.has(origin)); } });",
      "app.use((req, res, next) => { if (LIST.has(req.headers.origin)) res.set('Access-Control-Allow-Origin', req.headers.origin); res.set('Access-Control-Allow-Credentials', 'true'); next(); });",
      "app.use((req, res, next) => { res.set('Access-Control-Allow-Origin', req.headers.origin); next(); });",
    ],
    invalid: [
      bad("import cors from 'cors'; cors({ origin: true, credentials: true });", ['reflected']),
      bad("const cors = require('cors'); cors({ origin: /.*/, credentials: true });", ['reflected']),
      bad(
        "import cors from 'cors'; cors({ credentials: true, origin: (origin, done) => done(null, true) });",
        ['reflected'],
      ),
      bad(
        "import cors from 'cors'; cors({ credentials: true, origin(origin, done) { return done(null, origin); } });",
        ['reflected'],
      ),
      bad(
        "app.use((req, res, next) => { res.setHeader('Access-Control-Allow-Origin', req.headers.origin || '*'); res.setHeader('Access-Control-Allow-Credentials', 'true'); next(); });",
        ['reflected'],
      ),
      bad(
        "app.use((req, res, next) => { res.header('Access-Control-Allow-Credentials', true); res.header('Access-Control-Allow-Origin', req.get('Origin')); next(); });",
        ['reflected'],
      ),
    ],
  },

  'no-plain-password-store': {
    valid: [
      'User.create({ name: req.body.name, password: await passwords.hash(req.body.password) });',
      'const { password } = req.body; const hash = await bcrypt.hash(password, 12); User.create({ password: hash });',
      'await passwords.verify(user.hash, req.body.password);',
      'logger.update({ password: req.body.password });',
      'let { password } = req.body; password = await hash(password); User.create({ password });',
      "db.query('SELECT 1 WHERE name = ?', [req.body.name]);",
      'new Login(req.body.password);',
    ],
    invalid: [
      bad('User.create({ name: req.body.name, password: req.body.password });', ['plain']),
      bad('const { password } = req.body; db.users.insertOne({ password });', ['plain']),
      bad(
        "const { name, password: typed } = req.body; db.run('INSERT INTO users VALUES (?, ?)', [name, typed]);",
        ['plain'],
      ),
      bad('const user = new User({ password: req.body.password });', ['plain']),
      bad('user.password = req.body.password;', ['plain']),
      bad('prisma.user.create({ data: { passwd: request.body.passwd } });', ['plain']),
      bad("const password = req.body.password; pool.query('UPDATE users SET password = $1', [password]);", [
        'plain',
      ]),
    ],
  },

  'guard-before-routes': {
    valid: [
      `${APP} import helmet from 'helmet'; app.use(helmet()); app.get('/', h);`,
      `${APP} import hauberk from 'hauberk'; const guard = hauberk(); app.use(guard); app.get('/', h); app.use(guard.errors);`,
      `${APP} import helmet from 'helmet'; app.get('env'); app.use(helmet());`,
      `${APP} app.get('/', h); app.use(other());`,
      `${APP} import helmet from 'helmet'; app.use('/static', parse()); app.use(helmet()); app.get('/', h);`,
    ],
    invalid: [
      bad(`${APP} import helmet from 'helmet'; app.get('/', h); app.use(helmet());`, ['late']),
      bad(
        `${APP} import hauberk from 'hauberk'; const guard = hauberk(); app.post('/', h); app.use(guard);`,
        ['late'],
      ),
      bad(
        `${APP} import helmet from 'helmet'; const api = express.Router(); app.use('/api', api); app.use(helmet());`,
        ['late'],
      ),
      bad(`${APP} import helmet from 'helmet'; app.use(express.static('public')); app.use(helmet());`, [
        'late',
      ]),
      bad(
        "const express = require('express'); const helmet = require('helmet'); const r = express.Router(); r.get('/', h); r.use(helmet());",
        ['late'],
      ),
    ],
  },

  'error-handler-last': {
    valid: [
      `${APP} app.get('/', h); app.use((err, req, res, next) => {}); app.listen(1);`,
      `${APP} import hauberk from 'hauberk'; const guard = hauberk(); app.get('/', h); app.use(guard.errors); app.listen(1);`,
      `${APP} import { onError } from './on-error.js'; app.get('/', h); app.use(onError); app.listen(1);`,
      `${APP} app.get('/', h); export default app;`,
      `${APP} addRoutes(app); app.get('/', h); app.listen(1);`,
      `${APP} app.get('/', h); app.use(notFound, (err, req, res, next) => {}); app.listen(1);`,
      `${APP} function failed(err, req, res, next) {} app.get('/', h); app.use(failed); app.listen(1);`,
      `${APP} app.listen(1);`,
    ],
    invalid: [
      bad(`${APP} app.get('/', h); app.listen(1);`, ['missing']),
      bad(`${APP} import http from 'node:http'; app.get('/', h); http.createServer(app).listen(1);`, [
        'missing',
      ]),
      bad(`${APP} app.use((err, req, res, next) => {}); app.get('/', h); app.listen(1);`, ['late']),
      bad(
        `${APP} import { errorHandler } from './e.js'; app.use(errorHandler); app.post('/a', h); app.get('/b', h);`,
        ['late', 'late'],
      ),
      bad(
        `${APP} import hauberk from 'hauberk'; const guard = hauberk(); app.get('/', h); guard.listen(app, 1);`,
        ['missing'],
      ),
    ],
  },
};
