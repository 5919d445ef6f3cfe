'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const sanitize = require('../../lib/sanitize');

describe('sanitize.policy', () => {
  it('keeps what it lists', () => {
    const policy = sanitize.policy({
      tags: ['a', 'code', 'p', 'img'],
      attributes: { a: ['href'], img: ['src', 'alt'], '*': ['id'] },
      classes: { code: ['language-*'], '*': ['note'] },
      schemes: ['https'],
      hosts: ['example.com', '*.example.org'],
      target: '_blank',
    });
    assert.equal(
      policy.html('<a href="https://example.com/" id="x" class="note bad">a</a>'),
      '<a href="https://example.com/" id="x" class="note" target="_blank" rel="noopener noreferrer">a</a>',
    );
    assert.equal(policy.html('<img src="http://example.com/" alt="a">'), '<img alt="a">');
    assert.equal(policy.html('<img src="//evil.example/" alt="a">'), '<img alt="a">');
    assert.equal(
      policy.html('<img src="https://cdn.example.org/i" alt="a">'),
      '<img src="https://cdn.example.org/i" alt="a">',
    );
    assert.equal(policy.html('<code class="language-js x">c</code>'), '<code class="language-js">c</code>');
  });

  it('is a handle that can be used by name of a policy, is frozen and cleans again and again', () => {
    const policy = sanitize.policy({ tags: ['b'] });
    assert.ok(Object.isFrozen(policy));
    for (let i = 0; i < 3; i += 1) assert.equal(sanitize.html('<b>x</b><i>y</i>', policy), '<b>x</b>y');
  });

  it('rel and target: set, replaced, or left to the text', () => {
    const link = '<a href="/x" rel="opener" target="_top">x</a>';
    const of = (options) => sanitize.policy({ tags: ['a'], ...options }).html(link);
    assert.equal(of({}), '<a rel="noopener noreferrer">x</a>');
    assert.equal(of({ rel: 'nofollow ugc' }), '<a rel="nofollow ugc">x</a>');
    assert.equal(of({ rel: null }), '<a>x</a>');
    assert.equal(
      of({ rel: null, attributes: { a: ['rel', 'target'] } }),
      '<a rel="opener" target="_top">x</a>',
    );
    assert.throws(() => of({ attributes: { a: ['rel'] } }), { code: 'ERR_HAUBERK_SANITIZE_POLICY' });
    assert.throws(() => of({ target: '_self', attributes: { '*': ['target'] } }), {
      code: 'ERR_HAUBERK_SANITIZE_POLICY',
    });
  });

  it('relative URLs can be refused', () => {
    const policy = sanitize.policy({ tags: ['img'], attributes: { img: ['src'] }, relative: false });
    assert.equal(
      policy.html('<img src="/x"><img src="https://a.example/">'),
      '<img><img src="https://a.example/">',
    );
  });

  it('with elements that parse differently elsewhere, what would escape is shown as text', () => {
    const policy = sanitize.policy({ tags: ['svg', 'textarea', 'p'], attributes: { '*': ['title'] } });
    const dirty = '<svg><textarea><p title="</textarea><img src=x onerror=alert(1)>">';
    const clean = policy.html(dirty);
    assert.doesNotMatch(clean, /<img/);
    assert.equal(policy.html(clean), clean);
  });

  it('refuses what cannot be allowed safely', () => {
    const unsafe = [
      ...[
        'script',
        'style',
        'noscript',
        'template',
        'object',
        'embed',
        'base',
        'meta',
        'link',
        'xmp',
        'plaintext',
      ].map((tag) => ({ tags: [tag] })),
      ...['onclick', 'onerror', 'style', 'srcdoc', 'srcset', 'ping', 'http-equiv'].map((name) => ({
        attributes: { '*': [name] },
      })),
      ...['javascript', 'data', 'vbscript', 'blob'].map((scheme) => ({ schemes: [scheme] })),
    ];
    for (const options of unsafe) {
      assert.throws(
        () => sanitize.policy(options),
        { code: 'ERR_HAUBERK_SANITIZE_POLICY' },
        JSON.stringify(options),
      );
    }
  });

  it('refuses invalid options', () => {
    const invalid = [
      ...[
        null,
        [],
        'basic',
        1,
        { tags: 'b' },
        { tags: ['B'] },
        { tags: [1] },
        { tags: ['<b>'] },
        { tags: [''] },
        { tags: [undefined] },
      ],
      ...[
        { attributes: [] },
        { attributes: { A: [] } },
        { attributes: { a: 'href' } },
        { attributes: { a: ['HREF'] } },
      ],
      ...[
        { attributes: { a: undefined } },
        { attributes: { a: ['a b'] } },
        { classes: { p: ['a b'] } },
        { classes: { p: ['*'] } },
      ],
      ...[
        { schemes: ['https:'] },
        { schemes: 'https' },
        { hosts: ['https://x'] },
        { hosts: ['X.example'] },
        { hosts: ['*'] },
      ],
      ...[
        { rel: '' },
        { rel: 1 },
        { rel: 'a"b' },
        { target: 'x' },
        { relative: 1 },
        { maxLength: 0 },
        { maxLength: NaN },
      ],
      ...[{ maxLength: '1mb' }, { maxLength: Infinity }, { maxLength: 1.5 }, { maxLength: -1 }],
    ];
    for (const options of invalid) {
      assert.throws(
        () => sanitize.policy(options),
        { code: 'ERR_HAUBERK_OPTION_INVALID' },
        JSON.stringify(options),
      );
    }
  });

  it('names the right option for a misspelt or foreign one', () => {
    assert.throws(() => sanitize.policy({ tag: [] }), {
      code: 'ERR_HAUBERK_OPTION_UNKNOWN',
      message: /did you mean tags\?/,
    });
    assert.throws(() => sanitize.policy({ allowedTags: [] }), {
      code: 'ERR_HAUBERK_OPTION_UNKNOWN',
      message: /did you mean tags\?/,
    });
  });
});
