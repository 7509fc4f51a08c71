//! How large the thumbnail is, and which part of the picture it shows.

use crate::request::{Fit, Request};
use crate::turn;

/// Size and shape, never larger than the picture.
pub struct Plan {
    pub size: (u32, u32),
    cropped: bool,
}

/// What is taken of rows and columns of a picture.
pub struct Crop {
    pub left: u32,
    pub top: u32,
    pub width: u32,
    pub height: u32,
}

impl Plan {
    pub fn of((width, height): (u32, u32), request: &Request) -> Plan {
        let along = request.width.map(|wanted| f64::from(wanted) / f64::from(width));
        let down = request.height.map(|wanted| f64::from(wanted) / f64::from(height));
        let (size, cropped) = match (along, down, request.fit) {
            (Some(along), Some(down), Fit::Cover) => {
                // A picture smaller than the box keeps its pixels, and gets the shape of the box.
                let larger = along.max(down).max(1.0);
                let side = |scale: f64, whole| scaled(scale / larger, whole);
                ((side(along, width), side(down, height)), true)
            }
            _ => {
                let scale = along.unwrap_or(1.0).min(down.unwrap_or(1.0)).min(1.0);
                ((scaled(scale, width), scaled(scale, height)), false)
            }
        };
        Plan { size, cropped }
    }

    /// The same for a picture that is stored turned.
    pub fn turned(&self, orientation: u8) -> Plan {
        Plan { size: turn::turned(orientation, self.size), cropped: self.cropped }
    }

    /// How large a picture of that size would be where the thumbnail is a part of it.
    pub fn whole_for(&self, (width, height): (u32, u32)) -> (u32, u32) {
        let along = f64::from(self.size.0) / f64::from(width);
        let down = f64::from(self.size.1) / f64::from(height);
        let scale = along.max(down);
        (scaled(scale, width), scaled(scale, height))
    }

    /// The middle of a picture of that size, in the shape of the thumbnail.
    pub fn crop(&self, (width, height): (u32, u32)) -> Crop {
        if !self.cropped {
            return Crop { left: 0, top: 0, width, height };
        }
        let (along, down) = (u64::from(self.size.0), u64::from(self.size.1));
        let part = |of: u64, by: u64, most: u32| ((of / by.max(1)) as u32).clamp(1, most);
        let narrow = part(u64::from(height) * along, down, width);
        let flat = part(u64::from(width) * down, along, height);
        Crop { left: (width - narrow) / 2, top: (height - flat) / 2, width: narrow, height: flat }
    }
}

fn scaled(scale: f64, side: u32) -> u32 {
    ((f64::from(side) * scale).round() as u32).clamp(1, side.max(1))
}
