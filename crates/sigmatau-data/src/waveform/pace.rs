//! The sampling rate from the instants of the samples, and what is wrong with them.

use sigmatau_core::{Finding, Severity};

/// The share of a step by which steps may differ from their mean unremarked.
const JITTER: f64 = 0.1;

/// The share of a step from which on samples are missing or doubled, not merely late.
const UNEVEN: f64 = 0.5;

/// The samples by which the instants and a stated rate may part over a record.
const SLIP: f64 = 0.5;

/// The relative distance of rates from which on one of them is wrong, not merely nominal.
const WRONG: f64 = 0.01;

/// A step between neighbouring samples in s, and the number of the sample that it leads to.
type Step = (f64, usize);

/// How the instants of a record advance.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Pace {
    samples: usize,
    missing: usize,
    /// The first and the last instant that are there, in s from any beginning, and the numbers of their samples.
    ends: Option<(Step, Step)>,
    shortest: Option<Step>,
    longest: Option<Step>,
}

impl Pace {
    /// The pace of instants in ticks of so many seconds, [`i64::MIN`] where one is missing.
    pub(super) fn of_ticks(ticks: &[i64], tick: f64) -> Self {
        let mut pace = Self::default();
        pace.push_ticks(ticks, tick, ticks.first().copied().unwrap_or(0));
        pace
    }

    /// The pace of instants in seconds.
    pub(super) fn of_seconds(instants: &[f64]) -> Self {
        let mut pace = Self::default();
        instants.iter().for_each(|instant| pace.push(*instant));
        pace
    }

    /// Goes on with ticks, counted from `origin` so that epochs keep their last digit.
    pub(super) fn push_ticks(&mut self, ticks: &[i64], tick: f64, origin: i64) {
        let seconds = |ticks: i64| ticks.wrapping_sub(origin) as f64 * tick;
        ticks.iter().for_each(|&ticks| self.push(if ticks == i64::MIN { f64::NAN } else { seconds(ticks) }));
    }

    /// Goes on with an instant in s, `NaN` where it is missing.
    pub(super) fn push(&mut self, instant: f64) {
        let number = self.samples;
        self.samples += 1;
        if !instant.is_finite() {
            self.missing += 1;
            return;
        }
        let here = (instant, number);
        if let Some((_, (previous, at))) = self.ends {
            let step = ((instant - previous) / (number - at) as f64, number);
            self.shortest = self.shortest.filter(|(shortest, _)| *shortest <= step.0).or(Some(step));
            self.longest = self.longest.filter(|(longest, _)| *longest >= step.0).or(Some(step));
        }
        self.ends = Some((self.ends.map_or(here, |(first, _)| first), here));
    }

    /// The mean step in s, where it is positive.
    fn step(&self) -> Option<f64> {
        let ((first, from), (last, to)) = self.ends?;
        Some((last - first) / (to - from) as f64).filter(|step| *step > 0.0 && step.is_finite())
    }

    fn lacking(&self) -> Option<Finding> {
        let finding = Finding::new(
            Severity::Warning,
            "time-missing",
            format!("{} of {} samples have no instant", self.missing, self.samples),
            "the samples around them are taken as evenly spaced",
            "fill in the column of instants, or leave it out and state `rate`",
        );
        (self.missing > 0).then_some(finding)
    }

    /// The remark that samples are missing, doubled or late.
    fn unevenness(&self, step: f64) -> Option<Finding> {
        let away = |odd: &Step| (odd.0 / step - 1.0).abs();
        let (odd, at) = [self.shortest?, self.longest?].into_iter().max_by(|a, b| away(a).total_cmp(&away(b)))?;
        let seen = format!("the instants advance by {odd:e} s to sample {at}, and by {step:e} s in the mean");
        match away(&(odd, at)) {
            away if away >= UNEVEN => Some(Finding::new(
                Severity::Failure,
                "time-uneven",
                seen,
                "samples are missing or doubled there, and a spectrum takes them as evenly spaced",
                "cut the record at that sample, or record without interruption",
            )),
            away if away > JITTER => Some(Finding::new(
                Severity::Warning,
                "time-jitter",
                seen,
                "late samples lower the magnitude at high frequencies",
                "look at the clock of the digitizer, or whether the instants are rounded too coarsely",
            )),
            _ => None,
        }
    }

    /// The remark that the instants advance at another rate than the stated one.
    fn mismatch(&self, step: f64, stated: f64) -> Option<Finding> {
        let ((first, from), (last, to)) = self.ends?;
        let slip = ((last - first) * stated - (to - from) as f64).abs();
        let error = (stated * step - 1.0).abs();
        let finding = Finding::new(
            if error > WRONG { Severity::Failure } else { Severity::Warning },
            "rate-mismatch",
            format!("the instants advance at {} Hz, but {stated} Hz is stated", hertz(step)),
            format!("every frequency of the result would be off by {error:.2e} of itself"),
            "leave out the stated rate, or correct it",
        );
        (slip > SLIP).then_some(finding)
    }
}

/// The sampling rate of a record.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rate {
    /// In Hz; `NaN` where instants are the only source and show none.
    pub(super) hertz: f64,
    pub(super) findings: Vec<Finding>,
}

impl Rate {
    /// The stated rate in Hz, else the one at which the instants advance.
    pub(super) fn new(pace: Option<Pace>, stated: Option<f64>) -> Self {
        let Some(pace) = pace else { return Self { hertz: stated.unwrap_or(f64::NAN), findings: Vec::new() } };
        let Some(step) = pace.step() else {
            let findings = pace.lacking().into_iter().chain([no_advance(pace.samples)]).collect();
            return Self { hertz: stated.unwrap_or(f64::NAN), findings };
        };
        let mismatch = stated.and_then(|stated| pace.mismatch(step, stated));
        let findings = [pace.lacking(), pace.unevenness(step), mismatch].into_iter().flatten().collect();
        Self { hertz: stated.unwrap_or_else(|| hertz(step)), findings }
    }
}

/// The rate of a mean step in s, to 12 digits: the difference of instants has lost those behind.
fn hertz(step: f64) -> f64 {
    format!("{:.11e}", 1.0 / step).parse().expect("a number that was printed reads back")
}

fn no_advance(samples: usize) -> Finding {
    Finding::new(
        Severity::Failure,
        "time-uneven",
        format!("the instants of {samples} samples do not advance"),
        "no sampling rate follows from them",
        "check the column of instants and the names of the sensors, or state `rate`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(instants: &[f64], stated: Option<f64>) -> (f64, Vec<(Severity, String)>) {
        let rate = Rate::new(Some(Pace::of_seconds(instants)), stated);
        (rate.hertz, rate.findings.into_iter().map(|finding| (finding.severity, finding.code.into_owned())).collect())
    }

    fn even(samples: usize, rate: f64) -> Vec<f64> {
        (0..samples).map(|k| 100.0 + k as f64 / rate).collect()
    }

    #[test]
    fn even_instants_give_their_rate() {
        let (hertz, findings) = rate(&even(1001, 48_000.0), None);
        assert!((hertz / 48_000.0 - 1.0).abs() < 1e-9 && findings.is_empty(), "{hertz} {findings:?}");
    }

    #[test]
    fn epochs_in_nanoseconds_keep_their_last_digit() {
        let ticks: Vec<i64> = (0..1000).map(|k| 1_767_225_600_000_000_000 + k * 20).collect();
        let rate = Rate::new(Some(Pace::of_ticks(&ticks, 1e-9)), None);
        assert!((rate.hertz / 50e6 - 1.0).abs() < 1e-12 && rate.findings.is_empty(), "{rate:?}");
    }

    #[test]
    fn a_gap_is_a_failure_with_its_sample() {
        let mut instants = even(100, 1000.0);
        instants.drain(40..45);
        let rate = Rate::new(Some(Pace::of_seconds(&instants)), Some(1000.0));
        assert_eq!((rate.findings[0].severity, &*rate.findings[0].code), (Severity::Failure, "time-uneven"));
        assert!(rate.findings[0].seen.contains("to sample 40,"), "{}", rate.findings[0].seen);
    }

    #[test]
    fn late_samples_are_remarked() {
        let mut instants = even(100, 1000.0);
        instants[50] += 2e-4;
        assert_eq!(rate(&instants, None).1, [(Severity::Warning, "time-jitter".to_owned())]);
    }

    #[test]
    fn a_stated_rate_that_is_wrong_is_told_with_both() {
        let rate_of = |stated| Rate::new(Some(Pace::of_seconds(&even(10_001, 1000.0))), Some(stated));
        let wrong = rate_of(2000.0);
        assert_eq!((wrong.hertz, wrong.findings[0].severity), (2000.0, Severity::Failure));
        assert!(wrong.findings[0].seen.ends_with("but 2000 Hz is stated"), "{}", wrong.findings[0].seen);
        assert_eq!(rate_of(1000.1).findings[0].severity, Severity::Warning);
        assert!(rate_of(1000.01).findings.is_empty());
    }

    #[test]
    fn missing_instants_are_counted_and_bridged() {
        let mut instants = even(100, 1000.0);
        (20..30).for_each(|k| instants[k] = f64::NAN);
        assert_eq!(rate(&instants, None).1, [(Severity::Warning, "time-missing".to_owned())]);
    }

    #[test]
    fn instants_that_stand_still_show_no_rate() {
        let (hertz, findings) = rate(&[1.0; 5], None);
        assert_eq!((hertz.is_nan(), findings), (true, vec![(Severity::Failure, "time-uneven".to_owned())]));
        assert!(rate(&[], None).0.is_nan());
    }
}
