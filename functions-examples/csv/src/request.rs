//! What the caller asks for: arguments of the form `name=value`, which read well in a URL
//! (`?arg=by=carrier&arg=mean=arr_delay`).

use crate::Fail;

const USAGE: &str = "arguments are by=COLUMN, count, count= missing= sum= mean= min= max= median= \
                     p90= (any from p0 to p100) with COLUMN, sort=NAME or sort=-NAME, limit=N, \
                     digits=N, format=csv or json, separator=C or tab, file=NAME; COLUMN is a name or a number from 1";

const MAX_DIGITS: usize = 15;

#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Rows,
    Count,
    Missing,
    Sum,
    Mean,
    Min,
    Max,
    /// In thousandths of a percent.
    Percentile(u32),
}

/// One aggregate: what it is called in the argument, what it is, and the column as it was given.
pub struct Wish {
    pub name: String,
    pub kind: Kind,
    pub column: Option<String>,
}

pub struct Request {
    pub by: Option<String>,
    pub wishes: Vec<Wish>,
    pub sort: Option<String>,
    pub limit: usize,
    pub digits: Option<usize>,
    pub json: bool,
    pub separator: u8,
    pub files: Vec<String>,
}

impl Request {
    pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Request, Fail> {
        let mut request = Request {
            by: None,
            wishes: Vec::new(),
            sort: None,
            limit: usize::MAX,
            digits: None,
            json: false,
            separator: b',',
            files: Vec::new(),
        };
        for argument in arguments {
            let understood = match argument.split_once('=') {
                None if argument == "count" => request.wish("count", Kind::Rows, None),
                Some((name, value)) if !value.is_empty() => request.take(name, value),
                _ => None,
            };
            understood
                .ok_or_else(|| Fail::usage(&format!("`{argument}` is not understood: {USAGE}")))?;
        }
        if request.wishes.is_empty() {
            request.wish("count", Kind::Rows, None);
        }
        Ok(request)
    }

    fn take(&mut self, name: &str, value: &str) -> Option<()> {
        match name {
            "by" if self.by.is_none() => self.by = Some(value.into()),
            "sort" if self.sort.is_none() => self.sort = Some(value.into()),
            "file" => self.files.push(value.into()),
            "limit" => self.limit = value.parse().ok()?,
            "digits" => {
                self.digits = Some(value.parse().ok().filter(|&digits| digits <= MAX_DIGITS)?)
            }
            "format" if value == "csv" || value == "json" => self.json = value == "json",
            "separator" => self.separator = separator(value)?,
            _ => return self.wish(name, kind(name)?, Some(value.into())),
        }
        Some(())
    }

    fn wish(&mut self, name: &str, kind: Kind, column: Option<String>) -> Option<()> {
        self.wishes.push(Wish { name: name.into(), kind, column });
        Some(())
    }
}

fn kind(name: &str) -> Option<Kind> {
    Some(match name {
        "count" => Kind::Count,
        "missing" => Kind::Missing,
        "sum" => Kind::Sum,
        "mean" => Kind::Mean,
        "min" => Kind::Min,
        "max" => Kind::Max,
        "median" => Kind::Percentile(50_000),
        _ => Kind::Percentile(thousandths(name.strip_prefix('p')?)?),
    })
}

/// `90`, `99.9`: a percentage with up to three decimals.
fn thousandths(percent: &str) -> Option<u32> {
    let (whole, decimals) = percent.split_once('.').unwrap_or((percent, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > 3
        || decimals.len() > 3
        || !digits(whole)
        || !digits(decimals)
    {
        return None;
    }
    let thousandths = format!("{whole}{decimals:0<3}").parse().ok()?;
    (thousandths <= 100_000).then_some(thousandths)
}

fn separator(value: &str) -> Option<u8> {
    match value.as_bytes() {
        b"tab" => Some(b'\t'),
        &[byte] if byte.is_ascii_punctuation() && byte != b'"' => Some(byte),
        _ => None,
    }
}
