'use strict';

/* global window, document, Event, MouseEvent -- what runs in the page */

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const sanitize = require('../../lib/sanitize');
const { browser } = require('../helpers/browser');
const { corpus, inputBytes } = require('../helpers/corpora');
const { serve } = require('../helpers/server');

/**
 * What is clean is put into real pages, in every place, as a part of a served document and by innerHTML; then
 * everything in it is clicked, hovered and focused. Nothing may run. A policy in report-only mode tells of
 * every script, handler and javascript: URL that Chromium starts, whatever it does.
 */

const PLACES = ['div', 'table', 'select', 'svg', 'math', 'template', 'noscript'];
const BATCH = 150;
const REPORT = "script-src 'none'; object-src 'none'; base-uri 'none'";
const HAZARDOUS =
  'a b p svg math mi mtext mglyph desc foreignobject textarea select option title iframe table td tr tbody form input image';

const POLICIES = {
  rich: 'rich',
  hazardous: sanitize.policy({
    tags: HAZARDOUS.split(' '),
    attributes: { a: ['href'], '*': ['id', 'title'] },
  }),
};

/** Runs in each page before anything else. */
function watch() {
  window.ran = [];
  const note = (what) => window.ran.push(String(what).slice(0, 300));
  document.addEventListener('securitypolicyviolation', (event) => {
    note(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
  });
  for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) window[name] = () => note(name);
}

/** Runs in the page: what a visitor could do with everything that is in it. */
async function interact() {
  const events = [
    'mouseover',
    'mouseenter',
    'mousedown',
    'mouseup',
    'focus',
    'blur',
    'input',
    'keydown',
    'toggle',
  ];
  const stay = (event) => {
    const href = event.target.closest?.('[href]')?.getAttribute('href') ?? '';
    // A link to another page is allowed to work; a script is what is looked for.
    const script = URL.canParse(href) && new URL(href).protocol === 'javascript:';
    if (!script) event.preventDefault();
  };
  document.addEventListener('click', stay, true);
  document.addEventListener('submit', (event) => event.preventDefault(), true);
  for (const element of document.querySelectorAll('body *')) {
    for (const type of events) element.dispatchEvent(new Event(type, { bubbles: true, cancelable: true }));
    element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
  }
  await new Promise((resolve) => setTimeout(resolve, 150));
  return window.ran;
}

/** Runs in the page. */
function insert([place, rows]) {
  for (const html of rows) {
    const svg = { svg: 'http://www.w3.org/2000/svg', math: 'http://www.w3.org/1998/Math/MathML' }[place];
    const element = svg ? document.createElementNS(svg, place) : document.createElement(place);
    document.body.append(element);
    element.innerHTML = html;
    // Once more: what the browser writes is read again, where mutations come from.
    const again = element.cloneNode(false);
    again.innerHTML = element.innerHTML;
    element.after(again);
    if (place === 'template') document.body.append(element.content, again.content);
  }
}

/** A page in which `html` stands, with everything recorded that it starts. */
async function open(t) {
  const chromium = await browser(t);
  if (chromium === undefined) return undefined;
  let html = '';
  const { url } = await serve(t, (req, res) => {
    const type = req.url === '/' ? 'text/html; charset=utf-8' : 'text/plain';
    res.writeHead(req.url === '/' ? 200 : 404, {
      'Content-Type': type,
      'Content-Security-Policy-Report-Only': REPORT,
    });
    res.end(req.url === '/' ? html : '');
  });
  const page = await chromium.newPage();
  const requests = [];
  await page.addInitScript(watch);
  await page.route('**', (route) => {
    const request = route.request();
    if (request.url() === `${url}/`) return route.continue();
    // Images are allowed by the policy.
    if (request.resourceType() !== 'image') requests.push(`${request.resourceType()} ${request.url()}`);
    return route.abort();
  });
  page.on('dialog', (dialog) => dialog.dismiss().catch(() => {}));
  const show = async (content) => {
    html = `<!doctype html><meta charset="utf-8"><title>x</title><body>${content}</body>`;
    requests.length = 0;
    await page.goto(`${url}/`, { waitUntil: 'domcontentloaded', timeout: 20_000 });
  };
  const ran = async () => [...(await page.evaluate(interact)), ...requests];
  return { page, show, ran };
}

function rowsOf(name) {
  return corpus(name)?.map((row) => inputBytes(row.input).toString());
}

function batches(list) {
  return Array.from({ length: Math.ceil(list.length / BATCH) }, (_, i) =>
    list.slice(i * BATCH, (i + 1) * BATCH),
  );
}

describe('sanitize in Chromium', () => {
  it('control: what was not cleaned runs', async (t) => {
    const rows = corpus('xss-fires');
    if (rows === undefined) return t.skip('corpora absent: xss-fires');
    const opened = await open(t);
    if (opened === undefined) return t.skip('chromium is not installed');
    const some = (fires) =>
      rows.filter((row) => row.expect.fires === fires && row.expect.ctx === 'doc').slice(0, 20);
    for (const fires of ['auto', 'sim']) {
      let fired = 0;
      for (const row of some(fires)) {
        await opened.show(`<div>${inputBytes(row.input)}</div>`);
        const ran = await opened.ran().catch(() => ['the page was left']);
        if (ran.length > 0) fired += 1;
      }
      t.diagnostic(`${fired} of 20 rows (${fires}) ran`);
      assert.ok(fired >= 12, `only ${fired} of 20 ran (${fires}): the detection is blind`);
    }
  });

  for (const name of ['xss-fires', 'xss-structural']) {
    for (const [kind, policy] of Object.entries(POLICIES)) {
      it(`${name}, ${kind} policy: nothing runs in any place`, async (t) => {
        const rows = rowsOf(name);
        if (rows === undefined) return t.skip(`corpora absent: ${name}`);
        const opened = await open(t);
        if (opened === undefined) return t.skip('chromium is not installed');
        const clean = [...new Set(rows.map((html) => sanitize.html(html, policy)))].filter((html) =>
          html.includes('<'),
        );
        assert.ok(clean.length > 100, `only ${clean.length} results with markup`);
        for (const place of PLACES) {
          for (const batch of batches(clean)) {
            await opened.show(batch.map((html) => `<${place}>${html}</${place}>`).join('\n'));
            assert.deepEqual(await opened.ran(), [], `served in ${place}`);
            await opened.show('');
            await opened.page.evaluate(insert, [place, batch]);
            assert.deepEqual(await opened.ran(), [], `innerHTML of ${place}`);
          }
        }
        t.diagnostic(`${clean.length} results in ${PLACES.length} places, served and by innerHTML`);
      });
    }
  }
});
