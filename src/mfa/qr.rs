//! A text as a QR code in SVG, for `otpauth://` URIs.

#![forbid(unsafe_code)]

use std::fmt::Write;

use qrcodegen::{QrCode, QrCodeEcc};

use crate::code::Code;
use crate::fault::Fault;

/// The longest text in bytes: far more than an `otpauth://` URI has, and still a code that a phone can read.
pub const MAX_BYTES: usize = 1024;

/// Modules of white around the code (ISO/IEC 18004 asks for four).
const QUIET: i32 = 4;

/// Draws `text` as SVG: black on white, one path, no script, no style, nothing of the text itself. With `size`
/// it has that width and height in pixels, with 0 it fills its place.
///
/// # Errors
/// `ERR_HAUBERK_MFA_QR`: an empty text, or more than 1024 bytes.
pub fn svg(text: &str, size: u32) -> Result<String, Fault> {
    if text.is_empty() || text.len() > MAX_BYTES {
        return Err(Fault::new(
            Code::MfaQr,
            "the text of a QR code has 1 to 1024 bytes of UTF-8",
        ));
    }
    let code = QrCode::encode_text(text, QrCodeEcc::Medium)
        .map_err(|_| Fault::new(Code::MfaQr, "the text does not fit into a QR code"))?;
    let side = code.size() + 2 * QUIET;
    let mut out = String::from("<svg xmlns=\"http://www.w3.org/2000/svg\"");
    // Writing to a String cannot fail.
    if size > 0 {
        let _ = write!(out, " width=\"{size}\" height=\"{size}\"");
    }
    let _ = write!(
        out,
        " viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\" role=\"img\" aria-label=\"QR code\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path fill=\"#000\" d=\""
    );
    for y in 0..code.size() {
        runs(&code, y, &mut out);
    }
    out.push_str("\"/></svg>");
    Ok(out)
}

/// The black runs of a row, each a rectangle of height 1.
fn runs(code: &QrCode, y: i32, out: &mut String) {
    let mut x = 0;
    while x < code.size() {
        let start = x;
        // Outside the code, modules are white.
        while code.get_module(x, y) {
            x += 1;
        }
        if x > start {
            let width = x - start;
            let _ = write!(out, "M{} {}h{width}v1h-{width}z", start + QUIET, y + QUIET);
        }
        x += 1;
    }
}
