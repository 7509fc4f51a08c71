//! What the caller asks for: `name=value`, which reads well in a URL (`?arg=match=^a&arg=limit=9`).

use crate::{walk, Fail};
use regex::bytes::{Regex, RegexBuilder};
use std::path::{Path, PathBuf};

const USAGE: &str = "arguments are match=REGEX, limit=N (1000 without it, 0 for no limit), \
                     file=NAME of a folder, and the words ignore-case, invert, numbers, count";

const LIMIT: u64 = 1000;

/// A longer pattern was not written by a person.
const MAX_PATTERN_BYTES: usize = 4096;

/// What a pattern may come to: `(\w{100}){100}` is short and would fill the memory.
const MAX_COMPILED_BYTES: usize = 4 << 20;

pub struct Request {
    pub pattern: Regex,
    pub limit: u64,
    pub file: Option<PathBuf>,
    pub invert: bool,
    pub numbers: bool,
    pub count: bool,
}

impl Request {
    pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Request, Fail> {
        let (mut pattern, mut limit, mut file) = (None, LIMIT, None);
        let (mut ignore_case, mut invert, mut numbers, mut count) = (false, false, false, false);
        for argument in arguments {
            match argument.split_once('=') {
                Some(("match", value)) if pattern.is_none() => pattern = Some(value.to_owned()),
                Some(("limit", value)) if value.parse::<u64>().is_ok() => {
                    limit = value.parse().unwrap_or(LIMIT);
                }
                Some(("file", value)) if !value.is_empty() => file = Some(value.into()),
                None if argument == "ignore-case" => ignore_case = true,
                None if argument == "invert" => invert = true,
                None if argument == "numbers" => numbers = true,
                None if argument == "count" => count = true,
                _ => return Err(Fail::usage(format!("`{argument}` is not understood: {USAGE}"))),
            }
        }
        let pattern = pattern.ok_or_else(|| Fail::usage(format!("no match=REGEX: {USAGE}")))?;
        Ok(Request {
            pattern: compile(&pattern, ignore_case)?,
            limit: if limit == 0 { u64::MAX } else { limit },
            file,
            invert,
            numbers,
            count,
        })
    }

    /// The files of the folder to read: the one that was named, or all.
    pub fn files(&self, folder: &Path) -> Result<Vec<PathBuf>, Fail> {
        let mut files = Vec::new();
        walk(folder, Path::new(""), &mut files).map_err(Fail::io)?;
        if let Some(file) = &self.file {
            files.retain(|name| name == file);
            if files.is_empty() {
                return Err(Fail::usage(format!("no file={} in the folder", file.display())));
            }
        }
        Ok(files)
    }
}

fn compile(pattern: &str, ignore_case: bool) -> Result<Regex, Fail> {
    if pattern.len() > MAX_PATTERN_BYTES {
        return Err(Fail::usage(format!("the pattern is longer than {MAX_PATTERN_BYTES} bytes")));
    }
    RegexBuilder::new(pattern)
        .case_insensitive(ignore_case)
        .size_limit(MAX_COMPILED_BYTES)
        .dfa_size_limit(MAX_COMPILED_BYTES)
        .build()
        .map_err(|error| Fail::usage(format!("match= is no regular expression: {error}")))
}
