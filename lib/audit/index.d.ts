import type { HauberkError } from '../internal/error';

/**
 * Audits a project: its lockfile against advisories, a policy and the rules of a good lockfile.
 *
 * ```js
 * const report = await hauberk.audit({ db: './advisories', level: 'high' });
 * console.log(hauberk.audit.format(report));
 * process.exitCode = report.exitCode;
 * ```
 *
 * @throws (rejects) HauberkError `ERR_HAUBERK_AUDIT_FAILED` when the audit could not be done, `ERR_HAUBERK_AUDIT_POLICY`
 *   for a policy that cannot be used, `ERR_HAUBERK_OPTION_UNKNOWN`, `ERR_HAUBERK_OPTION_INVALID`
 */
declare function audit(options?: audit.AuditOptions): Promise<audit.Report>;

declare namespace audit {
  type Severity = 'info' | 'low' | 'moderate' | 'high' | 'critical';
  type Source = 'registry' | 'osv' | 'snyk';
  type Format = 'table' | 'json' | 'sarif' | 'junit';

  interface AuditOptions {
    /** The folder of package.json and the lockfile. Default: the current one. */
    cwd?: string;
    /** Which lockfile, where the folder has several. */
    lockfile?: 'npm-shrinkwrap.json' | 'package-lock.json' | 'pnpm-lock.yaml' | 'yarn.lock';
    /** The lowest severity that counts. Default: the policy's, else `low`. */
    level?: Severity;
    /** Leave out what only development needs. Default: the policy's, else false. */
    production?: boolean;
    /** A policy file, JSON or YAML. */
    policy?: string;
    /** A folder of OSV records; the registry is then not asked. */
    db?: string;
    /** A file with the output of `snyk test --json`, or `run` to run it. */
    snyk?: string;
    /** The registry to ask. Default: the one that npm is configured with. */
    registry?: string;
    /** How long the registry, npm or Snyk may take, milliseconds, 100 to 600 000. Default 30 000. */
    timeoutMs?: number;
    /** The day that exceptions are compared with. Default: today. */
    now?: Date;
  }

  interface Finding {
    kind: 'advisory' | 'lockfile' | 'policy';
    /** What to name in an exception: the id of the advisory, or `lockfile/...`. */
    rule: string;
    id: string;
    /** Other ids of the same advisory, such as its CVE. */
    aliases: string[];
    package: string;
    version: string | undefined;
    severity: string;
    title: string;
    url: string | undefined;
    /** For an advisory, the first version without it; else what to do. */
    fix: string | undefined;
    sources: (Source | 'lockfile' | 'policy')[];
    /** Only development needs the package. */
    development: boolean;
    /** Chains of names from a direct dependency to the package, the shortest first; at most 64. */
    paths: string[][];
    /** Where the entry begins in the lockfile, from 1. */
    line: number | undefined;
    /** Why it does not count. */
    exception: { reason: string; expires: string } | undefined;
    /** It makes the audit fail: at or above the level, and not excepted. */
    counts: boolean;
  }

  interface Report {
    clean: boolean;
    exitCode: 0 | 1;
    project: string;
    lockfile: string;
    manager: 'npm' | 'pnpm' | 'yarn';
    /** Entries of the lockfile. */
    packages: number;
    level: Severity;
    production: boolean;
    sources: Source[];
    /** Findings that count, by severity. */
    counts: Record<Severity, number>;
    findings: Finding[];
  }

  /**
   * A report as text. An error of `audit` is a result too: SARIF and JUnit say that the audit could not be done.
   *
   * @throws HauberkError `ERR_HAUBERK_OPTION_INVALID` for a format that is not known
   */
  function format(result: Report | HauberkError, format?: Format): string;
}

export = audit;
