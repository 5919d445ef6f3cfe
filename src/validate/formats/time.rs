//! Dates, times and durations (RFC 3339).

#![forbid(unsafe_code)]

/// The number that `text` begins with, of exactly two digits.
fn two(text: &str) -> Option<u32> {
    match text.as_bytes() {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', ..] => Some(u32::from(a - b'0') * 10 + u32::from(b - b'0')),
        _ => None,
    }
}

pub fn is_date(text: &str) -> bool {
    date(text).is_some_and(|holds| holds)
}

fn date(text: &str) -> Option<bool> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || !text.is_ascii() || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let year = two(text)? * 100 + two(&text[2..])?;
    let (month, day) = (two(&text[5..])?, two(&text[8..])?);
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    Some((1..=days).contains(&day))
}

pub fn is_time(text: &str) -> bool {
    time(text).is_some_and(|holds| holds)
}

fn time(text: &str) -> Option<bool> {
    let bytes = text.as_bytes();
    if bytes.len() < 9 || !text.is_ascii() || bytes[2] != b':' || bytes[5] != b':' {
        return None;
    }
    let (hour, minute, second) = (two(text)?, two(&text[3..])?, two(&text[6..])?);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut rest = &text[8..];
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction.trim_start_matches(|char: char| char.is_ascii_digit());
        if rest.len() == fraction.len() {
            return None;
        }
    }
    let offset = offset(rest)?;
    // A leap second is the last of a day of UTC.
    let minute_of_day = (hour * 60 + minute) as i32 - offset;
    Some(second < 60 || minute_of_day.rem_euclid(24 * 60) == 24 * 60 - 1)
}

/// Minutes before UTC.
fn offset(text: &str) -> Option<i32> {
    if matches!(text, "Z" | "z") {
        return Some(0);
    }
    let sign = match text.as_bytes() {
        [b'+', _, _, b':', _, _] => 1,
        [b'-', _, _, b':', _, _] => -1,
        _ => return None,
    };
    let (hours, minutes) = (two(&text[1..])?, two(&text[4..])?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) as i32)
}

pub fn is_date_time(text: &str) -> bool {
    let split = text.split_once(['T', 't']);
    split.is_some_and(|(date, time)| is_date(date) && is_time(time))
}

/// Appendix A: weeks alone, or years, months and days, then hours, minutes and seconds, without gaps.
pub fn is_duration(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('P') else {
        return false;
    };
    if let Some(weeks) = rest.strip_suffix('W') {
        return !weeks.is_empty() && weeks.bytes().all(|byte| byte.is_ascii_digit());
    }
    match rest.split_once('T') {
        None => in_order(rest, "YMD"),
        Some((date, time)) => (date.is_empty() || in_order(date, "YMD")) && in_order(time, "HMS"),
    }
}

/// One or more numbers, each with its unit, of neighbours in `units`.
fn in_order(text: &str, units: &str) -> bool {
    let mut next = None;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let unit = rest[digits..].chars().next().and_then(|unit| units.find(unit));
        let (Some(unit), true) = (unit, digits > 0) else {
            return false;
        };
        if next.is_some_and(|next| next != unit) {
            return false;
        }
        next = Some(unit + 1);
        rest = &rest[digits + 1..];
    }
    next.is_some()
}
