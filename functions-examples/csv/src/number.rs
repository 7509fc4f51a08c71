//! Cells as numbers, and sums of them that do not depend on the order of the rows.

/// Digits after the point that a sum keeps exactly.
const EXACT_DECIMALS: usize = 6;
const UNITS: i128 = 1_000_000;
const POWERS: [i64; EXACT_DECIMALS + 1] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

/// As many digits fit a double and, times [`UNITS`], a long.
const MAX_DIGITS: usize = 12;

#[derive(Clone, Copy)]
pub struct Number {
    /// The nearest double, never infinite, no NaN, no negative zero.
    pub value: f64,
    /// The number in millionths, when it is short enough to be one of them.
    millionths: Option<i64>,
}

/// A decimal number (`-12`, `0.5`, `1e3`); `None` for anything else: empty, `NA`, `nan`, `inf`.
pub fn parse(cell: &[u8]) -> Option<Number> {
    let (negative, digits) = match cell {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, cell),
    };
    let mut mantissa = 0i64;
    let mut decimals = None;
    let mut count = 0;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            mantissa = mantissa.wrapping_mul(10).wrapping_add(i64::from(digit));
            count += 1;
        } else if byte == b'.' && decimals.is_none() {
            decimals = Some(count);
        } else {
            return parse_rare(cell);
        }
    }
    let decimals = decimals.map_or(0, |before| count - before);
    if count == 0 || count > MAX_DIGITS || decimals > EXACT_DECIMALS {
        return parse_rare(cell);
    }
    let signed = if negative { -mantissa } else { mantissa };
    Some(Number {
        value: if decimals == 0 {
            signed as f64
        } else {
            signed as f64 / POWERS[decimals] as f64 + 0.0
        },
        millionths: Some(signed * POWERS[EXACT_DECIMALS - decimals]),
    })
}

/// Exponents, many digits, blanks around it.
#[cold]
fn parse_rare(cell: &[u8]) -> Option<Number> {
    let value: f64 = std::str::from_utf8(cell).ok()?.trim().parse().ok()?;
    value.is_finite().then_some(Number { value: value + 0.0, millionths: None })
}

/// What is kept of the numbers of one column in one group.
#[derive(Clone, Copy)]
pub struct Stat {
    pub count: u64,
    pub min: f64,
    pub max: f64,
    /// The sum of all short decimals in millionths: exact, in any order. 2^64 of them fit.
    exact: i128,
    /// The sum of all other numbers, and what rounding has taken from it (Neumaier).
    other: f64,
    lost: f64,
}

impl Stat {
    pub const EMPTY: Stat = Stat {
        count: 0,
        min: f64::INFINITY,
        max: f64::NEG_INFINITY,
        exact: 0,
        other: 0.0,
        lost: 0.0,
    };

    pub fn add(&mut self, number: Number) {
        let value = number.value;
        self.count += 1;
        if value < self.min {
            self.min = value;
        }
        if value > self.max {
            self.max = value;
        }
        match number.millionths {
            Some(millionths) => self.exact += i128::from(millionths),
            None => {
                let lost;
                (self.other, lost) = add(self.other, value);
                self.lost += lost;
            }
        }
    }

    /// The nearest double to the sum as long as every number was a short decimal.
    pub fn sum(&self) -> f64 {
        self.divide(1)
    }

    pub fn mean(&self) -> f64 {
        self.divide(self.count)
    }

    fn divide(&self, count: u64) -> f64 {
        let (exact, unit) = match self.exact % UNITS {
            0 => (self.exact / UNITS, 1.0),
            _ => (self.exact, UNITS as f64),
        };
        if self.other == 0.0 && self.lost == 0.0 {
            return exact as f64 / (unit * count as f64);
        }
        let (sum, lost) = add(self.other, exact as f64 / unit);
        // What was lost is no number once the sum has left the range of doubles.
        let sum = if sum.is_finite() { sum + (self.lost + lost) } else { sum };
        sum / count as f64
    }
}

/// The rounded sum, and what rounding took from it.
fn add(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    (sum, if a.abs() >= b.abs() { a - sum + b } else { b - sum + a })
}
