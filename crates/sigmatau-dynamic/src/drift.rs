//! The drift of a sensor between two calibrations, and what is to be expected of it later.
//!
//! d = ln H₂ − ln H₁: its real part is the relative change of the magnitude, its imaginary part that of the argument
//! in rad. What both calibrations owe to one standard, by the same source, drops out of the difference.

use crate::covariance::Bivariate;
use crate::source::{Errors, p_beyond};
use crate::transducer::{TransducerError, Transfer};
use nalgebra::{DMatrix, Matrix2, Vector2};
use sigmatau_core::{Finding, Severity};
use sigmatau_spectrum::fft::Complex64;

/// A calibration with its date.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dated<'a> {
    /// When, in days of any one calendar.
    pub day: f64,
    /// What was found.
    pub transfer: &'a Transfer,
}

/// Why a drift was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DriftError {
    /// The calibrations are not at the same frequencies.
    #[error(transparent)]
    Frequencies(#[from] TransducerError),
    /// The days don't follow each other.
    #[error("compare two calibrations: the second, on day {second}, is not after the first, on day {first}")]
    Days {
        /// The day of the first.
        first: f64,
        /// The day of the second.
        second: f64,
    },
}

/// The change at one frequency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// The frequency in Hz.
    pub frequency: f64,
    /// The relative change of the magnitude, and as imaginary part that of the argument in rad.
    pub change: Complex64,
    /// The covariance of the two.
    pub covariance: Bivariate,
    /// E_n of magnitude and argument: |d| / U(d) with U = 2 u (ISO/IEC 17043); above 1 is significant.
    pub en: [f64; 2],
    /// The probability of a change as large as this, of both parts together, by chance; `NaN` where no uncertainty
    /// is left.
    pub p_value: f64,
}

/// A change common to all frequencies, and whether there is one at all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overall {
    /// The change that all frequencies have in common, weighted by the whole covariance.
    pub change: Complex64,
    /// Its covariance.
    pub covariance: Bivariate,
    /// χ² of no change at any frequency, with two degrees of freedom for each.
    pub chi_squared: f64,
    /// The probability of a larger χ² by chance.
    pub p_value: f64,
}

/// What happened to a sensor between two calibrations.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift {
    /// Frequency by frequency.
    pub changes: Vec<Change>,
    /// All frequencies together; nothing where the calibrations have too few errors of their own to weigh by.
    pub overall: Option<Overall>,
    /// What was seen on the way.
    pub findings: Vec<Finding>,
}

impl Drift {
    /// The change from the `first` to the `second` calibration.
    ///
    /// ```
    /// use sigmatau_dynamic::drift::{Dated, Drift};
    /// use sigmatau_dynamic::transducer::Table;
    /// // Both against one standard known to 5e-4, repeatable to 1e-5: a change of 1e-4 is seen.
    /// let year = |name: &str, gain: f64| {
    ///     let table = Table::gain("standard", &[(160.0, 1.0, 5e-4)])?.at(&[160.0]);
    ///     table.then(&Table::gain(name, &[(160.0, gain, 1e-5 * gain)])?.at(&[160.0]))
    /// };
    /// let (first, second) = (year("2024", 0.2)?, year("2025", 0.2 * 1.0001)?);
    /// let drift = Drift::between(&Dated { day: 0.0, transfer: &first }, &Dated { day: 365.0, transfer: &second })?;
    /// assert!((drift.changes[0].covariance.real.sqrt() - 2f64.sqrt() * 1e-5).abs() < 1e-15);
    /// assert!(drift.changes[0].en[0] > 3.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the two are not given at the same frequencies, or the second is not the later one.
    pub fn between(first: &Dated<'_>, second: &Dated<'_>) -> Result<Self, DriftError> {
        in_order(first, second)?;
        let changes: Vec<Complex64> = logarithms(first.transfer, second.transfer);
        let errors = second.transfer.errors.combined(1.0, &first.transfer.errors, -1.0);
        let frequencies = &first.transfer.frequencies;
        let lines = frequencies.iter().zip(&changes).zip(errors.covariances());
        let overall = Overall::of(&changes, &errors);
        let findings = if overall.is_none() { vec![no_weights()] } else { Vec::new() };
        let changes =
            lines.map(|((frequency, change), covariance)| Change::new(*frequency, *change, covariance)).collect();
        Ok(Self { changes, overall, findings })
    }
}

/// What a sensor that goes on as it did is on a later `day`, with the uncertainty of saying so.
///
/// ln H(t) = (1 + λ) ln H₂ − λ ln H₁ with λ = (t − t₂)/(t₂ − t₁), the errors of both calibrations with what they
/// share. Besides, the sensor may wander: `walk` is the relative standard deviation of magnitude, and in rad of
/// argument, that a day adds at random, independently at each frequency; it leaves walk² (t − t₂)(1 + λ).
///
/// ```
/// use sigmatau_dynamic::drift::{Dated, extrapolate};
/// use sigmatau_dynamic::transducer::Table;
/// let [first, second] = [("2024", 1.0), ("2025", 1.01)]
///     .map(|(name, gain)| Table::gain(name, &[(50.0, gain, 1e-3 * gain)]).unwrap().at(&[50.0]));
/// let later = extrapolate(&Dated { day: 0.0, transfer: &first }, &Dated { day: 365.0, transfer: &second }, 730.0, 0.0)?;
/// assert!((later.values[0].re - 1.01f64.powi(2)).abs() < 1e-12);
/// assert!((later.errors.at(0).real.sqrt() - 5f64.sqrt() * 1e-3).abs() < 1e-12);
/// # Ok::<(), sigmatau_dynamic::drift::DriftError>(())
/// ```
///
/// # Errors
/// When the two are not given at the same frequencies, or the second is not after the first and not after `day`.
pub fn extrapolate(first: &Dated<'_>, second: &Dated<'_>, day: f64, walk: f64) -> Result<Transfer, DriftError> {
    in_order(first, second)?;
    if !(day.is_finite() && day >= second.day) {
        return Err(DriftError::Days { first: second.day, second: day });
    }
    let lambda = (day - second.day) / (second.day - first.day);
    let changes = logarithms(first.transfer, second.transfer);
    let values =
        second.transfer.values.iter().zip(changes).map(|(value, change)| value * (change * lambda).exp()).collect();
    let wandered = Bivariate::circular(walk * walk * (day - second.day) * (1.0 + lambda));
    let wander =
        Errors::independent(&format!("wandering up to day {day}"), &vec![wandered; second.transfer.values.len()]);
    let errors =
        second.transfer.errors.combined(1.0 + lambda, &first.transfer.errors, -lambda).combined(1.0, &wander, 1.0);
    Ok(Transfer {
        frequencies: second.transfer.frequencies.clone(),
        values,
        errors,
        findings: second.transfer.findings.clone(),
    })
}

fn in_order(first: &Dated<'_>, second: &Dated<'_>) -> Result<(), DriftError> {
    first.transfer.same_frequencies(second.transfer)?;
    if first.day.partial_cmp(&second.day) != Some(std::cmp::Ordering::Less) {
        return Err(DriftError::Days { first: first.day, second: second.day });
    }
    Ok(())
}

/// ln H₂/H₁, line by line.
fn logarithms(first: &Transfer, second: &Transfer) -> Vec<Complex64> {
    second.values.iter().zip(&first.values).map(|(second, first)| (second / first).ln()).collect()
}

impl Change {
    fn new(frequency: f64, change: Complex64, covariance: Bivariate) -> Self {
        let en =
            [change.re.abs() / (2.0 * covariance.real.sqrt()), change.im.abs() / (2.0 * covariance.imaginary.sqrt())];
        Self { frequency, change, covariance, en, p_value: p_of_both(change, &covariance) }
    }
}

/// The probability of a pair of normal errors farther out than this: exp(−χ²/2), with one part alone erfc.
fn p_of_both(change: Complex64, covariance: &Bivariate) -> f64 {
    let matrix = Matrix2::new(covariance.real, covariance.cross, covariance.cross, covariance.imaginary);
    let change = Vector2::new(change.re, change.im);
    match (covariance.real > 0.0, covariance.imaginary > 0.0) {
        (true, true) => matrix.try_inverse().map_or(f64::NAN, |weight| p_beyond(change.dot(&(weight * change)), 2)),
        (true, false) => p_beyond(change[0].powi(2) / covariance.real, 1),
        (false, true) => p_beyond(change[1].powi(2) / covariance.imaginary, 1),
        (false, false) => f64::NAN,
    }
}

impl Overall {
    /// The common change c of d = (c, c, …) by generalised least squares, and χ² of d = 0: all from Yᵀ C⁻¹ Y with
    /// the columns Re, Im and d.
    fn of(changes: &[Complex64], errors: &Errors) -> Option<Self> {
        let part = |i: usize| if i.is_multiple_of(2) { changes[i / 2].re } else { changes[i / 2].im };
        let column = |i: usize, j: usize| if j == 2 { part(i) } else { f64::from(u8::from(i % 2 == j)) };
        let products = errors.weighted(&DMatrix::from_fn(2 * changes.len(), 3, column))?;
        let spread = products.fixed_view::<2, 2>(0, 0).try_inverse()?;
        let change = spread * products.fixed_view::<2, 1>(0, 2);
        let chi_squared = products[(2, 2)].max(0.0);
        Some(Self {
            change: Complex64::new(change[0], change[1]),
            covariance: Bivariate { real: spread[(0, 0)], imaginary: spread[(1, 1)], cross: spread[(0, 1)] },
            chi_squared,
            p_value: p_beyond(chi_squared, 2 * changes.len()),
        })
    }
}

fn no_weights() -> Finding {
    let seen = "not every line has errors of its own in magnitude and argument";
    let (matters, advice) = (
        "the lines can't be weighed against each other, and no overall change is given",
        "state the repeatability of both calibrations",
    );
    Finding::new(Severity::Note, "no-own-errors", seen, matters, advice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use sigmatau_spectrum::Gaussian;

    const FREQUENCIES: [f64; 6] = [10.0, 20.0, 40.0, 80.0, 160.0, 320.0];
    const REPEATABLE: f64 = 2e-4;

    /// A calibration of the given truth, wrong by its own noise and by the standard of both years.
    fn calibrated(name: &str, truth: &[Complex64], standard: Complex64, noise: &mut Gaussian) -> Transfer {
        let mut off = || Complex64::new(REPEATABLE * noise.draw(), REPEATABLE * noise.draw());
        let values = truth.iter().map(|value| value * (standard + off()).exp()).collect();
        let errors = Errors::independent(name, &[Bivariate::circular(REPEATABLE * REPEATABLE); 6]);
        let transfer = Transfer { frequencies: FREQUENCIES.to_vec(), values, errors, findings: Vec::new() };
        let with_gain = transfer.with_source(&Source::new("standard", "gain"), |_| Complex64::new(1e-3, 0.0));
        with_gain.with_source(&Source::new("standard", "phase"), |_| Complex64::new(0.0, 2e-3))
    }

    fn truth(change: Complex64) -> Vec<Complex64> {
        FREQUENCIES.iter().map(|f| Complex64::from_polar(2.0, -f * 1e-3) * change.exp()).collect()
    }

    fn drift_of(change: Complex64, trial: u64) -> (Transfer, Transfer) {
        let mut noise = Gaussian::new(23, trial);
        let standard = Complex64::new(1e-3 * noise.draw(), 2e-3 * noise.draw());
        let first = calibrated("2024", &truth(Complex64::ZERO), standard, &mut noise);
        (first, calibrated("2025", &truth(change), standard, &mut noise))
    }

    fn dated(day: f64, transfer: &Transfer) -> Dated<'_> {
        Dated { day, transfer }
    }

    #[test]
    fn what_both_owe_to_one_standard_drops_out() {
        let (first, second) = drift_of(Complex64::new(1e-3, 0.0), 0);
        let drift = Drift::between(&dated(0.0, &first), &dated(365.0, &second)).unwrap();
        for change in &drift.changes {
            assert!((change.covariance.real.sqrt() / (2f64.sqrt() * REPEATABLE) - 1.0).abs() < 1e-12);
        }
        let overall = drift.overall.unwrap();
        assert!((overall.covariance.real.sqrt() / ((2.0f64 / 6.0).sqrt() * REPEATABLE) - 1.0).abs() < 1e-12);
        assert!((overall.change.re - 1e-3).abs() < 4.0 * overall.covariance.real.sqrt());
        assert!(overall.p_value < 1e-6);
    }

    #[test]
    fn two_standards_leave_their_errors_in_the_drift() {
        let (first, second) = drift_of(Complex64::ZERO, 0);
        let other = Errors::independent("2025", &[Bivariate::circular(REPEATABLE * REPEATABLE); 6]);
        let second = Transfer { errors: other, ..second }
            .with_source(&Source::new("new standard", "gain"), |_| Complex64::new(1e-3, 0.0));
        let drift = Drift::between(&dated(0.0, &first), &dated(365.0, &second)).unwrap();
        let overall = drift.overall.unwrap();
        let expected = (2e-6f64 + REPEATABLE * REPEATABLE / 3.0).sqrt();
        assert!((overall.covariance.real.sqrt() / expected - 1.0).abs() < 1e-10);
    }

    /// Of sensors that did not change, one in twenty is called changed at 0.05; the common change and the
    /// extrapolated response lie within 1.96 u as often as they should.
    #[test]
    fn intervals_and_tests_cover() {
        let trials = 1000;
        let (mut called, mut held, walk, yearly) = ([0; 2], [0; 2], 1e-5, Complex64::new(3e-4, -2e-4));
        for trial in 0..trials {
            let (first, second) = drift_of(Complex64::ZERO, trial);
            let still = Drift::between(&dated(0.0, &first), &dated(365.0, &second)).unwrap();
            called[0] += usize::from(still.changes[3].p_value < 0.05);
            called[1] += usize::from(still.overall.unwrap().p_value < 0.05);
            let mut noise = Gaussian::new(29, trial);
            let mut wander = |days: f64| walk * days.sqrt() * noise.draw();
            let [until, beyond] = [365.0, 500.0].map(|days| Complex64::new(wander(days), wander(days)));
            let (first, second) = drift_of(yearly + until, trial + trials);
            let overall = Drift::between(&dated(0.0, &first), &dated(365.0, &second)).unwrap().overall.unwrap();
            held[0] +=
                usize::from((overall.change - yearly - until).im.abs() < 1.96 * overall.covariance.imaginary.sqrt());
            let later = extrapolate(&dated(0.0, &first), &dated(365.0, &second), 865.0, walk).unwrap();
            let now = truth(yearly * (865.0 / 365.0) + until + beyond)[2];
            held[1] += usize::from((later.values[2] / now).ln().re.abs() < 1.96 * later.errors.at(2).real.sqrt());
        }
        let near = |count: usize, share: f64| (count as f64 / trials as f64 - share).abs() < 3.0 * 0.007;
        assert!(called.iter().all(|count| near(*count, 0.05)), "{called:?} of {trials} called changed");
        assert!(held.iter().all(|count| near(*count, 0.95)), "{held:?} of {trials} held");
    }

    #[test]
    fn a_sensor_that_did_not_move_is_not_called_changed() {
        let (first, _) = drift_of(Complex64::ZERO, 0);
        let renamed = Errors::independent("2025", &[Bivariate::circular(REPEATABLE * REPEATABLE); 6]);
        let second = Transfer { errors: renamed, ..first.clone() };
        let drift = Drift::between(&dated(0.0, &first), &dated(1.0, &second)).unwrap();
        assert_eq!((drift.changes[0].p_value, drift.overall.unwrap().p_value), (1.0, 1.0));
    }

    #[test]
    fn calibrations_that_do_not_fit_are_refused() {
        let (first, second) = drift_of(Complex64::ZERO, 0);
        let message = Drift::between(&dated(10.0, &first), &dated(10.0, &second)).unwrap_err().to_string();
        assert!(message.contains("day 10"), "{message}");
        let fewer = Transfer { frequencies: FREQUENCIES[..5].to_vec(), ..second };
        assert!(Drift::between(&dated(0.0, &first), &dated(1.0, &fewer)).is_err());
    }

    #[test]
    fn without_errors_of_their_own_lines_are_not_weighed() {
        let bare =
            Transfer::exact(&[50.0], 1.0).with_source(&Source::new("standard", "gain"), |_| Complex64::new(1e-3, 0.0));
        let drift = Drift::between(&dated(0.0, &bare), &dated(1.0, &bare)).unwrap();
        assert_eq!((drift.overall, drift.findings[0].code.as_ref()), (None, "no-own-errors"));
        assert!(drift.changes[0].p_value.is_nan());
    }
}
