'use strict';

/** Asks for a process of its own per origin (HTML, 7.1.2). */
module.exports = {
  option: 'originAgentCluster',
  name: 'Origin-Agent-Cluster',
  standard: '?1',
  sets: { helmet: '?1', site: '?1' },
};
