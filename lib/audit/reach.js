'use strict';

/** @typedef {import('../internal/project/lockfile/graph').Graph} Graph */

const MAX_CHAINS = 64;
const MAX_STEPS = 5000;

/**
 * Which packages production reaches. A package that nothing reaches counts as production's, unless the
 * lockfile itself marks it as for development.
 *
 * @param {Graph} graph
 * @returns {(id: string) => boolean} whether a package is for development only
 */
function development(graph) {
  const direct = graph.roots.flatMap((root) => root.direct);
  const production = closure(
    graph,
    direct.filter(({ dev }) => !dev).map(({ id }) => id),
  );
  const all = closure(
    graph,
    direct.map(({ id }) => id),
  );
  return (id) => !production.has(id) && (all.has(id) || graph.packages.get(id)?.devHint === true);
}

/** @param {Graph} graph @param {string[]} from */
function closure(graph, from) {
  const seen = new Set(from);
  const waiting = [...from];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    for (const next of graph.packages.get(id)?.edges ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(next);
    }
  }
  return seen;
}

/**
 * The chains of names that lead from a direct dependency to a package.
 *
 * @param {Graph} graph
 * @returns {(ids: string[]) => { paths: string[][], complete: boolean }} not complete: there are more
 */
function chains(graph) {
  const direct = new Set(graph.roots.flatMap((root) => root.direct.map(({ id }) => id)));
  /** @type {Map<string, string[]>} */
  const parents = new Map();
  for (const [id, { edges }] of graph.packages) {
    for (const to of new Set(edges)) {
      const known = parents.get(to);
      if (known === undefined) parents.set(to, [id]);
      else known.push(id);
    }
  }
  const nameOf = (/** @type {string} */ id) => graph.packages.get(id)?.name ?? id;
  return (ids) => {
    /** @type {Map<string, string[]>} */
    const found = new Map();
    /** @type {string[][]} */
    const waiting = ids.map((id) => [id]);
    let steps = 0;
    // First in, first out: the shortest chains come first.
    for (; steps < waiting.length; steps += 1) {
      if (steps >= MAX_STEPS || found.size > MAX_CHAINS) return { paths: first(found), complete: false };
      const chain = waiting[steps];
      if (direct.has(chain[0])) {
        const names = chain.map(nameOf);
        found.set(names.join('>'), names);
      }
      if (waiting.length > MAX_STEPS) continue;
      for (const parent of parents.get(chain[0]) ?? []) {
        if (!chain.includes(parent)) waiting.push([parent, ...chain]);
      }
    }
    return { paths: first(found), complete: steps <= MAX_STEPS };
  };
}

/** @param {Map<string, string[]>} found */
const first = (found) => [...found.values()].slice(0, MAX_CHAINS);

module.exports = { development, chains };
