'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const parse5 = require('parse5');
const sanitizeHtml = require('sanitize-html');
const sanitize = require('../../lib/sanitize');
const native = require('../../lib/internal/native').sanitize;
const { corpus, inputBytes } = require('../helpers/corpora');

/** By another parser than the one that made the results: nothing outside the policy, wherever it is put. */

const { createElement } = parse5.defaultTreeAdapter;
const { NS } = parse5.html;
const PLACES = [
  ...['div', 'table', 'select', 'template', 'noscript'].map((name) => [name, NS.HTML]),
  ['svg', NS.SVG],
  ['math', NS.MATHML],
];

const RICH = new Set(
  (
    'a abbr b blockquote br code em i li ol p pre s strong sub sup u ul h1 h2 h3 h4 h5 h6 img figure ' +
    'figcaption details summary table caption colgroup col thead tbody tfoot tr th td'
  ).split(' '),
);
const HAZARDOUS = new Set(
  'a b p svg math mi mtext mglyph desc foreignobject textarea select option title iframe table td tr tbody form input image'.split(
    ' ',
  ),
);
const IMPLIED = ['html', 'head', 'body', 'colgroup', 'tbody', 'tr'];

const POLICIES = {
  rich: {
    policy: 'rich',
    tags: RICH,
    attributes:
      /^(?:dir|lang|title|href|hreflang|rel|cite|reversed|start|type|class|span|open|alt|height|loading|src|width|align|colspan|rowspan|abbr|scope)$/,
  },
  hazardous: {
    policy: sanitize.policy({ tags: [...HAZARDOUS], attributes: { a: ['href'], '*': ['id', 'title'] } }),
    tags: HAZARDOUS,
    attributes: /^(?:href|id|title|rel)$/,
  },
};

function assertInside(root, place, { tags, attributes }, label) {
  const visit = (node) => {
    if (node.tagName !== undefined) {
      const name = node.tagName.toLowerCase();
      const given = name === place && node.attrs.length === 0;
      const implied = IMPLIED.includes(name) && node.attrs.length === 0;
      assert.ok(tags.has(name) || given || implied, `${label()}: <${name}>`);
      for (const attribute of node.attrs) {
        assert.match(attribute.name, attributes, label());
        if (!/^(?:href|src|cite)$/.test(attribute.name)) continue;
        const protocol = URL.canParse(attribute.value, 'https://x.invalid')
          ? new URL(attribute.value, 'https://x.invalid').protocol
          : 'none';
        assert.match(protocol, /^(?:https?|mailto|tel):$/, label());
      }
    }
    assert.notEqual(node.nodeName, '#comment', label());
    for (const child of node.childNodes ?? []) visit(child);
    if (node.content !== undefined) visit(node.content);
  };
  visit(root);
}

function assertInsideEverywhere(html, what, label) {
  for (const [place, namespace] of PLACES) {
    for (const scriptingEnabled of [true, false]) {
      const where = (form) => () => `${label} in ${place} as ${form}, scripting ${scriptingEnabled}: ${html}`;
      const fragment = parse5.parseFragment(createElement(place, namespace, []), html, { scriptingEnabled });
      assertInside(fragment, undefined, what, where('fragment'));
      const page = parse5.parse(`<!doctype html><body><${place}>${html}</${place}>`, { scriptingEnabled });
      assertInside(page, place, what, where('string'));
    }
  }
}

const text = (row) => inputBytes(row.input).toString();

describe('sanitize: what is clean stays inside its policy in every place', () => {
  it('the check itself finds what escapes', () => {
    const escapes = '<p title="</noscript><img src=x onerror=alert(1)>">x</p>';
    assert.throws(() => assertInsideEverywhere(escapes, POLICIES.rich, 'control'), assert.AssertionError);
    assert.throws(
      () => assertInsideEverywhere('<svg><image></svg>', POLICIES.rich, 'control'),
      assert.AssertionError,
    );
  });

  for (const name of ['xss-fires', 'xss-structural', 'benign-html']) {
    for (const [kind, what] of Object.entries(POLICIES)) {
      it(`${name}, ${kind} policy`, (t) => {
        const rows = corpus(name);
        if (rows === undefined) return t.skip(`corpora absent: ${name}`);
        const done = new Set();
        for (const row of rows) {
          const clean = sanitize.html(text(row), what.policy);
          if (done.has(clean)) continue;
          done.add(clean);
          assert.equal(sanitize.html(clean, what.policy), clean, `${row.id}: not a fixpoint`);
          if (clean.includes('<')) assertInsideEverywhere(clean, what, row.id);
        }
      });
    }
  }

  it('only the tags that would escape are shown as text', () => {
    const policy = sanitize.policy({ tags: ['svg', 'desc', 'image', 'p', 'b'] });
    const clean = policy.html('<p>kept <b>bold</b></p><svg><desc><p>x</p></desc><image></svg>');
    assert.match(clean, /^<p>kept <b>bold<\/b><\/p>/);
    assert.equal(policy.html(clean), clean);
  });
});

describe('sanitize: the scan and the parser agree', () => {
  for (const name of ['xss-fires', 'xss-structural', 'benign-html', 'unicode-hostile', 'blns']) {
    it(`on every row of ${name}`, (t) => {
      const rows = corpus(name);
      if (rows === undefined) return t.skip(`corpora absent: ${name}`);
      const { clean, slow } = native.functions();
      const lists = {
        attributes: [
          ['*', 'title', 'class', 'id'],
          ['a', 'href'],
          ['img', 'src', 'alt'],
        ],
        schemes: ['http', 'https'],
      };
      const handle = native.compile({
        tags: [...RICH],
        ...lists,
        classes: [],
        styles: [],
        urls: [],
        relative: true,
        protocolRelative: true,
        rel: 'nofollow',
      });
      for (const row of rows) {
        const dirty = text(row);
        assert.equal(clean(handle, dirty) ?? dirty, slow(handle, dirty), row.id);
      }
    });
  }
});

describe('sanitize: benign HTML survives', () => {
  it('benign-html: not more is lost than sanitize-html loses', (t) => {
    const rows = corpus('benign-html');
    if (rows === undefined) return t.skip('corpora absent: benign-html');
    // The elements of the corpus that carry no risk, for both.
    const tags = [...RICH, 'hr', 'del', 'div', 'span'];
    const attributes = { a: ['href', 'title'], img: ['src', 'alt', 'title'], code: ['class'], ol: ['start'] };
    const ours = sanitize.policy({
      tags,
      attributes,
      schemes: ['http', 'https', 'mailto', 'ftp'],
      rel: null,
    });
    const theirs = {
      allowedTags: tags,
      allowedAttributes: attributes,
      allowedSchemes: ['http', 'https', 'mailto', 'ftp'],
    };
    const tree = (html) => parse5.serialize(parse5.parseFragment(html));
    const kept = { ours: 0, theirs: 0 };
    for (const row of rows) {
      const expected = tree(text(row));
      if (tree(ours.html(text(row))) === expected) kept.ours += 1;
      if (tree(sanitizeHtml(text(row), theirs)) === expected) kept.theirs += 1;
    }
    t.diagnostic(`same tree: hauberk ${kept.ours}, sanitize-html ${kept.theirs} of ${rows.length}`);
    assert.ok(kept.ours >= kept.theirs, `${kept.ours} against ${kept.theirs}`);
    assert.ok(kept.ours / rows.length > 0.9, `${kept.ours} of ${rows.length}`);
  });
});
