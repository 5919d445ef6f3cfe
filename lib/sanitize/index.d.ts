declare function sanitize(options: sanitize.FieldOptions): sanitize.Middleware;

declare namespace sanitize {
  type Preset = 'text' | 'basic' | 'rich';

  /** Path of a field, with dots, `*` for every element: what it is sanitized by. */
  type Fields = Readonly<Record<string, Preset | Policy>>;

  interface FieldOptions {
    mode?: 'enforce' | 'report';
    body?: Fields;
    query?: Fields;
  }

  interface PolicyOptions {
    /** Elements that stay. Default none. */
    tags?: readonly string[];
    /** Attributes that stay, per element; `*` for every element; `data-*` for all that start so. Default none. */
    attributes?: Readonly<Record<string, readonly string[]>>;
    /** Schemes of absolute URLs. Default http, https, mailto. */
    schemes?: readonly string[];
    /** Hosts that URLs may name; `*.example.com` for all below. Default: any. `[]` allows none. */
    hosts?: readonly string[];
    /** Other rules for the URLs of `tag`, `tag.attribute` or `*.attribute`; what is absent is as above. */
    urls?: Readonly<Record<string, UrlRules>>;
    /** Classes that stay, per element; `language-*` for every class that starts so. Default none. */
    classes?: Readonly<Record<string, readonly string[]>>;
    /** Declarations of `style` that stay: element or `*`, property, patterns of its values. Default none. */
    allowedStyles?: Readonly<Record<string, Readonly<Record<string, readonly RegExp[]>>>>;
    /** `rel` of every link; null leaves it out. Default `noopener noreferrer`. */
    rel?: string | null;
    /** `target` of every link; null or absent leaves it out. */
    target?: '_blank' | '_self' | '_parent' | '_top' | null;
    /** Whether relative URLs stay. Default true. */
    relative?: boolean;
    /** Whether `//host/path` stays. Default true. */
    allowProtocolRelative?: boolean;
    /** Called with each URL that stays; what it returns is judged as any other. */
    rewriteLink?: LinkRewriter;
    /** UTF-16 units of the longest text that is accepted. Default 1048576. */
    maxLength?: number;
    /** sanitize-html's name of `tags`. */
    allowedTags?: readonly string[];
    /** sanitize-html's name of `attributes`. */
    allowedAttributes?: Readonly<Record<string, readonly string[]>>;
    /** sanitize-html's name of `schemes`. */
    allowedSchemes?: readonly string[];
    /** sanitize-html's name of `classes`. */
    allowedClasses?: Readonly<Record<string, readonly string[]>>;
  }

  interface UrlRules {
    schemes?: readonly string[];
    hosts?: readonly string[];
    relative?: boolean;
  }

  /** Gives the URL to write, or null to leave the attribute out. */
  type LinkRewriter = (url: string, tag: string, attribute: string) => string | null;

  interface UrlOptions {
    /** Default http and https. */
    schemes?: readonly string[];
    /** Hosts as the URL parser writes them; `*.example.com` for all below. Default: every public one. */
    hosts?: readonly string[];
    /** Whether a URL without a host may pass, or nothing else may. Default false. */
    relative?: boolean | 'only';
    /** Whether a name and password may stand in it. Default false. */
    credentials?: boolean;
    /** Whether hosts of the machine and its network may stand in it. Default false. */
    local?: boolean;
    /** UTF-16 units. Default 2048. */
    maxLength?: number;
  }

  interface FilenameOptions {
    /** Bytes of UTF-8, 16 to 255. Default 255. */
    maxBytes?: number;
    /** What an empty name becomes. Default `file`. */
    fallback?: string;
  }

  interface Policy {
    /** Safe HTML. Throws ERR_HAUBERK_SANITIZE_INPUT for anything but a string, and beyond `maxLength`. */
    html(dirty: string): string;
  }

  type Middleware = import('../internal/middleware').Middleware;

  /** Safe HTML by a preset (default `basic`) or a compiled policy. */
  function html(dirty: string, policy?: Preset | Policy): string;
  /** The text alone; the result is HTML, so `&`, `<` and `>` stand as entities. */
  function text(dirty: string): string;
  /** The URL as the WHATWG parser writes it, or null where it is not allowed. */
  function url(dirty: string, options?: UrlOptions): string | null;
  /** A file name that is safe on POSIX systems and Windows; never empty, never a path. */
  function filename(dirty: string, options?: FilenameOptions): string;
  /** Compiles a policy, once. */
  function policy(options?: PolicyOptions): Policy;
  /** The fields that the middleware sanitized, as the client sent them: `{ 'body.bio': '...' }`. */
  function raw(req: object): Readonly<Record<string, string>>;
}

export = sanitize;
