/**
 * An ESLint plugin for the wiring of Express applications (flat config, ESLint 9 and 10).
 *
 * ```js
 * // eslint.config.js
 * const hauberk = require('hauberk/eslint');
 * module.exports = [...hauberk.configs.recommended];
 * ```
 */
declare namespace eslint {
  type RuleName =
    | 'error-handler-last'
    | 'guard-before-routes'
    | 'no-cors-reflection'
    | 'no-default-session-name'
    | 'no-error-detail-in-response'
    | 'no-host-header-redirect'
    | 'no-plain-password-store'
    | 'no-sync-hash-in-handler'
    | 'no-trust-proxy-true'
    | 'no-weak-secret'
    | 'require-body-limit';

  /** A rule, in the shape that ESLint takes. */
  interface Rule {
    readonly meta: {
      readonly type: 'problem' | 'suggestion' | 'layout';
      readonly docs: { readonly description: string; readonly recommended: boolean; readonly url: string };
      readonly fixable?: 'code';
      readonly schema: [];
      readonly messages: Record<string, string>;
    };
    create(context: any): Record<string, (node: any) => void>;
  }

  const meta: { readonly name: 'hauberk'; readonly version: string; readonly namespace: 'hauberk' };
  /** Every rule, by its name without the prefix `hauberk/`. */
  const rules: Readonly<Record<RuleName, Rule>>;
  const configs: {
    /**
     * ESLint's recommended rules, eslint-plugin-security's, and every rule here as an error.
     *
     * @throws HauberkError `ERR_HAUBERK_PEER_MISSING` when `@eslint/js` or `eslint-plugin-security` is not installed
     */
    readonly recommended: any[];
    /** The rules here alone; needs no other package. */
    readonly express: any[];
  };
}

export = eslint;
