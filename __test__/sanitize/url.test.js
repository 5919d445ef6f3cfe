'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const sanitize = require('../../lib/sanitize');
const { corpus } = require('../helpers/corpora');

const { url } = sanitize;

describe('sanitize.url', () => {
  it('gives the URL as the WHATWG parser writes it', () => {
    assert.equal(url('https://Example.COM'), 'https://example.com/');
    assert.equal(url('  http://example.com/a b?c=d#e '), 'http://example.com/a%20b?c=d#e');
    assert.equal(url('https://b\u00fccher.example/'), 'https://xn--bcher-kva.example/');
    assert.equal(url('https://example.com:8443/'), 'https://example.com:8443/');
  });

  it('accepts only strings, and refuses what is empty or too long', () => {
    for (const value of [
      undefined,
      null,
      1,
      {},
      [],
      ['https://example.com'],
      new URL('https://example.com'),
    ]) {
      assert.throws(() => url(value), { code: 'ERR_HAUBERK_SANITIZE_INPUT' });
    }
    for (const value of [
      '',
      ' ',
      'example.com',
      '/x',
      'https://',
      'https://[',
      '\ud800',
      `https://example.com/${'x'.repeat(2048)}`,
    ]) {
      assert.equal(url(value), null, value);
    }
  });

  it('throws for unknown and invalid options', () => {
    assert.throws(() => url('x', { scheme: [] }), {
      code: 'ERR_HAUBERK_OPTION_UNKNOWN',
      message: /schemes\?/,
    });
    for (const options of [
      { schemes: ['https:'] },
      { hosts: 'x' },
      { relative: 'yes' },
      { local: 1 },
      { maxLength: 0 },
      null,
      'x',
    ]) {
      assert.throws(() => url('x', options), { code: 'ERR_HAUBERK_OPTION_INVALID' }, JSON.stringify(options));
    }
    for (const scheme of ['javascript', 'data', 'vbscript', 'blob', 'filesystem']) {
      assert.throws(() => url('x', { schemes: [scheme] }), { code: 'ERR_HAUBERK_SANITIZE_POLICY' });
    }
    assert.equal(url('https://example.com', { schemes: [] }), null, 'an empty list allows nothing');
    assert.equal(url('https://example.com', { hosts: [] }), null, 'an empty list allows nothing');
  });

  it('options that change are looked at again; frozen ones once', () => {
    const options = { hosts: ['example.com'] };
    assert.equal(url('https://example.org/', options), null);
    options.hosts.push('example.org');
    assert.equal(url('https://example.org/', options), 'https://example.org/');
    const frozen = Object.freeze({ hosts: ['example.com'] });
    for (let i = 0; i < 3; i += 1) assert.equal(url('https://example.com/', frozen), 'https://example.com/');
  });
});

describe('sanitize.url: attack classes', () => {
  const hosts = ['example.com', '*.example.com'];

  it('http://example.com\\@evil.example', () => {
    assert.equal(url('http://example.com\\@evil.example'), 'http://example.com/@evil.example');
    assert.equal(url('http://evil.example\\@example.com', { hosts }), null);
  });

  it('https://example.com:80@evil.example, and other names and passwords', () => {
    for (const text of [
      'https://example.com:80@evil.example',
      'https://example.com@evil.example/',
      'https://:x@example.com/',
    ]) {
      assert.equal(url(text), null, text);
      assert.equal(
        url(text, { credentials: true, hosts }) ?? 'https://:x@example.com/',
        'https://:x@example.com/',
      );
    }
  });

  it('hosts that only look like an allowed one', () => {
    for (const host of [
      'example.com.evil.example',
      'evilexample.com',
      'example.com%2eevil.example',
      'example.comm',
    ]) {
      assert.equal(url(`https://${host}/`, { hosts }), null, host);
    }
    assert.equal(url('https://a.example.com/', { hosts }), 'https://a.example.com/');
    assert.equal(
      url('https://example\u3002com/', { hosts }),
      'https://example.com/',
      'the ideographic full stop is a dot',
    );
    assert.equal(url('https://evil\u3002example/', { hosts }), null);
  });

  it('//evil, /\\evil and their kin are no relative URLs', () => {
    const foreign = [
      ...[
        '//evil.example',
        '/\\evil.example',
        '\\\\evil.example',
        '\\/evil.example',
        '///evil.example',
        '/%5cevil.example',
      ],
      ...[
        '/%2fevil.example',
        '/%09/evil.example',
        '/.//evil.example',
        '/x/..//evil.example',
        './/evil.example',
        '//',
      ],
      ...[
        '/\t/evil.example',
        '/\n/evil.example',
        ' //evil.example',
        'https:evil.example',
        'https:/evil.example',
      ],
    ];
    for (const text of foreign) {
      const given = url(text, { relative: 'only' });
      assert.ok(given === null || /^\/(?![/\\])/.test(given), `${text} -> ${given}`);
      if (given !== null) assert.equal(new URL(given, 'https://app.example').host, 'app.example');
    }
    for (const text of foreign.slice(0, 8)) assert.equal(url(text, { relative: true }), null, text);
    assert.equal(url('/a/../b?c=d#e', { relative: 'only' }), '/b?c=d#e');
    assert.equal(url('#top', { relative: 'only' }), '#top');
    assert.equal(url('?page=2', { relative: true }), '?page=2');
    assert.equal(url('https://example.com/', { relative: 'only' }), null);
  });

  it('CRLF and other control characters', () => {
    for (const code of [0, 9, 10, 13, 27, 31, 127, 0x85, 0x2028]) {
      const character = String.fromCharCode(code);
      for (const text of [
        `https://example.com/${character}Set-Cookie:x`,
        `java${character}script:1`,
        `/${character}/x`,
      ]) {
        assert.equal(url(text, { relative: true }), null, JSON.stringify(text));
      }
    }
  });

  it('schemes that run code', () => {
    for (const text of [
      'javascript:alert(1)',
      'JaVaScRiPt:1',
      'javascript://example.com/%0aalert(1)',
      'data:text/html,x',
      'vbscript:x',
      'file:///etc/passwd',
      'blob:https://example.com/x',
    ]) {
      assert.equal(url(text), null, text);
      assert.equal(url(text, { relative: true }), null, text);
    }
  });

  it('127.1, 0x7f000001 and other spellings of this machine and its network', () => {
    const local = [
      ...[
        '127.0.0.1',
        '127.1',
        '0x7f000001',
        '2130706433',
        '0177.0.0.1',
        '0',
        '0.0.0.0',
        '[::1]',
        '[::]',
        '[::ffff:127.0.0.1]',
      ],
      ...[
        'localhost',
        'LOCALHOST',
        'localhost.',
        'a.localhost',
        '10.1.2.3',
        '172.31.0.1',
        '192.168.1.1',
        '169.254.169.254',
      ],
      ...[
        '[fe80::1]',
        '[fd00::1]',
        '[64:ff9b::7f00:1]',
        '[::127.0.0.1]',
        '100.64.0.1',
        'metadata.google.internal',
        'intranet',
        '224.0.0.1',
      ],
      ...['127\u30020\u30020\u30021', '\uff11\uff12\uff17.0.0.1', '[2002:7f00:1::]'],
    ];
    for (const host of local) assert.equal(url(`http://${host}/`), null, host);
    for (const host of ['93.184.215.14', '[2606:2800:21f::1]', 'example.com', '172.32.0.1', '11.0.0.1']) {
      assert.equal(url(`http://${host}/`), `http://${host}/`, host);
    }
    assert.equal(url('http://127.1/', { local: true }), 'http://127.0.0.1/');
    assert.equal(url('http://127.1/', { hosts: ['127.0.0.1'] }), 'http://127.0.0.1/');
  });
});

describe('sanitize.url: corpora', () => {
  it('open-redirect: no relative URL leaves its host, as it is or decoded', (t) => {
    const rows = corpus('open-redirect');
    if (rows === undefined) return t.skip('corpora absent: open-redirect');
    let refused = 0;
    for (const { id, input } of rows) {
      const given = url(input, { relative: 'only' });
      if (given === null) {
        refused += 1;
        continue;
      }
      for (const form of [given, decodeURIComponentOr(given)]) {
        const host = URL.canParse(form, 'https://app.example')
          ? new URL(form, 'https://app.example').host
          : 'app.example';
        assert.equal(host, 'app.example', `${id}: ${input} -> ${given}`);
      }
    }
    assert.ok(refused > rows.length / 2);
  });

  it('open-redirect: no absolute URL names another host than an allowed one', (t) => {
    const rows = corpus('open-redirect');
    if (rows === undefined) return t.skip('corpora absent: open-redirect');
    for (const { id, input } of rows) {
      const given = url(input, { hosts: ['app.example.com', 'www.whitelisteddomain.tld'], relative: true });
      if (given === null) continue;
      const { host } = new URL(given, 'https://app.example.com');
      assert.ok(['app.example.com', 'www.whitelisteddomain.tld'].includes(host), `${id}: ${given}`);
    }
  });

  it('ssrf-localhost: every spelling of a loopback address is refused', (t) => {
    const rows = corpus('ssrf-localhost');
    if (rows === undefined) return t.skip('corpora absent: ssrf-localhost');
    for (const { id, input } of rows) {
      // Public names that lead here are for whoever connects to check.
      if (/localtest\.me|rebind\.network/.test(input)) continue;
      for (const text of [`http://${input}/`, `http://[${input}]/`])
        assert.equal(url(text), null, `${id}: ${text}`);
    }
  });

  it('url-whatwg: what is allowed is exactly what the parser writes', (t) => {
    const rows = corpus('url-whatwg');
    if (rows === undefined) return t.skip('corpora absent: url-whatwg');
    let kept = 0;
    for (const { id, input, expect } of rows) {
      if (typeof input.url !== 'string' || input.base) continue;
      const given = url(input.url, { local: true, credentials: true });
      if (given === null) continue;
      kept += 1;
      assert.equal(given, new URL(input.url).href, id);
      assert.equal(url(given, { local: true, credentials: true }), given, id);
      if (expect.href !== undefined) assert.match(expect.protocol, /^https?:$/, id);
    }
    assert.ok(kept > 20, `only ${kept} kept`);
  });
});

function decodeURIComponentOr(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
