/**
 * The functions of the package bcrypt 6, on hauberk's own threads: the same names, argument orders, promises
 * and callbacks. What differs on purpose is listed in docs/passwords.md. New code is better served by
 * `hauberk/passwords`, which refuses what bcrypt would cut.
 */

type Callback<T> = (error: Error | null, value?: T) => void;

/** A fresh salt. `rounds` is the cost, default 10, cut to 4 to 31; beyond 16 nothing is hashed with it. */
export function genSaltSync(rounds?: number, minor?: 'a' | 'b'): string;

/** `genSaltSync` as a promise, or with a callback as the last argument. */
export function genSalt(rounds?: number, minor?: 'a' | 'b'): Promise<string>;
export function genSalt(callback: Callback<string>): void;
export function genSalt(rounds: number, callback: Callback<string>): void;
export function genSalt(rounds: number, minor: 'a' | 'b', callback: Callback<string>): void;

/**
 * Hashes with a salt, or with a fresh one of so many rounds. Reads 72 bytes, as bcrypt does; where that cuts, an
 * `input_validation_fail` event is published.
 *
 * Fails with `ERR_HAUBERK_ARGUMENT` for arguments of another kind, `ERR_HAUBERK_PASSWORDS_TOO_COSTLY` beyond
 * 16 rounds, and as `passwords.hash` where the pool is busy.
 */
export function hash(data: string | Uint8Array, saltOrRounds: string | number): Promise<string>;
export function hash(
  data: string | Uint8Array,
  saltOrRounds: string | number,
  callback: Callback<string>,
): void;

/** `hash` on the calling thread, which it blocks. @throws as `hash` fails, never busy */
export function hashSync(data: string | Uint8Array, saltOrRounds: string | number): string;

/** Whether a password fits a hash; false for a text that is no bcrypt hash. Fails as `hash`. */
export function compare(data: string | Uint8Array, encrypted: string): Promise<boolean>;
export function compare(data: string | Uint8Array, encrypted: string, callback: Callback<boolean>): void;

/** `compare` on the calling thread, which it blocks. @throws as `compare` fails, never busy */
export function compareSync(data: string | Uint8Array, encrypted: string): boolean;

/** The rounds of a hash. @throws `ERR_HAUBERK_ARGUMENT` for a text that is no bcrypt hash */
export function getRounds(encrypted: string): number;

/** Whether bcrypt would cut a password (over 72 bytes). */
export function truncates(password: string | Uint8Array): boolean;
