//! WebP, lossy and lossless; of an animation the first frame.

use super::{check, each_row, Header, Source, MAX_WORK};
use crate::input::Input;
use crate::{exif, Fail};
use image_webp::WebPDecoder;

/// The pixels, and what its two methods keep beside them.
const BYTES_A_PIXEL: u64 = 9;

pub struct Webp {
    decoder: WebPDecoder<Box<dyn Input>>,
    header: Header,
}

pub fn open(input: Box<dyn Input>) -> Result<Webp, Fail> {
    let mut decoder = WebPDecoder::new(input).map_err(Fail::broken)?;
    decoder.set_memory_limit(MAX_WORK as usize);
    let (width, height) = decoder.dimensions();
    check((width, height), BYTES_A_PIXEL * u64::from(width) * u64::from(height))?;
    let exif = decoder.exif_metadata().map_err(Fail::broken)?;
    let header = Header {
        width,
        height,
        channels: if decoder.has_alpha() { 4 } else { 3 },
        orientation: exif::orientation(exif.as_deref()),
        profile: decoder.icc_profile().map_err(Fail::broken)?,
    };
    Ok(Webp { decoder, header })
}

impl Source for Webp {
    fn header(&self) -> &Header {
        &self.header
    }

    fn rows(&mut self, take: &mut dyn FnMut(&[u8])) -> Result<(), Fail> {
        let size = self.decoder.output_buffer_size().unwrap_or(0);
        let mut bytes = vec![0; size];
        self.decoder.read_image(&mut bytes).map_err(Fail::broken)?;
        each_row(&self.header, &bytes, take);
        Ok(())
    }
}
