//! thumbnail: a picture becomes a smaller one.
//!
//! ```text
//! /on/{cid}/-/thumbnail?width=200&height=200&fit=cover&quality=80&format=jpeg
//! ```
//!
//! A function of the kind `http`: the picture is `/data` or the body of the request, what to make of
//! it stands in the query. The answer is written when it is whole, so that every failure still has a
//! status of its own and a sentence.

mod encode;
mod exif;
mod fail;
mod input;
mod plan;
mod request;
mod shrink;
mod source;
mod turn;

use fail::Fail;
use plan::Plan;
use request::Request;
use shrink::{Picture, Shrink};
use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        eprintln!("thumbnail: {panic}");
        let broken = Fail::broken("a decoder gave up on it");
        std::process::exit(if refuse(&broken).is_ok() { 0 } else { 74 });
    }));
    let written = match answer() {
        Ok(encoded) => write(&format!("Content-Type: {}\n", encoded.content_type), &encoded.bytes),
        Err(fail) => refuse(&fail),
    };
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("thumbnail: {error}");
            ExitCode::from(74)
        }
    }
}

fn answer() -> Result<encode::Encoded, Fail> {
    let variable = |name| std::env::var(name).unwrap_or_default();
    let request = Request::parse(
        &variable("REQUEST_METHOD"),
        &variable("PATH_INFO"),
        &variable("QUERY_STRING"),
    )?;
    let (picture, profile) = smaller(&request)?;
    encode::encode(&picture, profile.as_deref(), &request)
}

fn smaller(request: &Request) -> Result<(Picture, Option<Vec<u8>>), Fail> {
    let mut source = source::open(input::open()?)?;
    let header = source.header();
    let upright = turn::turned(header.orientation, (header.width, header.height));
    let wanted = Plan::of(upright, request);
    let plan = wanted.turned(header.orientation);
    let (orientation, profile, channels) =
        (header.orientation, header.profile.clone(), header.channels);
    let size = source.reduce(plan.whole_for((header.width, header.height)))?;
    let mut shrink = Shrink::new(plan.crop(size), plan.size, channels);
    source.rows(&mut |row| shrink.push(row))?;
    Ok((turn::upright(shrink.finish()?, orientation), profile))
}

fn refuse(fail: &Fail) -> io::Result<()> {
    let head = format!(
        "Status: {}\nContent-Type: text/plain; charset=utf-8\n{}",
        fail.status(),
        fail.header()
    );
    write(&head, format!("{}\n", fail.message()).as_bytes())
}

fn write(head: &str, body: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(head.as_bytes())?;
    out.write_all(b"\n")?;
    out.write_all(body)?;
    out.flush()
}
