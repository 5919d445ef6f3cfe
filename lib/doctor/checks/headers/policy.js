'use strict';

const { at } = require('../../source/source');
const { fail, pass, skip } = require('../../verdict');

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'headers/policy',
  kind: 'static',
  weight: 2,
  why: "A Content-Security-Policy that is off, or allows 'unsafe-inline' scripts, stops no injected script.",
  fix: 'Leave contentSecurityPolicy on, and give inline scripts the nonce of res.locals.cspNonce',
  docs: 'headers.md',
  look({ project }) {
    const made = project.source.calls(
      /^(?:helmet(?:\.contentSecurityPolicy)?|hauberk(?:(?:\.|\/)headers)?)$/,
    );
    if (made.length === 0) return skip('no header set stands in the source');
    const open = made.flatMap((call) => {
      const { file, args, name } = call;
      const options = name === 'hauberk' ? file.property(args[0], 'headers') : args[0];
      const policy = name.endsWith('.contentSecurityPolicy')
        ? options
        : file.property(options, 'contentSecurityPolicy');
      if (policy === undefined) return [];
      if (file.literal(policy) === 'false') return [at(call, 'contentSecurityPolicy: false')];
      const directives = file.property(policy, 'directives');
      return ['scriptSrc', 'script-src', 'defaultSrc', 'default-src'].flatMap((directive) => {
        const value = directives && file.property(directives, directive);
        const found = value && /'unsafe-(?:inline|eval)'/.exec(file.show(file.follow(value)));
        return found ? [at(call, `${directive} allows ${found[0]}`)] : [];
      });
    });
    return open.length > 0
      ? fail('the Content-Security-Policy stops no injected script', open)
      : pass(
          'the Content-Security-Policy is on',
          made.map((one) => at(one)),
        );
  },
};
