'use strict';

/**
 * Every error code, its HTTP status where a request can meet it, and its title. The same codes stand
 * in `src/code.rs`, `error-code.d.ts` and `docs/codes.md`; `__test__/contract/codes.test.js` holds the
 * four equal. A retired code is never used again.
 *
 * `status: 0` marks a code that only the developer meets (construction, direct calls): if such an
 * error reaches a client it is a 500.
 *
 * @type {Readonly<Record<string, { status: number, title: string }>>}
 */
const CODES = Object.freeze({
  // every practice
  ERR_HAUBERK_INTERNAL: { status: 500, title: 'Internal error' },
  ERR_HAUBERK_OPTION_UNKNOWN: { status: 0, title: 'Unknown option' },
  ERR_HAUBERK_OPTION_INVALID: { status: 0, title: 'Invalid option value' },
  ERR_HAUBERK_ARGUMENT: { status: 0, title: 'Invalid argument' },
  ERR_HAUBERK_SECRET: { status: 0, title: 'Unusable secret' },
  ERR_HAUBERK_NATIVE_MISSING: { status: 0, title: 'Platform binary missing' },
  ERR_HAUBERK_PEER_MISSING: { status: 0, title: 'Optional package missing' },

  // guard
  ERR_HAUBERK_GUARD_NOT_CALLED: { status: 0, title: 'hauberk was passed without being called' },
  ERR_HAUBERK_GUARD_ORDER: { status: 0, title: 'Guard and error handler in the wrong order' },
  ERR_HAUBERK_GUARD_CLOSED: { status: 0, title: 'The guard is closed' },

  // client
  ERR_HAUBERK_CLIENT_TRUST_PROXY: { status: 0, title: 'Every forwarding header would be believed' },

  // https
  ERR_HAUBERK_HTTPS_REQUIRED: { status: 403, title: 'HTTPS required' },
  ERR_HAUBERK_HTTPS_HOST: { status: 421, title: 'Host not served here' },
  ERR_HAUBERK_HTTPS_CERTIFICATE: { status: 0, title: 'Unusable certificate' },
  ERR_HAUBERK_HTTPS_ACME: { status: 0, title: 'No certificate from the ACME server' },

  // headers
  ERR_HAUBERK_HEADERS_VALUE: { status: 0, title: 'Invalid response field value' },
  ERR_HAUBERK_HEADERS_DIRECTIVE: { status: 0, title: 'Invalid Content-Security-Policy directive' },

  // cookies
  ERR_HAUBERK_COOKIES_SERIALIZE: { status: 0, title: 'A cookie that cannot be written' },
  ERR_HAUBERK_COOKIES_SIZE: { status: 0, title: 'A cookie larger than browsers keep' },
  ERR_HAUBERK_COOKIES_WEAK: { status: 0, title: 'Response cookie below policy' },
  ERR_HAUBERK_COOKIES_DROPPED: { status: 0, title: 'Response cookie left out' },
  ERR_HAUBERK_COOKIES_READABLE: { status: 0, title: 'Response cookie that scripts can read' },
  ERR_HAUBERK_COOKIES_FORGED: { status: 0, title: 'Request cookie under a forged name' },
  ERR_HAUBERK_COOKIES_MALFORMED: { status: 0, title: 'Not a signed or sealed value' },
  ERR_HAUBERK_COOKIES_KEY: { status: 0, title: 'Signed or sealed with an unknown key' },
  ERR_HAUBERK_COOKIES_TAMPERED: { status: 0, title: 'Changed, or written for another cookie' },
  ERR_HAUBERK_COOKIES_EXPIRED: { status: 0, title: 'Signed or sealed value whose time is over' },

  // ratelimit
  ERR_HAUBERK_RATELIMIT_EXCEEDED: { status: 429, title: 'Too many requests' },
  ERR_HAUBERK_RATELIMIT_BANNED: { status: 403, title: 'Shut out' },
  ERR_HAUBERK_RATELIMIT_KEY: { status: 0, title: 'Unusable rate-limit key' },
  ERR_HAUBERK_RATELIMIT_TABLE: { status: 0, title: 'Unusable rate-limit table' },
  ERR_HAUBERK_RATELIMIT_STORE: { status: 503, title: 'The shared rate-limit store does not answer' },
  ERR_HAUBERK_RATELIMIT_BUSY: { status: 503, title: 'The server is busy' },
  ERR_HAUBERK_RATELIMIT_CONCURRENCY: { status: 429, title: 'Too many requests at once' },
  ERR_HAUBERK_RATELIMIT_DENIED: { status: 403, title: 'Address not allowed' },
  ERR_HAUBERK_RATELIMIT_LOGIN: { status: 429, title: 'Too many login attempts' },

  // csrf
  ERR_HAUBERK_CSRF_CROSS_SITE: { status: 403, title: 'Request from another site' },
  ERR_HAUBERK_CSRF_SAME_SITE: { status: 403, title: 'Request from a sibling site' },
  ERR_HAUBERK_CSRF_ORIGIN: { status: 403, title: 'Request from another origin' },
  ERR_HAUBERK_CSRF_NO_ORIGIN: { status: 403, title: 'Request that does not say where it comes from' },
  ERR_HAUBERK_CSRF_TOKEN: { status: 403, title: 'Invalid CSRF token' },
  ERR_HAUBERK_CSRF_EXPIRED: { status: 403, title: 'Expired CSRF token' },
  ERR_HAUBERK_CSRF_SESSION: { status: 0, title: 'Unusable session for CSRF tokens' },

  // sessions
  ERR_HAUBERK_SESSIONS_MEMORY: { status: 0, title: 'Sessions in memory in production' },
  ERR_HAUBERK_SESSIONS_ABSENT: { status: 0, title: 'The request has no session' },
  ERR_HAUBERK_SESSIONS_STORE: { status: 503, title: 'The session store does not answer' },
  ERR_HAUBERK_SESSIONS_UNSUPPORTED: { status: 0, title: 'The session store cannot list sessions' },

  // body and query
  ERR_HAUBERK_BODY_TOO_LARGE: { status: 413, title: 'Request body too large' },
  ERR_HAUBERK_BODY_TIMEOUT: { status: 408, title: 'Request body too slow' },
  ERR_HAUBERK_BODY_ABORTED: { status: 400, title: 'Request body aborted' },
  ERR_HAUBERK_BODY_LENGTH: { status: 400, title: 'Content-Length does not match the body' },
  ERR_HAUBERK_BODY_TYPE: { status: 415, title: 'Unsupported content type' },
  ERR_HAUBERK_BODY_CHARSET: { status: 415, title: 'Unsupported charset' },
  ERR_HAUBERK_BODY_ENCODING: { status: 415, title: 'Unsupported or broken content encoding' },
  ERR_HAUBERK_BODY_UTF8: { status: 400, title: 'Body is not valid UTF-8' },
  ERR_HAUBERK_BODY_SYNTAX: { status: 400, title: 'Malformed body' },
  ERR_HAUBERK_BODY_DEPTH: { status: 422, title: 'Body nested too deeply' },
  ERR_HAUBERK_BODY_KEYS: { status: 422, title: 'Too many keys in the body' },
  ERR_HAUBERK_BODY_KEY_LENGTH: { status: 422, title: 'Key too long' },
  ERR_HAUBERK_BODY_STRING_LENGTH: { status: 422, title: 'String too long' },
  ERR_HAUBERK_BODY_DUPLICATE_KEY: { status: 422, title: 'Duplicate key' },
  ERR_HAUBERK_BODY_PROTOTYPE_KEY: { status: 422, title: 'Key that reaches an object prototype' },
  ERR_HAUBERK_BODY_OPERATOR_KEY: { status: 422, title: 'Key that a database may read as an operator' },
  ERR_HAUBERK_BODY_PRECISION: { status: 422, title: 'Number that cannot be represented exactly' },
  ERR_HAUBERK_QUERY_PARAMETERS: { status: 422, title: 'Too many query parameters' },
  ERR_HAUBERK_QUERY_DEPTH: { status: 422, title: 'Query parameter nested too deeply' },
  ERR_HAUBERK_QUERY_ENCODING: { status: 400, title: 'Malformed query string' },
  ERR_HAUBERK_QUERY_DUPLICATE: { status: 422, title: 'Duplicate query parameter' },
  ERR_HAUBERK_QUERY_PROTOTYPE_KEY: {
    status: 422,
    title: 'Query parameter that reaches an object prototype',
  },
  ERR_HAUBERK_QUERY_OPERATOR_KEY: {
    status: 422,
    title: 'Query parameter that a database may read as an operator',
  },

  // validate
  ERR_HAUBERK_VALIDATE_SCHEMA: { status: 0, title: 'Unusable JSON Schema' },
  ERR_HAUBERK_VALIDATE_RULES: { status: 0, title: 'Unusable validation rules' },
  ERR_HAUBERK_VALIDATE_FAILED: { status: 422, title: 'Invalid request' },

  // passwords
  ERR_HAUBERK_PASSWORDS_BUSY: { status: 503, title: 'Too many passwords are being checked' },
  ERR_HAUBERK_PASSWORDS_DEADLINE: { status: 503, title: 'Password work took too long' },
  ERR_HAUBERK_PASSWORDS_ABORTED: { status: 0, title: 'Password work was aborted' },
  ERR_HAUBERK_PASSWORDS_PASSWORD: { status: 0, title: 'Unusable password' },
  ERR_HAUBERK_PASSWORDS_PARAMETERS: { status: 0, title: 'Unusable hash parameters' },
  ERR_HAUBERK_PASSWORDS_HASH: { status: 0, title: 'Unreadable stored hash' },
  ERR_HAUBERK_PASSWORDS_PEPPER: { status: 0, title: 'Pepper missing' },
  ERR_HAUBERK_PASSWORDS_TOO_COSTLY: { status: 0, title: 'Stored hash asks for too much' },
  ERR_HAUBERK_PASSWORDS_BREACH: { status: 0, title: 'Breached-password check failed' },
  ERR_HAUBERK_PASSWORDS_FILTER: { status: 0, title: 'Unusable filter of passwords' },

  // mfa
  ERR_HAUBERK_MFA_CODE: { status: 401, title: 'Wrong one-time code' },
  ERR_HAUBERK_MFA_REPLAY: { status: 401, title: 'One-time code used before' },
  ERR_HAUBERK_MFA_LIMITED: { status: 429, title: 'Too many attempts at the second factor' },
  ERR_HAUBERK_MFA_PASSKEY: { status: 401, title: 'Passkey refused' },
  ERR_HAUBERK_MFA_SECRET: { status: 0, title: 'Unusable secret of one-time codes' },
  ERR_HAUBERK_MFA_SEALED: { status: 0, title: 'Sealed secret does not open' },
  ERR_HAUBERK_MFA_QR: { status: 0, title: 'Text does not fit a QR code' },
  ERR_HAUBERK_MFA_STORE: { status: 0, title: 'The store of a second factor failed' },
  ERR_HAUBERK_MFA_LIMITER: { status: 0, title: 'The limiter of a second factor failed' },

  // privileges
  ERR_HAUBERK_PRIVILEGES_ROOT: { status: 503, title: 'The service is not set up safely' },
  ERR_HAUBERK_PRIVILEGES_ACCOUNT: { status: 0, title: 'Unusable account' },
  ERR_HAUBERK_PRIVILEGES_DENIED: { status: 0, title: 'Privileges cannot be dropped' },
  ERR_HAUBERK_PRIVILEGES_UNSUPPORTED: { status: 0, title: 'Privileges cannot be dropped on this platform' },

  // audit
  ERR_HAUBERK_AUDIT_FAILED: { status: 0, title: 'The audit could not be done' },
  ERR_HAUBERK_AUDIT_POLICY: { status: 0, title: 'Unusable audit policy' },

  // doctor
  ERR_HAUBERK_DOCTOR_FAILED: { status: 0, title: 'The project or the server could not be looked at' },

  // sanitize
  ERR_HAUBERK_SANITIZE_INPUT: { status: 0, title: 'Only text can be sanitized' },
  ERR_HAUBERK_SANITIZE_POLICY: { status: 0, title: 'Unusable sanitizing policy' },

  // errors
  ERR_HAUBERK_ERRORS_NOT_FOUND: { status: 404, title: 'Not found' },
  ERR_HAUBERK_ERRORS_URI: { status: 400, title: 'Malformed request target' },
  ERR_HAUBERK_ERRORS_METHOD: { status: 405, title: 'Method not allowed' },
  ERR_HAUBERK_ERRORS_LEAK: { status: 500, title: 'Internal Server Error' },
  ERR_HAUBERK_ERRORS_UNCAUGHT: { status: 0, title: 'An error that nobody caught' },
  ERR_HAUBERK_ERRORS_LAST_RESORT: { status: 0, title: 'errors.lastResort is installed already' },

  // monitor
  ERR_HAUBERK_MONITOR_ACCESS: { status: 403, title: 'For operators only' },
  ERR_HAUBERK_MONITOR_LOG: { status: 0, title: 'The log of events cannot be written' },
  ERR_HAUBERK_MONITOR_ANOMALY: { status: 0, title: 'A client that behaves like an attacker' },
  ERR_HAUBERK_MONITOR_REPORT: { status: 400, title: 'Not a report that is taken' },
  ERR_HAUBERK_MONITOR_DROPPED: { status: 0, title: 'Events that were not told one by one' },
});

module.exports = CODES;
