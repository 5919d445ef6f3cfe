//! The rules, their limits, and what is found against them.

#![forbid(unsafe_code)]

/// What can be wrong with a body or a query string. The number of a rule is its index in
/// `lib/body/rules.js`; the two tables are held equal by a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Rule {
    Utf8 = 1,
    Depth,
    Keys,
    KeyLength,
    StringLength,
    DuplicateKey,
    PrototypeKey,
    OperatorKey,
    Precision,
    Escape,
}

impl Rule {
    /// All rules, in the order of their numbers.
    pub const ALL: [Rule; 10] = [
        Rule::Utf8,
        Rule::Depth,
        Rule::Keys,
        Rule::KeyLength,
        Rule::StringLength,
        Rule::DuplicateKey,
        Rule::PrototypeKey,
        Rule::OperatorKey,
        Rule::Precision,
        Rule::Escape,
    ];

    /// The rule as a bit of [`Limits::refuse`] and [`Limits::report`].
    pub const fn bit(self) -> u32 {
        1 << self as u8
    }
}

/// What a text is held to. A rule in neither `refuse` nor `report` is not looked at.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Objects and arrays inside each other; in urlencoded texts, bracket groups of one name.
    pub depth: u32,
    /// Keys of all objects together; in urlencoded texts, parameters.
    pub keys: u32,
    /// UTF-8 bytes of one key, decoded.
    pub key_bytes: u32,
    /// UTF-8 bytes of one string, decoded; `u32::MAX` for no limit of its own.
    pub string_bytes: u32,
    /// Rules that end the scan.
    pub refuse: u32,
    /// Rules whose first offence is noted while the scan goes on.
    pub report: u32,
}

impl Default for Limits {
    fn default() -> Self {
        let all = Rule::ALL.iter().fold(0, |bits, rule| bits | rule.bit());
        Limits {
            depth: 64,
            keys: 10_000,
            key_bytes: 256,
            string_bytes: u32::MAX,
            refuse: all & !Rule::OperatorKey.bit() & !Rule::Precision.bit(),
            report: Rule::OperatorKey.bit(),
        }
    }
}

/// What a scan found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The rule that ended the scan, and the offset of the offence in the text.
    pub refused: Option<(Rule, u32)>,
    /// One bit per rule that is only reported and was offended.
    pub reported: u32,
    /// The offset of each reported rule's first offence, by the rule's number.
    pub offsets: [u32; Rule::ALL.len() + 1],
    /// Whether the text has bytes outside ASCII.
    pub non_ascii: bool,
    /// Whether the text begins with a UTF-8 byte order mark.
    pub bom: bool,
}

impl Found {
    /// Notes an offence; true when the scan must end.
    pub fn offend(&mut self, limits: &Limits, rule: Rule, offset: usize) -> bool {
        if limits.refuse & rule.bit() != 0 {
            self.refused = Some((rule, offset as u32));
            return true;
        }
        if limits.report & !self.reported & rule.bit() != 0 {
            self.reported |= rule.bit();
            self.offsets[rule as usize] = offset as u32;
        }
        false
    }

    /// Makes ready for another text.
    #[inline(always)]
    pub fn forget(&mut self) {
        if self.reported != 0 {
            *self = Found::default();
        }
        self.refused = None;
        self.non_ascii = false;
    }

    /// Makes offsets smaller, where so much stood before the text.
    #[cold]
    pub fn move_back(&mut self, by: u32) {
        if let Some((_, offset)) = &mut self.refused {
            *offset = offset.saturating_sub(by);
        }
        for (rule, offset) in self.offsets.iter_mut().enumerate() {
            *offset -= if self.reported >> rule & 1 == 1 { by } else { 0 };
        }
    }
}
