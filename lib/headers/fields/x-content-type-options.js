'use strict';

/** The declared type counts, not a guess from the body (Fetch, 3.6). */
module.exports = {
  option: 'xContentTypeOptions',
  alias: 'noSniff',
  name: 'X-Content-Type-Options',
  standard: 'nosniff',
  sets: { helmet: 'nosniff', site: 'nosniff', api: 'nosniff' },
};
