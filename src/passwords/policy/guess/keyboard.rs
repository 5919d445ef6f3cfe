//! Walks over a keyboard: `qwerty`, `zxdr5`, `7410`. Keys are neighbours by their places in the layouts.

#![forbid(unsafe_code)]

use super::find::{Kind, Piece};

/// Rows of keys, each key as it is without and with shift. Every row of a keyboard stands half a key to the right
/// of the one above, so a key has two neighbours above and two below.
const QWERTY: Layout = Layout {
    shifted: true,
    rows: &[
        (0, "`~1!2@3#4$5%6^7&8*9(0)-_=+"),
        (1, r"qQwWeErRtTyYuUiIoOpP[{]}\|"),
        (1, r#"aAsSdDfFgGhHjJkKlL;:'""#),
        (1, "zZxXcCvVbBnNmM,<.>/?"),
    ],
};
const DVORAK: Layout = Layout {
    shifted: true,
    rows: &[
        (0, "`~1!2@3#4$5%6^7&8*9(0)[{]}"),
        (1, r#"'",<.>pPyYfFgGcCrRlL/?=+\|"#),
        (1, "aAoOeEuUiIdDhHtTnNsS-_"),
        (1, ";:qQjJkKxXbBmMwWvVzZ"),
    ],
};
/// The keys of a pad stand below each other, so they have eight neighbours.
const KEYPAD: Layout = Layout {
    shifted: false,
    rows: &[(1, "/*-"), (0, "789+"), (0, "456"), (0, "123"), (1, "0.")],
};
const MAC_KEYPAD: Layout = Layout {
    shifted: false,
    rows: &[(1, "=/*"), (0, "789-"), (0, "456+"), (0, "123"), (1, "0.")],
};
const LAYOUTS: [&Layout; 4] = [&QWERTY, &DVORAK, &KEYPAD, &MAC_KEYPAD];

/// Columns and rows to each neighbour, in a fixed order: the number is the direction.
const SLANTED: [(i8, i8); 6] = [(-1, 0), (0, -1), (1, -1), (1, 0), (0, 1), (-1, 1)];
const ALIGNED: [(i8, i8); 8] = [
    (-1, 0),
    (-1, -1),
    (0, -1),
    (1, -1),
    (1, 0),
    (1, 1),
    (0, 1),
    (-1, 1),
];

struct Layout {
    /// Whether keys have a second sign.
    shifted: bool,
    /// The column that a row begins in, and its keys.
    rows: &'static [(i8, &'static str)],
}

struct Key {
    column: i8,
    row: i8,
    shifted: bool,
}

impl Layout {
    fn key(&self, sign: char) -> Option<Key> {
        self.rows.iter().zip(0..).find_map(|(&(first, keys), row)| {
            let at = keys.chars().position(|one| one == sign)? as i8;
            let (key, shifted) = if self.shifted {
                (at / 2, at % 2 == 1)
            } else {
                (at, false)
            };
            Some(Key {
                column: first + key,
                row,
                shifted,
            })
        })
    }

    /// The direction from one sign to its neighbour, and whether the neighbour is typed with shift.
    fn step(&self, from: char, to: char) -> Option<(usize, bool)> {
        let (from, to) = (self.key(from)?, self.key(to)?);
        let way = (to.column - from.column, to.row - from.row);
        let directions: &[(i8, i8)] = if self.shifted { &SLANTED } else { &ALIGNED };
        let direction = directions.iter().position(|&one| one == way)?;
        Some((direction, to.shifted))
    }

    /// Whether a walk that begins here begins with shift. zxcvbn counts brackets among them.
    fn begins_shifted(&self, sign: char) -> bool {
        self.shifted && (matches!(sign, '[' | ']') || QWERTY.key(sign).is_some_and(|key| key.shifted))
    }
}

/// Walks of three keys or more.
pub fn walks(password: &[char], found: &mut Vec<Piece>) {
    for layout in LAYOUTS {
        let mut start = 0;
        while start + 1 < password.len() {
            let mut end = start;
            let mut turns = 0;
            let mut shifts = usize::from(layout.begins_shifted(password[start]));
            let mut last = None;
            while let Some(&next) = password.get(end + 1)
                && let Some((direction, shifted)) = layout.step(password[end], next)
            {
                end += 1;
                shifts += usize::from(shifted);
                if last != Some(direction) {
                    turns += 1;
                    last = Some(direction);
                }
            }
            if end - start >= 2 {
                found.push(Piece {
                    start,
                    end,
                    kind: Kind::Walk {
                        pad: !layout.shifted,
                        turns,
                        shifts,
                    },
                });
            }
            start = end + 1;
        }
    }
}
