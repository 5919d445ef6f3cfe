import type { ErrorCode } from './error-code';

/** An expected failure: what every practice throws or rejects with. */
export class HauberkError extends Error {
  constructor(code: ErrorCode, message: string, options?: ErrorOptions);
  name: 'HauberkError';
  /** Stable; docs/codes.md says what each means. */
  code: ErrorCode;
  /** The HTTP status when a request caused it, otherwise 500. */
  status: number;
  /** Whether the message may be shown to a client: true below 500. */
  expose: boolean;
  /** The address of the code's page. */
  documentation: string;
}
