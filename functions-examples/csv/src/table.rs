//! The request, resolved against the header, and what the rows have come to so far.

use crate::answer::{Answer, Order, Output};
use crate::groups::{Groups, Values};
use crate::number;
use crate::records::Records;
use crate::request::{Kind, Request};
use crate::Fail;
use std::io::Read;

/// A column of numbers that some output needs.
struct Numbers {
    column: usize,
    percentiles: bool,
    missing: u64,
}

pub struct Table {
    pub header: Vec<Vec<u8>>,
    key: Option<usize>,
    numbers: Vec<Numbers>,
    outputs: Vec<Output>,
    order: Order,
    groups: Groups,
    values: Values,
    rows: u64,
    /// Rows with more or fewer cells than the header.
    uneven: u64,
}

impl Table {
    pub fn new(request: &Request, header: Vec<Vec<u8>>) -> Result<Table, Fail> {
        let key = request.by.as_ref().map(|by| column(&header, by)).transpose()?;
        let mut numbers: Vec<Numbers> = Vec::new();
        let mut outputs: Vec<Output> = Vec::new();
        for wish in &request.wishes {
            let mut output = Output { name: wish.name.clone(), kind: wish.kind, numbers: 0 };
            if let Some(name) = &wish.column {
                let column = column(&header, name)?;
                let percentiles = matches!(wish.kind, Kind::Percentile(_));
                output.name = format!("{}_{}", wish.name, text(&header[column]));
                output.numbers = numbers
                    .iter()
                    .position(|known| known.column == column)
                    .unwrap_or(numbers.len());
                if output.numbers == numbers.len() {
                    numbers.push(Numbers { column, percentiles, missing: 0 });
                }
                numbers[output.numbers].percentiles |= percentiles;
            }
            if outputs.iter().any(|other| other.name == output.name) {
                return Err(Fail::usage(&format!("{} is asked for twice", output.name)));
            }
            outputs.push(output);
        }
        let by = key.map(|column| text(&header[column]));
        let order = order(request.sort.as_deref(), by.as_deref(), &outputs)?;
        let groups = Groups::new(numbers.len());
        Ok(Table {
            header,
            key,
            numbers,
            outputs,
            order,
            groups,
            values: Values::new(),
            rows: 0,
            uneven: 0,
        })
    }

    /// Takes in all rows. This is where the time goes.
    pub fn read(&mut self, records: &mut Records<impl Read>) -> Result<(), Fail> {
        let columns: Vec<usize> =
            self.numbers.iter().map(|numbers| numbers.column).chain(self.key).collect();
        records.select(&columns);
        while records.advance()? {
            self.rows += 1;
            self.uneven += u64::from(records.width() != self.header.len());
            let key = if self.key.is_some() { records.cell(self.numbers.len()) } else { &[] };
            let group = self.groups.enter(key)?;
            for (index, numbers) in self.numbers.iter_mut().enumerate() {
                let Some(number) = number::parse(records.cell(index)) else {
                    numbers.missing += 1;
                    continue;
                };
                let place = self.groups.place(group, index);
                self.groups.stat_mut(place).add(number);
                if numbers.percentiles {
                    self.values.add(place, number.value)?;
                }
            }
        }
        Ok(())
    }

    /// Says in the log what was read and what could not be used.
    pub fn log(&self) {
        eprintln!("csv: {} rows in {} groups", self.rows, self.groups.len());
        for numbers in self.numbers.iter().filter(|numbers| numbers.missing > 0) {
            eprintln!(
                "csv: {} cells of {} are no number",
                numbers.missing,
                text(&self.header[numbers.column])
            );
        }
        if self.uneven > 0 {
            eprintln!("csv: {} rows have more or fewer cells than the header", self.uneven);
        }
    }

    /// The table to write, and which of its groups in which order.
    pub fn answer(self, request: &Request) -> (Answer, Vec<usize>) {
        let answer = Answer {
            by: self.key.map(|column| text(&self.header[column])),
            outputs: self.outputs,
            groups: self.groups,
            values: self.values.sorted(),
            digits: request.digits,
        };
        let mut groups = answer.sorted(&self.order);
        groups.truncate(request.limit);
        (answer, groups)
    }
}

/// The column of that name; else, if it is a number, the column of that place, from 1.
fn column(header: &[Vec<u8>], wanted: &str) -> Result<usize, Fail> {
    let mut named = (0..header.len()).filter(|&column| header[column] == wanted.as_bytes());
    match (named.next(), named.next(), wanted.parse::<usize>()) {
        (Some(column), None, _) => Ok(column),
        (Some(_), Some(_), _) => Err(Fail::usage(&format!(
            "several columns are called {wanted}: say which by its number"
        ))),
        (None, _, Ok(place)) if (1..=header.len()).contains(&place) => Ok(place - 1),
        _ => {
            let names: Vec<String> = header.iter().map(|name| text(name)).collect();
            Err(Fail::usage(&format!("there is no column {wanted}, but: {}", names.join(", "))))
        }
    }
}

fn order(sort: Option<&str>, by: Option<&str>, outputs: &[Output]) -> Result<Order, Fail> {
    let Some(sort) = sort else {
        return Ok(Order { output: None, descending: false });
    };
    let find = |name: &str, descending| {
        if by == Some(name) {
            return Some(Order { output: None, descending });
        }
        let output = outputs.iter().position(|output| output.name == name)?;
        Some(Order { output: Some(output), descending })
    };
    let descending = sort.strip_prefix('-').and_then(|name| find(name, true));
    find(sort, false).or(descending).ok_or_else(|| {
        let names: Vec<&str> =
            by.into_iter().chain(outputs.iter().map(|output| output.name.as_str())).collect();
        Fail::usage(&format!("sort={sort} is not in the answer, which has {}", names.join(", ")))
    })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
