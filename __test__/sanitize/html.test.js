'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { parseDocument } = require('htmlparser2');
const sanitize = require('../../lib/sanitize');
const { isPlainText } = require('../../lib/sanitize/policy');
const { corpus } = require('../helpers/corpora');

const BASIC = 'a abbr b blockquote br code em i li ol p pre s strong sub sup u ul'.split(' ');
const RICH = [
  ...BASIC,
  ...'h1 h2 h3 h4 h5 h6 img figure figcaption details summary table caption colgroup col thead tbody'.split(
    ' ',
  ),
  ...'tfoot tr th td'.split(' '),
];
const ATTRIBUTES =
  /^(?:dir|lang|title|href|hreflang|rel|cite|reversed|start|type|class|span|open|alt|height|loading|src|width|align|colspan|rowspan|abbr|scope)$/;

/** Checks a result by another parser than the one that made it. */
function assertInside(html, tags, label) {
  const visit = (node) => {
    if (node.name !== undefined && node.type !== 'text') {
      assert.ok(tags.includes(node.name), `${label}: <${node.name}> in ${html}`);
      for (const [name, value] of Object.entries(node.attribs)) {
        assert.match(name, ATTRIBUTES, label);
        if (['href', 'src', 'cite'].includes(name)) {
          const { protocol } = new URL(value, 'https://relative.invalid');
          assert.match(protocol, /^(?:https?|mailto|tel):$/, `${label}: ${value}`);
        }
      }
      if (node.name === 'a') assert.equal(node.attribs.rel, 'noopener noreferrer', label);
    }
    assert.notEqual(node.type, 'comment', label);
    assert.notEqual(node.type, 'directive', label);
    for (const child of node.children ?? []) visit(child);
  };
  visit(parseDocument(html, { recognizeSelfClosing: false }));
}

describe('sanitize.html', () => {
  it('has the presets text, basic and rich, and basic is the default', () => {
    const dirty =
      '<h1>T</h1><p>a <b>b</b> &amp; <a href="https://x.example/">c</a><img src="/i.png" alt="i"></p>';
    assert.equal(sanitize.html(dirty, 'text'), 'Ta b &amp; c');
    const basic = 'T<p>a <b>b</b> &amp; <a href="https://x.example/" rel="noopener noreferrer">c</a></p>';
    assert.equal(sanitize.html(dirty), basic);
    assert.equal(sanitize.html(dirty, 'basic'), basic);
    assert.equal(
      sanitize.html(dirty, 'rich'),
      `<h1>T</h1>${basic.slice(1).replace('</p>', '<img src="/i.png" alt="i"></p>')}`,
    );
  });

  it('basic and rich allow exactly their elements', () => {
    const all =
      'div span hr iframe form input button select textarea svg math video audio style link meta nav dl font';
    for (const tag of [...RICH, ...all.split(' ')]) {
      const dirty =
        /^(?:t|c(?!o(?:de|l$)))/.test(tag) && tag !== 'textarea' && tag !== 'code' ? undefined : `<${tag}>x`;
      if (dirty === undefined || tag === 'col') continue;
      assert.equal(sanitize.html(dirty).includes(`<${tag}`), BASIC.includes(tag), tag);
      assert.equal(sanitize.html(dirty, 'rich').includes(`<${tag}`), RICH.includes(tag), tag);
    }
    const table =
      '<table><caption>c</caption><colgroup><col></colgroup><thead><tr><th>h</th></tr></thead><tbody><tr><td>d</td></tr></tbody></table>';
    assert.equal(sanitize.html(table, 'rich'), table);
  });

  it('accepts only strings', () => {
    const values = [
      undefined,
      null,
      0,
      1,
      NaN,
      true,
      {},
      [],
      ['<b>'],
      Object('x'),
      Symbol('x'),
      1n,
      () => 'x',
    ];
    for (const value of [...values, Object.create(null), Buffer.from('x'), { toString: () => '<b>' }]) {
      assert.throws(() => sanitize.html(value), { code: 'ERR_HAUBERK_SANITIZE_INPUT' });
      assert.throws(() => sanitize.text(value), { code: 'ERR_HAUBERK_SANITIZE_INPUT' });
    }
  });

  it('bounds the length', () => {
    const short = sanitize.policy({ maxLength: 3 });
    assert.equal(short.html('abc'), 'abc');
    assert.throws(() => short.html('abcd'), { code: 'ERR_HAUBERK_SANITIZE_INPUT', message: /4 characters/ });
    assert.equal(sanitize.html('x'.repeat(1_048_576)).length, 1_048_576);
    assert.throws(() => sanitize.html('x'.repeat(1_048_577)), { code: 'ERR_HAUBERK_SANITIZE_INPUT' });
  });

  it('never falls back from an unknown policy to another', () => {
    for (const policy of [
      'Basic',
      'none',
      '',
      null,
      {},
      [],
      1,
      'constructor',
      '__proto__',
      { html: (x) => x },
    ]) {
      assert.throws(() => sanitize.html('<b>', policy), { code: 'ERR_HAUBERK_SANITIZE_POLICY' });
    }
    assert.throws(() => sanitize.html('<b>', 'basics'), { message: /did you mean basic\?/ });
  });

  it('makes text of ill-formed UTF-16 well-formed', () => {
    assert.equal(sanitize.html('a\ud800b'), 'a\ufffdb');
    assert.equal(sanitize.html('\udc00<b>x'), '\ufffd<b>x</b>');
  });

  it('returns text without markup unchanged, as the native core would', () => {
    const policy = sanitize.policy({});
    const native = require('../../lib/internal/native').sanitize;
    const { slow } = native.functions();
    const none = { tags: [], attributes: [], schemes: [], classes: [], styles: [], urls: [] };
    const handle = native.compile({ ...none, relative: true, protocolRelative: true });
    for (let code = 0; code < 0x3000; code += 1) {
      const text = `a${String.fromCharCode(code)}b`;
      if (isPlainText(text)) assert.equal(slow(handle, text), text, `U+${code.toString(16)}`);
      else assert.equal(policy.html(text), slow(handle, text));
    }
    for (const text of [
      '\ufeffx',
      'x\ufeff',
      '\n\nx',
      '  x  ',
      '\u{1f600}',
      'x;y="z"\'`=/',
      '\u2028',
      '\ufffe',
      '',
    ]) {
      if (isPlainText(text)) assert.equal(slow(handle, text), text);
      assert.equal(policy.html(text), slow(handle, text));
    }
  });
});

describe('sanitize: attack classes', () => {
  const places = [
    'svg',
    'math',
    'template',
    'noscript',
    'table',
    'select',
    'style',
    'xmp',
    'textarea',
    'title',
    'iframe',
  ];
  for (const place of places) {
    it(`mutation XSS through ${place}`, () => {
      const payload = '<img src=x onerror=alert(1)>';
      const forms = [
        `<${place}><p title="</${place}>${payload}">`,
        `<${place}><style><!--</style>${payload}-->`,
        `<svg><${place}><a title="</${place}>${payload}">`,
        `<math><mtext><${place}><mglyph><style><!--</style><img title="--&gt;${payload}">`,
        `<form><math><mtext></form><form><${place}><style></math>${payload}`,
      ];
      for (const dirty of forms) {
        const clean = sanitize.html(dirty, 'rich');
        assertInside(clean, RICH, dirty);
        assert.equal(sanitize.html(clean, 'rich'), clean);
      }
    });
  }

  it('padded entities in URLs', () => {
    const urls = [
      ...[
        'javascript:alert(1)',
        'JaVaScRiPt:alert(1)',
        '&#106;avascript:alert(1)',
        '&#0000106avascript:alert(1)',
      ],
      ...[
        '&#x0000000006A;avascript:alert(1)',
        'java&#x0A;script:alert(1)',
        'java&Tab;script:alert(1)',
        '&#1;javascript:1',
      ],
      ...[
        'javascript&colon;alert(1)',
        ' javascript:alert(1)',
        'vbscript:x',
        'data:text/html,<script>1</script>',
      ],
    ];
    for (const url of urls) {
      assert.equal(sanitize.html(`<a href="${url}">x</a>`), '<a rel="noopener noreferrer">x</a>', url);
    }
  });

  it('comment tricks', () => {
    for (const dirty of [
      '<!--><img src=x onerror=alert(1)>-->',
      '<!---><img src=x onerror=alert(1)>-->',
      '<!-- --!><img src=x onerror=alert(1)>-->',
      '<!-- <!-- --><img src=x onerror=alert(1)>',
      '<![CDATA[<img src=x onerror=alert(1)>]]>',
      '<?xml <img src=x onerror=alert(1)>?>',
      '<!doctype <img src=x onerror=alert(1)>',
      '<svg><![CDATA[</svg><img src=x onerror=alert(1)>]]>',
    ]) {
      assertInside(sanitize.html(dirty), BASIC, dirty);
      assert.doesNotMatch(sanitize.html(dirty), /<img/, dirty);
    }
  });

  it('an empty allow-list does not fall back to a permissive default', () => {
    const dirty = '<a href="https://x.example" class="c" title="t"><b>x</b></a><img src="/x">';
    for (const options of [
      undefined,
      {},
      { tags: [] },
      { tags: [], attributes: {}, schemes: [], hosts: [] },
    ]) {
      assert.equal(sanitize.policy(options).html(dirty), 'x');
    }
    const bare = sanitize.policy({ tags: ['a'], attributes: {}, classes: {}, rel: null });
    assert.equal(bare.html(dirty), '<a>x</a>');
    const none = sanitize.policy({
      tags: ['a'],
      attributes: { a: [], '*': [] },
      classes: { a: [] },
      rel: null,
    });
    assert.equal(none.html(dirty), '<a>x</a>');
    const href = { tags: ['a'], attributes: { a: ['href'] }, rel: null };
    assert.equal(sanitize.policy({ ...href, schemes: [] }).html(dirty), '<a>x</a>');
    assert.equal(sanitize.policy({ ...href, hosts: [] }).html(dirty), '<a>x</a>');
  });

  it('deep nesting and other bombs of 1 MB end, as text', () => {
    for (const part of [
      '<div>',
      '<b>',
      '<p><b>',
      '<table><td>',
      '<a href=x>',
      '<svg><g>',
      '&',
      '<',
      '<!--',
      '</p>',
    ]) {
      const clean = sanitize.html(part.repeat(Math.floor(1_048_576 / part.length)));
      assertInside(clean.slice(0, 10_000), BASIC, part);
    }
  });
});

describe('sanitize: corpora', () => {
  for (const name of ['xss-fires', 'xss-structural']) {
    it(`${name}: nothing outside the policy, and a fixpoint`, (t) => {
      const rows = corpus(name);
      if (rows === undefined) return t.skip(`corpora absent: ${name}`);
      for (const { id, input } of rows) {
        const dirty = typeof input === 'string' ? input : Buffer.from(input.b64, 'base64').toString();
        for (const [preset, tags] of Object.entries({ text: [], basic: BASIC, rich: RICH })) {
          const clean = sanitize.html(dirty, preset);
          assertInside(clean, tags, `${id} ${preset}`);
          assert.equal(sanitize.html(clean, preset), clean, `${id} ${preset}`);
        }
      }
    });
  }

  it('benign-html: every visible text survives, and nearly all rows keep their markup', (t) => {
    const rows = corpus('benign-html');
    if (rows === undefined) return t.skip('corpora absent: benign-html');
    const text = (html) => {
      const { textContent } = require('domutils');
      return textContent(parseDocument(html)).replace(/\s+/g, ' ').trim();
    };
    let same = 0;
    for (const { id, input } of rows) {
      const clean = sanitize.html(input, 'rich');
      if (!/<(?:script|style|textarea|!|\?|iframe|svg|math)|&/i.test(input))
        assert.equal(text(clean), text(input), id);
      const unlinked = clean.replaceAll(' rel="noopener noreferrer"', '');
      const plain = (html) => html.replace(/ ?\/>/g, '>').replaceAll('&quot;', '"');
      if (plain(unlinked) === plain(input)) same += 1;
    }
    t.diagnostic(
      `${same} of ${rows.length} rows unchanged but for rel and the spelling of quotes and void tags`,
    );
    assert.ok(same / rows.length > 0.8, `only ${same} of ${rows.length}`);
  });
});
