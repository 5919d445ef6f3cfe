//! Second factors: one-time codes and their QR codes. What remembers anything (stores, limiters, passkeys) is
//! JavaScript over the user's own database.
//!
//! 1. [`secret`] reads and writes base32 (RFC 4648), the form in which authenticators take a secret.
//! 2. [`otp`] computes HOTP (RFC 4226) and looks for a code among counters: all of them are computed, and
//!    compared in constant time. TOTP (RFC 6238) is HOTP whose counter is the time step.
//! 3. [`qr`] draws a text as a QR code in SVG.

pub mod native;
pub mod otp;
pub mod qr;
pub mod secret;

#[cfg(test)]
mod tests;
