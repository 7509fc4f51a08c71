//! Pictures in four formats, as rows of pixels.

mod gif;
mod jpeg;
mod png;
mod webp;

use crate::input::Input;
use crate::Fail;

/// What a decoder may take of the function's memory of 128 MiB; the rest is for a body of 32 MiB.
pub const MAX_WORK: u64 = 80 << 20;

/// Decoding so many takes seconds.
const MAX_PIXELS: u64 = 64_000_000;

const MAGIC: usize = 12;

pub struct Header {
    pub width: u32,
    pub height: u32,
    /// 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha; each a byte.
    pub channels: usize,
    /// As in EXIF, from 1 to 8.
    pub orientation: u8,
    pub profile: Option<Vec<u8>>,
}

pub trait Source {
    fn header(&self) -> &Header;

    /// Lets the rows be those of a smaller picture, not smaller than what is asked for, and says how
    /// large they are. Without it they are as the header says.
    fn reduce(&mut self, _least: (u32, u32)) -> Result<(u32, u32), Fail> {
        Ok((self.header().width, self.header().height))
    }

    /// Gives every row from above; once.
    fn rows(&mut self, take: &mut dyn FnMut(&[u8])) -> Result<(), Fail>;
}

pub fn open(mut input: Box<dyn Input>) -> Result<Box<dyn Source>, Fail> {
    let begin = input.fill_buf().map_err(Fail::io)?;
    let magic = &begin[..begin.len().min(MAGIC)];
    let source: Box<dyn Source> = if magic.starts_with(b"\xff\xd8\xff") {
        Box::new(jpeg::open(input)?)
    } else if magic.starts_with(b"\x89PNG\r\n\x1a\n") {
        Box::new(png::open(input)?)
    } else if magic.starts_with(b"GIF87a") || magic.starts_with(b"GIF89a") {
        Box::new(gif::open(input)?)
    } else if magic.starts_with(b"RIFF") && magic.ends_with(b"WEBP") {
        Box::new(webp::open(input)?)
    } else {
        return Err(Fail::no_picture());
    };
    Ok(source)
}

/// Refuses what has no pixels, too many, or needs more memory than there is.
fn check((width, height): (u32, u32), work: u64) -> Result<(), Fail> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 {
        return Err(Fail::broken("it has no pixels"));
    }
    if pixels > MAX_PIXELS {
        return Err(Fail::too_large(format!(
            "the picture has {width} x {height} pixels, and at most {MAX_PIXELS} are decoded"
        )));
    }
    if work > MAX_WORK {
        return Err(Fail::too_large(format!(
            "the picture has {width} x {height} pixels, and decoding it in its format takes {} MiB \
             of memory; at most {} MiB are there",
            work >> 20,
            MAX_WORK >> 20
        )));
    }
    Ok(())
}

/// The rows of a picture that is decoded as a whole.
fn each_row(header: &Header, bytes: &[u8], take: &mut dyn FnMut(&[u8])) {
    bytes.chunks_exact(header.width as usize * header.channels).for_each(take);
}
