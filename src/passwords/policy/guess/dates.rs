//! Years and dates: `1987`, `13.7.1999`, `070885`.

#![forbid(unsafe_code)]

use super::find::{Kind, Piece};

const YEARS: std::ops::RangeInclusive<u32> = 1000..=2050;
/// More than two digits have to be a year.
const TWO_DIGITS: u32 = 99;

/// Years of the last and of this century, from left to right.
pub fn years(password: &[char], found: &mut Vec<Piece>) {
    let mut start = 0;
    while let Some(digits) = password.get(start..start + 4) {
        match number(digits) {
            Some(year @ 1900..=2099) => {
                found.push(Piece {
                    start,
                    end: start + 3,
                    kind: Kind::Year(year as i32),
                });
                start += 4;
            }
            _ => start += 1,
        }
    }
}

/// Dates that are not part of a longer one. `this_year` decides between the ways to read one.
pub fn dates(password: &[char], this_year: i32, found: &mut Vec<Piece>) {
    let mut all: Vec<Piece> = Vec::new();
    for (length, read) in (4..=8)
        .map(|length| (length, bare as Reader))
        .chain((6..=10).map(|length| (length, separated as Reader)))
    {
        for (start, part) in password.windows(length).enumerate() {
            if let Some(year) = read(part, this_year) {
                let kind = Kind::Date {
                    year,
                    separated: number(part).is_none(),
                };
                all.push(Piece {
                    start,
                    end: start + length - 1,
                    kind,
                });
            }
        }
    }
    let outermost = |one: &Piece| {
        !all.iter().any(|other| {
            (one.start, one.end) != (other.start, other.end)
                && other.start <= one.start
                && other.end >= one.end
        })
    };
    let places: Vec<bool> = all.iter().map(outermost).collect();
    let mut keep = places.into_iter();
    all.retain(|_| keep.next() == Some(true));
    found.append(&mut all);
}

type Reader = fn(&[char], i32) -> Option<i32>;

/// Digits alone, cut in three in each way that leaves a year of two or four digits at an end: of the dates that come
/// out, the year nearest to this one.
fn bare(part: &[char], this_year: i32) -> Option<i32> {
    number(part)?;
    let cuts: &[(usize, usize)] = match part.len() {
        4 => &[(1, 2), (2, 3)],
        5 => &[(1, 3), (2, 3)],
        6 => &[(1, 2), (2, 4), (4, 5)],
        7 => &[(1, 3), (2, 3), (4, 5), (4, 6)],
        _ => &[(2, 4), (4, 6)],
    };
    cuts.iter()
        .filter_map(|&(one, two)| {
            year_of(
                number(&part[..one])?,
                number(&part[one..two])?,
                number(&part[two..])?,
            )
        })
        .min_by_key(|year| (year - this_year).abs())
}

/// Digits with the same separator twice.
fn separated(part: &[char], _: i32) -> Option<i32> {
    let is_separator = |sign: &char| sign.is_whitespace() || matches!(sign, '/' | '\\' | '_' | '.' | '-');
    let mut parts = part.split(is_separator);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    let lengths = first.len() <= 4 && second.len() <= 2 && third.len() <= 4;
    let same = part.get(first.len()) == part.get(first.len() + 1 + second.len());
    if parts.next().is_some() || !lengths || !same {
        return None;
    }
    year_of(number(first)?, number(second)?, number(third)?)
}

/// The number that digits alone are.
fn number(digits: &[char]) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u32, |sum, sign| {
        sum.checked_mul(10)?.checked_add(sign.to_digit(10)?)
    })
}

/// The year, where three numbers are a date in some order with the year at one end.
fn year_of(first: u32, second: u32, third: u32) -> Option<i32> {
    let all = [first, second, third];
    let impossible = |number: u32| number > *YEARS.end() || (number > TWO_DIGITS && number < *YEARS.start());
    let over = |bound: u32| all.iter().filter(|&&number| number > bound).count();
    let zeros = all.iter().filter(|&&number| number == 0).count();
    if second == 0
        || second > 31
        || all.into_iter().any(impossible)
        || over(31) >= 2
        || over(12) == 3
        || zeros >= 2
    {
        return None;
    }
    let orders = [(third, first, second), (first, second, third)];
    let long = orders.iter().find(|(year, ..)| YEARS.contains(year));
    match long {
        // With four digits it is the year, or this is no date.
        Some(&(year, one, other)) => is_day(one, other).then_some(year as i32),
        None => orders
            .iter()
            .find(|&&(_, one, other)| is_day(one, other))
            .map(|&(year, ..)| with_century(year)),
    }
}

/// Whether two numbers are a day and a month, in either order.
fn is_day(one: u32, other: u32) -> bool {
    [(one, other), (other, one)]
        .iter()
        .any(|(day, month)| (1..=31).contains(day) && (1..=12).contains(month))
}

fn with_century(year: u32) -> i32 {
    let year = year as i32;
    match year {
        0..=50 => 2000 + year,
        51..=99 => 1900 + year,
        _ => year,
    }
}
