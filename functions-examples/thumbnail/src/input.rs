//! Where the picture comes from: the data of the call, or the body of the request.

use crate::Fail;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek};
use std::path::Path;

const DATA: &str = "/data";

/// A body has to be in memory, for PNG and WebP go back in it; data is read where it lies.
const MAX_BODY: u64 = 32 << 20;

const BUFFER: usize = 64 << 10;

pub trait Input: BufRead + Seek {}

impl<T: BufRead + Seek> Input for T {}

pub fn open() -> Result<Box<dyn Input>, Fail> {
    let mut body = io::stdin().lock();
    let Ok(found) = Path::new(DATA).metadata() else {
        return whole(&mut body);
    };
    if found.is_dir() {
        return Err(Fail::request("the data is a folder: call it on one picture in it"));
    }
    if std::env::var_os("LIMPET_DATA1").is_some() {
        return Err(Fail::request("it takes one picture, and there are several inputs"));
    }
    if !body.fill_buf().map_err(Fail::io)?.is_empty() {
        return Err(Fail::request("there is a picture as data and another one in the body"));
    }
    let file = File::open(DATA).map_err(Fail::io)?;
    Ok(Box::new(BufReader::with_capacity(BUFFER, file)))
}

fn whole(body: &mut impl Read) -> Result<Box<dyn Input>, Fail> {
    let mut bytes = Vec::new();
    body.take(MAX_BODY + 1).read_to_end(&mut bytes).map_err(Fail::io)?;
    if bytes.is_empty() {
        return Err(Fail::request("there is no picture: call it on one, or POST one"));
    }
    if bytes.len() as u64 > MAX_BODY {
        return Err(Fail::too_large("a picture in the body has at most 32 MiB"));
    }
    Ok(Box::new(Cursor::new(bytes)))
}
