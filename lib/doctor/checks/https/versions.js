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
    const open = project.source.files.flatMap((file) =>
      file.text.flatMap((text, i) => {
        const names = ['minVersion', 'secureProtocol'].includes(file.text[i - 2]) && file.is(i - 1, ':');
        return names && file.kind[i] === 'string' && OLD.test(text)
          ? [{ file: file.name, line: file.line[i], text: `${file.text[i - 2]}: ${text}` }]
          : [];
      }),
    );
    return open.length > 0
      ? fail('TLS versions that are broken are allowed', open)
      : pass('no old TLS version is allowed');
  },
};
