'use strict';

const { fail, pass } = require('../../verdict');

const OLD =
  /^(?:SSLv[23]_method|SSLv23_(?:server_)?method|TLSv1_(?:server_)?method|TLSv1_1_(?:server_)?method|TLSv1|TLSv1\.1)$/;

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'https/versions',
  kind: 'static',
  weight: 2,
  why: 'TLS 1.0 and 1.1 are broken and forbidden (RFC 8996).',
  fix: 'Leave minVersion at its default, TLSv1.2',
  docs: 'https.md',
  look({ project }) {
    const open = project.source.where(['minVersion', 'secureProtocol']).flatMap(({ file, at }) => {
      const value = file.text[at + 2];
      const old = file.is(at + 1, ':') && file.kind[at + 2] === 'string' && OLD.test(value);
      return old ? [{ file: file.name, line: file.line[at], text: `${file.text[at]}: ${value}` }] : [];
    });
    return open.length > 0
      ? fail('TLS versions that are broken are allowed', open)
      : pass('no old TLS version is allowed');
  },
};
