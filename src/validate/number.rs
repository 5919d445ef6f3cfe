//! Numbers of JSON, compared by their exact value.

#![forbid(unsafe_code)]

use std::cmp::Ordering;

use serde_json::Number;

/// A number as the parser gives it: exact where it is whole and fits, else the nearest double.
#[derive(Clone, Copy)]
pub enum Exact {
    Whole(i128),
    Double(f64),
}

/// Whole doubles up to here become whole numbers; beyond it no 64-bit number could equal them.
const MAX_WHOLE: f64 = 18_446_744_073_709_551_616.0;

pub fn exact(number: &Number) -> Exact {
    if let Some(whole) = number.as_u64() {
        return Exact::Whole(i128::from(whole));
    }
    if let Some(whole) = number.as_i64() {
        return Exact::Whole(i128::from(whole));
    }
    let double = number.as_f64().unwrap_or(f64::NAN);
    if double.fract() == 0.0 && double.abs() <= MAX_WHOLE {
        // Invariant: whole and below 2^65, so the cast loses nothing.
        return Exact::Whole(double as i128);
    }
    Exact::Double(double)
}

pub fn is_whole(number: &Number) -> bool {
    match exact(number) {
        Exact::Whole(_) => true,
        Exact::Double(double) => double.fract() == 0.0,
    }
}

/// `None` only where one of them is no number, which JSON cannot write.
pub fn compare(left: &Number, right: &Number) -> Option<Ordering> {
    match (exact(left), exact(right)) {
        (Exact::Whole(left), Exact::Whole(right)) => Some(left.cmp(&right)),
        (Exact::Double(left), Exact::Double(right)) => left.partial_cmp(&right),
        (Exact::Whole(left), Exact::Double(right)) => compare_whole(left, right),
        (Exact::Double(left), Exact::Whole(right)) => compare_whole(right, left).map(Ordering::reverse),
    }
}

fn compare_whole(left: i128, right: f64) -> Option<Ordering> {
    if right.is_nan() {
        return None;
    }
    if right.abs() > MAX_WHOLE {
        return Some(if right > 0.0 {
            Ordering::Less
        } else {
            Ordering::Greater
        });
    }
    let floor = right.floor();
    // Equal to the floor is still below a number with a fraction.
    Some(left.cmp(&(floor as i128)).then(if right > floor {
        Ordering::Less
    } else {
        Ordering::Equal
    }))
}

/// A decimal number: `digits * 10^exponent`, without its sign.
struct Decimal {
    digits: u128,
    exponent: i32,
}

impl Decimal {
    /// Of a double, the shortest decimal that reads as it: 0.1 is one tenth.
    fn of(number: &Number) -> Option<Decimal> {
        let mut decimal = match exact(number) {
            Exact::Whole(whole) => Decimal {
                digits: whole.unsigned_abs(),
                exponent: 0,
            },
            Exact::Double(double) => {
                let text = format!("{:e}", double.abs());
                let (mantissa, exponent) = text.split_once('e')?;
                let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
                Decimal {
                    digits: format!("{whole}{fraction}").parse().ok()?,
                    exponent: exponent.parse::<i32>().ok()? - i32::try_from(fraction.len()).ok()?,
                }
            }
        };
        while decimal.digits != 0 && decimal.digits % 10 == 0 {
            decimal.digits /= 10;
            decimal.exponent += 1;
        }
        Some(decimal)
    }
}

/// Whether `number` is a whole multiple of `of`, in decimal arithmetic: 0.3 is one of 0.1.
pub fn is_multiple(number: &Number, of: &Number) -> bool {
    let (Some(number), Some(of)) = (Decimal::of(number), Decimal::of(of)) else {
        return false;
    };
    if number.digits == 0 || of.digits == 0 {
        return number.digits == 0;
    }
    let shift = number.exponent - of.exponent;
    if shift < 0 {
        // `number` ends in no zero, so no power of ten beyond its digits divides it.
        return 10u128
            .checked_pow(shift.unsigned_abs())
            .and_then(|power| power.checked_mul(of.digits))
            .is_some_and(|divisor| number.digits.is_multiple_of(divisor));
    }
    // Products of two remainders fit 128 bits; beyond 64 bits there is only the divisor 2^64 itself.
    let Ok(divisor) = u64::try_from(of.digits) else {
        return number.digits.is_multiple_of(of.digits);
    };
    let divisor = u128::from(divisor);
    let mut rest = number.digits % divisor;
    let (mut power, mut left) = (10 % divisor, shift.unsigned_abs());
    while left > 0 {
        if left & 1 == 1 {
            rest = rest * power % divisor;
        }
        power = power * power % divisor;
        left >>= 1;
    }
    rest == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn order_is_exact_between_whole_numbers_and_doubles() {
        for (left, right, expected) in [
            ("1", "1.0", Ordering::Equal),
            ("-0.0", "0", Ordering::Equal),
            ("9007199254740993", "9007199254740992.0", Ordering::Greater),
            ("18446744073709551615", "18446744073709551616.0", Ordering::Less),
            ("-3", "-2.5", Ordering::Less),
            ("-2", "-2.5", Ordering::Greater),
            ("2", "2.5", Ordering::Less),
            ("1e300", "5", Ordering::Greater),
            ("-1e300", "-5", Ordering::Less),
        ] {
            let (left, right) = (number(left), number(right));
            assert_eq!(compare(&left, &right), Some(expected), "{left} {right}");
            assert_eq!(compare(&right, &left), Some(expected.reverse()), "{right} {left}");
        }
    }

    #[test]
    fn multiples_are_decimal() {
        for (value, of, expected) in [
            ("0.3", "0.1", true),
            ("4.02", "0.01", true),
            ("0.0075", "0.0001", true),
            ("0.00751", "0.0001", false),
            ("1e308", "0.123456789", false),
            ("1e308", "0.5", true),
            ("12391239123", "1e-8", true),
            ("7", "2", false),
            ("-8", "2", true),
            ("0", "3", true),
            ("18446744073709551615", "5", true),
            ("18446744073709551614", "5", false),
            ("5e-324", "1", false),
            ("100", "1e2", true),
            ("1e22", "7", false),
        ] {
            assert_eq!(is_multiple(&number(value), &number(of)), expected, "{value} {of}");
        }
    }

    #[test]
    fn whole_is_by_value() {
        for (text, expected) in [
            ("1.0", true),
            ("1e300", true),
            ("1.5", false),
            ("-0", true),
            ("5e-1", false),
        ] {
            assert_eq!(is_whole(&number(text)), expected, "{text}");
        }
    }
}
