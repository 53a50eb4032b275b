//! Steering a clock to a reference, and judging a steered record against limits.

use sigmatau_core::PhaseSeries;
use std::collections::VecDeque;

/// A digital loop that sets a clock's frequency from its measured time error.
///
/// At each measurement k it changes the frequency by Δu = −K (x(k) − x(k−1)) − L x(k), the incremental form
/// of a proportional and integral action, so that a limited correction does not wind up. With p = e^(−T/θ),
/// T the interval of measurement and θ the time constant, K T = 1 − p² and L T = (1 − p)² put both poles of
/// the loop at p: a time error and a frequency offset die out without overshoot in frequency, a constant
/// drift leaves x = −d T/L at rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Steering {
    interval: usize,
    delay: usize,
    proportional: f64,
    integral: f64,
    limit: f64,
}

/// Why a loop was refused.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SteeringError {
    /// The loop would act faster than it learns.
    #[error("make a steering loop: a time constant of {constant} s needs a measurement interval and delay of together at most {} s, here they are {age} s", constant / 3.0)]
    TooFast {
        /// The time constant in s.
        constant: f64,
        /// The interval and the delay together in s.
        age: f64,
    },
    /// A limit of nothing never corrects.
    #[error("make a steering loop: the largest correction {0} is not a positive number")]
    Limit(f64),
}

/// A steered record.
#[derive(Clone, Debug, PartialEq)]
pub struct Steered {
    /// The time error of the steered clock in s; missing where the free clock's is.
    pub phase: Vec<f64>,
    /// The points at which the frequency was set, with the correction in force from there.
    pub corrections: Vec<(usize, f64)>,
    /// How many corrections were cut to the limit.
    pub limited: usize,
}

impl Steering {
    /// A loop that measures every `interval` points of `tau0` seconds, acts `delay` points later, has the
    /// time constant `constant` in s and changes the frequency by at most `limit` at a time.
    ///
    /// # Errors
    /// When the time constant is below three times interval and delay together, where the loop would ring
    /// or run away, or the limit is not positive.
    pub fn new(interval: usize, delay: usize, tau0: f64, constant: f64, limit: f64) -> Result<Self, SteeringError> {
        let interval = interval.max(1);
        let age = (interval + delay) as f64 * tau0;
        if constant.is_nan() || constant < 3.0 * age {
            return Err(SteeringError::TooFast { constant, age });
        }
        if limit.is_nan() || limit <= 0.0 {
            return Err(SteeringError::Limit(limit));
        }
        let step = interval as f64 * tau0;
        let pole = (-step / constant).exp();
        let (proportional, integral) = ((1.0 - pole * pole) / step, (1.0 - pole).powi(2) / step);
        Ok(Self { interval, delay, proportional, integral, limit })
    }

    /// Steers the record of a free clock against the reference. A measurement that is missing changes
    /// nothing. Takes O(N).
    ///
    /// ```
    /// use sigmatau_core::PhaseSeries;
    /// use sigmatau_stability::steering::Steering;
    /// let fast: Vec<f64> = (0..2000).map(|i| 1e-6 + 1e-9 * f64::from(i)).collect();
    /// let steered = Steering::new(1, 0, 1.0, 30.0, 1e-6)?.steer(&PhaseSeries::new(&fast, 1.0)?);
    /// assert!(steered.phase[1999].abs() < 1e-15);
    /// assert!((steered.corrections.last().unwrap().1 + 1e-9).abs() < 1e-15);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn steer(&self, free: &PhaseSeries<'_>) -> Steered {
        let mut steered = Steered { phase: Vec::with_capacity(free.len()), corrections: Vec::new(), limited: 0 };
        let (mut added, mut frequency, mut last) = (0.0, 0.0, None);
        let mut pending: VecDeque<(usize, f64)> = VecDeque::new();
        for (point, x) in free.values().iter().enumerate() {
            let x = x + added;
            steered.phase.push(x);
            if point.is_multiple_of(self.interval) && !x.is_nan() {
                let asked = -self.proportional * (x - last.unwrap_or(x)) - self.integral * x;
                let change = asked.clamp(-self.limit, self.limit);
                steered.limited += usize::from(change != asked);
                last = Some(x);
                pending.push_back((point + self.delay, change));
            }
            while let Some((_, change)) = pending.front().filter(|(due, _)| *due <= point) {
                frequency += change;
                pending.pop_front();
                steered.corrections.push((point, frequency));
            }
            added += frequency * free.tau0();
        }
        steered
    }
}

/// What a record is judged by, as UTC(k) is by its distance from UTC.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// The largest time error that is allowed, in s.
    pub offset: f64,
    /// The share of time, up to 1, for which it has to be kept.
    pub share: f64,
    /// The time, in s, that a record has to cover.
    pub duration: f64,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The limits were kept over the required time.
    Within,
    /// The limits were broken; no continuation of the record could mend it.
    Exceeded,
    /// The record is too short to say.
    NotAssessable,
}

impl Verdict {
    /// The word in records: `within`, `exceeded` or `not assessable`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Within => "within",
            Self::Exceeded => "exceeded",
            Self::NotAssessable => "not assessable",
        }
    }
}

/// A record against its limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluation {
    /// The share of the readings within the limit; nothing where there are none.
    pub share: Option<f64>,
    /// The time error that is farthest from zero, in s, with its sign.
    pub largest: Option<f64>,
    /// The time from the first reading until the limit was first exceeded, in s.
    pub exceeded_after: Option<f64>,
    /// The verdict.
    pub verdict: Verdict,
}

impl Limits {
    /// Judges a record; missing points count neither way.
    ///
    /// With n readings, of which b lie beyond the limit, and r readings in the required time, the limits are
    /// exceeded when b > (1 − share) max(n, r): even if all that is missing were good. They are kept when
    /// n ≥ r and they are not exceeded.
    ///
    /// ```
    /// use sigmatau_core::PhaseSeries;
    /// use sigmatau_stability::steering::{Limits, Verdict};
    /// let limits = Limits { offset: 100e-9, share: 1.0, duration: 30.0 * 86_400.0 };
    /// let verdict = |days: usize, x: f64| {
    ///     let record = vec![x; days];
    ///     limits.judge(&PhaseSeries::new(&record, 86_400.0).unwrap()).verdict
    /// };
    /// assert_eq!(verdict(40, 20e-9), Verdict::Within);
    /// assert_eq!(verdict(10, 20e-9), Verdict::NotAssessable);
    /// assert_eq!(verdict(10, -120e-9), Verdict::Exceeded);
    /// ```
    pub fn judge(&self, phase: &PhaseSeries<'_>) -> Evaluation {
        let present = || phase.values().iter().enumerate().filter(|(_, x)| !x.is_nan());
        let readings = present().count();
        let beyond = present().filter(|(_, x)| x.abs() > self.offset).count();
        let first = present().next().map(|(place, _)| place);
        let exceeded = present().find(|(_, x)| x.abs() > self.offset).map(|(place, _)| place);
        let required = self.duration / phase.tau0();
        let verdict = if beyond as f64 > (1.0 - self.share) * required.max(readings as f64) {
            Verdict::Exceeded
        } else if readings as f64 >= required && readings > 0 {
            Verdict::Within
        } else {
            Verdict::NotAssessable
        };
        Evaluation {
            share: (readings > 0).then(|| 1.0 - beyond as f64 / readings as f64),
            largest: present().map(|(_, x)| *x).max_by(|a, b| a.abs().total_cmp(&b.abs())),
            exceeded_after: exceeded.zip(first).map(|(exceeded, first)| (exceeded - first) as f64 * phase.tau0()),
            verdict,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Estimator;
    use sigmatau_spectrum::PowerLaw;

    fn steer(free: &[f64], interval: usize, delay: usize, constant: f64, limit: f64) -> Steered {
        Steering::new(interval, delay, 1.0, constant, limit).unwrap().steer(&PhaseSeries::new(free, 1.0).unwrap())
    }

    /// Both poles at p: x(k) = (1 + k (1 − p)/p …) p^k for a time offset, checked through the recursion.
    #[test]
    fn an_offset_dies_out_with_both_poles_where_they_were_put() {
        let steered = steer(&[1.0; 400], 1, 0, 20.0, 1.0).phase;
        let p = (-1.0 / 20.0_f64).exp();
        for k in 2..400 {
            let left = steered[k] - 2.0 * p * steered[k - 1] + p * p * steered[k - 2];
            assert!(k < 3 || left.abs() < 1e-12, "{k}: {left}");
        }
        assert!(steered[399].abs() < 1e-6);
    }

    #[test]
    fn a_frequency_offset_is_taken_over_whatever_the_delay() {
        let free: Vec<f64> = (0..4000).map(|i| 1e-9 * f64::from(i)).collect();
        for (interval, delay) in [(1, 0), (10, 0), (10, 15), (1, 24)] {
            let steered = steer(&free, interval, delay, 75.0, 1e-3);
            assert!(steered.phase[3999].abs() < 1e-15, "{interval}, {delay}: {}", steered.phase[3999]);
        }
    }

    #[test]
    fn a_limited_correction_takes_longer_and_does_not_wind_up() {
        let free: Vec<f64> = (0..6000).map(|i| 1e-9 * f64::from(i)).collect();
        let (free_hand, limited) = (steer(&free, 10, 0, 100.0, 1e-3), steer(&free, 10, 0, 100.0, 1e-10));
        assert!(limited.limited > 0 && free_hand.limited == 0);
        assert!(limited.phase[5999].abs() < 1e-14, "{}", limited.phase[5999]);
    }

    /// White FM of intensity q leaves the steered phase the variance q θ/4, so that σ_y(τ) = √(3 q θ/4)/τ.
    #[test]
    fn a_steered_clock_is_itself_at_short_and_the_reference_at_long_times() {
        let free = PowerLaw::from_deviation(0, 1e-11, 1.0).unwrap().phase(200_000, 1.0, 3, 1);
        let steered = steer(&free, 1, 0, 300.0, 1e-9).phase;
        let oadev = |x: &[f64], m| {
            Estimator::named("oadev").unwrap().deviations(&PhaseSeries::new(x, 1.0).unwrap(), &[m])[0].unwrap()
        };
        assert!((oadev(&steered, 4) / oadev(&free, 4) - 1.0).abs() < 0.02);
        let expected = 1e-11 * (3.0 * 300.0 / 4.0_f64).sqrt() / 10_000.0;
        assert!((oadev(&steered, 10_000) / expected - 1.0).abs() < 0.1);
    }

    #[test]
    fn scale_of_the_record_scales_the_steered_one() {
        let free = PowerLaw::from_deviation(-1, 1e-11, 1.0).unwrap().phase(2000, 1.0, 3, 1);
        let scaled: Vec<f64> = free.iter().map(|x| 8.0 * x).collect();
        let (one, eight) = (steer(&free, 5, 2, 50.0, 1.0).phase, steer(&scaled, 5, 2, 50.0, 1.0).phase);
        assert!(one.iter().zip(&eight).all(|(one, eight)| 8.0 * one == *eight));
    }

    #[test]
    fn a_loop_that_would_ring_is_refused() {
        let message = Steering::new(10, 10, 1.0, 30.0, 1e-9).unwrap_err().to_string();
        assert!(message.contains("at most 10 s, here they are 20 s"), "{message}");
        assert_eq!(Steering::new(1, 0, 1.0, 30.0, 0.0), Err(SteeringError::Limit(0.0)));
    }

    #[test]
    fn readings_beyond_the_limit_are_counted_over_the_required_time() {
        let mut record = vec![1.0; 100];
        (record[20], record[21], record[30]) = (5.0, -7.0, f64::NAN);
        let judge =
            |share, duration| Limits { offset: 2.0, share, duration }.judge(&PhaseSeries::new(&record, 1.0).unwrap());
        let evaluation = judge(0.95, 50.0);
        assert_eq!(
            (evaluation.share, evaluation.largest, evaluation.exceeded_after),
            (Some(1.0 - 2.0 / 99.0), Some(-7.0), Some(20.0))
        );
        assert_eq!(evaluation.verdict, Verdict::Within);
        assert_eq!(judge(0.99, 50.0).verdict, Verdict::Exceeded);
        assert_eq!(judge(0.99, 1000.0).verdict, Verdict::NotAssessable);
        assert_eq!(
            Limits { offset: 1.0, share: 1.0, duration: 1.0 }
                .judge(&PhaseSeries::new(&[f64::NAN], 1.0).unwrap())
                .verdict,
            Verdict::NotAssessable
        );
    }
}
