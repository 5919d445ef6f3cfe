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

  it("takes sanitize-html's names, but not both names at once", () => {
    const policy = sanitize.policy({
      allowedTags: ['a', 'p'],
      allowedAttributes: { a: ['href'] },
      allowedSchemes: ['https'],
      allowedClasses: { p: ['x'] },
    });
    assert.equal(
      policy.html('<p class="x y"><a href="https://a.example/">a</a><a href="http://a.example/">b</a></p>'),
      '<p class="x"><a href="https://a.example/" rel="noopener noreferrer">a</a><a rel="noopener noreferrer">b</a></p>',
    );
    assert.throws(() => sanitize.policy({ allowedTags: [], tags: [] }), {
      code: 'ERR_HAUBERK_OPTION_INVALID',
    });
  });

  it('data-* and aria-* stand for every name that starts so', () => {
    const policy = sanitize.policy({ tags: ['p', 'b'], attributes: { p: ['data-*'], '*': ['aria-*'] } });
    assert.equal(
      policy.html('<p data-a="1" aria-label="x" onclick="x">a</p><b data-a="1" aria-label="y">b</b>'),
      '<p data-a="1" aria-label="x">a</p><b aria-label="y">b</b>',
    );
    for (const name of ['on-*', 'x-*', '*', 'data*']) {
      assert.throws(() => sanitize.policy({ attributes: { p: [name] } }), undefined, name);
    }
  });

  it('allowedStyles: only the properties and values that are listed', () => {
    const allowedStyles = {
      '*': { color: [/^#[0-9a-f]{3,6}$/i, /^[a-z]+$/], width: [/^\d+(?:px|%)$/] },
      p: { 'text-align': [/^(?:left|right)$/], background: [/.*/] },
    };
    const policy = sanitize.policy({ tags: ['p', 'b'], allowedStyles });
    const of = (style, tag = 'p') => policy.html(`<${tag} style="${style}">x</${tag}>`);
    assert.equal(
      of('color: #FFF; position: fixed; Text-Align:left;'),
      '<p style="color:#FFF;text-align:left">x</p>',
    );
    assert.equal(of('text-align:left', 'b'), '<b>x</b>');
    assert.equal(of('width:10px;width:calc(1px)'), '<p style="width:10px">x</p>');
    const hostile = [
      ...[
        'url(https://evil.example/)',
        'URL(//x)',
        'u\\72l(x)',
        'image-set(x)',
        '-webkit-image-set(x)',
        'expression(alert(1))',
        '/* */red',
      ],
      ...[
        'red}b{',
        '&quot;x&quot;',
        'red;@import x',
        'attr(x)',
        'var(--x)',
        'x\nurl(x)',
        'javascript:x',
        'element(#x)',
        'url (x)',
      ],
    ];
    for (const value of hostile) {
      const html = of(`background:${value}`);
      assert.doesNotMatch(html, /url\(|image|expression|import|\(|"x|\/\*|\{/i, html);
      assert.equal(policy.html(html), html);
    }
  });

  it('allowedStyles refuses patterns that cannot run in linear time, and what is no pattern', () => {
    const styles = (pattern) => () =>
      sanitize.policy({ tags: ['p'], allowedStyles: { p: { color: [pattern] } } });
    for (const pattern of [/(?=x)/, /(x)\1/, /(?<!a)b/])
      assert.throws(styles(pattern), { code: 'ERR_HAUBERK_SANITIZE_POLICY' });
    for (const pattern of ['red', 1, null, /x/m, /x/s, /x/y])
      assert.throws(styles(pattern), { code: 'ERR_HAUBERK_OPTION_INVALID' });
    for (const allowedStyles of [
      [],
      { p: [] },
      { P: {} },
      { p: { 'a b': [] } },
      { p: { color: undefined } },
    ]) {
      assert.throws(() => sanitize.policy({ allowedStyles }), { code: 'ERR_HAUBERK_OPTION_INVALID' });
    }
  });

  it('srcset: each candidate is judged by itself', () => {
    const policy = sanitize.policy({ tags: ['img'], attributes: { img: ['srcset'] }, hosts: ['a.example'] });
    const of = (srcset) => policy.html(`<img srcset="${srcset}">`);
    assert.equal(
      of('/a.png 1x,https://a.example/b.png  2x'),
      '<img srcset="/a.png 1x, https://a.example/b.png 2x">',
    );
    assert.equal(of('https://evil.example/x 1x, /b 480w, javascript:alert(1) 2x'), '<img srcset="/b 480w">');
    assert.equal(of('javascript:alert(1)'), '<img>');
    assert.equal(
      of('/a 1x onerror=1, /b (x, y) 2x, ,,/c'),
      '<img srcset="/c">'.replace('/c', of('/a 1x onerror=1, /b (x, y) 2x, ,,/c').match(/srcset="(.*)"/)[1]),
    );
    const odd = of('/a,/b ,, /c 1.5x 2y, //evil.example 1x');
    assert.equal(policy.html(odd), odd);
    assert.doesNotMatch(odd, /evil|2y/);
  });

  it('urls: schemes, hosts and relative for one element or attribute', () => {
    const policy = sanitize.policy({
      tags: ['a', 'img', 'blockquote'],
      attributes: { a: ['href'], img: ['src'], blockquote: ['cite'] },
      rel: null,
      urls: {
        'img.src': { schemes: ['https'], hosts: ['cdn.example'], relative: false },
        '*.cite': { schemes: [] },
      },
    });
    assert.equal(
      policy.html('<img src="https://cdn.example/x"><img src="https://x.example/">'),
      '<img src="https://cdn.example/x"><img>',
    );
    assert.equal(policy.html('<img src="http://cdn.example/x"><img src="/x">'), '<img><img>');
    assert.equal(
      policy.html('<a href="http://x.example/">x</a><a href="/x">y</a>'),
      '<a href="http://x.example/">x</a><a href="/x">y</a>',
    );
    assert.equal(
      policy.html('<blockquote cite="https://x.example/">q</blockquote>'),
      '<blockquote>q</blockquote>',
    );
    assert.throws(() => sanitize.policy({ urls: { 'img.src': { scheme: [] } } }), {
      code: 'ERR_HAUBERK_OPTION_UNKNOWN',
    });
    for (const urls of [
      [],
      { 'IMG.src': {} },
      { '*': {} },
      { 'img.src': null },
      { 'img.src': { schemes: 'https' } },
    ]) {
      assert.throws(
        () => sanitize.policy({ urls }),
        { code: 'ERR_HAUBERK_OPTION_INVALID' },
        JSON.stringify(urls),
      );
    }
  });

  it('allowProtocolRelative', () => {
    const policy = (allowProtocolRelative) =>
      sanitize.policy({ tags: ['img'], attributes: { img: ['src'] }, allowProtocolRelative });
    const html = '<img src="//a.example/x"><img src="/\\a.example/x"><img src="/x">';
    assert.equal(policy(true).html(html), html);
    assert.equal(policy(false).html(html), '<img><img><img src="/x">');
  });

  it('rewriteLink: its result is judged as any other URL', () => {
    const seen = [];
    const policy = sanitize.policy({
      tags: ['a', 'img', 'p'],
      attributes: { a: ['href', 'title'], img: ['src'] },
      rewriteLink(url, tag, attribute) {
        seen.push([url, tag, attribute]);
        if (url.includes('drop')) return null;
        if (url.includes('bad')) return 'javascript:alert(1)';
        if (url.includes('break')) return 'https://x.example/"><script>alert(1)</script>';
        return tag === 'a' ? `https://go.example/?to=${encodeURIComponent(url)}&x` : url;
      },
    });
    const rel = ' rel="noopener noreferrer"';
    assert.equal(
      policy.html('<a href="/x?a&amp;b" title="href=&quot;/y&quot;">x</a>'),
      `<a href="https://go.example/?to=%2Fx%3Fa%26b&amp;x" title="href=&quot;/y&quot;"${rel}>x</a>`,
    );
    assert.deepEqual(seen, [['/x?a&b', 'a', 'href']]);
    assert.equal(policy.html('<a href="/drop">x</a>'), `<a${rel}>x</a>`);
    assert.equal(policy.html('<a href="/bad">x</a>'), `<a${rel}>x</a>`);
    assert.doesNotMatch(policy.html('<img src="/break">'), /<script/);
    assert.equal(policy.html('<p>text href="/x"</p><img src="/y">'), '<p>text href="/x"</p><img src="/y">');
    const wrong = sanitize.policy({ tags: ['a'], attributes: { a: ['href'] }, rewriteLink: () => 1 });
    assert.throws(() => wrong.html('<a href="/x">x</a>'), { code: 'ERR_HAUBERK_SANITIZE_POLICY' });
    assert.throws(() => sanitize.policy({ rewriteLink: 'x' }), { code: 'ERR_HAUBERK_OPTION_INVALID' });
  });

  it('gives back the very string where nothing had to be changed', () => {
    const html = `<p>a <b>b</b> &amp; <a href="https://a.example/" rel="noopener noreferrer">c</a></p>`;
    assert.equal(sanitize.html(html), html);
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
      ...['onclick', 'onerror', 'style', 'srcdoc', 'on-*', 'ping', 'http-equiv'].map((name) => ({
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
    assert.throws(() => sanitize.policy({ ALLOWED_TAGS: [] }), {
      code: 'ERR_HAUBERK_OPTION_UNKNOWN',
      message: /did you mean tags\?/,
    });
  });
});
