'use strict';

const { contextsOf } = require('./context');
const { set } = require('./paths');

/**
 * The values that chains were about, as one object.
 *
 * @param {any} req
 * @param {{ includeOptionals?: boolean, onlyValidData?: boolean, locations?: string[] }} [options]
 * @returns {any}
 */
function matchedData(req, { includeOptionals = false, onlyValidData = true, locations = [] } = {}) {
  const data = {};
  for (const context of contextsOf(req)) {
    const failed = new Set(
      onlyValidData ? context.errors.map((error) => `${error.type}:${error.location}:${error.path}`) : [],
    );
    for (const instance of context.getData({ requiredOnly: !includeOptionals })) {
      if (failed.has(`field:${instance.location}:${instance.path}`)) continue;
      if (locations.length > 0 && !locations.includes(instance.location)) continue;
      const segments = instance.segments.length > 0 ? instance.segments : [''];
      set(data, segments, instance.value);
    }
  }
  return data;
}

module.exports = { matchedData };
