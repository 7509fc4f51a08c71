//! csv: groups the rows of a CSV by one column and aggregates others.
//!
//! ```text
//! csv by=carrier mean=arr_delay p90=arr_delay sort=-mean_arr_delay limit=5 digits=1
//! ```
//!
//! The input is `/data` (a file, or a folder of files with the same header) or, without it, the body
//! of the request. The answer is CSV or JSON. Exit code 64: the arguments do not fit (the data);
//! 65: the data is no CSV, or needs more memory than there is; 74: it could not be read.

mod answer;
mod groups;
mod number;
mod records;
mod request;
mod table;

use records::Records;
use request::Request;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use table::Table;

const DATA: &str = "/data";

/// A reason to stop: the exit code, and one sentence for the log.
pub struct Fail {
    code: u8,
    message: String,
}

impl Fail {
    pub fn usage(message: &str) -> Fail {
        Fail { code: 64, message: message.into() }
    }

    pub fn data(message: &str) -> Fail {
        Fail { code: 65, message: message.into() }
    }

    pub fn io(error: io::Error) -> Fail {
        Fail { code: 74, message: error.to_string() }
    }

    /// The same reason, and where it was found.
    fn at(self, input: &Input) -> Fail {
        let name = match input {
            Input::File(path) => path.display().to_string(),
            Input::Body => "the body".into(),
        };
        Fail { code: self.code, message: format!("{name}: {}", self.message) }
    }
}

fn main() -> ExitCode {
    match Request::parse(std::env::args().skip(1)).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fail) => {
            eprintln!("csv: {}", fail.message);
            ExitCode::from(fail.code)
        }
    }
}

fn run(request: Request) -> Result<(), Fail> {
    let mut table: Option<Table> = None;
    for input in inputs(&request.files)? {
        let read = |table: &mut Option<Table>| {
            let mut records = Records::new(input.open()?, request.separator);
            let header = records.header()?;
            match table {
                None => table.insert(Table::new(&request, header)?),
                Some(table) if table.header == header => table,
                Some(_) => return Err(Fail::data("its header is not the one of the files before")),
            }
            .read(&mut records)
        };
        read(&mut table).map_err(|fail| fail.at(&input))?;
    }
    let table =
        table.ok_or_else(|| Fail::data("no file in the folder has a name with .csv at its end"))?;
    table.log();
    let (answer, groups) = table.answer(&request);
    let mut out = BufWriter::with_capacity(64 << 10, io::stdout().lock());
    answer.write(&groups, request.json, &mut out).and_then(|()| out.flush()).map_err(Fail::io)
}

/// Where rows come from.
enum Input {
    File(PathBuf),
    Body,
}

/// The chosen files of the folder, or the only input there is.
fn inputs(files: &[String]) -> Result<Vec<Input>, Fail> {
    let data = Path::new(DATA);
    if !data.is_dir() {
        if !files.is_empty() {
            return Err(Fail::usage(
                "file= chooses files of a folder, and the input is not a folder",
            ));
        }
        return Ok(vec![if data.exists() { Input::File(data.into()) } else { Input::Body }]);
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(data).map_err(Fail::io)? {
        names.extend(entry.map_err(Fail::io)?.file_name().into_string());
    }
    names.retain(|name| name.ends_with(".csv"));
    names.sort_unstable();
    if let Some(file) = files.iter().find(|&file| !names.contains(file)) {
        return Err(Fail::usage(&format!(
            "no file={file} in the folder, which has {}",
            names.join(", ")
        )));
    }
    let chosen = if files.is_empty() { &names } else { files };
    Ok(chosen.iter().map(|name| Input::File(data.join(name))).collect())
}

impl Input {
    fn open(&self) -> Result<Box<dyn Read>, Fail> {
        Ok(match self {
            Input::File(path) => Box::new(File::open(path).map_err(Fail::io)?),
            Input::Body => Box::new(io::stdin()),
        })
    }
}
