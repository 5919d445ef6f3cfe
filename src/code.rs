//! Every error code of hauberk, in one table.
//!
//! The same codes stand in `lib/internal/codes.js`, `lib/internal/error-code.d.ts` and `docs/codes.md`;
//! `__test__/contract/codes.test.js` holds the four equal. A retired code is never used again.

#![forbid(unsafe_code)]

macro_rules! codes {
    ($($variant:ident => $text:literal,)*) => {
        /// A stable error code. `as_str` gives the form that JavaScript sees as `error.code`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $(#[doc = $text] $variant,)* }

        impl Code {
            /// All codes, in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The text form, `ERR_HAUBERK_<PRACTICE>_<WHAT>`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text,)* }
            }
        }
    };
}

codes! {
    // every practice
    Internal => "ERR_HAUBERK_INTERNAL",
    OptionUnknown => "ERR_HAUBERK_OPTION_UNKNOWN",
    OptionInvalid => "ERR_HAUBERK_OPTION_INVALID",
    Argument => "ERR_HAUBERK_ARGUMENT",
    Secret => "ERR_HAUBERK_SECRET",
    NativeMissing => "ERR_HAUBERK_NATIVE_MISSING",
    PeerMissing => "ERR_HAUBERK_PEER_MISSING",

    // guard
    GuardNotCalled => "ERR_HAUBERK_GUARD_NOT_CALLED",
    GuardOrder => "ERR_HAUBERK_GUARD_ORDER",
    GuardClosed => "ERR_HAUBERK_GUARD_CLOSED",

    // client
    ClientTrustProxy => "ERR_HAUBERK_CLIENT_TRUST_PROXY",

    // https
    HttpsRequired => "ERR_HAUBERK_HTTPS_REQUIRED",
    HttpsHost => "ERR_HAUBERK_HTTPS_HOST",
    HttpsCertificate => "ERR_HAUBERK_HTTPS_CERTIFICATE",
    HttpsAcme => "ERR_HAUBERK_HTTPS_ACME",

    // headers
    HeadersValue => "ERR_HAUBERK_HEADERS_VALUE",
    HeadersDirective => "ERR_HAUBERK_HEADERS_DIRECTIVE",

    // cookies
    CookiesSerialize => "ERR_HAUBERK_COOKIES_SERIALIZE",
    CookiesSize => "ERR_HAUBERK_COOKIES_SIZE",
    CookiesWeak => "ERR_HAUBERK_COOKIES_WEAK",
    CookiesDropped => "ERR_HAUBERK_COOKIES_DROPPED",
    CookiesReadable => "ERR_HAUBERK_COOKIES_READABLE",
    CookiesForged => "ERR_HAUBERK_COOKIES_FORGED",
    CookiesMalformed => "ERR_HAUBERK_COOKIES_MALFORMED",
    CookiesKey => "ERR_HAUBERK_COOKIES_KEY",
    CookiesTampered => "ERR_HAUBERK_COOKIES_TAMPERED",
    CookiesExpired => "ERR_HAUBERK_COOKIES_EXPIRED",

    // ratelimit
    RatelimitExceeded => "ERR_HAUBERK_RATELIMIT_EXCEEDED",
    RatelimitBanned => "ERR_HAUBERK_RATELIMIT_BANNED",
    RatelimitKey => "ERR_HAUBERK_RATELIMIT_KEY",
    RatelimitTable => "ERR_HAUBERK_RATELIMIT_TABLE",
    RatelimitStore => "ERR_HAUBERK_RATELIMIT_STORE",
    RatelimitBusy => "ERR_HAUBERK_RATELIMIT_BUSY",
    RatelimitConcurrency => "ERR_HAUBERK_RATELIMIT_CONCURRENCY",
    RatelimitDenied => "ERR_HAUBERK_RATELIMIT_DENIED",
    RatelimitLogin => "ERR_HAUBERK_RATELIMIT_LOGIN",

    // csrf
    CsrfCrossSite => "ERR_HAUBERK_CSRF_CROSS_SITE",
    CsrfSameSite => "ERR_HAUBERK_CSRF_SAME_SITE",
    CsrfOrigin => "ERR_HAUBERK_CSRF_ORIGIN",
    CsrfNoOrigin => "ERR_HAUBERK_CSRF_NO_ORIGIN",
    CsrfToken => "ERR_HAUBERK_CSRF_TOKEN",
    CsrfExpired => "ERR_HAUBERK_CSRF_EXPIRED",
    CsrfSession => "ERR_HAUBERK_CSRF_SESSION",

    // sessions
    SessionsMemory => "ERR_HAUBERK_SESSIONS_MEMORY",
    SessionsAbsent => "ERR_HAUBERK_SESSIONS_ABSENT",
    SessionsStore => "ERR_HAUBERK_SESSIONS_STORE",
    SessionsUnsupported => "ERR_HAUBERK_SESSIONS_UNSUPPORTED",

    // body and query
    BodyTooLarge => "ERR_HAUBERK_BODY_TOO_LARGE",
    BodyTimeout => "ERR_HAUBERK_BODY_TIMEOUT",
    BodyAborted => "ERR_HAUBERK_BODY_ABORTED",
    BodyLength => "ERR_HAUBERK_BODY_LENGTH",
    BodyType => "ERR_HAUBERK_BODY_TYPE",
    BodyCharset => "ERR_HAUBERK_BODY_CHARSET",
    BodyEncoding => "ERR_HAUBERK_BODY_ENCODING",
    BodyUtf8 => "ERR_HAUBERK_BODY_UTF8",
    BodySyntax => "ERR_HAUBERK_BODY_SYNTAX",
    BodyDepth => "ERR_HAUBERK_BODY_DEPTH",
    BodyKeys => "ERR_HAUBERK_BODY_KEYS",
    BodyKeyLength => "ERR_HAUBERK_BODY_KEY_LENGTH",
    BodyStringLength => "ERR_HAUBERK_BODY_STRING_LENGTH",
    BodyDuplicateKey => "ERR_HAUBERK_BODY_DUPLICATE_KEY",
    BodyPrototypeKey => "ERR_HAUBERK_BODY_PROTOTYPE_KEY",
    BodyOperatorKey => "ERR_HAUBERK_BODY_OPERATOR_KEY",
    BodyPrecision => "ERR_HAUBERK_BODY_PRECISION",
    QueryParameters => "ERR_HAUBERK_QUERY_PARAMETERS",
    QueryDepth => "ERR_HAUBERK_QUERY_DEPTH",
    QueryEncoding => "ERR_HAUBERK_QUERY_ENCODING",
    QueryDuplicate => "ERR_HAUBERK_QUERY_DUPLICATE",
    QueryPrototypeKey => "ERR_HAUBERK_QUERY_PROTOTYPE_KEY",
    QueryOperatorKey => "ERR_HAUBERK_QUERY_OPERATOR_KEY",

    // validate
    ValidateSchema => "ERR_HAUBERK_VALIDATE_SCHEMA",
    ValidateRules => "ERR_HAUBERK_VALIDATE_RULES",
    ValidateFailed => "ERR_HAUBERK_VALIDATE_FAILED",

    // passwords
    PasswordsBusy => "ERR_HAUBERK_PASSWORDS_BUSY",
    PasswordsDeadline => "ERR_HAUBERK_PASSWORDS_DEADLINE",
    PasswordsAborted => "ERR_HAUBERK_PASSWORDS_ABORTED",
    PasswordsPassword => "ERR_HAUBERK_PASSWORDS_PASSWORD",
    PasswordsParameters => "ERR_HAUBERK_PASSWORDS_PARAMETERS",
    PasswordsHash => "ERR_HAUBERK_PASSWORDS_HASH",
    PasswordsPepper => "ERR_HAUBERK_PASSWORDS_PEPPER",
    PasswordsTooCostly => "ERR_HAUBERK_PASSWORDS_TOO_COSTLY",
    PasswordsBreach => "ERR_HAUBERK_PASSWORDS_BREACH",
    PasswordsFilter => "ERR_HAUBERK_PASSWORDS_FILTER",

    // mfa
    MfaCode => "ERR_HAUBERK_MFA_CODE",
    MfaReplay => "ERR_HAUBERK_MFA_REPLAY",
    MfaLimited => "ERR_HAUBERK_MFA_LIMITED",
    MfaPasskey => "ERR_HAUBERK_MFA_PASSKEY",
    MfaSecret => "ERR_HAUBERK_MFA_SECRET",
    MfaSealed => "ERR_HAUBERK_MFA_SEALED",
    MfaQr => "ERR_HAUBERK_MFA_QR",
    MfaStore => "ERR_HAUBERK_MFA_STORE",
    MfaLimiter => "ERR_HAUBERK_MFA_LIMITER",

    // privileges
    PrivilegesRoot => "ERR_HAUBERK_PRIVILEGES_ROOT",
    PrivilegesAccount => "ERR_HAUBERK_PRIVILEGES_ACCOUNT",
    PrivilegesDenied => "ERR_HAUBERK_PRIVILEGES_DENIED",
    PrivilegesUnsupported => "ERR_HAUBERK_PRIVILEGES_UNSUPPORTED",

    // audit
    AuditFailed => "ERR_HAUBERK_AUDIT_FAILED",
    AuditPolicy => "ERR_HAUBERK_AUDIT_POLICY",

    // doctor
    DoctorFailed => "ERR_HAUBERK_DOCTOR_FAILED",

    // sanitize
    SanitizeInput => "ERR_HAUBERK_SANITIZE_INPUT",
    SanitizePolicy => "ERR_HAUBERK_SANITIZE_POLICY",

    // errors
    ErrorsNotFound => "ERR_HAUBERK_ERRORS_NOT_FOUND",
    ErrorsUri => "ERR_HAUBERK_ERRORS_URI",
    ErrorsMethod => "ERR_HAUBERK_ERRORS_METHOD",
    ErrorsLeak => "ERR_HAUBERK_ERRORS_LEAK",
    ErrorsUncaught => "ERR_HAUBERK_ERRORS_UNCAUGHT",
    ErrorsLastResort => "ERR_HAUBERK_ERRORS_LAST_RESORT",

    // monitor
    MonitorAccess => "ERR_HAUBERK_MONITOR_ACCESS",
    MonitorLog => "ERR_HAUBERK_MONITOR_LOG",
    MonitorAnomaly => "ERR_HAUBERK_MONITOR_ANOMALY",
    MonitorReport => "ERR_HAUBERK_MONITOR_REPORT",
    MonitorDropped => "ERR_HAUBERK_MONITOR_DROPPED",
}
