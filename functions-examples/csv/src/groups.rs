//! The groups by key, and the values of each that percentiles need. Both are open hash tables that
//! grow to a fixed size, which keeps the function inside its memory whatever the data holds.

use crate::number::Stat;
use crate::Fail;

/// Groups times columns that hold numbers: 64 bytes each.
const MAX_STATS: usize = 200_000;

/// The text of all keys together.
const MAX_KEY_BYTES: usize = 8 << 20;

/// Slots of the table of values, 16 bytes each; three quarters may be in use.
const MAX_SLOTS: usize = 1 << 20;

/// Any odd number with its bits well spread (2^64 divided by the golden ratio).
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

pub struct Groups {
    columns: usize,
    /// The keys one after the other, and where each ends.
    text: Vec<u8>,
    ends: Vec<usize>,
    rows: Vec<u64>,
    stats: Vec<Stat>,
    /// Hash (upper half) and group + 1 (lower half); 0 is a free slot.
    slots: Vec<u64>,
}

impl Groups {
    /// Groups that hold numbers of that many columns.
    pub fn new(columns: usize) -> Self {
        let (text, ends, rows, stats) = Default::default();
        Groups { columns, text, ends, rows, stats, slots: vec![0; 1024] }
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn key(&self, group: usize) -> &[u8] {
        let from = if group == 0 { 0 } else { self.ends[group - 1] };
        &self.text[from..self.ends[group]]
    }

    pub fn rows(&self, group: usize) -> u64 {
        self.rows[group]
    }

    /// A number for that column of that group.
    pub fn place(&self, group: usize, column: usize) -> usize {
        group * self.columns + column
    }

    pub fn stat(&self, place: usize) -> &Stat {
        &self.stats[place]
    }

    pub fn stat_mut(&mut self, place: usize) -> &mut Stat {
        &mut self.stats[place]
    }

    /// The group with that key, which may be new. Counts a row in it.
    #[inline(never)]
    pub fn enter(&mut self, key: &[u8]) -> Result<usize, Fail> {
        let hash = hash(key);
        let mut slot = hash as usize;
        loop {
            slot &= self.slots.len() - 1;
            let entry = self.slots[slot];
            if entry == 0 {
                return self.add(key, hash, slot);
            }
            if entry >> 32 == hash >> 32 {
                let group = (entry as u32 - 1) as usize;
                if self.key(group) == key {
                    self.rows[group] += 1;
                    return Ok(group);
                }
            }
            slot += 1;
        }
    }

    #[cold]
    fn add(&mut self, key: &[u8], hash: u64, slot: usize) -> Result<usize, Fail> {
        let group = self.len();
        let most = MAX_STATS / self.columns.max(1);
        if group == most || self.text.len() + key.len() > MAX_KEY_BYTES {
            return Err(Fail::data(&format!(
                "there are too many groups: this request has room for {most}, with 8 MiB of keys"
            )));
        }
        self.text.extend_from_slice(key);
        self.ends.push(self.text.len());
        self.rows.push(1);
        self.stats.resize(self.stats.len() + self.columns, Stat::EMPTY);
        self.slots[slot] = hash & !0xFFFF_FFFF | (group as u64 + 1);
        if self.len() * 2 > self.slots.len() {
            self.grow();
        }
        Ok(group)
    }

    fn grow(&mut self) {
        let mut slots = vec![0; self.slots.len() * 2];
        for group in 0..self.len() {
            let hash = hash(self.key(group));
            let mut slot = hash as usize & (slots.len() - 1);
            while slots[slot] != 0 {
                slot = (slot + 1) & (slots.len() - 1);
            }
            slots[slot] = hash & !0xFFFF_FFFF | (group as u64 + 1);
        }
        self.slots = slots;
    }
}

fn hash(key: &[u8]) -> u64 {
    let mut hash = key.len() as u64;
    for &byte in key {
        hash = (hash ^ u64::from(byte)).wrapping_mul(SPREAD);
    }
    hash ^ hash >> 32
}

/// How often a value stands in a column of a group.
#[derive(Clone, Copy)]
struct Entry {
    value: f64,
    /// [`Groups::place`].
    place: u32,
    /// 0 is a free slot.
    count: u32,
}

/// All values of all groups as (value, how often): exact percentiles of any number of rows, as long
/// as the values repeat, as whole numbers and short decimals do.
pub struct Values {
    slots: Vec<Entry>,
    used: usize,
}

const FREE: Entry = Entry { value: 0.0, place: 0, count: 0 };

impl Values {
    pub fn new() -> Self {
        Values { slots: vec![FREE; 1024], used: 0 }
    }

    #[inline(never)]
    pub fn add(&mut self, place: usize, value: f64) -> Result<(), Fail> {
        let slot = self.find(place as u32, value);
        let entry = &mut self.slots[slot];
        if entry.count > 0 {
            entry.count += 1;
            return Ok(());
        }
        *entry = Entry { value, place: place as u32, count: 1 };
        self.used += 1;
        if self.used > self.slots.len() / 4 * 3 {
            self.grow()?;
        }
        Ok(())
    }

    /// The slot of that value, or the free one where it goes.
    fn find(&self, place: u32, value: f64) -> usize {
        let hash = (value.to_bits() ^ u64::from(place)).wrapping_mul(SPREAD);
        let mut slot = (hash ^ hash >> 32) as usize;
        loop {
            slot &= self.slots.len() - 1;
            let entry = &self.slots[slot];
            if entry.count == 0 || entry.place == place && entry.value == value {
                return slot;
            }
            slot += 1;
        }
    }

    #[cold]
    fn grow(&mut self) -> Result<(), Fail> {
        let size = self.slots.len() * 2;
        if size > MAX_SLOTS {
            return Err(Fail::data(
                "there are too many different values for exact percentiles: at most 786432",
            ));
        }
        for entry in std::mem::replace(&mut self.slots, vec![FREE; size]) {
            if entry.count > 0 {
                let slot = self.find(entry.place, entry.value);
                self.slots[slot] = entry;
            }
        }
        Ok(())
    }

    pub fn sorted(mut self) -> SortedValues {
        self.slots.retain(|entry| entry.count > 0);
        self.slots.sort_unstable_by(|a, b| a.place.cmp(&b.place).then(a.value.total_cmp(&b.value)));
        SortedValues { entries: self.slots }
    }
}

/// The same in order.
pub struct SortedValues {
    entries: Vec<Entry>,
}

impl SortedValues {
    /// The percentile in thousandths (p90 is 90000) by linear interpolation between the two nearest
    /// of the n sorted values, at position (n - 1) * p: as NumPy, pandas and PERCENTILE.INC do.
    pub fn percentile(&self, place: usize, thousandths: u32) -> Option<f64> {
        let from = self.entries.partition_point(|entry| (entry.place as usize) < place);
        let to = self.entries.partition_point(|entry| entry.place as usize <= place);
        let entries = &self.entries[from..to];
        let count: u64 = entries.iter().map(|entry| u64::from(entry.count)).sum();
        let position = count.checked_sub(1)? * u64::from(thousandths);
        let (rank, rest) = (position / 100_000, position % 100_000);
        let low = at(entries, rank);
        if rest == 0 {
            return Some(low);
        }
        let high = at(entries, rank + 1);
        Some(low + (high - low) * rest as f64 / 100_000.0)
    }
}

/// The value of that rank, from 0.
fn at(entries: &[Entry], rank: u64) -> f64 {
    let mut after = 0;
    let reaches = |entry: &&Entry| {
        after += u64::from(entry.count);
        after > rank
    };
    entries.iter().find(reaches).map_or(f64::NAN, |entry| entry.value)
}
