'use strict';

/**
 * The view of a parsed query in which each parameter has one value.
 *
 * @param {any} parsed what the query parser made; it is not changed
 * @param {ReadonlySet<string>} arrays names whose arrays stay, as they are written: `tag`, `filter[ids]`
 * @returns {{ view: any, removed: string | undefined }} `view` is `parsed` where nothing changes;
 *   `removed` is the pointer of the first array that was taken out
 */
function single(parsed, arrays) {
  /** @type {string | undefined} */
  let removed;
  /** @type {(value: any, name: string, pointer: string) => any} */
  const visit = (value, name, pointer) => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      if (arrays.has(name)) return value;
      removed ??= pointer;
      return value.length === 0 ? undefined : visit(value[value.length - 1], name, pointer);
    }
    let view = value;
    for (const key of Object.keys(value)) {
      const inner = name === '' ? key.replace(/\[\]$/, '') : `${name}[${key}]`;
      const kept = visit(value[key], inner, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
      if (kept === value[key]) continue;
      if (view === value) view = copy(value);
      view[key] = kept;
    }
    return view;
  };
  const view = visit(parsed, '', '');
  return { view, removed: removed?.slice(0, 256) };
}

/** A shallow copy with the same prototype; the simple parser's objects have none. */
function copy(/** @type {object} */ object) {
  return Object.assign(Object.create(Object.getPrototypeOf(object)), object);
}

module.exports = { single };
