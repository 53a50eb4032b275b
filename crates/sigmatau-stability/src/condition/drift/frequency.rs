//! Models of the frequency, y(t).

use super::phase::{Scale, frequency, mean, rate};
use super::residual::Rate;
use super::{Coefficient, Fitted, Model};
use crate::condition::least_squares::{Fit, Measured, fit};
use crate::condition::{Quantity, Series};

/// y = y₀ + D t by least squares.
pub(super) static LINEAR: Model = Model {
    name: "frequency-linear",
    title: "y = y₀ + D t by least squares",
    quantity: Quantity::Frequency,
    assumes: "white FM",
    reference: "NIST SP 1065, drift analysis: linear fit",
    fit: |series| {
        let scale = Scale::of(series)?;
        let fit = fit(scale.points(series), |s| [1.0, s])?;
        let Scale { middle, half } = scale;
        let [c0, c1] = fit.coefficients;
        let coefficients =
            vec![frequency(fit.combination([1.0, -middle / half])), rate(fit.combination([0.0, 1.0 / half]))];
        let curve = move |t: f64| c0 + c1 * (t - middle) / half;
        Some(Fitted { curve: Box::new(curve), coefficients, rate: Some(Rate::Line) })
    },
};

/// D from the means of both halves; where nothing is missing it is that of the three-point fit of the phase.
pub(super) static BISECTION: Model = Model {
    name: "frequency-bisection",
    title: "D t by the means of both halves",
    quantity: Quantity::Frequency,
    assumes: "white FM",
    reference: "NIST SP 1065, drift analysis: bisection",
    fit: |series| {
        let (first, last) = (series.present().next()?.0, series.present().next_back()?.0);
        let middle = first + (last + 1 - first).div_ceil(2);
        let early = half(series, first..first + (last + 1 - first) / 2)?;
        let late = half(series, middle..last + 1)?;
        let value = (late.mean - early.mean) / (late.time - early.time);
        let u = spread(series, value)? * (1.0 / early.points + 1.0 / late.points).sqrt() / (late.time - early.time);
        let coefficients = vec![rate(Measured { value, u })];
        Some(Fitted { curve: Box::new(move |t| value * t), coefficients, rate: Some(Rate::Halves) })
    },
};

/// D = mean of the first differences of the frequency over τ₀, which without gaps are its endpoints.
pub(super) static ENDPOINTS: Model = Model {
    name: "frequency-first-differences",
    title: "D t by the average of first differences",
    quantity: Quantity::Frequency,
    assumes: "random walk FM",
    reference: "NIST SP 1065, drift analysis: average of second differences of the phase",
    fit: |series| {
        let differences = series.values.windows(2).map(|y| y[1] - y[0]);
        let drift = mean(differences.filter(|d| !d.is_nan()), series.tau0)?;
        Some(Fitted { curve: Box::new(move |t| drift.value * t), coefficients: vec![rate(drift)], rate: None })
    },
};

/// y = a ln(b t + 1) + c by least squares, for ageing that slows down.
///
/// b is searched on a logarithmic scale between 10⁻² and 10⁶ over the length of the record, then refined
/// together with a and c by Gauss and Newton. Data that do not bend, or bend the other way, do not
/// determine it.
pub(super) static LOG: Model = Model {
    name: "frequency-log",
    title: "y = a ln(b t + 1) + c by least squares",
    quantity: Quantity::Frequency,
    assumes: "white FM",
    reference: "NIST SP 1065, drift analysis: log fit (MIL-O-55310B)",
    fit: |series| {
        let span = series.time(series.present().next_back()?.0);
        let points = series.present().map(|(place, y)| (series.time(place) / span, y));
        let (b, fit) = logarithm(points)?;
        let [a, c, _] = fit.coefficients;
        let coefficients = vec![
            Coefficient { symbol: "a", unit: "1", measured: fit.combination([1.0, 0.0, 0.0]) },
            Coefficient {
                symbol: "b",
                unit: "1/s",
                measured: Measured { value: b / span, u: fit.combination([0.0, 0.0, 1.0]).u * b / (a.abs() * span) },
            },
            Coefficient { symbol: "c", unit: "1", measured: fit.combination([0.0, 1.0, 0.0]) },
        ];
        Some(Fitted { curve: Box::new(move |t| a * (b * t / span).ln_1p() + c), coefficients, rate: None })
    },
};

/// y = a + b √t by least squares, for diffusion.
pub(super) static DIFFUSION: Model = Model {
    name: "frequency-diffusion",
    title: "y = a + b √t by least squares",
    quantity: Quantity::Frequency,
    assumes: "white FM",
    reference: "NIST SP 1065, drift analysis: diffusion fit",
    fit: |series| {
        let span = series.time(series.present().next_back()?.0);
        let points = series.present().map(|(place, y)| (series.time(place) / span, y));
        let fit = fit(points, |s: f64| [1.0, s.sqrt()])?;
        let [a, b] = fit.coefficients;
        let coefficients = vec![
            Coefficient { symbol: "a", unit: "1", measured: fit.combination([1.0, 0.0]) },
            Coefficient { symbol: "b", unit: "s^-1/2", measured: fit.combination([0.0, 1.0 / span.sqrt()]) },
        ];
        Some(Fitted { curve: Box::new(move |t| a + b * (t / span).sqrt()), coefficients, rate: None })
    },
};

/// A half of the record.
struct Half {
    points: f64,
    time: f64,
    mean: f64,
}

fn half(series: &Series, places: std::ops::Range<usize>) -> Option<Half> {
    let points = || places.clone().map(|place| (series.time(place), series.values[place])).filter(|(_, y)| !y.is_nan());
    let count = points().count() as f64;
    let sum = |of: fn((f64, f64)) -> f64| points().map(of).sum::<f64>();
    (count > 0.0).then(|| Half { points: count, time: sum(|(t, _)| t) / count, mean: sum(|(_, y)| y) / count })
}

/// The standard deviation of the frequencies less a drift.
fn spread(series: &Series, drift: f64) -> Option<f64> {
    let left = series.present().map(|(place, y)| y - drift * series.time(place));
    let points = left.clone().count() as f64;
    mean(left, 1.0).map(|mean| mean.u * points.sqrt())
}

/// The scales b that are tried, over the length of the record.
const SCALES: std::ops::RangeInclusive<i32> = -8..=24;
/// Points from which on the search sees only some of them; the refinement sees all.
const SEARCHED: usize = 4096;

/// b, and the fit of (a, c, a ln b) about it, for times over the length of the record.
fn logarithm(points: impl Iterator<Item = (f64, f64)> + Clone) -> Option<(f64, Fit<3>)> {
    let stride = points.clone().count().div_ceil(SEARCHED).max(1);
    let searched = || points.clone().step_by(stride);
    let residual = |exponent: i32| -> Option<f64> {
        let b = 10f64.powf(0.25 * f64::from(exponent));
        let fit = fit(searched(), |s| [(b * s).ln_1p(), 1.0])?;
        let [a, c] = fit.coefficients;
        Some(searched().map(|(s, y)| (y - a * (b * s).ln_1p() - c).powi(2)).sum())
    };
    let tried = SCALES.filter_map(|exponent| Some((exponent, residual(exponent)?)));
    let (best, _) = tried.min_by(|one, other| one.1.total_cmp(&other.1))?;
    let inside = best > *SCALES.start() && best < *SCALES.end();
    inside.then(|| refined(points, 10f64.powf(0.25 * f64::from(best))))?
}

/// Gauss and Newton's iteration in ln b, each step with the best a and c; at most a factor e at a time.
fn refined(points: impl Iterator<Item = (f64, f64)> + Clone, start: f64) -> Option<(f64, Fit<3>)> {
    let mut b = start;
    let mut slope = fit(points.clone(), |s| [(b * s).ln_1p(), 1.0])?.coefficients[0];
    for _ in 0..50 {
        let fit = fit(points.clone(), |s| [(b * s).ln_1p(), 1.0, b * s / (1.0 + b * s)])?;
        let step = fit.coefficients[2] / slope;
        if step.abs() < 1e-10 {
            return Some((b, fit));
        }
        b *= step.clamp(-1.0, 1.0).exp();
        slope = fit.coefficients[0];
    }
    None
}
