'use strict';

/** Off: the filter of old browsers opened holes of its own. */
module.exports = {
  option: 'xXssProtection',
  alias: 'xssFilter',
  name: 'X-XSS-Protection',
  standard: '0',
  sets: { helmet: '0', site: '0' },
};
