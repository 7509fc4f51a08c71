//! The groups as a table: sorted, and written as CSV or JSON.

use crate::groups::{Groups, SortedValues};
use crate::number;
use crate::request::Kind;
use std::cmp::Ordering;
use std::io::{self, Write};

/// A column of the answer: its name, what it holds, and of which of the columns of numbers.
pub struct Output {
    pub name: String,
    pub kind: Kind,
    pub numbers: usize,
}

pub struct Answer {
    /// The name of the key's column, if there is a key.
    pub by: Option<String>,
    pub outputs: Vec<Output>,
    pub groups: Groups,
    pub values: SortedValues,
    pub digits: Option<usize>,
}

/// Sort by an output, or by the key.
pub struct Order {
    pub output: Option<usize>,
    pub descending: bool,
}

impl Answer {
    /// The groups in order. What is no number comes last; equal ones stand in the order of their
    /// keys, so that there is one order only.
    pub fn sorted(&self, order: &Order) -> Vec<usize> {
        let groups = 0..self.groups.len();
        let numbers: Vec<Option<f64>> = match order.output {
            Some(output) => groups.clone().map(|group| self.value(group, output)).collect(),
            None => groups
                .clone()
                .map(|group| number::parse(self.groups.key(group)).map(|key| key.value))
                .collect(),
        };
        let turn = |ordering: Ordering| {
            if order.descending {
                ordering.reverse()
            } else {
                ordering
            }
        };
        let mut sorted: Vec<usize> = groups.collect();
        sorted.sort_unstable_by(|&a, &b| {
            let by_number = match (numbers[a], numbers[b]) {
                (Some(a), Some(b)) => turn(a.total_cmp(&b)),
                (a, b) => a.is_none().cmp(&b.is_none()),
            };
            let by_key = self.groups.key(a).cmp(self.groups.key(b));
            by_number.then(if order.output.is_none() { turn(by_key) } else { by_key })
        });
        sorted
    }

    fn value(&self, group: usize, output: usize) -> Option<f64> {
        let Output { kind, numbers, .. } = self.outputs[output];
        if kind == Kind::Rows {
            return Some(self.groups.rows(group) as f64);
        }
        let place = self.groups.place(group, numbers);
        let stat = self.groups.stat(place);
        match kind {
            Kind::Count => Some(stat.count as f64),
            Kind::Missing => Some((self.groups.rows(group) - stat.count) as f64),
            _ if stat.count == 0 => None,
            Kind::Sum => Some(stat.sum()),
            Kind::Mean => Some(stat.mean()),
            Kind::Min => Some(stat.min),
            Kind::Max => Some(stat.max),
            Kind::Percentile(p) => self.values.percentile(place, p),
            Kind::Rows => unreachable!(),
        }
    }

    pub fn write(&self, groups: &[usize], json: bool, out: &mut impl Write) -> io::Result<()> {
        if json {
            self.write_json(groups, out)
        } else {
            self.write_csv(groups, out)
        }
    }

    fn write_csv(&self, groups: &[usize], out: &mut impl Write) -> io::Result<()> {
        let names = self.by.iter().chain(self.outputs.iter().map(|output| &output.name));
        for (place, name) in names.enumerate() {
            comma(place, out)?;
            csv_text(name.as_bytes(), out)?;
        }
        out.write_all(b"\n")?;
        // A line must not be empty: readers would skip it.
        let none = if self.by.is_none() && self.outputs.len() == 1 { "\"\"" } else { "" };
        for &group in groups {
            if self.by.is_some() {
                csv_text(self.groups.key(group), out)?;
            }
            for output in 0..self.outputs.len() {
                comma(output + usize::from(self.by.is_some()), out)?;
                self.number(group, output, none, out)?;
            }
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// An array of objects, one a line.
    fn write_json(&self, groups: &[usize], out: &mut impl Write) -> io::Result<()> {
        for (place, &group) in groups.iter().enumerate() {
            out.write_all(if place == 0 { b"[{" } else { b"},\n {" })?;
            if let Some(by) = &self.by {
                json_text(by.as_bytes(), out)?;
                out.write_all(b":")?;
                json_text(self.groups.key(group), out)?;
            }
            for (output, Output { name, .. }) in self.outputs.iter().enumerate() {
                comma(output + usize::from(self.by.is_some()), out)?;
                json_text(name.as_bytes(), out)?;
                out.write_all(b":")?;
                self.number(group, output, "null", out)?;
            }
        }
        out.write_all(if groups.is_empty() { b"[]\n" } else { b"}]\n" })
    }

    /// The shortest decimal that reads back as the same double, or as many decimals as asked for.
    fn number(
        &self,
        group: usize,
        output: usize,
        none: &str,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let counted = matches!(self.outputs[output].kind, Kind::Rows | Kind::Count | Kind::Missing);
        match (self.value(group, output), self.digits) {
            (Some(value), Some(digits)) if value.is_finite() && !counted => {
                let text = format!("{value:.digits$}");
                let zero = text.bytes().all(|byte| b"-0.".contains(&byte));
                out.write_all(if zero { text.trim_start_matches('-') } else { &text }.as_bytes())
            }
            (Some(value), _) if value.is_finite() => write!(out, "{value}"),
            // A sum beyond the range of doubles.
            _ => out.write_all(none.as_bytes()),
        }
    }
}

fn comma(place: usize, out: &mut impl Write) -> io::Result<()> {
    out.write_all(if place == 0 { b"" } else { b"," })
}

fn csv_text(text: &[u8], out: &mut impl Write) -> io::Result<()> {
    if !text.iter().any(|byte| b",\"\r\n".contains(byte)) {
        return out.write_all(text);
    }
    out.write_all(b"\"")?;
    for part in text.split_inclusive(|&byte| byte == b'"') {
        out.write_all(part)?;
        out.write_all(if part.ends_with(b"\"") { b"\"" } else { b"" })?;
    }
    out.write_all(b"\"")
}

fn json_text(text: &[u8], out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"\"")?;
    for character in String::from_utf8_lossy(text).chars() {
        match character {
            '"' | '\\' => write!(out, "\\{character}")?,
            '\n' => out.write_all(b"\\n")?,
            '\r' => out.write_all(b"\\r")?,
            '\t' => out.write_all(b"\\t")?,
            '\0'..='\x1f' => write!(out, "\\u{:04x}", u32::from(character))?,
            _ => write!(out, "{character}")?,
        }
    }
    out.write_all(b"\"")
}
