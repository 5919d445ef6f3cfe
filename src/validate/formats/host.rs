//! Names of hosts: RFC 1123, with A-labels as RFC 5890 to 5892 ask, and internationalized ones.

#![forbid(unsafe_code)]

use idna::punycode;
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use unicode_general_category::{GeneralCategory, get_general_category};

/// Bytes of a name without the final dot (RFC 1035, section 2.3.4), and of a label.
const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;

pub fn is_hostname(text: &str) -> bool {
    text.len() <= MAX_NAME && text.split('.').all(label)
}

fn label(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let ends = text.is_empty() || text.starts_with('-') || text.ends_with('-');
    if ends || text.len() > MAX_LABEL || !text.bytes().all(plain) {
        return false;
    }
    if text.as_bytes().get(2..4) != Some(b"--") {
        return true;
    }
    let decoded = text.strip_prefix("xn--").and_then(punycode::decode_to_string);
    decoded.is_some_and(|text| unicode_label(&text))
}

pub fn is_idn_hostname(text: &str) -> bool {
    let names = Uts46::new();
    let ascii = names.to_ascii(
        text.as_bytes(),
        AsciiDenyList::STD3,
        Hyphens::Check,
        DnsLength::Verify,
    );
    let Ok(ascii) = ascii else { return false };
    let (unicode, _) = names.to_unicode(ascii.as_bytes(), AsciiDenyList::EMPTY, Hyphens::Allow);
    is_hostname(&ascii)
        && unicode
            .split('.')
            .all(|text| !text.is_empty() && unicode_label(text))
}

/// RFC 5891, section 4.2.3, and the rules of context of RFC 5892, appendix A.
fn unicode_label(text: &str) -> bool {
    use GeneralCategory::{EnclosingMark, NonspacingMark, SpacingMark};
    let marks = [EnclosingMark, NonspacingMark, SpacingMark];
    let first = text.chars().next();
    if first.is_some_and(|first| marks.contains(&get_general_category(first))) {
        return false;
    }
    let has = |of: fn(char) -> bool| text.chars().any(of);
    let arabic = has(|char| matches!(char, '\u{660}'..='\u{669}'));
    if arabic && has(|char| matches!(char, '\u{6f0}'..='\u{6f9}')) {
        return false;
    }
    if text.contains('\u{30fb}') && !has(is_japanese) {
        return false;
    }
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        if !char_holds(before, char, chars.peek().copied()) {
            return false;
        }
        before = Some(char);
    }
    true
}

fn char_holds(before: Option<char>, char: char, after: Option<char>) -> bool {
    match char {
        '\u{200d}' => before.is_some_and(|before| VIRAMAS.binary_search(&before).is_ok()),
        '\u{b7}' => before == Some('l') && after == Some('l'),
        '\u{375}' => matches!(after, Some('\u{370}'..='\u{3ff}')),
        '\u{5f3}' | '\u{5f4}' => matches!(before, Some('\u{590}'..='\u{5ff}')),
        // Section 2.6: never, and always.
        '\u{640}' | '\u{7fa}' | '\u{302e}' | '\u{302f}' | '\u{3031}'..='\u{3035}' | '\u{303b}' => false,
        '\u{200c}' | '\u{6fd}' | '\u{6fe}' | '\u{f0b}' | '\u{3007}' | '\u{30fb}' => true,
        other => other.is_ascii() || is_letter_or_digit(other),
    }
}

fn is_letter_or_digit(char: char) -> bool {
    use GeneralCategory::{
        DecimalNumber, LowercaseLetter, ModifierLetter, NonspacingMark, OtherLetter, SpacingMark,
        TitlecaseLetter, UppercaseLetter,
    };
    matches!(
        get_general_category(char),
        UppercaseLetter
            | LowercaseLetter
            | TitlecaseLetter
            | ModifierLetter
            | OtherLetter
            | NonspacingMark
            | SpacingMark
            | DecimalNumber
    )
}

/// Hiragana, Katakana or Han; the dot itself is none.
fn is_japanese(char: char) -> bool {
    char != '\u{30fb}'
        && matches!(char, '\u{3005}' | '\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{323af}')
}

/// Characters of combining class 9 (Unicode 16), behind which a joiner may stand.
const VIRAMAS: [char; 65] = [
    '\u{94d}',
    '\u{9cd}',
    '\u{a4d}',
    '\u{acd}',
    '\u{b4d}',
    '\u{bcd}',
    '\u{c4d}',
    '\u{ccd}',
    '\u{d3b}',
    '\u{d3c}',
    '\u{d4d}',
    '\u{dca}',
    '\u{e3a}',
    '\u{eba}',
    '\u{f84}',
    '\u{1039}',
    '\u{103a}',
    '\u{1714}',
    '\u{1715}',
    '\u{1734}',
    '\u{17d2}',
    '\u{1a60}',
    '\u{1b44}',
    '\u{1baa}',
    '\u{1bab}',
    '\u{1bf2}',
    '\u{1bf3}',
    '\u{2d7f}',
    '\u{a806}',
    '\u{a82c}',
    '\u{a8c4}',
    '\u{a953}',
    '\u{a9c0}',
    '\u{aaf6}',
    '\u{abed}',
    '\u{10a3f}',
    '\u{11046}',
    '\u{11070}',
    '\u{1107f}',
    '\u{110b9}',
    '\u{11133}',
    '\u{11134}',
    '\u{111c0}',
    '\u{11235}',
    '\u{112ea}',
    '\u{1134d}',
    '\u{11442}',
    '\u{114c2}',
    '\u{115bf}',
    '\u{1163f}',
    '\u{116b6}',
    '\u{1172b}',
    '\u{11839}',
    '\u{1193d}',
    '\u{1193e}',
    '\u{119e0}',
    '\u{11a34}',
    '\u{11a47}',
    '\u{11a99}',
    '\u{11c3f}',
    '\u{11d44}',
    '\u{11d45}',
    '\u{11d97}',
    '\u{11f41}',
    '\u{11f42}',
];
