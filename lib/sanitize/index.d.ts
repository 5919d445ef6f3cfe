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
    /** Attributes that stay, per element; `*` for every element. Default none. */
    attributes?: Readonly<Record<string, readonly string[]>>;
    /** Schemes of absolute URLs. Default http, https, mailto. */
    schemes?: readonly string[];
    /** Hosts that URLs may name; `*.example.com` for all below. Default: any. `[]` allows none. */
    hosts?: readonly string[];
    /** Classes that stay, per element; `language-*` for every class that starts so. Default none. */
    classes?: Readonly<Record<string, readonly string[]>>;
    /** `rel` of every link; null leaves it out. Default `noopener noreferrer`. */
    rel?: string | null;
    /** `target` of every link; null or absent leaves it out. */
    target?: '_blank' | '_self' | '_parent' | '_top' | null;
    /** Whether relative URLs stay. Default true. */
    relative?: boolean;
    /** UTF-16 units of the longest text that is accepted. Default 1048576. */
    maxLength?: number;
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
  /** Compiles a policy, once. */
  function policy(options?: PolicyOptions): Policy;
  /** The fields that the middleware sanitized, as the client sent them: `{ 'body.bio': '...' }`. */
  function raw(req: object): Readonly<Record<string, string>>;
}

export = sanitize;
