//! A frequency response: the result that every method shares.

use crate::covariance::{Bivariate, StandardUncertainty};
use crate::effect::Effect;
use sigmatau_core::{Coverage, Finding, Unit};
use sigmatau_spectrum::fft::Complex64;
use std::f64::consts::PI;

mod sharing;

pub use sharing::Sharing;

/// The complex response at one frequency, with its covariance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// The frequency in Hz.
    pub frequency: f64,
    /// The response H: unit of the response over unit of the excitation. A positive argument means that the
    /// response leads.
    pub value: Complex64,
    /// The covariance of Re H and Im H.
    pub covariance: Bivariate,
    /// The coherence γ² between excitation and response, freed of its bias; `NaN` where the method has none.
    pub coherence: f64,
    /// Degrees of freedom of the covariance.
    pub dof: f64,
}

impl Line {
    /// The standard uncertainty of |H|, to first order: u² = eᵀ C e with e = (Re H, Im H) / |H|.
    ///
    /// At H = 0, where the magnitude has no derivative, the larger axis of the covariance.
    pub fn magnitude_u(&self) -> f64 {
        self.covariance.along(self.value)
    }

    /// The standard uncertainty of arg H in rad, to first order: u² = eᵀ C e / |H|² with e = (−Im H, Re H) / |H|.
    ///
    /// Infinite at H = 0. First order holds for |H| above about five times its uncertainty (JCGM 102).
    ///
    /// ```
    /// use sigmatau_dynamic::{Bivariate, Complex64, Line};
    /// let covariance = Bivariate::circular(4e-4);
    /// let line = Line { frequency: 50.0, value: Complex64::new(0.0, 2.0), covariance, coherence: 1.0, dof: 10.0 };
    /// assert_eq!((line.magnitude_u(), line.phase_u()), (0.02, 0.01));
    /// ```
    pub fn phase_u(&self) -> f64 {
        self.covariance.along(self.value * Complex64::I) / self.value.norm()
    }

    /// The intervals that hold |H| and arg H, each with the probability `confidence`.
    ///
    /// |H| ± t u(|H|) and arg H ± arcsin(t u(arg H)), with t the quantile of Student's distribution at
    /// (1 + confidence)/2 and the line's degrees of freedom; the arcsine makes the interval of the phase right far
    /// beyond first order. Where zero is within the confidence ellipse of H (Hotelling's T² ≤ 2F with
    /// 2F = ν ((1 − confidence)^(−2/ν) − 1) at ν degrees of freedom), the magnitude is bounded from above
    /// only and the phase not at all. For complex errors with the same variance in all directions the magnitude is
    /// held in 94 % to 97 % of all cases at a confidence of 95 %, however small |H| is. Nothing where the line has no
    /// covariance.
    ///
    /// ```
    /// use sigmatau_dynamic::{Bivariate, Complex64, Line};
    /// let covariance = Bivariate::circular(1e-4);
    /// let line = Line { frequency: 50.0, value: Complex64::new(0.0, 2.0), covariance, coherence: 1.0, dof: 10.0 };
    /// let magnitude = line.intervals(0.95).unwrap().magnitude;
    /// assert!((magnitude.upper - 2.0 - 2.228_139 * 0.01).abs() < 1e-8);
    /// ```
    pub fn intervals(&self, confidence: f64) -> Option<Intervals> {
        let t = student(confidence, self.dof)?;
        let (magnitude, phase) = (self.value.norm(), self.value.arg());
        let (reach, spread) = (t * self.magnitude_u(), t * self.phase_u());
        let may_be_zero = reach > magnitude || self.is_near_zero(confidence);
        let resolved = spread < 1.0 && !may_be_zero;
        let turn = spread.asin();
        reach.is_finite().then_some(Intervals {
            magnitude: Interval { lower: if may_be_zero { 0.0 } else { magnitude - reach }, upper: magnitude + reach },
            phase: if resolved { Interval { lower: phase - turn, upper: phase + turn } } else { Interval::CIRCLE },
        })
    }

    /// The line of 1/H, with the covariance to first order: C of −ε/H².
    ///
    /// Where a method divides by what it estimates, as H₂ does, the errors of 1/H are those of Student's distribution,
    /// and the interval to trust is `line.inverse().intervals(confidence)`, read by [`Intervals::inverse`].
    ///
    /// ```
    /// use sigmatau_dynamic::{Bivariate, Complex64, Line};
    /// let covariance = Bivariate::circular(0.25);
    /// let line = Line { frequency: 50.0, value: Complex64::new(0.0, 2.0), covariance, coherence: 1.0, dof: 20.0 };
    /// let direct = line.intervals(0.95).unwrap().magnitude;
    /// let inverse = line.inverse().intervals(0.95).unwrap().inverse().magnitude;
    /// assert!(inverse.lower > direct.lower && inverse.upper > direct.upper);
    /// ```
    #[must_use]
    pub fn inverse(&self) -> Self {
        let value = self.value.inv();
        Self { value, covariance: self.covariance.times(value * value), ..*self }
    }

    /// Whether zero is inside the confidence ellipse: Hᵀ C⁻¹ H < 2F.
    fn is_near_zero(&self, confidence: f64) -> bool {
        let Bivariate { real, imaginary, cross } = self.covariance;
        let Complex64 { re, im } = self.value;
        let square = re * re * imaginary + im * im * real - 2.0 * re * im * cross;
        square < ellipse(confidence, self.dof) * (real * imaginary - cross * cross)
    }
}

/// The half-width t of the interval that holds a value of Student's distribution with the probability `confidence`;
/// nothing where there are no degrees of freedom or the probability is not between 0 and 1.
fn student(confidence: f64, dof: f64) -> Option<f64> {
    let sound = dof > 0.0 && confidence > 0.0 && confidence < 1.0;
    sound.then(|| Coverage::of_interval(confidence, dof).factor)
}

/// Twice the quantile of the F distribution with 2 and ν degrees of freedom: ν ((1 − p)^(−2/ν) − 1).
fn ellipse(confidence: f64, dof: f64) -> f64 {
    let log = -2.0 * (1.0 - confidence).ln();
    if dof.is_finite() { dof * (log / dof).exp_m1() } else { log }
}

/// The ends of an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub lower: f64,
    /// The upper end.
    pub upper: f64,
}

impl Interval {
    /// Every phase.
    const CIRCLE: Self = Self { lower: -PI, upper: PI };
}

/// Where the magnitude and the phase of a line lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Intervals {
    /// Of |H|, in its unit.
    pub magnitude: Interval,
    /// Of arg H in rad, around its value; −π to π where all phases are possible.
    pub phase: Interval,
}

impl Intervals {
    /// Where 1/H lies; without an upper end where |H| may be 0.
    #[must_use]
    pub fn inverse(&self) -> Self {
        let Self { magnitude, phase } = *self;
        Self {
            magnitude: Interval { lower: magnitude.upper.recip(), upper: magnitude.lower.recip() },
            phase: Interval { lower: -phase.upper, upper: -phase.lower },
        }
    }
}

/// A frequency response in the order of rising frequencies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Response {
    /// The lines.
    pub lines: Vec<Line>,
    /// What the errors of neighbouring lines have in common.
    pub sharing: Sharing,
    /// The standard uncertainty in s of a delay that all lines have in common, such as that of the time between the
    /// channels: one number for all, whose part is in the covariance of each.
    pub common_delay: StandardUncertainty,
    /// The unit of H: that of the response over that of the excitation; nothing where it is not known.
    pub unit: Option<Unit>,
    /// What was seen in the data on the way.
    pub findings: Vec<Finding>,
}

impl Response {
    /// The response whose lines are all late by one more delay, known to be 0 with a standard uncertainty in s.
    ///
    /// ```
    /// use sigmatau_dynamic::{Bivariate, Complex64, Line, Response, StandardUncertainty};
    /// let covariance = Bivariate::circular(1e-8);
    /// let line = Line { frequency: 1000.0, value: Complex64::new(2.0, 0.0), covariance, coherence: 1.0, dof: 9.0 };
    /// let measured = Response { lines: vec![line], ..Response::default() };
    /// let late = measured.clone().late(StandardUncertainty(1e-6));
    /// assert!((late.lines[0].phase_u() - 1e-6_f64.hypot(std::f64::consts::TAU * 1e-3).hypot(5e-5)).abs() < 1e-9);
    /// assert!((late.own_lines()[0].covariance.imaginary / 1e-8 - 1.0).abs() < 1e-6);
    /// ```
    #[must_use]
    pub fn late(self, StandardUncertainty(u): StandardUncertainty) -> Self {
        let added = delay(&self.lines, u).added_to(&self);
        Self { common_delay: StandardUncertainty(self.common_delay.0.hypot(u)), ..added }
    }

    /// What the common delay does to the lines; nothing where there is none.
    pub fn delay_effect(&self) -> Option<Effect> {
        let StandardUncertainty(u) = self.common_delay;
        (u > 0.0).then(|| delay(&self.lines, u))
    }

    /// The lines with what each has of its own: their covariances without the part of the common delay.
    pub fn own_lines(&self) -> Vec<Line> {
        self.delay_effect().map_or_else(|| self.lines.clone(), |effect| effect.taken_from(&self.lines))
    }
}

fn delay(lines: &[Line], u: f64) -> Effect {
    let frequencies: Vec<f64> = lines.iter().map(|line| line.frequency).collect();
    Effect::delay("common delay", StandardUncertainty(u), &frequencies)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_spectrum::Gaussian;

    fn line(value: Complex64, covariance: Bivariate, dof: f64) -> Line {
        Line { frequency: 1.0, value, covariance, coherence: f64::NAN, dof }
    }

    /// Quantiles as SciPy 1.17's `stats.t.ppf` and `stats.f.ppf` have them.
    #[test]
    fn quantiles_are_those_of_scipy() {
        let known = [
            (0.95, 1.0, 12.706_204_736_174_694, 2.0 * 199.5),
            (0.95, 5.5, 2.501_858_617_589_239, 2.0 * 5.423_997_686_101_657),
            (0.99, 38.0, 2.711_557_601_913_082_5, 2.0 * 5.211_224_728_359_541),
            (0.95, 999.0, 1.962_341_461_133_449_3, 2.0 * 3.004_733_654_954_35),
            (0.95, 1e5, 1.959_987_707_534_609_5, 2.0 * 2.995_822_019_464_894),
            (0.95, 1e7, 1.959_964_221_767_205, 2.0 * 2.995_733_170_995_355),
        ];
        for (confidence, dof, t, twice_f) in known {
            let found = (student(confidence, dof).unwrap(), ellipse(confidence, dof));
            assert!((found.0 / t - 1.0).abs() < 1e-9, "{dof}: {found:?}");
            assert!((found.1 / twice_f - 1.0).abs() < 1e-9, "{dof}: {found:?}");
        }
    }

    #[test]
    fn lines_without_covariance_have_no_intervals() {
        let value = Complex64::new(1.0, 1.0);
        assert_eq!(line(value, Bivariate::circular(f64::NAN), 4.0).intervals(0.95), None);
        assert_eq!(line(value, Bivariate::circular(1.0), 0.0).intervals(0.95), None);
        assert_eq!(line(value, Bivariate::circular(1.0), 4.0).intervals(1.0), None);
    }

    #[test]
    fn real_line_near_zero_may_have_either_sign() {
        let real_only = Bivariate { real: 1.0, imaginary: 0.0, cross: 0.0 };
        let sure = line(Complex64::from(-10.0), real_only, 20.0).intervals(0.95).unwrap();
        assert_eq!((sure.phase.lower, sure.phase.upper), (PI, PI));
        let unsure = line(Complex64::from(-1.0), real_only, 20.0).intervals(0.95).unwrap();
        assert_eq!((unsure.phase, unsure.magnitude.lower), (Interval::CIRCLE, 0.0));
    }

    /// From nothing to thirty times the standard uncertainty, at few and many degrees of freedom.
    #[test]
    fn intervals_hold_the_truth_as_often_as_they_say() {
        let trials = 4000_u32;
        for dof in [4_u32, 30] {
            for truth in [0.0, 0.5, 1.0, 2.0, 3.0, 6.0, 30.0] {
                let mut draws = Gaussian::new(31, u64::from(dof));
                let mut held = [0_u32; 2];
                for _ in 0..trials {
                    let value = Complex64::new(truth + draws.draw(), draws.draw());
                    let variance = (0..dof).map(|_| draws.draw().powi(2)).sum::<f64>() / f64::from(dof);
                    let found = line(value, Bivariate::circular(variance), f64::from(dof)).intervals(0.95).unwrap();
                    held[0] += u32::from(found.magnitude.lower <= truth && truth <= found.magnitude.upper);
                    held[1] += u32::from(found.phase.lower <= 0.0 && 0.0 <= found.phase.upper);
                }
                let [magnitude, phase] = held.map(|held| f64::from(held) / f64::from(trials));
                assert!((0.935..0.975).contains(&magnitude), "|H| = {truth} u, {dof}: {magnitude}");
                assert!((0.935..=1.0).contains(&phase), "|H| = {truth} u, {dof}: {phase}");
            }
        }
    }
}
