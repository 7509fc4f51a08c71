//! grep: the lines that match a regular expression, up to a limit.
//!
//! ```text
//! grep match=^2013,1,.*,JFK,LAX limit=20 numbers
//! ```
//!
//! The input is `/data` (a file, or a folder: every file below it, each line after the name of its
//! file) or, without it, the body of the request. No match is an empty answer and no failure. Exit
//! code 64: the arguments do not fit; 65: a line is too long; 74: the input could not be read.

mod lines;
mod request;

use lines::Lines;
use request::Request;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const DATA: &str = "/data";

/// A reason to stop: the exit code, and one sentence for the log.
pub struct Fail {
    code: u8,
    message: String,
}

impl Fail {
    pub fn usage(message: String) -> Fail {
        Fail { code: 64, message }
    }

    pub fn data(message: &str) -> Fail {
        Fail { code: 65, message: message.into() }
    }

    pub fn io(error: io::Error) -> Fail {
        Fail { code: 74, message: error.to_string() }
    }
}

fn main() -> ExitCode {
    match Request::parse(std::env::args().skip(1)).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fail) => {
            eprintln!("grep: {}", fail.message);
            ExitCode::from(fail.code)
        }
    }
}

/// What was found so far, and where it is written.
struct Search<W> {
    request: Request,
    out: W,
    found: u64,
}

fn run(request: Request) -> Result<(), Fail> {
    let out = BufWriter::with_capacity(64 << 10, io::stdout().lock());
    let mut search = Search { request, out, found: 0 };
    let data = Path::new(DATA);
    if data.is_dir() {
        for name in search.request.files(data)? {
            search.file(&data.join(&name), Some(&name))?;
        }
    } else if search.request.file.is_some() {
        return Err(Fail::usage("file= names a file of a folder, and the input is none".into()));
    } else if data.exists() {
        search.file(data, None)?;
    } else {
        search.input(io::stdin().lock(), None)?;
    }
    search.end()
}

impl<W: Write> Search<W> {
    fn full(&self) -> bool {
        !self.request.count && self.found == self.request.limit
    }

    fn file(&mut self, path: &Path, name: Option<&Path>) -> Result<(), Fail> {
        if self.full() {
            return Ok(());
        }
        self.input(File::open(path).map_err(Fail::io)?, name)
    }

    fn input(&mut self, input: impl Read, name: Option<&Path>) -> Result<(), Fail> {
        let mut lines = Lines::new(input);
        let mut number = 0u64;
        while !self.full() {
            let Some(line) = lines.next()? else { break };
            number += 1;
            if self.request.pattern.is_match(line) != self.request.invert {
                self.found += 1;
                if !self.request.count {
                    self.write(line, number, name).map_err(Fail::io)?;
                }
            }
        }
        Ok(())
    }

    fn write(&mut self, line: &[u8], number: u64, name: Option<&Path>) -> io::Result<()> {
        if let Some(name) = name {
            write!(self.out, "{}:", name.display())?;
        }
        if self.request.numbers {
            write!(self.out, "{number}:")?;
        }
        self.out.write_all(line)?;
        self.out.write_all(b"\n")
    }

    fn end(mut self) -> Result<(), Fail> {
        if self.request.count {
            writeln!(self.out, "{}", self.found).map_err(Fail::io)?;
        } else if self.full() {
            eprintln!("grep: stopped at limit={}; there may be more", self.found);
        }
        self.out.flush().map_err(Fail::io)
    }
}

/// All files below a folder, in the order of their names.
pub fn walk(folder: &Path, below: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_unstable_by_key(|entry| entry.file_name());
    for entry in entries {
        let name = below.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(&entry.path(), &name, files)?;
        } else if kind.is_file() {
            files.push(name);
        }
    }
    Ok(())
}
