//! Lines of an input without an allocation for each.

use crate::Fail;
use std::io::{ErrorKind, Read};

/// The size of a read, and the longest line.
const MAX_LINE: usize = 256 << 10;

pub struct Lines<R> {
    input: R,
    buffer: Vec<u8>,
    from: usize,
    to: usize,
    ended: bool,
}

impl<R: Read> Lines<R> {
    pub fn new(input: R) -> Self {
        Lines { input, buffer: vec![0; MAX_LINE], from: 0, to: 0, ended: false }
    }

    /// The next line without its end (LF or CRLF); none at the end of the input.
    pub fn next(&mut self) -> Result<Option<&[u8]>, Fail> {
        let mut seen = 0;
        loop {
            let rest = &self.buffer[self.from + seen..self.to];
            if let Some(length) = rest.iter().position(|&byte| byte == b'\n') {
                let line = self.from..self.from + seen + length;
                self.from = line.end + 1;
                let line = &self.buffer[line];
                return Ok(Some(line.strip_suffix(b"\r").unwrap_or(line)));
            }
            seen = self.to - self.from;
            if self.ended {
                let line = self.from..self.to;
                self.from = self.to;
                return Ok(Some(&self.buffer[line]).filter(|line| !line.is_empty()));
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> Result<(), Fail> {
        if self.to - self.from == MAX_LINE {
            return Err(Fail::data("a line is longer than 256 KiB"));
        }
        self.buffer.copy_within(self.from..self.to, 0);
        self.to -= self.from;
        self.from = 0;
        loop {
            match self.input.read(&mut self.buffer[self.to..]) {
                Ok(count) => {
                    self.ended = count == 0;
                    self.to += count;
                    return Ok(());
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Fail::io(error)),
            }
        }
    }
}
