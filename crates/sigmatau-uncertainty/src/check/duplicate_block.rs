//! No stretch of readings stands twice.

use super::table::{Instrument, Logs};
use super::watch::{Evidence, Observation, Watch, Words};
use super::{Check, Decision, Severity, Subject};
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

pub(super) static CHECK: Check = Check {
    name: "duplicate-block",
    code: "DUP-BLOCK",
    title: "no stretch of readings stands twice",
    statistic: "the number of blocks of m consecutive readings that were seen before, in the same instrument or \
        another, value by value, or by rank as after x → ax + b",
    threshold: 0.0,
    because: "m is so large that among 5e11 pairs fewer than 1e-12 agree by chance: 24 readings that scatter by 3 \
        steps of the display, 16 by 10, 12 by 30",
    unit: Subject::Instrument,
    severity: Severity::Critical,
    remedy: "ask for the raw data of both; do not use either until explained",
    reference: "R. M. Karp, M. O. Rabin, IBM Journal of Research and Development 31 (1987) 249",
    decision: Decision::Deterministic,
    wants: &[&["logs.instrument", "logs.value"], &["repeats.value"]],
    start: |start| Box::new(Blocks::new(start.settings.block)),
    seen: |seen| {
        let how = if seen.effect > 0.0 { "value by value" } else { "scaled or shifted" };
        format!("{} blocks of its readings stand elsewhere too, {how}", seen.rows)
    },
};

/// The most blocks that are remembered.
const CAPACITY: usize = 4 << 20;

/// The number of consecutive readings of which two stretches agree by chance with less than the given probability among
/// so many pairs, when readings scatter by `ratio` steps of the display: two normal readings show the same with probability
/// 1/(2√π · ratio).
///
/// ```
/// use sigmatau_uncertainty::check::length_of_block;
/// assert_eq!([3.0, 10.0, 30.0].map(|ratio| length_of_block(ratio, 5e11, 1e-12)), [24, 16, 12]);
/// ```
pub fn length_of_block(ratio: f64, pairs: f64, chance: f64) -> usize {
    let agree = 1.0 / (2.0 * std::f64::consts::PI.sqrt() * ratio);
    ((chance / pairs).ln() / agree.ln()).ceil() as usize
}

/// Where a block was first seen.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// The hash of its values.
    values: u64,
    instrument: u32,
    reading: u32,
}

/// Blocks by the hash of their ranks, which neither scale nor shift changes. When they become too many every other one is
/// forgotten, by its hash, so that both of a pair stay or go.
#[derive(Debug)]
struct Blocks {
    length: usize,
    known: HashMap<u64, Place, BuildHasherDefault<Keep>>,
    mask: u64,
    seen: BTreeMap<u32, Observation>,
    /// Instruments with readings behind calibrations, and with a log.
    assessed: [u64; 2],
    room: Vec<f64>,
}

/// Hashes that are hashes already.
#[derive(Debug, Default)]
struct Keep(u64);

impl Hasher for Keep {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _bytes: &[u8]) {
        unreachable!("keys are whole numbers");
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

impl Blocks {
    fn new(length: usize) -> Self {
        Self { length, known: HashMap::default(), mask: 0, seen: BTreeMap::new(), assessed: [0; 2], room: Vec::new() }
    }

    /// Takes the readings of an instrument, of which the first is in `row`, each row having `per_row`.
    fn take(&mut self, instrument: u32, readings: &[f64], row: u64, per_row: u64) {
        let mut ranks = Ranks::of(readings, self.length);
        for start in 0..(readings.len() + 1).saturating_sub(self.length) {
            let block = &readings[start..start + self.length];
            let Some(rank) = ranks.hash(start).filter(|hash| hash & self.mask == 0) else { continue };
            let place =
                Place { values: hash_of(block.iter().map(|value| value.to_bits())), instrument, reading: start as u32 };
            match self.known.get(&rank) {
                None => self.remember(rank, place),
                Some(first) if first.instrument == instrument && start < first.reading as usize + self.length => {}
                Some(first) => {
                    let (other, same) = (first.instrument, first.values == place.values);
                    self.report(instrument, row + start as u64 / per_row, same);
                    self.report(other, u64::MAX, same);
                }
            }
        }
    }

    fn remember(&mut self, rank: u64, place: Place) {
        self.known.insert(rank, place);
        if self.known.len() > CAPACITY {
            self.mask = self.mask << 1 | 1;
            self.known.retain(|hash, _| hash & self.mask == 0);
        }
    }

    fn report(&mut self, instrument: u32, row: u64, same: bool) {
        let new = Observation { statistic: 0.0, effect: 0.0, row, ..Observation::about(instrument) };
        let seen = self.seen.entry(instrument).or_insert(new);
        seen.rows += 1;
        seen.statistic += 1.0;
        seen.row = seen.row.min(row);
        seen.effect += f64::from(u8::from(same));
    }
}

impl Watch for Blocks {
    fn instrument(&mut self, instrument: &Instrument<'_>) {
        self.assessed[0] += 1;
        let mut readings = std::mem::take(&mut self.room);
        readings.clear();
        (0..instrument.len()).for_each(|row| readings.extend(instrument.repeats(row)));
        let per_row = (readings.len() / instrument.len()).max(1) as u64;
        self.take(instrument.id(), &readings, instrument.row(0), per_row);
        self.room = readings;
    }

    fn log(&mut self, log: &Logs<'_>, first: u64) {
        self.assessed[1] += 1;
        self.take(log.instrument[0], log.value, first, 1);
    }

    fn finish(self: Box<Self>, _words: &Words<'_>) -> Evidence {
        Evidence { assessed: self.assessed[0].max(self.assessed[1]), observations: self.seen.into_values().collect() }
    }
}

/// How each reading stands to those shortly before it: of a block of m readings the signs of the differences within it,
/// as one word of bits a reading.
struct Ranks {
    length: usize,
    /// Of each reading, 2 bits for each of the 32 before: above, below or equal.
    signs: Vec<u64>,
    distinct: Vec<bool>,
}

impl Ranks {
    fn of(readings: &[f64], length: usize) -> Self {
        let reach = (length - 1).min(32);
        let sign = |place: usize, back: usize| match readings[place].partial_cmp(&readings[place - back]) {
            Some(std::cmp::Ordering::Greater) => 1_u64,
            Some(std::cmp::Ordering::Less) => 2,
            _ => 0,
        };
        let word = |place: usize| (1..=reach.min(place)).map(|back| sign(place, back) << (2 * (back - 1))).sum();
        let signs: Vec<u64> = (0..readings.len()).map(word).collect();
        let distinct = readings.windows(2).map(|pair| pair[0] != pair[1]).collect();
        Self { length, signs, distinct }
    }

    /// The hash of the ranks in a block, the same for a block turned upside down; nothing where too few readings differ.
    fn hash(&mut self, start: usize) -> Option<u64> {
        let changes = self.distinct[start..start + self.length - 1].iter().filter(|distinct| **distinct).count();
        if 2 * changes < self.length {
            return None;
        }
        let within = |(place, signs): (usize, &u64)| signs & mask_of(2 * place.min(32));
        let words = || self.signs[start..start + self.length].iter().enumerate().map(within);
        let turned = |signs: u64| (signs & ODD) << 1 | (signs & (ODD << 1)) >> 1;
        Some(hash_of(words()).min(hash_of(words().map(turned))))
    }
}

const ODD: u64 = 0x5555_5555_5555_5555;

fn mask_of(bits: usize) -> u64 {
    if bits >= 64 { u64::MAX } else { (1 << bits) - 1 }
}

/// A hash of words, mixed as SplitMix64 does.
fn hash_of(words: impl Iterator<Item = u64>) -> u64 {
    let mixed = words.fold(0x9E37_79B9_7F4A_7C15, |hash: u64, word| {
        let mixed = (hash ^ word).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed ^ mixed >> 29
    });
    (mixed ^ mixed >> 32).wrapping_mul(0x94D0_49BB_1331_11EB)
}
