//! Makes a picture smaller row by row: no more than a few rows are kept, however large it is.
//!
//! Each pixel of the result is a weighted mean of those below it, by the cubic of Catmull and Rom as
//! wide as the picture shrinks, first along the row and then down the column. All sums are whole
//! numbers. Colours count by their alpha, so that nothing shines through from transparent pixels.

use crate::plan::Crop;
use crate::Fail;
use std::collections::VecDeque;

/// Weights are in parts of 2^14, columns in 2^8 steps of a colour: a sum stays below 2^31, since the
/// cubic's weights are at most 1.3 in absolute terms.
const WEIGHT_BITS: u32 = 14;
const STEP_BITS: u32 = 8;
const REACH: f64 = 2.0;

/// Rows of pixels from above, `channels` bytes each: grey, grey and alpha, RGB, RGB and alpha.
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub channels: usize,
    pub bytes: Vec<u8>,
}

/// The pixels of a row or column that count for one of the result.
struct Window {
    first: usize,
    weights: Vec<i32>,
}

pub struct Shrink {
    crop: Crop,
    size: (u32, u32),
    channels: usize,
    columns: Vec<Window>,
    rows: Vec<Window>,
    /// The next row of the picture.
    next: usize,
    /// Rows of the result that have begun, and the number of the first.
    open: VecDeque<Vec<i32>>,
    done: usize,
    narrowed: Vec<i32>,
    scratch: Vec<u8>,
    bytes: Vec<u8>,
}

impl Shrink {
    pub fn new(crop: Crop, size: (u32, u32), channels: usize) -> Shrink {
        Shrink {
            columns: windows(crop.width, size.0),
            rows: windows(crop.height, size.1),
            crop,
            size,
            channels,
            next: 0,
            open: VecDeque::new(),
            done: 0,
            narrowed: vec![0; size.0 as usize * channels],
            scratch: Vec::new(),
            bytes: Vec::with_capacity(size.0 as usize * size.1 as usize * channels),
        }
    }

    /// Takes the next row of the picture.
    pub fn push(&mut self, row: &[u8]) {
        let at = self.next;
        self.next += 1;
        let Some(at) = at.checked_sub(self.crop.top as usize) else {
            return;
        };
        if at >= self.crop.height as usize {
            return;
        }
        let from = self.crop.left as usize * self.channels;
        self.scratch.clear();
        self.scratch.extend_from_slice(&row[from..from + self.crop.width as usize * self.channels]);
        match self.channels {
            1 => narrow::<1>(&self.scratch, &self.columns, &mut self.narrowed),
            2 => {
                multiply::<2>(&mut self.scratch);
                narrow::<2>(&self.scratch, &self.columns, &mut self.narrowed);
            }
            3 => narrow::<3>(&self.scratch, &self.columns, &mut self.narrowed),
            _ => {
                multiply::<4>(&mut self.scratch);
                narrow::<4>(&self.scratch, &self.columns, &mut self.narrowed);
            }
        }
        self.spread(at);
    }

    /// Adds the narrowed row to all rows of the result that it counts for, and ends those that are
    /// whole.
    fn spread(&mut self, at: usize) {
        let begun =
            |windows: &[Window], row: usize| windows.get(row).is_some_and(|w| w.first <= at);
        while begun(&self.rows, self.done + self.open.len()) {
            self.open.push_back(vec![0; self.narrowed.len()]);
        }
        for (row, sums) in self.open.iter_mut().enumerate() {
            let window = &self.rows[self.done + row];
            if let Some(&weight) = window.weights.get(at - window.first) {
                add(sums, &self.narrowed, weight);
            }
        }
        while let Some(window) = self.rows.get(self.done) {
            if self.open.is_empty() || at + 1 < window.first + window.weights.len() {
                break;
            }
            if let Some(sums) = self.open.pop_front() {
                self.bytes.extend(sums.iter().map(|&sum| rounded(sum)));
            }
            self.done += 1;
        }
    }

    pub fn finish(mut self) -> Result<Picture, Fail> {
        if self.done < self.size.1 as usize {
            return Err(Fail::broken("it has fewer rows than it says"));
        }
        match self.channels {
            2 => divide::<2>(&mut self.bytes),
            4 => divide::<4>(&mut self.bytes),
            _ => {}
        }
        Ok(Picture {
            width: self.size.0,
            height: self.size.1,
            channels: self.channels,
            bytes: self.bytes,
        })
    }
}

/// One window for each of `to` pixels out of `from`.
fn windows(from: u32, to: u32) -> Vec<Window> {
    let scale = f64::from(from) / f64::from(to);
    (0..to)
        .map(|pixel| {
            let centre = (f64::from(pixel) + 0.5) * scale;
            let first = (centre - REACH * scale).floor().max(0.0);
            let end = (centre + REACH * scale).ceil().min(f64::from(from));
            let (first, end) = (first as usize, end as usize);
            let shares: Vec<f64> =
                (first..end).map(|i| cubic((i as f64 + 0.5 - centre) / scale)).collect();
            Window { first, weights: whole(&shares) }
        })
        .collect()
}

/// The shares as whole numbers that add up to exactly 2^14: a plain surface stays as it is.
fn whole(shares: &[f64]) -> Vec<i32> {
    let one = 1 << WEIGHT_BITS;
    let sum: f64 = shares.iter().sum();
    let mut weights: Vec<i32> =
        shares.iter().map(|share| (share / sum * f64::from(one)).round() as i32).collect();
    let missing = one - weights.iter().sum::<i32>();
    if let Some(largest) = weights.iter_mut().max() {
        *largest += missing;
    }
    weights
}

/// Catmull and Rom's cubic.
fn cubic(x: f64) -> f64 {
    let x = x.abs();
    if x < 1.0 {
        (1.5 * x - 2.5) * x * x + 1.0
    } else if x < REACH {
        ((2.5 - 0.5 * x) * x - 4.0) * x + 2.0
    } else {
        0.0
    }
}

fn narrow<const CHANNELS: usize>(row: &[u8], columns: &[Window], narrowed: &mut [i32]) {
    for (window, out) in columns.iter().zip(narrowed.chunks_exact_mut(CHANNELS)) {
        let pixels = row[window.first * CHANNELS..].chunks_exact(CHANNELS);
        let mut sums = [0; CHANNELS];
        for (pixel, &weight) in pixels.zip(&window.weights) {
            for channel in 0..CHANNELS {
                sums[channel] += i32::from(pixel[channel]) * weight;
            }
        }
        for channel in 0..CHANNELS {
            out[channel] = sums[channel] >> (WEIGHT_BITS - STEP_BITS);
        }
    }
}

fn add(sums: &mut [i32], row: &[i32], weight: i32) {
    for (sum, &value) in sums.iter_mut().zip(row) {
        *sum += value * weight;
    }
}

fn rounded(sum: i32) -> u8 {
    const HALF: i32 = 1 << (WEIGHT_BITS + STEP_BITS - 1);
    (sum.saturating_add(HALF) >> (WEIGHT_BITS + STEP_BITS)).clamp(0, 255) as u8
}

fn multiply<const CHANNELS: usize>(row: &mut [u8]) {
    for pixel in row.chunks_exact_mut(CHANNELS) {
        let alpha = u32::from(pixel[CHANNELS - 1]);
        if alpha < 255 {
            for colour in &mut pixel[..CHANNELS - 1] {
                *colour = ((u32::from(*colour) * alpha + 127) / 255) as u8;
            }
        }
    }
}

fn divide<const CHANNELS: usize>(bytes: &mut [u8]) {
    for pixel in bytes.chunks_exact_mut(CHANNELS) {
        let alpha = u32::from(pixel[CHANNELS - 1]);
        if alpha < 255 {
            for colour in &mut pixel[..CHANNELS - 1] {
                let full = (u32::from(*colour) * 255 + alpha / 2).checked_div(alpha).unwrap_or(0);
                *colour = full.min(255) as u8;
            }
        }
    }
}
