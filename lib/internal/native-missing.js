'use strict';

const { HauberkError } = require('./fault');

const AGAIN = 'delete node_modules and install again';

/** Why a file that is there does not load, by what the operating system says. @type {readonly [RegExp, string][]} */
const REASONS = Object.freeze([
  [
    /ERR_DLOPEN_DISABLED|--allow-addons/,
    'Node.js runs with --permission and without --allow-addons; start it with both',
  ],
  [
    /GLIBC_(?:ABI_)?[\d.]+' not found|GLIBC_\d/,
    'the C library of this system is older than the one it needs (glibc 2.17); take a newer system',
  ],
  [
    /wrong ELF class|invalid ELF header|file too short|not a valid Win32|not a mach-o|slice is not valid|file truncated|cannot read file data|ELF file|segment/i,
    `it is damaged or of another platform; ${AGAIN}`,
  ],
  [/permission denied|EACCES|EPERM/i, 'this user may not read it; give read permission to node_modules'],
]);

/**
 * @param {string | undefined} usual the target of this platform, where it is one of the usual ones
 * @param {(target: string) => string} placeOf what to require for a target
 * @param {unknown} cause of the generated loader
 * @returns {HauberkError} what is wrong, and the way out
 */
function explain(usual, placeOf, cause) {
  const { platform, arch, version } = process;
  const where = `${platform}-${arch} (Node.js ${version})`;
  const other = process.env.NAPI_RS_NATIVE_LIBRARY_PATH;
  if (other) {
    const what =
      'hauberk has no binary: NAPI_RS_NATIVE_LIBRARY_PATH is set, and what it names does not load. Unset it.';
    return missing(what, cause);
  }
  for (const target of candidates(usual)) {
    const place = placeOf(target);
    const found = resolved(place);
    if (found === undefined) continue;
    const said = failureOf(place);
    if (said === undefined) continue;
    const why = REASONS.find(([pattern]) => pattern.test(said))?.[1] ?? `${oneLine(said)}; ${AGAIN}`;
    return missing(`hauberk has a binary for ${where}, ${target}, but it does not load: ${why}.`, cause);
  }
  if (candidates(usual).length === 0) {
    return missing(
      `hauberk has no binary for ${where}. There is one for ${ALL.join(', ')}: run it on one of these, or build it ` +
        'from a checkout with a Rust toolchain (npm run compile).',
      cause,
    );
  }
  const names = candidates(usual)
    .map((target) => `@hauberk/${target}`)
    .join(' or ');
  return missing(
    `hauberk has no binary for ${where}: the package ${names} is not installed. Reinstall without --omit=optional and ` +
      '--no-optional; where the lockfile was made on another platform, delete it and node_modules and install again; ' +
      'in a checkout run "npm run compile".',
    cause,
  );
}

/** @param {string} target @returns {HauberkError} */
function cutOff(target) {
  const what = `the binary of hauberk for ${target} is shorter than it should be: it is damaged. `;
  return missing(`${what}To mend it ${AGAIN}.`, undefined);
}

/** As in npm/. */
const ALL = Object.freeze([
  ...['darwin-arm64', 'darwin-x64', 'linux-arm-gnueabihf', 'linux-arm64-gnu', 'linux-arm64-musl'],
  ...['linux-x64-gnu', 'linux-x64-musl', 'win32-x64-msvc'],
]);

/** @param {string | undefined} usual @returns {readonly string[]} the targets that this process could load */
function candidates(usual) {
  if (usual !== undefined) return [usual];
  return ALL.filter((target) => `${target}-`.startsWith(`${process.platform}-${process.arch}-`));
}

/** @param {string} place */
function resolved(place) {
  try {
    return require.resolve(place);
  } catch {
    return undefined;
  }
}

/** @param {string} place @returns {string | undefined} what loading it says */
function failureOf(place) {
  try {
    require(place);
    return undefined;
  } catch (error) {
    const { code = '', message = '' } = /** @type {NodeJS.ErrnoException} */ (error);
    return `${code} ${message}`;
  }
}

/** @param {string} text */
function oneLine(text) {
  return text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 300);
}

/** @param {string} message @param {unknown} cause */
function missing(message, cause) {
  return new HauberkError('ERR_HAUBERK_NATIVE_MISSING', message, { cause });
}

module.exports = { explain, cutOff, ALL };
