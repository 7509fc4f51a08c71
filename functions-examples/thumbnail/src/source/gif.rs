//! GIF: its first frame, where it lies on the canvas.

use super::{check, each_row, Header, Source, MAX_WORK};
use crate::input::Input;
use crate::Fail;
use gif::{ColorOutput, DecodeOptions, Decoder, MemoryLimit};
use std::num::NonZeroU64;

const CHANNELS: usize = 4;

pub struct Gif {
    decoder: Decoder<Box<dyn Input>>,
    header: Header,
}

pub fn open(input: Box<dyn Input>) -> Result<Gif, Fail> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::RGBA);
    options.check_frame_consistency(true);
    if let Some(most) = NonZeroU64::new(MAX_WORK) {
        options.set_memory_limit(MemoryLimit::Bytes(most));
    }
    let decoder = options.read_info(input).map_err(Fail::broken)?;
    let size = (u32::from(decoder.width()), u32::from(decoder.height()));
    // The canvas and the frame.
    check(size, 2 * CHANNELS as u64 * u64::from(size.0) * u64::from(size.1))?;
    let header = Header {
        width: size.0,
        height: size.1,
        channels: CHANNELS,
        orientation: 1,
        profile: decoder.icc_profile().map(<[u8]>::to_vec),
    };
    Ok(Gif { decoder, header })
}

impl Source for Gif {
    fn header(&self) -> &Header {
        &self.header
    }

    fn rows(&mut self, take: &mut dyn FnMut(&[u8])) -> Result<(), Fail> {
        let frame = self.decoder.read_next_frame().map_err(Fail::broken)?;
        let frame = frame.ok_or_else(|| Fail::broken("it has no frame"))?;
        let line = self.header.width as usize * CHANNELS;
        let mut canvas = vec![0; line * self.header.height as usize];
        let (left, wide) =
            (usize::from(frame.left) * CHANNELS, usize::from(frame.width) * CHANNELS);
        let below = canvas.chunks_exact_mut(line).skip(usize::from(frame.top));
        for (row, from) in below.zip(frame.buffer.chunks_exact(wide.max(1))) {
            row[left..left + wide].copy_from_slice(from);
        }
        each_row(&self.header, &canvas, take);
        Ok(())
    }
}
