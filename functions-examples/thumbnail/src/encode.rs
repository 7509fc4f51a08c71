//! The thumbnail as a file.

use crate::request::{Format, Request};
use crate::shrink::Picture;
use crate::Fail;
use jpeg_encoder::{ColorType as JpegColour, Encoder as JpegEncoder};
use std::borrow::Cow;

/// A colour profile is kept when it is small beside the thumbnail; printers' have megabytes.
const MAX_PROFILE: usize = 4096;

pub struct Encoded {
    pub content_type: &'static str,
    pub bytes: Vec<u8>,
}

pub fn encode(
    picture: &Picture,
    profile: Option<&[u8]>,
    request: &Request,
) -> Result<Encoded, Fail> {
    let profile = profile.filter(|profile| !profile.is_empty() && profile.len() <= MAX_PROFILE);
    let png = match request.format {
        Format::Png => true,
        Format::Jpeg => false,
        Format::Auto => transparent(picture),
    };
    if png {
        Ok(Encoded { content_type: "image/png", bytes: to_png(picture, profile)? })
    } else {
        let bytes = to_jpeg(picture, profile, request.quality)?;
        Ok(Encoded { content_type: "image/jpeg", bytes })
    }
}

fn transparent(picture: &Picture) -> bool {
    let alpha = picture.channels - 1;
    picture.channels % 2 == 0
        && picture.bytes.chunks_exact(picture.channels).any(|pixel| pixel[alpha] < 255)
}

fn to_png(picture: &Picture, profile: Option<&[u8]>) -> Result<Vec<u8>, Fail> {
    let mut bytes = Vec::new();
    let mut info = png::Info::with_size(picture.width, picture.height);
    info.bit_depth = png::BitDepth::Eight;
    info.color_type = match picture.channels {
        1 => png::ColorType::Grayscale,
        2 => png::ColorType::GrayscaleAlpha,
        3 => png::ColorType::Rgb,
        _ => png::ColorType::Rgba,
    };
    info.icc_profile = profile.map(Cow::Borrowed);
    let mut encoder = png::Encoder::with_info(&mut bytes, info).map_err(Fail::internal)?;
    encoder.set_compression(png::Compression::Balanced);
    let mut writer = encoder.write_header().map_err(Fail::internal)?;
    writer.write_image_data(&picture.bytes).map_err(Fail::internal)?;
    writer.finish().map_err(Fail::internal)?;
    Ok(bytes)
}

fn to_jpeg(picture: &Picture, profile: Option<&[u8]>, quality: u8) -> Result<Vec<u8>, Fail> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new(&mut bytes, quality);
    encoder.set_optimized_huffman_tables(true);
    if let Some(profile) = profile {
        encoder.add_icc_profile(profile).map_err(Fail::internal)?;
    }
    let (pixels, colour) = match picture.channels {
        1 => (Cow::Borrowed(&picture.bytes), JpegColour::Luma),
        2 => (Cow::Owned(on_white::<2>(&picture.bytes)), JpegColour::Luma),
        3 => (Cow::Borrowed(&picture.bytes), JpegColour::Rgb),
        _ => (Cow::Owned(on_white::<4>(&picture.bytes)), JpegColour::Rgb),
    };
    let (width, height) = (picture.width as u16, picture.height as u16);
    encoder.encode(&pixels, width, height, colour).map_err(Fail::internal)?;
    Ok(bytes)
}

/// JPEG knows no transparent pixels: they are put on white.
fn on_white<const CHANNELS: usize>(bytes: &[u8]) -> Vec<u8> {
    let mut opaque = Vec::with_capacity(bytes.len());
    for pixel in bytes.chunks_exact(CHANNELS) {
        let alpha = u32::from(pixel[CHANNELS - 1]);
        for &colour in &pixel[..CHANNELS - 1] {
            opaque.push(((u32::from(colour) * alpha + 255 * (255 - alpha) + 127) / 255) as u8);
        }
    }
    opaque
}
