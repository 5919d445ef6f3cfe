'use strict';

/** What a real Chromium makes of a policy with a nonce. */

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const hauberk = require('../..');
const { browser } = require('../helpers/browser');
const { expresses } = require('../helpers/server');

/** A page that puts what a client wrote into itself, with scripts of its own and what they load. */
function page(/** @type {any} */ req, /** @type {any} */ res) {
  const { cspNonce: nonce } = res.locals;
  res.send(`<!doctype html>
<title>Nonce</title>
<script nonce="${nonce}">
  window.ran = ['own'];
  const more = document.createElement('script');
  more.src = '/more.js';
  more.onload = () => (document.title = 'loaded');
  document.head.append(more);
</script>
<p>${req.query.text}</p>
<a href="#" onclick="window.ran.push('attribute')" id="link">link</a>
<script>window.ran.push('injected by a template')</script>
<script nonce="AAAAAAAAAAAAAAAAAAAAAA">window.ran.push('guessed nonce')</script>
<script src="/other.js"></script>
`);
}

for (const { name, express } of expresses) {
  for (const served of ['http', 'guard']) {
    test(`${name}: nonce and strict-dynamic: own scripts run, injected ones do not, and the report arrives (${served})`, async (t) => {
      const chromium = await browser(t);
      if (chromium === undefined) return t.skip('chromium is not installed');
      const guard = hauberk({
        headers: {
          contentSecurityPolicy: {
            directives: { scriptSrc: ["'nonce'", "'strict-dynamic'"], reportUri: '/reports' },
          },
        },
      });
      /** @type {any[]} */
      const reports = [];
      const blocked = (/** @type {string} */ end) =>
        reports.some((report) => report['blocked-uri'].endsWith(end));
      const app = express();
      app.use(guard);
      app.get('/', page);
      app.get('/more.js', (_req, res) => res.type('js').send("window.ran.push('loaded by own')"));
      app.get('/other.js', (_req, res) => res.type('js').send("window.ran.push('no nonce')"));
      const arrived = new Promise((resolve) => {
        app.post('/reports', express.json({ type: 'application/csp-report' }), (req, res) => {
          reports.push(req.body['csp-report']);
          res.status(204).end();
          if (blocked('inline') && blocked('/other.js')) resolve(undefined);
        });
      });
      app.use(guard.errors);
      const server = served === 'guard' ? guard.createServer(app) : require('node:http').createServer(app);
      server.listen(0, '127.0.0.1');
      t.after(() => {
        server.closeAllConnections();
        guard.close();
        return new Promise((resolve) => server.close(resolve));
      });
      await once(server, 'listening');
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      const tab = await chromium.newPage();
      const text = encodeURIComponent(
        "<img src=x onerror=\"window.ran.push('event')\"><script>window.ran.push('injected')</script>",
      );
      await tab.goto(`http://127.0.0.1:${port}/?text=${text}`);
      await tab.waitForFunction(() => /** @type {any} */ (globalThis).document.title === 'loaded');
      await tab.click('#link');
      assert.deepEqual(await tab.evaluate(() => /** @type {any} */ (globalThis).ran), [
        'own',
        'loaded by own',
      ]);
      await arrived;
      for (const report of reports) {
        assert.match(report['violated-directive'], /^script-src/);
        assert.match(report['original-policy'], /'strict-dynamic'/);
      }
    });
  }
}
