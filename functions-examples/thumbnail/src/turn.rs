//! Cameras store pictures as their sensor lies and say in EXIF how to turn them: 1 is upright, 2 to
//! 4 are mirrored or upside down, 5 to 8 lie on their side.

use crate::shrink::Picture;

const ON_ITS_SIDE: u8 = 5;

/// Width and height after turning; turning back is the same.
pub fn turned(orientation: u8, (width, height): (u32, u32)) -> (u32, u32) {
    if orientation >= ON_ITS_SIDE {
        (height, width)
    } else {
        (width, height)
    }
}

pub fn upright(picture: Picture, orientation: u8) -> Picture {
    if orientation == 1 {
        return picture;
    }
    let (wide, high) = (picture.width as usize, picture.height as usize);
    let (width, height) = turned(orientation, (picture.width, picture.height));
    let mut bytes = Vec::with_capacity(picture.bytes.len());
    for y in 0..height as usize {
        for x in 0..width as usize {
            let (from_x, from_y) = match orientation {
                2 => (wide - 1 - x, y),
                3 => (wide - 1 - x, high - 1 - y),
                4 => (x, high - 1 - y),
                5 => (y, x),
                6 => (y, high - 1 - x),
                7 => (wide - 1 - y, high - 1 - x),
                _ => (wide - 1 - y, x),
            };
            let at = (from_y * wide + from_x) * picture.channels;
            bytes.extend_from_slice(&picture.bytes[at..at + picture.channels]);
        }
    }
    Picture { width, height, bytes, ..picture }
}
