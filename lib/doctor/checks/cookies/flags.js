'use strict';

const { TELLTALE } = require('../../../internal/cookie-names');
const { parse } = require('../../live/cookies');
const { fail, pass, skip, warn } = require('../../verdict');

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'cookies/flags',
  kind: 'live',
  weight: 3,
  why: 'What the browser gets is what counts: a proxy or a package may set a cookie that the code does not show.',
  fix: 'app.use(hauberk()) before whatever sets cookies: it completes every Set-Cookie that leaves',
  docs: 'cookies.md',
  look({ live }) {
    const { ordinary = [], url } = live ?? {};
    const seen = ordinary.flatMap(({ name, cookies }) =>
      cookies.map((field) => ({ name, cookie: parse(field) })),
    );
    if (seen.length === 0) return skip('no answer set a cookie');
    const secure = url?.protocol === 'https:';
    const holes = seen.flatMap(({ name, cookie }) => {
      const missing = [
        ...(secure && !cookie.secure ? ['Secure'] : []),
        ...(cookie.session && !cookie.httpOnly ? ['HttpOnly'] : []),
        ...(cookie.sameSite === undefined ? ['SameSite'] : []),
      ];
      return missing.length > 0 ? [`${name}: ${cookie.name} without ${missing.join(', ')}`] : [];
    });
    if (holes.length > 0) return fail('cookies leave without their flags', [...new Set(holes)]);
    const telltale = seen.filter(({ cookie }) => TELLTALE.includes(cookie.name));
    if (telltale.length > 0)
      return warn(
        'a cookie tells what runs here by its name',
        telltale.map(({ name, cookie }) => `${name}: ${cookie.name}`),
      );
    return pass(
      'every cookie has its flags',
      seen.map(({ name, cookie }) => `${name}: ${cookie.name}`),
    );
  },
};
