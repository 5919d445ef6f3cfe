'use strict';

const fs = require('node:fs');
const path = require('node:path');

/**
 * Calls back some time after files may have changed, and every now and then in any case: `fs.watch` sees nothing
 * on network file systems, and the folder may be replaced as a whole (Kubernetes swaps a symbolic link). The
 * folders are watched, not the files: a file that is renamed into place is another file.
 *
 * @param {readonly string[]} files
 * @param {{ pollMs: number, debounceMs: number }} times
 * @param {() => void} callback
 * @returns {() => void} ends it
 */
function watch(files, { pollMs, debounceMs }, callback) {
  /** @type {NodeJS.Timeout | undefined} */
  let soon;
  const changed = () => {
    clearTimeout(soon);
    soon = setTimeout(callback, debounceMs).unref();
  };
  const folders = new Set(files.map((file) => path.dirname(path.resolve(file))));
  const watchers = [...folders].flatMap((folder) => {
    try {
      // eslint-disable-next-line security/detect-non-literal-fs-filename -- the operator's own option
      const watcher = fs.watch(folder, { persistent: false }, changed);
      // The folder went away: the poll goes on.
      watcher.on('error', () => watcher.close());
      return [watcher];
    } catch {
      return [];
    }
  });
  const poll = setInterval(callback, pollMs).unref();
  return () => {
    clearTimeout(soon);
    clearInterval(poll);
    for (const watcher of watchers) watcher.close();
  };
}

module.exports = { watch };
