//! URI templates (RFC 6570, with erratum 6937, which lets the apostrophe stand).

#![forbid(unsafe_code)]

pub fn is_template(text: &str) -> bool {
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}') else {
            return false;
        };
        if !literals(&rest[..open]) || !expression(&rest[open + 1..open + close]) {
            return false;
        }
        rest = &rest[open + close + 1..];
    }
    literals(rest)
}

fn literals(text: &str) -> bool {
    escapes_are_whole(text)
        && text
            .chars()
            .all(|char| !char.is_ascii_control() && !" \"<>\\^`{|}".contains(char))
}

/// Each `%` stands before two hexadecimal digits.
fn escapes_are_whole(text: &str) -> bool {
    text.split('%').skip(1).all(|after| {
        after
            .as_bytes()
            .get(..2)
            .is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
    })
}

fn expression(text: &str) -> bool {
    let variables = text
        .strip_prefix(|first| "+#./;?&=,!@|".contains(first))
        .unwrap_or(text);
    variables.split(',').all(variable)
}

fn variable(text: &str) -> bool {
    if let Some(name) = text.strip_suffix('*') {
        return is_name(name);
    }
    match text.split_once(':') {
        None => is_name(text),
        Some((name, length)) => {
            let digits = length.bytes().all(|byte| byte.is_ascii_digit());
            is_name(name) && digits && (1..=4).contains(&length.len()) && !length.starts_with('0')
        }
    }
}

fn is_name(text: &str) -> bool {
    escapes_are_whole(text)
        && text.split('.').all(|part| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_%".contains(&byte);
            !part.is_empty() && part.bytes().all(plain)
        })
}
