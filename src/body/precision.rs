//! Numbers that a double cannot hold: `9007199254740993`, `0.1000000000000000055`, `1e400`.
//!
//! A number loses precision when the double nearest to it, printed as JavaScript prints it, is another
//! number than the one that was written. `0.1`, `1.50` and `1e3` keep theirs.

#![forbid(unsafe_code)]

/// The offset of the first number outside a string that loses precision.
pub fn first_loss(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'"' => at = end_of_string(text, at + 1),
            b'-' | b'0'..=b'9' => {
                let end = at + text[at..].iter().take_while(|byte| is_part(**byte)).count();
                if loses(&text[at..end]) {
                    return Some(at);
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    None
}

/// The offset after the closing quote of the string whose content begins at `at`.
pub fn end_of_string(text: &[u8], mut at: usize) -> usize {
    while let Some(found) = text.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        at += found;
        if text[at] == b'"' {
            return at + 1;
        }
        at += 2;
    }
    text.len()
}

fn is_part(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')
}

fn loses(number: &[u8]) -> bool {
    // 15 digits and a small exponent always survive.
    if number.len() <= 15 && !number.iter().any(|byte| matches!(byte, b'e' | b'E')) {
        return false;
    }
    let Ok(text) = std::str::from_utf8(number) else {
        return false;
    };
    // What is no number is left to JSON.parse.
    let Ok(double) = text.parse::<f64>() else {
        return false;
    };
    if !double.is_finite() {
        return true;
    }
    decimal(text) != decimal(&format!("{double:e}"))
}

/// A decimal number as its digits without zeros at either end, and the power of ten of the first.
fn decimal(text: &str) -> (Vec<u8>, i64) {
    let text = text.trim_start_matches('-');
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits = [whole.as_bytes(), fraction.as_bytes()].concat();
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    digits.drain(..zeros);
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
    if digits.is_empty() {
        return (digits, 0);
    }
    let exponent = exponent.parse::<i64>().unwrap_or(i64::MAX / 2);
    (digits, exponent + whole.len() as i64 - zeros as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_survives() {
        for kept in [
            "0",
            "-0",
            "0.1",
            "1.50",
            "1e3",
            "9007199254740992",
            "123456789012345680000",
            "1e308",
            "5e-324",
        ] {
            assert!(!loses(kept.as_bytes()), "{kept}");
        }
        for lost in [
            "9007199254740993",
            "-9007199254740993",
            "0.10000000000000000555",
            "1e400",
            "1e-400",
            "123456789.12345678901",
        ] {
            assert!(loses(lost.as_bytes()), "{lost}");
        }
    }

    #[test]
    fn does_not_look_into_strings() {
        assert_eq!(
            first_loss(br#"{"a":"9007199254740993 \" 9007199254740993"}"#),
            None
        );
        assert_eq!(first_loss(br#"[1, 9007199254740993]"#), Some(4));
    }
}
