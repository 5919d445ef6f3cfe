/**
 * Is this a password to accept? `policy.check(password)` has the defaults of NIST SP 800-63B-4; `policy(options)`
 * makes a policy of your own.
 *
 * @throws `ERR_HAUBERK_OPTION_UNKNOWN`, `ERR_HAUBERK_OPTION_INVALID`
 */
declare function policy(options?: policy.PolicyOptions): policy.Policy;

declare namespace policy {
  interface PolicyOptions {
    /** Code points of a password that is the only factor, 8 to 64. Default 15 (NIST SP 800-63B-4, 3.1.1.2). */
    minLength?: number;
    /** Code points where a second factor is asked for as well (`mfa: true`), 8 to 64. Default 8 (the same). */
    minLengthWithMfa?: number;
    /** The most code points, 64 to 4096. Default 4096; there are never more than 4096 bytes of UTF-8. */
    maxLength?: number;
    /** `NFKC` counts the code points of that form. Give it if you hash that form. Default false. */
    normalize?: 'NFKC' | false;
    /** The least number of characters of each class. Default none: NIST advises against such rules. */
    composition?: { lower?: number; upper?: number; digit?: number; symbol?: number };
    /** The least score of zxcvbn, 0 to 4. Default 3: more than 10^8 guesses. 0 switches the rule off. */
    minScore?: number;
    /**
     * The same where a second factor is asked for as well. Default 2: zxcvbn takes eight random characters for
     * exactly 10^8 guesses, so a higher score would ask for nine.
     */
    minScoreWithMfa?: number;
    /** Refuses the common passwords that are shipped. Default true. */
    common?: boolean;
    /** Words that are no secret here, such as the name of the service. */
    context?: readonly string[];
    /**
     * `share` (default): refused where such words are a third of the password or more, or leave fewer than 8
     * characters. `contains`: refused wherever there is one. `false`: they only count for the strength.
     */
    contextRule?: 'share' | 'contains' | false;
    /** Asks a range service. Default false: no network. `true` is Have I Been Pwned with the defaults below. */
    breached?: boolean | BreachedOptions;
    /** A filter of breached passwords: the path of a file, or an open one. */
    filter?: string | Filter;
  }

  interface BreachedOptions {
    /** Where ranges are asked for; the five digits are appended. Default `https://api.pwnedpasswords.com/range/`. */
    url?: string;
    /** For the whole answer: 50 to 30 000 ms, default 2000. */
    timeoutMs?: number;
    /** What to do where the service gives no usable answer. Default `allow`; either way an event tells. */
    onFailure?: 'allow' | 'refuse';
    /** Sends `Add-Padding: true`. Default true. */
    padding?: boolean;
    /** The longest answer: 1024 to 16 777 216 bytes, default 524 288. */
    maxBytes?: number;
    /** Answers that are kept: 0 to 10 000, default 200 (about 100 KB each), for up to a day, default an hour. */
    cache?: { max?: number; expiresInMs?: number };
  }

  interface About {
    /** What is known of the user: a name, several, or an object whose strings count (name, email ...). */
    user?: string | readonly string[] | object | null;
    /** Further words that are no secret. */
    context?: string | readonly string[];
    /** Whether a second factor is asked for at each login. Default false. */
    mfa?: boolean;
  }

  /** Why a password is refused. `text` is for the user, in English. */
  type Reason = { text: string } & (
    | { code: 'not_text' }
    | { code: 'ill_formed' }
    | { code: 'too_long'; max: number; unit: 'bytes' | 'characters' }
    | { code: 'too_short'; min: number; length: number }
    | { code: 'composition'; missing: { name: 'lower' | 'upper' | 'digit' | 'symbol'; least: number }[] }
    | { code: 'common' }
    | { code: 'context'; word: string }
    | { code: 'weak'; score: number; minScore: number; warning?: string; suggestions: string[] }
    | { code: 'breached'; source: 'range' | 'filter'; count?: number }
    | { code: 'breach_unknown' }
  );

  interface Verdict {
    ok: boolean;
    /** All that is wrong; empty where `ok`. */
    reasons: Reason[];
    /** Strength by zxcvbn: 0 (fewer than 10^3 guesses) to 4 (10^10 or more). */
    score: 0 | 1 | 2 | 3 | 4 | (number & {});
    /** The decimal logarithm of the guesses that zxcvbn expects for the first 64 code points. */
    guessesLog10: number;
    /** Code points, as they were counted. */
    length: number;
    /** How often it stands in breaches; null where that could not be found out; undefined where nobody was asked. */
    breached: number | null | undefined;
  }

  interface Policy {
    /**
     * Checks a password. Anything may be given: what is no password gets a reason, not an error.
     * Rejects with `ERR_HAUBERK_OPTION_UNKNOWN` or `_INVALID` (second argument), or `ERR_HAUBERK_PASSWORDS_FILTER`
     * (the filter file cannot be read).
     */
    check(password: unknown, about?: About): Promise<Verdict>;
  }

  /** `check` with the defaults. */
  const check: Policy['check'];

  interface FilterInfo {
    /** Passwords in it. */
    count: number;
    /** Its size. */
    bytes: number;
    /** The probability that a password which is not in it is taken for one that is. */
    falsePositiveRate: number;
  }

  /** A filter in a file; two small pieces are read for each password. */
  interface Filter {
    readonly info: FilterInfo;
    has(password: string): Promise<boolean>;
    close(): Promise<void>;
  }

  interface FilterBuildOptions {
    /** A text file, or lines. */
    from: string | Iterable<string> | AsyncIterable<string>;
    /** The file to write; it appears when it is whole. */
    to: string;
    /**
     * `sha1` (default): lines `HASH` or `HASH:COUNT`, ascending, as breach lists are published; any number of them.
     * `passwords`: one a line, in any order, at most 10 000 000.
     */
    kind?: 'sha1' | 'passwords';
    /** 8, 12, 16 or 20. Default 16. More makes the index larger (6 * 2^bits bytes) and look-ups read less. */
    prefixBits?: 8 | 12 | 16 | 20;
    /** Bytes for each password, 2 to 8. Default 4. */
    remainderBytes?: number;
  }

  const filter: {
    /** Makes a filter file. Rejects with `ERR_HAUBERK_PASSWORDS_FILTER` for lines that are no hashes, or do not ascend. */
    readonly build: (options: FilterBuildOptions) => Promise<FilterInfo>;
    /** Opens one. Rejects with `ERR_HAUBERK_PASSWORDS_FILTER`. */
    readonly open: (path: string) => Promise<Filter>;
  };
}

export = policy;
