'use strict';

/** The rules by name; each is loaded when it is first looked at, so that requiring the package costs nothing. */
const LOADERS = Object.freeze({
  'error-handler-last': () => require('./rules/error-handler-last'),
  'guard-before-routes': () => require('./rules/guard-before-routes'),
  'no-cors-reflection': () => require('./rules/no-cors-reflection'),
  'no-default-session-name': () => require('./rules/no-default-session-name'),
  'no-error-detail-in-response': () => require('./rules/no-error-detail-in-response'),
  'no-host-header-redirect': () => require('./rules/no-host-header-redirect'),
  'no-plain-password-store': () => require('./rules/no-plain-password-store'),
  'no-sync-hash-in-handler': () => require('./rules/no-sync-hash-in-handler'),
  'no-trust-proxy-true': () => require('./rules/no-trust-proxy-true'),
  'no-weak-secret': () => require('./rules/no-weak-secret'),
  'require-body-limit': () => require('./rules/require-body-limit'),
});

/** @type {Record<string, import('./index').Rule>} */
const rules = {};
for (const [name, load] of Object.entries(LOADERS)) {
  Object.defineProperty(rules, name, { enumerable: true, get: load });
}

exports.rules = Object.freeze(rules);
