//! JPEG: decoded at 1/8, 1/4 or 1/2 of its size where that is enough.

use super::{check, Header, Source, MAX_WORK};
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

impl Jpeg {
    fn scale(&mut self, (width, height): (u32, u32)) -> Result<(), Fail> {
        let side = |side: u32| u16::try_from(side).unwrap_or(u16::MAX);
        let (width, height) =
            self.decoder.scale(side(width), side(height)).map_err(Fail::broken)?;
        self.size = (u32::from(width), u32::from(height));
        Ok(())
    }

    /// Of a decoded pixel.
    fn bytes(&self) -> usize {
        if self.cmyk {
            4
        } else {
            self.header.channels
        }
    }

    /// Bytes that decoding takes: the planes of the components, and the pixels made of them.
    fn work(&self) -> u64 {
        let pixels = u64::from(self.size.0) * u64::from(self.size.1);
        self.kept + 2 * pixels * self.bytes() as u64
    }
}

impl Source for Jpeg {
    fn header(&self) -> &Header {
        &self.header
    }

    fn reduce(&mut self, least: (u32, u32)) -> Result<(u32, u32), Fail> {
        // Twice what is needed, where there is so much: the last step then sees every detail.
        self.scale((least.0.saturating_mul(2), least.1.saturating_mul(2)))?;
        if self.work() > MAX_WORK {
            self.scale(least)?;
        }
        Ok(self.size)
    }

    fn rows(&mut self, take: &mut dyn FnMut(&[u8])) -> Result<(), Fail> {
        check((self.header.width, self.header.height), self.work())?;
        let bytes = self.bytes();
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
