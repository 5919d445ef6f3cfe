'use strict';

const { exists } = require('../files');

const FILE = 'audit-policy.yaml';
const POLICY = `# Read by "npm run audit". An exception needs a reason and a day on which it ends:
#   - advisory: GHSA-1111-2222-3333
#     reason: the parser never sees input of users
#     expires: 2030-01-31
level: low
production: true
exceptions: []
`;

/**
 * @param {{ root: string }} project
 * @returns {{ changes: import('../apply').Change[], scripts: Record<string, string> }}
 */
function auditPart({ root }) {
  return {
    changes: exists(root, FILE) ? [] : [{ name: FILE, after: POLICY }],
    scripts: { audit: `hauberk audit --policy ${FILE}`, doctor: 'hauberk doctor' },
  };
}

module.exports = { auditPart };
