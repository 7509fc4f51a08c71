//! One number out of EXIF data: the orientation. Whatever is malformed means 1, upright.

const ORIENTATION: u16 = 0x0112;
const SHORT: u16 = 3;
const ENTRY: usize = 12;

pub fn orientation(exif: Option<&[u8]>) -> u8 {
    exif.and_then(find).filter(|found| (1..=8).contains(found)).unwrap_or(1) as u8
}

fn find(exif: &[u8]) -> Option<u16> {
    let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let big = match tiff.get(..4)? {
        b"MM\0*" => true,
        b"II*\0" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let two = [*tiff.get(at)?, *tiff.get(at.checked_add(1)?)?];
        Some(if big { u16::from_be_bytes(two) } else { u16::from_le_bytes(two) })
    };
    let (upper, lower) = (usize::from(short(4)?), usize::from(short(6)?));
    let directory = if big { upper << 16 | lower } else { lower << 16 | upper };
    let entries = usize::from(short(directory)?);
    (0..entries)
        .filter_map(|entry| directory.checked_add(2 + entry * ENTRY))
        .find(|&at| short(at) == Some(ORIENTATION) && short(at + 2) == Some(SHORT))
        .and_then(|at| short(at.checked_add(8)?))
}
