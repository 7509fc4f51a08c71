//! PNG: row by row, or as a whole when it is interlaced.

use super::{check, each_row, Header, Source, MAX_WORK};
use crate::input::Input;
use crate::{exif, Fail};
use png::{Decoder, Limits, Reader, Transformations};

pub struct Png {
    reader: Reader<Box<dyn Input>>,
    header: Header,
    whole: u64,
}

pub fn open(input: Box<dyn Input>) -> Result<Png, Fail> {
    let mut decoder = Decoder::new_with_limits(input, Limits { bytes: MAX_WORK as usize });
    decoder.set_transformations(Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    check(decoder.read_header_info().map_err(Fail::broken)?.size(), 0)?;
    let reader = decoder.read_info().map_err(Fail::broken)?;
    let info = reader.info();
    let size = info.size();
    let channels = reader.output_color_type().0.samples();
    let pixels = u64::from(size.0) * u64::from(size.1);
    let whole = if info.interlaced { pixels * channels as u64 } else { 0 };
    check(size, whole)?;
    let header = Header {
        width: size.0,
        height: size.1,
        channels,
        orientation: exif::orientation(info.exif_metadata.as_deref()),
        profile: info.icc_profile.as_ref().map(|profile| profile.to_vec()),
    };
    Ok(Png { reader, header, whole })
}

impl Source for Png {
    fn header(&self) -> &Header {
        &self.header
    }

    fn rows(&mut self, take: &mut dyn FnMut(&[u8])) -> Result<(), Fail> {
        if self.whole > 0 {
            let mut bytes = vec![0; self.whole as usize];
            self.reader.next_frame(&mut bytes).map_err(Fail::broken)?;
            each_row(&self.header, &bytes, take);
            return Ok(());
        }
        for _ in 0..self.header.height {
            match self.reader.next_row().map_err(Fail::broken)? {
                Some(row) => take(row.data()),
                None => break,
            }
        }
        Ok(())
    }
}
