//! JPEG: decoded at 1/8, 1/4 or 1/2 of its size where that is enough.

use super::{check, Header, Source};
use crate::input::Input;
use crate::{exif, Fail};
use jpeg_decoder::{CodingProcess, Decoder, PixelFormat};

pub struct Jpeg {
    decoder: Decoder<Box<dyn Input>>,
    header: Header,
    size: (u32, u32),
    cmyk: bool,
    /// Bytes that a progressive picture keeps until its last scan.
    kept: u64,
}

pub fn open(input: Box<dyn Input>) -> Result<Jpeg, Fail> {
    let mut decoder = Decoder::new(input);
    decoder.read_info().map_err(Fail::broken)?;
    let info = decoder.info().ok_or_else(|| Fail::broken("it has no frame"))?;
    let channels = match info.pixel_format {
        PixelFormat::L8 => 1,
        PixelFormat::RGB24 | PixelFormat::CMYK32 => 3,
        PixelFormat::L16 => return Err(Fail::broken("16 bits a pixel are not supported")),
    };
    let size = (u32::from(info.width), u32::from(info.height));
    let stored = u64::from(size.0) * u64::from(size.1) * info.pixel_format.pixel_bytes() as u64;
    let kept = match info.coding_process {
        CodingProcess::DctSequential => 0,
        CodingProcess::DctProgressive => stored * 2,
        CodingProcess::Lossless => stored * 4,
    };
    check(size, kept)?;
    let cmyk = info.pixel_format == PixelFormat::CMYK32;
    let header = Header {
        width: size.0,
        height: size.1,
        channels,
        orientation: exif::orientation(decoder.exif_data()),
        profile: if cmyk { None } else { decoder.icc_profile() },
    };
    Ok(Jpeg { decoder, header, size, cmyk, kept })
}

impl Source for Jpeg {
    fn header(&self) -> &Header {
        &self.header
    }

    fn reduce(&mut self, least: (u32, u32)) -> Result<(u32, u32), Fail> {
        // Twice what is needed, where there is so much: the last step then sees every detail.
        let twice = |side: u32| u16::try_from(side.saturating_mul(2)).unwrap_or(u16::MAX);
        let (width, height) =
            self.decoder.scale(twice(least.0), twice(least.1)).map_err(Fail::broken)?;
        self.size = (u32::from(width), u32::from(height));
        Ok(self.size)
    }

    fn rows(&mut self, take: &mut dyn FnMut(&[u8])) -> Result<(), Fail> {
        // The planes of the components, and the pixels made of them.
        let bytes = if self.cmyk { 4 } else { self.header.channels };
        let decoded = 2 * u64::from(self.size.0) * u64::from(self.size.1) * bytes as u64;
        check((self.header.width, self.header.height), self.kept + decoded)?;
        let pixels = self.decoder.decode().map_err(Fail::broken)?;
        let mut rgb = Vec::new();
        for row in pixels.chunks_exact(self.size.0 as usize * bytes) {
            if self.cmyk {
                rgb.clear();
                rgb.extend(row.chunks_exact(4).flat_map(to_rgb));
                take(&rgb);
            } else {
                take(row);
            }
        }
        Ok(())
    }
}

/// Ink on white paper.
fn to_rgb(cmyk: &[u8]) -> [u8; 3] {
    let light = |ink: u8| 255 - u32::from(ink);
    let mix = |ink: u8| ((light(ink) * light(cmyk[3]) + 127) / 255) as u8;
    [mix(cmyk[0]), mix(cmyk[1]), mix(cmyk[2])]
}
