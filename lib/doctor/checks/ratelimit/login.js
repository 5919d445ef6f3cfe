'use strict';

const { at } = require('../../source/source');
const { fail, pass, skip } = require('../../verdict');

const LOGIN =
  /(?:^|\/)(?:login|log-in|signin|sign-in|session|sessions|authenticate|auth|token|oauth\/token|password|forgot-password|reset-password)\/?$/i;
const LIMITER = /limit|throttl|brute|guard|slow/i;

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'ratelimit/login',
  kind: 'static',
  weight: 3,
  why: 'A limit per address that is right for an API lets thousands of passwords be guessed, and none stops many addresses at one account.',
  fix: "const guard = hauberk.ratelimit.login({ account: (req) => req.body?.name }); app.post('/login', guard, login)",
  docs: 'ratelimit.md',
  look({ project }) {
    const { source } = project;
    const routes = source.routes().filter(({ method, path }) => method === 'post' && LOGIN.test(path));
    if (routes.length === 0) return skip('no login route stands in the source');
    const limited = source.calls(/(?:^|\.)ratelimit\.login$/);
    const open = routes.filter(
      ({ call: { file, args } }) => !args.slice(1, -1).some((range) => LIMITER.test(file.show(range))),
    );
    if (limited.length > 0 && open.length < routes.length)
      return pass(
        'logins are limited by account and address',
        limited.map((one) => at(one)),
      );
    if (open.length > 0)
      return fail(
        'a login has no limit of its own',
        open.map(({ call, path }) => at(call, `POST ${path}`)),
      );
    return pass(
      'logins have a limit of their own',
      routes.map(({ call, path }) => at(call, `POST ${path}`)),
    );
  },
};
