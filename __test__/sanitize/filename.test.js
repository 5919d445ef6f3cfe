'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const { describe, it } = require('node:test');
const fc = require('fast-check');
const { filename } = require('../../lib/sanitize');
const { corpus, inputBytes } = require('../helpers/corpora');

/** What holds for every result. */
function assertSafe(name, label) {
  assert.notEqual(name, '', label);
  assert.equal(path.posix.basename(name), name, label);
  assert.equal(path.win32.basename(name), name, label);
  for (const place of [path.posix, path.win32]) {
    const root = place === path.posix ? '/srv/files' : 'C:\\files';
    assert.equal(place.dirname(place.join(root, name)), root, label);
  }
  assert.doesNotMatch(name, /^[.\s~-]|[.\s]$|[<>:"|?*\\/]|[\p{Cc}\p{Cf}]|\.\./u, label);
  assert.doesNotMatch(name, /%[0-9a-f]{2}/i, label);
  assert.doesNotMatch(name, /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i, label);
  assert.ok(Buffer.byteLength(name) <= 255, label);
  assert.ok(name.isWellFormed(), label);
  assert.equal(filename(name), name, `${label}: not a fixpoint`);
}

describe('sanitize.filename', () => {
  it('leaves ordinary names alone', () => {
    for (const name of [
      'report.pdf',
      'R\u00e9sum\u00e9 (final).docx',
      '\u65e5\u672c\u8a9e.txt',
      "Bob's photo.jpeg",
      'a.tar.gz',
      'x',
      '100%.txt',
      '\u{1f600}.png',
      'con_fig.txt',
      'console.log',
    ]) {
      assert.equal(filename(name), name);
    }
  });

  it('accepts only strings, and throws for bad options', () => {
    for (const value of [undefined, null, 1, {}, [], ['a']]) {
      assert.throws(() => filename(value), { code: 'ERR_HAUBERK_SANITIZE_INPUT' });
    }
    for (const options of [
      { maxBytes: 15 },
      { maxBytes: 256 },
      { maxBytes: '9' },
      { fallback: '' },
      { fallback: '../x' },
      { fallback: 1 },
    ]) {
      assert.throws(
        () => filename('x', options),
        { code: 'ERR_HAUBERK_OPTION_INVALID' },
        JSON.stringify(options),
      );
    }
    assert.throws(() => filename('x', { max: 1 }), { code: 'ERR_HAUBERK_OPTION_UNKNOWN' });
  });

  it('is never empty', () => {
    for (const name of [
      '',
      '.',
      '..',
      '...',
      '/',
      '\\',
      'a/',
      ' ',
      '. .',
      '\0',
      '\u202e',
      '-',
      '~',
      '\u200b',
      '../',
      '..\\',
    ]) {
      assert.equal(filename(name), 'file', JSON.stringify(name));
      assert.equal(filename(name, { fallback: 'upload' }), 'upload');
    }
  });

  it('path traversal, also encoded and with look-alikes', () => {
    assert.equal(filename('../../etc/passwd'), 'passwd');
    assert.equal(filename('..\\..\\windows\\win.ini'), 'win.ini');
    assert.equal(filename('C:\\x\\y.txt'), 'y.txt');
    assert.equal(filename('/etc/passwd\0.png'), 'passwd.png');
    assert.equal(filename('..%2f..%2fetc%2fpasswd'), '_2f.__2fetc_2fpasswd'.replace('.__2f', '._2f'));
    for (const name of [
      '\uff0e\uff0e\uff0fetc',
      'a\u2215b',
      'a\u2044b',
      'x%c0%afy',
      '%252e%252e%252f',
      '%u2215x',
      'x.txt:stream',
      'C:x',
    ]) {
      assertSafe(filename(name), name);
    }
  });

  it('reserved names of Windows', () => {
    for (const name of [
      'con',
      'CON',
      'nul.txt',
      'COM1',
      'lpt9.log',
      'aux.',
      'prn .txt',
      'COM\u00b9',
      'CONIN$',
      'con.tar.gz',
      ' con',
    ]) {
      assert.match(filename(name), /^_|^prn \./, name);
    }
  });

  it('controls, bidirectional controls and invisible characters', () => {
    assert.equal(filename('photo\u202egpj.exe'), 'photogpj.exe');
    assert.equal(filename('a\r\nb\tc.txt'), 'abc.txt');
    assert.equal(filename('a\u200b\u2066b\ufeff\u00ad.txt'), 'ab.txt');
    assert.equal(filename('a\u2028b\ud800.txt'), 'ab.txt');
  });

  it('counts bytes, keeps the extension and cuts no character', () => {
    assert.equal(Buffer.byteLength(filename(`${'x'.repeat(300)}.pdf`)), 254);
    assert.ok(filename(`${'x'.repeat(300)}.pdf`).endsWith('x.pdf'));
    const long = filename(`${'\u{1f600}'.repeat(100)}.jpeg`, { maxBytes: 40 });
    assert.ok(Buffer.byteLength(long) <= 40 && long.endsWith('.jpeg') && long.isWellFormed(), long);
    assert.ok(Buffer.byteLength(filename(`x.${'y'.repeat(300)}`)) <= 255);
    assertSafe(filename('a'.repeat(1_000_000)), 'a million');
    assertSafe(filename(`${'/'.repeat(100_000)}${'.'.repeat(100_000)}`), 'separators and dots');
  });

  it('path-traversal: every row ends in the folder it was put into', (t) => {
    const rows = corpus('path-traversal');
    if (rows === undefined) return t.skip('corpora absent: path-traversal');
    for (const { id, input } of rows) assertSafe(filename(inputBytes(input).toString()), id);
  });

  it('any text gives a safe name, and the same again', () => {
    const parts = fc.constantFrom(
      ...'./\\ :-~%2f\0\u202e\u0301e'.split(''),
      'con',
      'nul',
      '..',
      '%2e',
      '\ud800',
      '\uff0f',
      '\u{1f600}',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 20 }), (list) =>
        assertSafe(filename(list.join('')), list.join('')),
      ),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => assertSafe(filename(text), text)),
    );
  });
});
