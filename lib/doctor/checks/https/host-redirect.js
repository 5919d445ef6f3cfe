'use strict';

/* eslint-disable security/detect-unsafe-regex -- each repetition is bounded, or begins where no other part fits */

const { at } = require('../../source/source');
const { fail, pass } = require('../../verdict');

const HOST =
  /\breq(?:uest)? \. (?:hostname|host)\b|\bheaders \. host\b|\bheaders \[ host \]|\. (?:get|header) \( [hH]ost \)|\$\{\s*req(?:uest)?\.(?:headers\.host|hostname|host|get\(['"]host['"]\))/;

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'https/host-redirect',
  kind: 'static',
  weight: 3,
  why: 'The client chooses the Host header: a cache keeps the redirect to an attacker for everybody.',
  fix: "Redirect to hosts of a list: hauberk({ https: { hosts: ['api.example.com'] } })",
  docs: 'eslint.md#no-host-header-redirect',
  look({ project }) {
    const open = project.source
      .calls(/(?:^|\.)(?:res|response)(?:\.\w+\(\))*\.(?:redirect|location|writeHead)$/)
      .filter(({ file, args }) => args.some((range) => HOST.test(file.show(range))));
    return open.length > 0
      ? fail(
          'a redirect goes where the Host header says',
          open.map((one) => at(one)),
        )
      : pass('no redirect was found that follows the Host header');
  },
};
