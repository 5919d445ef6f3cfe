'use strict';

const { HauberkError } = require('./fault');

/**
 * A package that the application brings (an optional peer dependency), loaded when it is first needed.
 *
 * @param {string} name of the package
 * @param {string} what needs it, as the user wrote it: `sessions()`, `mfa.passkeys()`
 * @returns {any}
 * @throws HauberkError `ERR_HAUBERK_PEER_MISSING` when it is not installed; what it throws itself passes on
 */
function peer(name, what) {
  try {
    // eslint-disable-next-line security/detect-non-literal-require -- a name from our own source
    return require(name);
  } catch (error) {
    const cause = /** @type {NodeJS.ErrnoException} */ (error);
    if (cause.code !== 'MODULE_NOT_FOUND' || !cause.message.includes(`'${name}'`)) throw error;
    throw new HauberkError(
      'ERR_HAUBERK_PEER_MISSING',
      `${what} needs the package ${name}: npm install ${name}`,
      {
        cause,
      },
    );
  }
}

module.exports = { peer };
