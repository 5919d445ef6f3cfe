/**
 * The functions of the package argon2 0.45, on hauberk's own threads: the same names, argument orders,
 * options and defaults. What differs on purpose is listed in docs/passwords.md. New code is better served by
 * `hauberk/passwords`, whose defaults are OWASP's.
 */

export const argon2d: 0;
export const argon2i: 1;
export const argon2id: 2;

/** What a hash is made with. */
export interface Options {
  /** Bytes of the hash, 4 to 128. Default 32. */
  hashLength?: number;
  /** Passes over the memory, 1 to 16. Default 3. */
  timeCost?: number;
  /** KiB, 8 for each lane to 262144. Default 65536. */
  memoryCost?: number;
  /** Lanes, 1 to 16, computed one after the other. Default 4. */
  parallelism?: number;
  /** Default `argon2id`. */
  type?: 0 | 1 | 2;
  /** 0x10 or 0x13. Default 0x13. */
  version?: number;
  /** 8 to 128 bytes. Default: 16 fresh random ones. */
  salt?: Uint8Array;
  /** Up to 384 bytes; stands in the hash. */
  associatedData?: Uint8Array;
  /** A pepper, up to 1024 bytes; does not stand in the hash. */
  secret?: Uint8Array;
}

/**
 * Hashes a password of at most 4096 bytes. Rejects with `ERR_HAUBERK_OPTION_INVALID`,
 * `ERR_HAUBERK_OPTION_UNKNOWN`, `ERR_HAUBERK_PASSWORDS_PASSWORD`, and as `passwords.hash` where the pool is busy.
 */
export function hash(password: string | Uint8Array, options: Options & { raw: true }): Promise<Buffer>;
export function hash(password: string | Uint8Array, options?: Options & { raw?: boolean }): Promise<string>;

/**
 * Whether a password fits a hash; false for a hash of another kind. Rejects with `ERR_HAUBERK_PASSWORDS_HASH` for
 * one that cannot be read, `ERR_HAUBERK_PASSWORDS_TOO_COSTLY` beyond the caps, and as `hash`.
 */
export function verify(
  digest: string,
  password: string | Uint8Array,
  options?: { secret?: Uint8Array },
): Promise<boolean>;

/**
 * Whether memory, time, parallelism or version of a hash differ from these options. `passwords.needsRehash`
 * compares every field. @throws `ERR_HAUBERK_PASSWORDS_HASH`, `ERR_HAUBERK_OPTION_INVALID`
 */
export function needsRehash(
  digest: string,
  options?: Pick<Options, 'timeCost' | 'memoryCost' | 'parallelism' | 'version'>,
): boolean;
