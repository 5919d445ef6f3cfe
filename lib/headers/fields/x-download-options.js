'use strict';

/** Internet Explorer 8: downloads are not opened in the site's context. */
module.exports = {
  option: 'xDownloadOptions',
  alias: 'ieNoOpen',
  name: 'X-Download-Options',
  standard: 'noopen',
  sets: { helmet: 'noopen', site: 'noopen' },
};
