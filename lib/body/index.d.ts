declare function body(options?: body.BodyOptions): body.Middleware;

declare namespace body {
  type Middleware = import('../internal/middleware').Middleware;

  /** `'refuse'` answers with a problem, `'report'` only tells an event, `false` does not look. */
  type Action = 'refuse' | 'report' | false;
  type Charset = 'utf-8' | 'iso-8859-1' | 'utf-16le';

  interface BodyOptions {
    /** `'report'`: decide and tell, but block nothing. Default: the guard's mode, alone `'enforce'`. */
    mode?: 'enforce' | 'report';
    /** Largest body after expansion: bytes, or text like `'100kb'`. Default 100 KiB. */
    limit?: number | string;
    /** Objects and arrays inside each other, 1 to 1000. Default 64. */
    depth?: number;
    /** Keys of all objects of a JSON body together. Default 10 000. */
    keys?: number;
    /** Longest key, in bytes of UTF-8. Default 256. */
    keyBytes?: number | string;
    /** Longest string, in bytes of UTF-8. Default: `limit`. */
    stringBytes?: number | string;
    /** Parameters of an urlencoded body. Default 1000. */
    parameters?: number;
    /** Longest pause between two pieces of a body, in ms. Default 10 000. */
    idleMs?: number;
    /** Longest time for a whole body, in ms. Default 30 000. */
    timeoutMs?: number;
    /** Parse `application/json` and `+json`. Default true. */
    json?: boolean;
    /** Parse `application/x-www-form-urlencoded`. Default true. */
    urlencoded?: boolean;
    /** Accept gzip, deflate and br. Default true. */
    inflate?: boolean;
    /** Refuse content types that are not parsed with 415. Default false: they pass, unread. */
    strict?: boolean;
    /** Only objects and arrays at the top of a JSON body. Default true, as in `express.json()`. */
    strictJson?: boolean;
    /** `req.body` is the body's bytes, of any type, not scanned and not parsed. Default false. */
    raw?: boolean;
    /** Charsets of JSON bodies. Default `['utf-8']`. */
    charsets?: readonly Charset[];
    /** Names of urlencoded bodies that may come more than once and then give an array. Default none. */
    arrays?: readonly string[];
    /** Default `'refuse'`. */
    duplicateKeys?: Action;
    /** `__proto__`, and `prototype` in the value of `constructor`. Default `'refuse'`. */
    prototypeKeys?: Action;
    /** Keys that start with `$` or contain `.`. Default `'report'`. */
    operatorKeys?: Action;
    /** Numbers that a double cannot hold. Default false. */
    precision?: Action;
  }

  interface QueryOptions {
    mode?: 'enforce' | 'report';
    /** Default 1000. */
    parameters?: number;
    /** Bracket groups of one name, 0 to 100. Default 5. */
    depth?: number;
    /** Longest name, in bytes of UTF-8. Default 256. */
    keyBytes?: number | string;
    /** Parameters whose arrays stay arrays. Default none. */
    arrays?: readonly string[];
    /** What becomes of a parameter that comes twice. Default `'last'`: its last value counts. */
    duplicates?: 'last' | 'array' | 'refuse';
    /** Default `'refuse'`. */
    prototypeKeys?: Action;
    /** Default `'report'`. */
    operatorKeys?: Action;
  }

  type Parsed<Options, Sizes extends string, Optional extends string> = {
    [Name in Exclude<keyof Options, Sizes | Optional>]-?: NonNullable<Options[Name]>;
  } & { [Name in Sizes]: number } & { mode?: 'enforce' | 'report' };

  /** Options as the stage takes them: every one given, sizes in bytes. */
  type BodySettings = Parsed<BodyOptions, 'limit' | 'keyBytes', 'stringBytes' | 'mode'> & {
    stringBytes?: number;
  };
  type QuerySettings = Parsed<QueryOptions, 'keyBytes', 'mode'>;

  /** Judges query strings and gives each parameter one value; `body.query(options)`. */
  function query(options?: QueryOptions): Middleware;
  /** What the app's own parser made of the query string. */
  function originalQuery(req: object): Record<string, unknown>;
  /** The bytes of the body that was read, after expansion, while the request is alive. */
  function rawBody(req: object): Buffer | undefined;
}

export = body;
