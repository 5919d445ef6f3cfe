/** What the audit uses of the package, which brings no types of its own. */
declare module 'semver' {
  interface SemVer {
    readonly version: string;
  }
  interface Options {
    loose?: boolean;
    includePrerelease?: boolean;
  }
  function parse(version: string | undefined, options?: Options): SemVer | null;
  function valid(version: string | undefined, options?: Options): string | null;
  function compare(a: SemVer, b: SemVer): -1 | 0 | 1;
  function gt(a: string, b: string, options?: Options): boolean;
  function sort(list: string[], options?: Options): string[];
  function validRange(range: string, options?: Options): string | null;
  function satisfies(version: string, range: string, options?: Options): boolean;
}
