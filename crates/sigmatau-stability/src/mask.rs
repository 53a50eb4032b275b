//! The table of masks: the limits that recommendations set to a statistic over averaging times.
//!
//! One recommendation per file in the folder `mask/`. The figures are those of the recommendations as
//! open implementations hold them; each file says what was compared with what. To add one: write it next
//! to its nearest sibling and add it to [`MASKS`].

use sigmatau_core::nearest::did_you_mean;
use std::borrow::Cow;
use std::cmp::Ordering;

mod g811;
mod g812;
mod g813;
mod g8272;
mod g8272_1;

/// Every built-in mask.
pub static MASKS: &[&Mask] = &[
    &g811::MTIE,
    &g811::TDEV,
    &g812::TYPE_1_MTIE,
    &g812::TYPE_1_TDEV,
    &g812::TYPE_2_MTIE,
    &g812::TYPE_2_TDEV,
    &g813::OPTION_1_MTIE,
    &g813::OPTION_1_TDEV,
    &g813::OPTION_2_MTIE,
    &g813::OPTION_2_TDEV,
    &g8272::CLASS_A_MTIE,
    &g8272::CLASS_A_TDEV,
    &g8272::CLASS_B_MTIE,
    &g8272::CLASS_B_TDEV,
    &g8272_1::MTIE,
    &g8272_1::TDEV,
];

/// The limit of a statistic over averaging times.
///
/// ```
/// use sigmatau_stability::mask::{Mask, Verdict};
/// let prc = Mask::named("g811-tdev")?;
/// assert_eq!(prc.limit(10.0), Some(3e-9));
/// let judgement = prc.judge(&[(1.0, 1e-9), (10.0, 4e-9)]);
/// assert_eq!(judgement.verdict, Verdict::Exceeds);
/// assert!((judgement.worst().unwrap().margin_db + 2.5).abs() < 0.01); // 20 lg (3/4)
/// # Ok::<(), sigmatau_stability::mask::UnknownMask>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Mask {
    /// The short name, such as `g811-tdev`.
    pub name: Cow<'static, str>,
    /// What it is the limit of.
    pub title: Cow<'static, str>,
    /// Where it stands.
    pub reference: Cow<'static, str>,
    /// The name of the estimator that it limits.
    pub statistic: Cow<'static, str>,
    /// The averaging time in s that its range begins behind.
    pub from: f64,
    /// Its pieces by rising averaging time.
    pub pieces: Cow<'static, [Piece]>,
}

/// A piece of a mask, up to and with an averaging time: the limit `constant` + `factor` · τ^`exponent`,
/// τ in s, the limit in the unit of the statistic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece {
    /// The last averaging time in s; infinite where the limit has no end.
    pub until: f64,
    /// The part of the limit that does not change.
    pub constant: f64,
    /// The factor of the power of τ.
    pub factor: f64,
    /// The exponent of τ.
    pub exponent: f64,
}

impl Piece {
    /// A limit that is the same at every averaging time.
    pub const fn constant(until: f64, constant: f64) -> Self {
        Self { until, constant, factor: 0.0, exponent: 1.0 }
    }

    /// A limit on a line, `constant` + `factor` · τ.
    pub const fn line(until: f64, constant: f64, factor: f64) -> Self {
        Self { until, constant, factor, exponent: 1.0 }
    }

    /// A limit on a power of τ, `factor` · τ^`exponent`.
    pub const fn power(until: f64, factor: f64, exponent: f64) -> Self {
        Self { until, constant: 0.0, factor, exponent }
    }

    fn at(&self, tau: f64) -> f64 {
        self.constant + self.factor * tau.powf(self.exponent)
    }
}

/// A mask's name that is not in the table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("find the mask `{name}`: there is none of this name{hint}")]
pub struct UnknownMask {
    /// The word that was given.
    pub name: String,
    /// The nearest known names.
    pub hint: String,
}

/// Whether a statistic keeps within a mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It keeps within its limit.
    Conforms,
    /// It exceeds its limit.
    Exceeds,
    /// The record does not tell.
    NotAssessable,
}

impl Verdict {
    /// The word: `conforms`, `exceeds` or `not-assessable`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Conforms => "conforms",
            Self::Exceeds => "exceeds",
            Self::NotAssessable => "not-assessable",
        }
    }
}

/// A statistic beside its limit at one averaging time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// The averaging time in s.
    pub tau: f64,
    /// The statistic; `NaN` where the record does not reach.
    pub value: f64,
    /// The limit.
    pub limit: f64,
    /// The margin 20 lg (limit / value) in dB: positive within the limit; `NaN` without a value.
    pub margin_db: f64,
    /// What follows.
    pub verdict: Verdict,
}

/// A record beside a mask.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The averaging times within the range of the mask, rising. Behind those of the record stand the
    /// ends of the pieces that it does not reach.
    pub marks: Vec<Mark>,
    /// The whole: exceeds where any mark does; else not assessable where a piece of the mask has no
    /// value in it; else conforms.
    pub verdict: Verdict,
}

impl Judgement {
    /// The mark with the smallest margin.
    pub fn worst(&self) -> Option<&Mark> {
        let measured = self.marks.iter().filter(|mark| !mark.margin_db.is_nan());
        measured.min_by(|a, b| a.margin_db.partial_cmp(&b.margin_db).unwrap_or(Ordering::Equal))
    }

    /// The longest averaging time in s at which there is a value.
    pub fn reach(&self) -> Option<f64> {
        self.marks.iter().rfind(|mark| mark.verdict != Verdict::NotAssessable).map(|mark| mark.tau)
    }
}

impl Mask {
    /// Looks a built-in mask up by its name.
    ///
    /// # Errors
    /// When there is none of this name; the nearest known names are given.
    pub fn named(name: &str) -> Result<&'static Self, UnknownMask> {
        let names: Vec<&str> = MASKS.iter().map(|mask| &*mask.name).collect();
        let unknown = || UnknownMask { name: name.to_owned(), hint: did_you_mean(name, &names) };
        MASKS.iter().find(|mask| mask.name == name).copied().ok_or_else(unknown)
    }

    /// Returns the limit at an averaging time in s; nothing outside the range of the mask.
    pub fn limit(&self, tau: f64) -> Option<f64> {
        let piece = self.pieces.iter().find(|piece| tau <= piece.until);
        piece.filter(|_| tau > self.from).map(|piece| piece.at(tau))
    }

    /// Holds the values of a statistic at averaging times (τ in s, value) against the limit.
    ///
    /// A value equal to its limit conforms. Each piece of the mask wants a value in it, so that a
    /// record which is too short, or sampled too slowly, conforms to a part and is not assessable on
    /// the whole.
    pub fn judge(&self, points: &[(f64, f64)]) -> Judgement {
        let mut marks: Vec<Mark> = points.iter().filter_map(|(tau, value)| self.mark(*tau, *value)).collect();
        marks.sort_by(|a, b| a.tau.total_cmp(&b.tau));
        let verdict = self.whole(&marks);
        let reach = marks.last().map_or(self.from, |mark| mark.tau);
        let ends = self.pieces.iter().map(|piece| piece.until).filter(|until| until.is_finite() && *until > reach);
        marks.extend(ends.filter_map(|tau| self.mark(tau, f64::NAN)));
        Judgement { marks, verdict }
    }

    fn mark(&self, tau: f64, value: f64) -> Option<Mark> {
        let limit = self.limit(tau)?;
        let verdict = match value.partial_cmp(&limit) {
            None => Verdict::NotAssessable,
            Some(Ordering::Greater) => Verdict::Exceeds,
            Some(_) => Verdict::Conforms,
        };
        Some(Mark { tau, value, limit, margin_db: 20.0 * (limit / value).log10(), verdict })
    }

    fn whole(&self, marks: &[Mark]) -> Verdict {
        let starts = std::iter::once(self.from).chain(self.pieces.iter().map(|piece| piece.until));
        let measured = |tau: &f64, until: f64, start: f64| *tau > start && *tau <= until;
        let told = |(piece, start): (&Piece, f64)| {
            let mut values = marks.iter().filter(|mark| mark.verdict == Verdict::Conforms).map(|mark| mark.tau);
            values.any(|tau| measured(&tau, piece.until, start))
        };
        if marks.iter().any(|mark| mark.verdict == Verdict::Exceeds) {
            Verdict::Exceeds
        } else if self.pieces.iter().zip(starts).all(told) {
            Verdict::Conforms
        } else {
            Verdict::NotAssessable
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Limits in ns as allantools 2024.06 (`allantools.mask`) gives them.
    const ALLANTOOLS: [(&str, f64, f64); 26] = [
        ("g811-tdev", 50.0, 3.0),
        ("g811-tdev", 500.0, 15.0),
        ("g811-tdev", 5000.0, 30.0),
        ("g811-mtie", 10.0, 27.75),
        ("g811-mtie", 999.0, 299.725),
        ("g811-mtie", 1e4, 390.0),
        ("g8272-1-tdev", 100.0, 1.0),
        ("g8272-1-tdev", 1e5, 3.33333),
        ("g8272-1-tdev", 5e5, 10.0),
        ("g8272-1-mtie", 0.5, 4.0),
        ("g8272-1-mtie", 10.0, 5.0014),
        ("g8272-1-mtie", 1e5, 18.75),
        ("g8272-1-mtie", 1e6, 30.0),
        ("g8272-a-tdev", 10.0, 3.0),
        ("g8272-a-tdev", 500.0, 15.0),
        ("g8272-a-tdev", 5000.0, 30.0),
        ("g8272-b-tdev", 10.0, 1.0),
        ("g8272-b-tdev", 200.0, 2.0),
        ("g8272-b-tdev", 1e4, 5.0),
        ("g8272-a-mtie", 1.0, 25.275),
        ("g8272-a-mtie", 272.0, 99.8),
        ("g8272-a-mtie", 300.0, 100.0),
        ("g8272-b-mtie", 1.0, 25.275),
        ("g8272-b-mtie", 54.0, 39.85),
        ("g8272-b-mtie", 100.0, 40.0),
        ("g8272-b-mtie", 1e6, 40.0),
    ];

    #[test]
    fn limits_are_those_of_allantools() {
        for (name, tau, limit) in ALLANTOOLS {
            let found = Mask::named(name).unwrap().limit(tau).unwrap();
            assert!((found * 1e9 / limit - 1.0).abs() < 1e-12, "{name} at {tau} s: {found}");
        }
    }

    /// Limits in ns by the formulas of timeTools 1.0 for synchronous Ethernet clocks, which take over
    /// those of G.813.
    #[test]
    fn limits_of_equipment_clocks_are_those_of_timetools() {
        for (name, tau, limit) in [
            ("g813-1-mtie", 0.5, 40.0),
            ("g813-1-mtie", 10.0, 40.0 * 10_f64.powf(0.1)),
            ("g813-1-mtie", 500.0, 25.25 * 500_f64.powf(0.2)),
            ("g813-1-tdev", 10.0, 3.2),
            ("g813-1-tdev", 64.0, 5.12),
            ("g813-1-tdev", 500.0, 6.4),
            ("g813-2-mtie", 0.5, 20.0),
            ("g813-2-mtie", 5.0, 20.0 * 5_f64.powf(0.48)),
            ("g813-2-mtie", 100.0, 60.0),
            ("g813-2-tdev", 1.0, 3.2),
            ("g813-2-tdev", 10.0, 2.0),
            ("g813-2-tdev", 100.0, 3.2),
            ("g813-2-tdev", 5000.0, 10.0),
        ] {
            let found = Mask::named(name).unwrap().limit(tau).unwrap();
            assert!((found * 1e9 / limit - 1.0).abs() < 1e-12, "{name} at {tau} s: {found}");
        }
    }

    #[test]
    fn pieces_rise_and_meet_to_two_per_cent() {
        for mask in MASKS {
            assert!(mask.pieces.windows(2).all(|pair| pair[0].until < pair[1].until), "{}", mask.name);
            for pair in mask.pieces.windows(2) {
                let (before, after) = (pair[0].at(pair[0].until), pair[1].at(pair[0].until));
                assert!((after / before - 1.0).abs() < 0.02, "{} at {} s: {before}, {after}", mask.name, pair[0].until);
            }
        }
    }

    #[test]
    fn every_mask_limits_an_estimator_and_stands_once() {
        for (place, mask) in MASKS.iter().enumerate() {
            assert!(matches!(&*mask.statistic, "mtie" | "tdev") && mask.name.ends_with(&*mask.statistic));
            assert!(MASKS[..place].iter().all(|earlier| earlier.name != mask.name), "{} stands twice", mask.name);
        }
    }

    #[test]
    fn value_at_its_limit_conforms_and_just_above_exceeds() {
        let mask = Mask::named("g811-tdev").unwrap();
        let verdict = |value| mask.judge(&[(1.0, value)]).marks[0].verdict;
        assert_eq!((verdict(3e-9), verdict(3.000_001e-9)), (Verdict::Conforms, Verdict::Exceeds));
    }

    #[test]
    fn margin_falls_by_what_the_record_rises() {
        let mask = Mask::named("g811-tdev").unwrap();
        let margin = |scale: f64| mask.judge(&[(1.0, scale * 1e-9)]).worst().unwrap().margin_db;
        assert!((margin(1.0) - margin(10.0) - 20.0).abs() < 1e-12);
    }

    #[test]
    fn record_that_is_too_short_conforms_to_a_part_only() {
        let mask = Mask::named("g811-tdev").unwrap();
        let short = mask.judge(&[(1.0, 1e-9), (200.0, 1e-9)]);
        assert_eq!((short.verdict, short.reach()), (Verdict::NotAssessable, Some(200.0)));
        let taus: Vec<f64> = short.marks.iter().map(|mark| mark.tau).collect();
        assert_eq!(taus, [1.0, 200.0, 1000.0, 10_000.0]);
        let long = mask.judge(&[(1.0, 1e-9), (200.0, 1e-9), (2000.0, 1e-9)]);
        assert_eq!(long.verdict, Verdict::Conforms);
    }

    #[test]
    fn what_exceeds_anywhere_exceeds_however_short() {
        let mask = Mask::named("g811-tdev").unwrap();
        assert_eq!(mask.judge(&[(1.0, 1e-8)]).verdict, Verdict::Exceeds);
        assert_eq!(mask.judge(&[]).verdict, Verdict::NotAssessable);
    }

    #[test]
    fn times_outside_the_range_have_no_limit() {
        let mask = Mask::named("g811-tdev").unwrap();
        assert_eq!((mask.limit(0.1), mask.limit(1e4), mask.limit(1.1e4)), (None, Some(3e-8), None));
    }

    #[test]
    fn unknown_mask_is_told_the_nearest() {
        let message = Mask::named("g811-tdef").unwrap_err().to_string();
        assert!(message.contains("there is none of this name; did you mean `g811-tdev`"), "{message}");
    }
}
