//! What H₁, H₂ and H_v share: the averaged spectra of both channels, and what follows from them.

use super::alignment::{self, Alignment};
use super::{Estimation, MethodError, Settings, band};
use crate::covariance::Bivariate;
use crate::response::{Line, Response, Sharing};
use sigmatau_core::{Finding, Severity};
use sigmatau_spectrum::RealFft;
use sigmatau_spectrum::fft::Complex64;
use sigmatau_spectrum::welch::{CrossBin, CrossSpectrum, CrossWelch, Detrend, Segmentation};

/// Power below this share of the strongest bin is rounding of the transform, not excitation.
const ROUNDING: f64 = 1e-26;
/// The confidence at which a response is called different from zero.
const CONFIDENCE: f64 = 0.95;
/// From this relative standard uncertainty on, the interval of H instead of that of 1/H holds the truth in less than
/// 94 % of all cases instead of 95 %.
const SKEWED: f64 = 0.1;

/// How a method makes its response from the densities of a bin; the phase is that of the cross spectrum always.
pub(super) struct Rule {
    /// The name of the method.
    pub(super) method: &'static str,
    /// From the densities and the stated noise ratio.
    pub(super) share: fn(&CrossBin, Option<f64>) -> Share,
    /// What noise does to it that it takes for absent.
    pub(super) biased: Option<Biased>,
    /// Whether the errors of 1/H, and not those of H, follow Student's distribution.
    pub(super) inverse: bool,
}

/// |H|, and how it follows the densities.
pub(super) struct Share {
    /// |H|.
    pub(super) magnitude: f64,
    /// The derivatives of ln|H| by ln S_x, ln S_y and ln|S_xy|.
    pub(super) elasticities: [f64; 3],
}

/// Noise that a method takes for absent.
pub(super) struct Biased {
    /// The channel on which it would be.
    pub(super) noisy: &'static str,
    /// Whether it makes the magnitude `low` or `high`.
    pub(super) direction: &'static str,
    /// By which share of |H| if it were the only noise, from the coherence.
    pub(super) factor: fn(f64) -> f64,
}

/// Begins an estimate by averaged spectra.
pub(super) fn begin(rule: &'static Rule, settings: &Settings, rate: f64) -> Result<Box<dyn Estimation>, MethodError> {
    if !(rate > 0.0 && rate.is_finite()) {
        return Err(MethodError::Rate(rate));
    }
    if !(0.0..1.0).contains(&settings.overlap) {
        let what = format!("an overlap of {} of a segment is not from 0 to below 1", settings.overlap);
        return Err(MethodError::Setting { method: rule.method, what });
    }
    let Settings { window, segment: length, detrend, .. } = *settings;
    let overlap = ((settings.overlap * length as f64).round() as usize).min(length.saturating_sub(1));
    Ok(Box::new(Spectra {
        rule,
        rate,
        settings: settings.clone(),
        alignment: Alignment::new(rule.method, settings.delay, rate, length)?,
        welch: CrossWelch::new(Segmentation { window, length, overlap, detrend }, 1.0 / rate)?,
    }))
}

struct Spectra {
    rule: &'static Rule,
    rate: f64,
    settings: Settings,
    alignment: Alignment,
    welch: CrossWelch,
}

impl Estimation for Spectra {
    fn push(&mut self, excitation: &[f64], response: &[f64]) {
        let welch = &mut self.welch;
        self.alignment.push([excitation, response], &mut |x, y| welch.push(x, y));
    }

    fn finish(mut self: Box<Self>) -> Response {
        let welch = &mut self.welch;
        let (lag, told) = self.alignment.finish(&mut |x, y| welch.push(x, y));
        let spectrum = self.welch.finish();
        let bins: Vec<CrossBin> = spectrum.bins().filter(|bin| self.wanted(bin.frequency)).collect();
        let strongest = bins.iter().map(|bin| bin.x).fold(0.0, f64::max);
        let excited = |bin: &CrossBin| bin.x > ROUNDING * strongest;
        let lines: Vec<Line> = bins.iter().map(|bin| self.line(bin, excited(bin))).collect();
        let unexcited = band::named(&bins, |bin| bin.frequency, |bin| !excited(bin));
        let findings = told
            .into_iter()
            .chain(self.segments(&spectrum))
            .chain(unexcited.filter(|_| spectrum.averages().segments > 0).map(no_excitation))
            .chain(incoherent(&bins, excited))
            .chain(self.skewed(&lines))
            .chain(self.hidden_noise(&bins, &lines))
            .chain(self.remaining_delay(&spectrum, &lines));
        Response {
            findings: findings.collect(),
            lines: lines.iter().map(|line| alignment::given_back(*line, lag, self.rate)).collect(),
            sharing: Sharing { spacing: spectrum.x.width(), correlations: spectrum.averages().neighbours.clone() },
            ..Response::default()
        }
    }
}

impl Spectra {
    /// Whether a line belongs to the result. What was taken off the segments leaves nothing at zero frequency.
    fn wanted(&self, frequency: f64) -> bool {
        let (low, high) = self.settings.range.unwrap_or((0.0, f64::INFINITY));
        (low..=high).contains(&frequency) && (frequency > 0.0 || self.settings.detrend == Detrend::None)
    }

    fn line(&self, bin: &CrossBin, excited: bool) -> Line {
        let share = (self.rule.share)(bin, self.settings.noise_ratio);
        let size = bin.cross.norm();
        let direction = if size > 0.0 { bin.cross / size } else { Complex64::ONE };
        let value = direction * share.magnitude;
        let assessable = excited && bin.effective >= 2.0;
        Line {
            frequency: bin.frequency,
            value: if excited { value } else { Complex64::new(f64::NAN, f64::NAN) },
            covariance: if assessable { covariance(bin, &share, value) } else { Bivariate::circular(f64::NAN) },
            coherence: if excited { bin.unbiased_coherence() } else { f64::NAN },
            dof: if assessable { bin.sides * (bin.effective - 1.0) } else { 0.0 },
        }
    }

    /// What the count of segments means for the result.
    fn segments(&self, spectrum: &CrossSpectrum) -> Vec<Finding> {
        let averages = spectrum.averages();
        let (used, all) = (averages.segments, averages.segments + averages.dropped);
        let length = self.settings.segment;
        let missing = (averages.dropped > 0).then(|| {
            Finding::new(
                Severity::Warning,
                "missing",
                format!("{} of {all} segments miss a point", averages.dropped),
                "they were left out, and the uncertainty is larger for it",
                "look for gaps in the record",
            )
        });
        let few = (averages.effective < 2.0).then(|| {
            Finding::new(
                Severity::Failure,
                "few-segments",
                format!(
                    "the record has {used} whole segments of {length} points, worth {:.1} averages",
                    averages.effective
                ),
                "coherence and uncertainty can't be assessed: a single segment fits any response",
                "take shorter segments or a longer record",
            )
        });
        missing.into_iter().chain(few).collect()
    }

    /// Where an interval around H misses what one around 1/H holds.
    fn skewed(&self, lines: &[Line]) -> Option<Finding> {
        let wide = |line: &Line| relative(line) > SKEWED;
        let bands = band::named(lines, |line| line.frequency, wide).filter(|_| self.rule.inverse)?;
        Some(Finding::new(
            Severity::Warning,
            "skewed",
            format!("the standard uncertainty of the magnitude is above {:.0} % at {bands}", 100.0 * SKEWED),
            "the errors of 1/H are symmetric and those of H are not: an interval around H holds the truth less often than stated",
            "take the interval of 1/H, or measure longer",
        ))
    }

    /// What the incoherent part would do if it were noise that the method takes for absent.
    fn hidden_noise(&self, bins: &[CrossBin], lines: &[Line]) -> Option<Finding> {
        let Biased { noisy, direction, factor } = self.rule.biased.as_ref()?;
        let limit = chance(bins.first()?.effective);
        let sure = bins.iter().zip(lines).filter(|(bin, line)| line.dof > 0.0 && bin.coherence() >= limit);
        let factors = sure.map(|(_, line)| (factor(line.coherence), line));
        let (most, line) = factors.max_by(|a, b| a.0.total_cmp(&b.0))?;
        (most > relative(line)).then(|| {
            Finding::new(
                Severity::Note,
                "hidden-noise",
                format!("if all that is incoherent were noise on the {noisy}, the magnitude would be {direction} by up to {:.2} % (at {} Hz)", 100.0 * most, line.frequency),
                "the stated uncertainty does not hold this: two channels can't tell which of them is noisy",
                "measure the noise without excitation and state `noise_ratio` to `hv`, or compare `h1` with `h2`",
            )
        })
    }

    /// A delay that is left shortens what the segments of both channels have in common.
    fn remaining_delay(&self, spectrum: &CrossSpectrum, lines: &[Line]) -> Option<Finding> {
        let mut fft = RealFft::new(self.settings.segment);
        let mut cross: Vec<Complex64> = spectrum.bins().map(|bin| bin.cross / bin.sides).collect();
        let lag = alignment::peak(&mut cross, &mut fft, self.settings.segment / 2).filter(|lag| *lag != 0)?;
        let lost = 1.0 - common(&self.settings.window.samples(self.settings.segment), lag.unsigned_abs());
        (lost > 0.5 * median(lines.iter().map(relative))?).then(|| {
            Finding::new(
                Severity::Warning,
                "delay",
                format!("the response is still late by {lag} samples ({} s)", lag as f64 / self.rate),
                format!(
                    "segments of {} points make the magnitude wrong by about {:.2} %, and the coherence low",
                    self.settings.segment,
                    100.0 * lost
                ),
                "let the delay be found or state it, or take longer segments",
            )
        })
    }
}

/// The covariance of H to first order in the errors of the densities, which for Gaussian noise are those of a complex
/// Wishart distribution with n averages:
///
/// n cov(ln S_x, ln S_y) = γ², n var ln|S_xy| = (1 + 1/γ²)/2, var arg S_xy = (1 − γ²)/(2 γ² n), all others 1/n.
///
/// For H₁ both relative variances are (1 − γ²)/(2 γ² n). With n − 1 instead of n, as here, they are for H₁ unbiased,
/// and the errors follow Student's distribution exactly, if all noise is on the response. Where transforms are real,
/// the magnitude has twice the variance and the phase none.
fn covariance(bin: &CrossBin, share: &Share, value: Complex64) -> Bivariate {
    let (coherence, n) = (bin.coherence(), bin.effective - 1.0);
    let [x, y, cross] = share.elasticities;
    let own = x * x + y * y + 0.5 * cross * cross * (1.0 + 1.0 / coherence);
    let radial = (own + 2.0 * x * y * coherence + 2.0 * cross * (x + y)).max(0.0) / n;
    let tangential = 0.5 * (1.0 / coherence - 1.0).max(0.0) / n;
    let (radial, tangential) = if bin.sides == 1.0 { (2.0 * radial, 0.0) } else { (radial, tangential) };
    Bivariate::from_moments((radial + tangential) * value.norm_sqr(), (radial - tangential) * value * value)
}

fn no_excitation(bands: String) -> Finding {
    Finding::new(
        Severity::Failure,
        "no-excitation",
        format!("nothing excites the sensor at {bands}"),
        "the response there can't be assessed",
        "excite the band, or leave it out by `range`",
    )
}

/// The coherence that unrelated channels exceed in one of twenty cases, 1 − 0.05^(1/(n − 1)): below it the confidence
/// ellipse of H₁ holds zero. Nothing is below it where n averages can't be assessed.
fn chance(effective: f64) -> f64 {
    if effective < 2.0 { 0.0 } else { 1.0 - (1.0 - CONFIDENCE).powf(1.0 / (effective - 1.0)) }
}

/// The relative standard uncertainty of the magnitude.
fn relative(line: &Line) -> f64 {
    line.magnitude_u() / line.value.norm()
}

/// A dead response has no coherence, which counts as 0.
fn incoherent(bins: &[CrossBin], excited: impl Fn(&CrossBin) -> bool) -> Option<Finding> {
    let limit = chance(bins.first()?.effective);
    let bands = band::named(bins, |bin| bin.frequency, |bin| excited(bin) && bin.coherence().max(0.0) < limit)?;
    Some(Finding::new(
        Severity::Warning,
        "low-coherence",
        format!("excitation and response are not coherent beyond chance at {bands}"),
        "the response there can't be told from zero, and its phase is unknown",
        "excite more, measure longer, or look for noise, a delay or non-linearity",
    ))
}

/// The autocorrelation of a window at a lag, 1 at lag 0.
fn common(window: &[f64], lag: usize) -> f64 {
    let product = |lag: usize| window.iter().zip(&window[lag..]).map(|(a, b)| a * b).sum::<f64>();
    product(lag) / product(0)
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.filter(|value| !value.is_nan()).collect();
    let middle = values.len() / 2;
    (!values.is_empty()).then(|| *values.select_nth_unstable_by(middle, f64::total_cmp).1)
}

#[cfg(test)]
pub(in crate::method) mod tests;
