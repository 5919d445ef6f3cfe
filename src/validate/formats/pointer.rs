//! JSON Pointer (RFC 6901) and its relative form.

#![forbid(unsafe_code)]

pub fn is_pointer(text: &str) -> bool {
    if !text.is_empty() && !text.starts_with('/') {
        return false;
    }
    // A tilde stands only before 0 and 1.
    text.split('~').skip(1).all(|after| after.starts_with(['0', '1']))
}

pub fn is_relative(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (up, rest) = text.split_at(digits);
    let up_is_number = !up.is_empty() && (up == "0" || !up.starts_with('0'));
    up_is_number && (rest == "#" || is_pointer(rest))
}
