//! One pass over a JSON text with a [`plan`](super::plan). `None` anywhere means "not sure": the program
//! judges.

#![forbid(unsafe_code)]

use super::plan::{ArrayRules, Node, ObjectRules, Rules, StringRules, Values, types};
use super::scan::{MAX_DEPTH, Scan};

/// Digits that a double holds exactly, whatever they are.
const MAX_DIGITS: usize = 15;

/// Whether the plan is sure that `text` is JSON and valid.
pub fn affirms(plan: &Node, text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| Scan::new(text).document(plan).is_some())
}

impl Scan<'_> {
    fn document(&mut self, plan: &Node) -> Option<()> {
        self.space();
        self.value(plan)?;
        self.space();
        (self.at == self.bytes.len()).then_some(())
    }

    fn value(&mut self, node: &Node) -> Option<()> {
        let Node::Rules(rules) = node else {
            return self.any();
        };
        if rules.all_of.is_empty() && rules.any_of.is_empty() {
            return self.own_rules(rules);
        }
        let start = (self.at, self.depth);
        for one in &rules.all_of {
            self.value(one)?;
            (self.at, self.depth) = start;
        }
        if !rules.any_of.is_empty() {
            // What a schema that did not hold has left behind is undone before the next.
            let holds = rules.any_of.iter().any(|one| {
                (self.at, self.depth) = start;
                self.value(one).is_some()
            });
            if !holds {
                return None;
            }
            (self.at, self.depth) = start;
        }
        self.own_rules(rules)
    }

    fn own_rules(&mut self, rules: &Rules) -> Option<()> {
        match self.peek()? {
            b'"' => self.string_value(rules),
            b'{' => {
                self.allowed(rules, types::OBJECT)?;
                self.deeper(|walk| walk.object(&rules.object))
            }
            b'[' => {
                self.allowed(rules, types::ARRAY)?;
                self.deeper(|walk| walk.array(&rules.array))
            }
            b't' => self.word(rules, types::BOOLEAN, "true", |values| values.yes),
            b'f' => self.word(rules, types::BOOLEAN, "false", |values| values.no),
            b'n' => self.word(rules, types::NULL, "null", |values| values.null),
            _ => self.number_value(rules),
        }
    }

    /// Objects and arrays are never in a planned `enum`.
    fn allowed(&self, rules: &Rules, bit: u8) -> Option<()> {
        (rules.types & bit != 0 && rules.values.is_none()).then_some(())
    }

    fn deeper(&mut self, work: impl FnOnce(&mut Self) -> Option<()>) -> Option<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        work(self)?;
        self.depth -= 1;
        Some(())
    }

    fn word(&mut self, rules: &Rules, bit: u8, word: &str, listed: fn(&Values) -> bool) -> Option<()> {
        if rules.types & bit == 0 || !rules.values.as_ref().is_none_or(listed) {
            return None;
        }
        self.literal(word)
    }

    fn object(&mut self, rules: &ObjectRules) -> Option<()> {
        self.take(b'{')?;
        self.space();
        let mut seen = 0u64;
        if self.peek()? == b'}' {
            self.at += 1;
            return (rules.required == 0).then_some(());
        }
        // Clients send properties in the order of the schema more often than not.
        let mut next = 0;
        loop {
            let key = self.string()?;
            let at = position(rules, self.str_of(&key)?, next);
            self.space();
            self.take(b':')?;
            self.space();
            match at {
                Some(at) => {
                    seen |= 1 << at;
                    next = at + 1;
                    self.value(&rules.properties[at].1)?;
                }
                None => self.value(rules.others.as_ref()?)?,
            }
            self.space();
            match self.peek()? {
                b',' => self.at += 1,
                b'}' => break,
                _ => return None,
            }
            self.space();
        }
        self.at += 1;
        (seen & rules.required == rules.required).then_some(())
    }

    fn array(&mut self, rules: &ArrayRules) -> Option<()> {
        self.take(b'[')?;
        self.space();
        let mut count = 0;
        if self.peek()? == b']' {
            self.at += 1;
            return (rules.min == 0).then_some(());
        }
        loop {
            count += 1;
            if count > rules.max {
                return None;
            }
            self.value(&rules.items)?;
            self.space();
            match self.peek()? {
                b',' => self.at += 1,
                b']' => break,
                _ => return None,
            }
            self.space();
        }
        self.at += 1;
        (count >= rules.min).then_some(())
    }

    fn string_value(&mut self, rules: &Rules) -> Option<()> {
        if rules.types & types::STRING == 0 {
            return None;
        }
        let found = self.string()?;
        if rules.string.any || rules.values.is_some() {
            let text = self.str_of(&found)?;
            if let Some(values) = &rules.values {
                values.strings.iter().any(|one| **one == *text).then_some(())?;
            }
            return string_holds(&rules.string, text).then_some(());
        }
        Some(())
    }

    /// Numbers with an exponent or more than 15 digits are left to the program.
    fn number_value(&mut self, rules: &Rules) -> Option<()> {
        let start = self.at;
        let (whole, digits) = self.number(false)?;
        if digits > MAX_DIGITS {
            return None;
        }
        // 1.0 is an integer too, but left to the program.
        let bits = if whole {
            types::INTEGER | types::NUMBER
        } else {
            types::NUMBER
        };
        if rules.types & bits == 0 {
            return None;
        }
        let number = if whole {
            small_integer(&self.bytes[start..self.at])
        } else {
            self.text.get(start..self.at)?.parse().ok()?
        };
        if let Some(values) = &rules.values {
            values.numbers.contains(&number).then_some(())?;
        }
        let limits = &rules.number;
        let holds = number >= limits.min
            && number <= limits.max
            && (number > limits.above || limits.above == f64::NEG_INFINITY)
            && (number < limits.below || limits.below == f64::INFINITY);
        holds.then_some(())
    }
}

#[inline(always)]
fn position(rules: &ObjectRules, key: &str, next: usize) -> Option<usize> {
    let properties = &rules.properties;
    if let Some((name, _)) = properties.get(next)
        && **name == *key
    {
        return Some(next);
    }
    properties.iter().position(|(name, _)| **name == *key)
}

fn string_holds(rules: &StringRules, text: &str) -> bool {
    let len = text.len();
    // A code point has 1 to 4 bytes: most texts need no counting.
    let sure = len <= rules.max && len.div_ceil(4) >= rules.min;
    if !sure {
        let count = text.chars().count();
        if count < rules.min || count > rules.max {
            return false;
        }
    }
    rules.format.is_none_or(|format| format.affirms(text.as_bytes()))
        && rules
            .pattern
            .as_ref()
            .is_none_or(|pattern| pattern.is_match(text))
}

/// At most 15 digits with or without a sign.
fn small_integer(text: &[u8]) -> f64 {
    let (sign, digits) = match text {
        [b'-', digits @ ..] => (-1.0, digits),
        _ => (1.0, text),
    };
    let value = digits
        .iter()
        .fold(0i64, |value, digit| value * 10 + i64::from(digit - b'0'));
    sign * value as f64
}
