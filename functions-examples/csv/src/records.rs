//! Splits CSV (RFC 4180) into records without an allocation for each.
//!
//! Most records hold no quote. For them the scanner looks at eight bytes at a time and counts
//! separators, so that a column nobody asked for costs next to nothing. A record with a quote takes
//! the careful way, byte by byte. The buffer holds whole records: what is left of the last one moves
//! to the front before the next read.
//!
//! Beyond the RFC: LF and CRLF both end a record, the last one needs neither, empty lines are
//! skipped, a byte order mark is dropped, a quote inside an unquoted cell is a character like others.

use crate::Fail;
use std::io::{ErrorKind, Read};

/// The size of a read, and the longest record: a longer one is likely a quote that nobody closed.
pub const MAX_RECORD: usize = 256 << 10;

/// Bytes that may be looked at after the last one read, and room for a last line end.
const SLACK: usize = 16;

enum Step {
    Record,
    EmptyLine,
    Quoted,
    Incomplete,
}

/// A cell of a record with quotes: a range of the buffer, which still has quotes to remove if `raw`.
struct Cell {
    from: usize,
    to: usize,
    raw: bool,
}

/// Where a selected cell is: its column, and which two marks stand before and after it.
struct Selected {
    column: usize,
    before: usize,
    after: usize,
}

pub struct Records<R> {
    input: R,
    buffer: Vec<u8>,
    from: usize,
    to: usize,
    ended: bool,
    separator: u8,

    selected: Vec<Selected>,
    /// Which separators of a record to note, ascending; number 0 stands before the record.
    wanted: Vec<usize>,
    /// Where those were in this record.
    marks: Vec<usize>,
    /// All cells of this record if it has quotes, else empty.
    cells: Vec<Cell>,
    /// The text of the last cell that was `raw`.
    text: Vec<u8>,
    width: usize,
}

impl<R: Read> Records<R> {
    pub fn new(input: R, separator: u8) -> Self {
        Records {
            input,
            buffer: vec![0; MAX_RECORD + SLACK],
            from: 0,
            to: 0,
            ended: false,
            separator,
            selected: Vec::new(),
            wanted: Vec::new(),
            marks: Vec::new(),
            cells: Vec::new(),
            text: Vec::new(),
            width: 0,
        }
    }

    /// Reads the first record: the names of the columns.
    pub fn header(&mut self) -> Result<Vec<Vec<u8>>, Fail> {
        self.fill()?;
        if self.buffer[..self.to].starts_with(b"\xEF\xBB\xBF") {
            self.from = 3;
        }
        loop {
            match self.careful() {
                Step::Incomplete if !self.fill()? => {
                    return Err(Fail::data("it has no header line"))
                }
                Step::Record => {
                    return Ok((0..self.width).map(|i| self.quoted(i).to_vec()).collect())
                }
                _ => {}
            }
        }
    }

    /// Says which columns [`Records::cell`] gives, in that order.
    pub fn select(&mut self, columns: &[usize]) {
        let mut wanted: Vec<usize> = columns.iter().flat_map(|&c| [c, c + 1]).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let place = |separator| wanted.partition_point(|&w| w < separator);
        let selected =
            |&column| Selected { column, before: place(column), after: place(column + 1) };
        self.selected = columns.iter().map(selected).collect();
        self.marks = vec![0; wanted.len()];
        wanted.push(usize::MAX);
        self.wanted = wanted;
    }

    /// Steps to the next record; false at the end.
    pub fn advance(&mut self) -> Result<bool, Fail> {
        loop {
            let step = match self.quick() {
                Step::Quoted => self.careful(),
                step => step,
            };
            match step {
                Step::Record => return Ok(true),
                Step::Incomplete if !self.fill()? => return Ok(false),
                _ => {}
            }
        }
    }

    /// How many cells this record has.
    pub fn width(&self) -> usize {
        self.width
    }

    /// A selected cell of this record; empty if the record is too short to have it.
    pub fn cell(&mut self, index: usize) -> &[u8] {
        let selected = &self.selected[index];
        if !self.cells.is_empty() {
            return self.quoted(selected.column);
        }
        let from = self.marks[selected.before].wrapping_add(1);
        let to = self.marks[selected.after];
        self.buffer.get(from..to).unwrap_or(&[])
    }

    /// A record without quotes, eight bytes at a time.
    #[inline(never)]
    fn quick(&mut self) -> Step {
        self.cells.clear();
        let separators = repeat(self.separator);
        let start = self.from;
        let mut at = start;
        let mut seen = 0;
        let mut next = 0;
        if self.wanted[0] == 0 {
            self.marks[0] = start.wrapping_sub(1);
            next = 1;
        }
        while at < self.to {
            let word = u64::from_le_bytes(self.buffer[at..at + 8].try_into().unwrap());
            if has_zero(word ^ repeat(b'"')) {
                return Step::Quoted;
            }
            let line_ends = zeros(word ^ repeat(b'\n'));
            let mut found = zeros(word ^ separators) & below_lowest(line_ends);
            let total = seen + found.count_ones() as usize;
            while self.wanted[next] <= total {
                while seen + 1 < self.wanted[next] {
                    found &= found - 1;
                    seen += 1;
                }
                self.marks[next] = at + lowest(found);
                next += 1;
            }
            seen = total;
            if line_ends != 0 {
                return self.end_of_line(at + lowest(line_ends), seen, next);
            }
            at += 8;
        }
        Step::Incomplete
    }

    fn end_of_line(&mut self, end: usize, separators: usize, next: usize) -> Step {
        if end >= self.to {
            return Step::Incomplete;
        }
        let start = self.from;
        self.from = end + 1;
        let end = if end > start && self.buffer[end - 1] == b'\r' { end - 1 } else { end };
        // The end of the line ends the last cell; cells that are not there begin after their end.
        self.marks[next..].fill(end);
        self.width = separators + 1;
        if end == start {
            Step::EmptyLine
        } else {
            Step::Record
        }
    }

    /// A record that may have quotes, byte by byte.
    #[inline(never)]
    fn careful(&mut self) -> Step {
        self.cells.clear();
        let bytes = &self.buffer[..self.to];
        let start = self.from;
        let mut at = start;
        loop {
            let from = at;
            let mut quotes = None;
            if bytes.get(at) == Some(&b'"') {
                quotes = closing_quote(bytes, at);
                match quotes {
                    Some((closing, _)) => at = closing + 1,
                    None => return Step::Incomplete,
                }
            }
            while at < bytes.len() && bytes[at] != self.separator && bytes[at] != b'\n' {
                at += 1;
            }
            let Some(&stop) = bytes.get(at) else { return Step::Incomplete };
            let cr = stop == b'\n' && at > from && bytes[at - 1] == b'\r';
            let to = if cr { at - 1 } else { at };
            self.cells.push(match quotes {
                Some((closing, false)) if closing + 1 == to => {
                    Cell { from: from + 1, to: closing, raw: false }
                }
                _ => Cell { from, to, raw: quotes.is_some() },
            });
            at += 1;
            if stop == b'\n' {
                self.from = at;
                self.width = self.cells.len();
                return if to == start { Step::EmptyLine } else { Step::Record };
            }
        }
    }

    /// A cell of a record that took the careful way.
    #[inline(never)]
    fn quoted(&mut self, column: usize) -> &[u8] {
        let Some(cell) = self.cells.get(column) else {
            return &[];
        };
        let bytes = &self.buffer[cell.from..cell.to];
        if !cell.raw {
            return bytes;
        }
        // Between the quotes each pair is one quote; what follows the last is taken as it is.
        self.text.clear();
        let mut at = 1;
        while at < bytes.len() {
            if bytes[at] == b'"' {
                if bytes.get(at + 1) != Some(&b'"') {
                    self.text.extend_from_slice(&bytes[at + 1..]);
                    break;
                }
                at += 1;
            }
            self.text.push(bytes[at]);
            at += 1;
        }
        &self.text
    }

    /// Reads on; false when the input has ended and every record has been given.
    fn fill(&mut self) -> Result<bool, Fail> {
        if self.ended {
            return if self.from < self.to {
                Err(Fail::data("a quote is never closed"))
            } else {
                Ok(false)
            };
        }
        if self.from == 0 && self.to == MAX_RECORD {
            return Err(Fail::data("a record is longer than 256 KiB (is a quote never closed?)"));
        }
        self.buffer.copy_within(self.from..self.to, 0);
        self.to -= self.from;
        self.from = 0;
        while self.to < MAX_RECORD && !self.ended {
            match self.input.read(&mut self.buffer[self.to..MAX_RECORD]) {
                Ok(0) => self.ended = true,
                Ok(count) => self.to += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Fail::io(error)),
            }
        }
        if self.ended && self.to > 0 && self.buffer[self.to - 1] != b'\n' {
            self.buffer[self.to] = b'\n';
            self.to += 1;
        }
        Ok(true)
    }
}

/// Where the quote at `at` is closed, and whether there are doubled quotes before.
fn closing_quote(bytes: &[u8], mut at: usize) -> Option<(usize, bool)> {
    let mut doubled = false;
    loop {
        at += 1;
        if *bytes.get(at)? == b'"' {
            if bytes.get(at + 1) != Some(&b'"') {
                return Some((at, doubled));
            }
            doubled = true;
            at += 1;
        }
    }
}

/// A word of eight times that byte.
const fn repeat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// Whether some byte of the word is zero. Cheaper than [`zeros`], which says which.
fn has_zero(word: u64) -> bool {
    word.wrapping_sub(repeat(0x01)) & !word & repeat(0x80) != 0
}

/// The word with the top bit of each zero byte set, and no other bit.
fn zeros(word: u64) -> u64 {
    let low = repeat(0x7F);
    !(((word & low) + low) | word | low)
}

/// All bits below the lowest one; all bits if there is none.
fn below_lowest(bits: u64) -> u64 {
    bits.wrapping_sub(1) & !bits
}

/// The index of the byte that holds the lowest bit.
fn lowest(bits: u64) -> usize {
    (bits.trailing_zeros() / 8) as usize
}
