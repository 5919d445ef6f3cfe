/**
 * Looks at a project, and at a running server, and says which of the eleven practices hold.
 *
 * ```js
 * const report = await hauberk.doctor({ root: '.' });
 * console.log(hauberk.doctor.format(report));
 * process.exitCode = report.score < 80 ? 1 : 0;
 * ```
 *
 * Nothing of the project runs, unless `app` is given.
 *
 * @throws (rejects) HauberkError `ERR_HAUBERK_DOCTOR_FAILED` when it could not look: no readable package.json, a server
 *   that does not answer, an application that does not start; `ERR_HAUBERK_OPTION_UNKNOWN`, `ERR_HAUBERK_OPTION_INVALID`
 */
declare function doctor(options?: doctor.DoctorOptions): Promise<doctor.Report>;

declare namespace doctor {
  /** The eleven, in the order of the report. */
  type Practice =
    | 'privileges'
    | 'audit'
    | 'cookies'
    | 'headers'
    | 'ratelimit'
    | 'passwords'
    | 'errors'
    | 'monitor'
    | 'https'
    | 'body'
    | 'eslint';

  /** `skip`: could not be told from here, with the reason; it never counts as `pass`. */
  type Status = 'pass' | 'fail' | 'warn' | 'skip';
  type Format = 'text' | 'json' | 'sarif';

  interface DoctorOptions {
    /** The folder of package.json. Default: the current one. */
    root?: string;
    /** A running server to look at, with harmless requests. Redirects are not followed. */
    url?: string;
    /** A file that starts the application, or exports it; it runs in a process of its own, on a free loopback port. */
    app?: string;
    /** Further paths of the server to look at: one that redirects, one that fails, a static file. */
    paths?: readonly string[];
    /** How long one request may take, milliseconds, 100 to 60 000. Default 5000. */
    timeoutMs?: number;
    /** How long the application may take to start, milliseconds, 100 to 120 000. Default 20 000. */
    startTimeoutMs?: number;
  }

  interface Evidence {
    text: string;
    /** Relative to the root, with `/`. */
    file?: string;
    /** From 1. */
    line?: number;
  }

  interface Check {
    /** `practice/name`. */
    id: string;
    practice: Practice;
    /** What is looked at: files, or a running server. */
    kind: 'static' | 'live';
    status: Status;
    /** What was found; of a skipped check, why it was skipped. */
    what: string;
    /** Why it matters. */
    why: string;
    /** The one line that mends it. */
    fix: string;
    /** The page about it. */
    docs: string;
    /** 1 (low) to 3 (high). */
    weight: 1 | 2 | 3;
    evidence: Evidence[];
  }

  interface PracticeReport {
    practice: Practice;
    title: string;
    /** The worst of its checks; `skip` when nothing of it could be looked at. */
    status: Status;
    /** 0 to 100; undefined when nothing of it could be looked at. */
    score: number | undefined;
    pass: number;
    warn: number;
    fail: number;
    skip: number;
  }

  interface Response {
    /** How the response is called in evidence, such as `GET /`. */
    name?: string;
    /** Whether it came over HTTPS. */
    https: boolean;
    /** Field names in lower case; several fields of one name joined by `, `. */
    headers: Readonly<Record<string, string | undefined>>;
    /** Each Set-Cookie field. */
    cookies?: readonly string[];
    /** The page, where it is one. */
    body?: string;
    /** What a plain HTTP request to the same host got; undefined: unknown, and then not counted. */
    redirect?: 'https' | 'elsewhere-first' | 'http-first' | 'none';
    /** Whether a foreign Origin was reflected together with credentials. */
    corsReflected?: boolean;
    /** HSTS and redirect are not counted: the address is local, and is not served over HTTPS. */
    local?: boolean;
  }

  interface ObservatoryTest {
    test: string;
    modifier: number;
    what: string;
    /** Not part of the score, with the reason in `what`. */
    counted: boolean;
  }

  interface Observatory {
    /** 0 or more; 100 and above is A+. */
    score: number;
    grade: string;
    tests: ObservatoryTest[];
  }

  interface Report {
    /** The mean of the practices that could be looked at, 0 to 100. */
    score: number;
    /** All eleven practices were looked at, and no check failed or warned. */
    green: boolean;
    project: string;
    root: string;
    /** What was looked at. */
    looked: { files: number; url: string | undefined; app: string | undefined };
    practices: PracticeReport[];
    checks: Check[];
    /** Of the response with the lowest score. */
    observatory?: Observatory & { response: string };
    /** What could not be read, and does not stop the rest. */
    notes: string[];
  }

  /**
   * A report as text.
   *
   * @param options `color`: with ANSI colours (default false); `all`: passed and skipped checks one by one, too
   * @throws HauberkError `ERR_HAUBERK_OPTION_INVALID` for a format that is not known
   */
  function format(
    report: Report | Error,
    format?: Format,
    options?: { color?: boolean; all?: boolean },
  ): string;

  /** The score of one response by the arithmetic of Mozilla's HTTP Observatory: base 100, bonuses only from 90 up. */
  function observatory(response: Response): Observatory;
}

export = doctor;
