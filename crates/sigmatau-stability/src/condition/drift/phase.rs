//! Models of the phase, x(t).

use super::residual::Rate;
use super::{Coefficient, Fitted, Model};
use crate::condition::least_squares::{Fit, Measured, fit};
use crate::condition::{Quantity, Series};

/// x = x₀ + y₀ t + ½ D t² by least squares.
pub(super) static QUADRATIC: Model = Model {
    name: "phase-quadratic",
    title: "x = x₀ + y₀ t + ½ D t² by least squares",
    quantity: Quantity::Phase,
    assumes: "white PM",
    reference: "NIST SP 1065, drift analysis: quadratic fit",
    fit: |series| {
        let scale = Scale::of(series)?;
        let fit = fit(scale.points(series), |s| [1.0, s, s * s])?;
        let Scale { middle, half } = scale;
        let [c0, c1, c2] = fit.coefficients;
        let curve = move |t: f64| c0 + (t - middle) / half * (c1 + (t - middle) / half * c2);
        let coefficients = vec![
            time_error(&fit, [1.0, -middle / half, (middle / half).powi(2)]),
            frequency(fit.combination([0.0, 1.0 / half, -2.0 * middle / (half * half)])),
            rate(fit.combination([0.0, 0.0, 2.0 / (half * half)])),
        ];
        Some(Fitted { curve: Box::new(curve), coefficients, rate: Some(Rate::Parabola) })
    },
};

/// D = mean of the second differences over τ₀²; ½ D t² is taken off.
pub(super) static SECOND_DIFFERENCES: Model = Model {
    name: "phase-second-differences",
    title: "½ D t² by the average of second differences",
    quantity: Quantity::Phase,
    assumes: "random walk FM",
    reference: "NIST SP 1065, drift analysis: average of second differences",
    fit: |series| {
        let differences = series.values.windows(3).map(|x| (x[2] - x[1]) - (x[1] - x[0]));
        let drift = mean(differences.filter(|d| !d.is_nan()), series.tau0.powi(2))?;
        let curve = move |t: f64| 0.5 * drift.value * t * t;
        Some(Fitted { curve: Box::new(curve), coefficients: vec![rate(drift)], rate: None })
    },
};

/// The parabola through the first, the middle and the last point.
pub(super) static THREE_POINT: Model = Model {
    name: "phase-three-point",
    title: "½ D t² by the first, the middle and the last point",
    quantity: Quantity::Phase,
    assumes: "white FM",
    reference: "NIST SP 1065, drift analysis: three-point fit",
    fit: |series| {
        let [(t0, x0), (t1, x1), (t2, x2)] = three_points(series)?;
        let value = 2.0 * ((x2 - x1) / (t2 - t1) - (x1 - x0) / (t1 - t0)) / (t2 - t0);
        let curve = move |t: f64| 0.5 * value * t * t;
        let spread = white_fm(series, &curve)?;
        let u = 2.0 * spread * (series.tau0 * (1.0 / (t2 - t1) + 1.0 / (t1 - t0))).sqrt() / (t2 - t0);
        let coefficients = vec![rate(Measured { value, u })];
        Some(Fitted { curve: Box::new(curve), coefficients, rate: Some(Rate::Halves) })
    },
};

/// x = x₀ + y₀ t by least squares: a frequency offset.
pub(super) static LINEAR: Model = Model {
    name: "phase-linear",
    title: "x = x₀ + y₀ t by least squares",
    quantity: Quantity::Phase,
    assumes: "white PM",
    reference: "NIST SP 1065, frequency offset: linear fit",
    fit: |series| {
        let scale = Scale::of(series)?;
        let fit = fit(scale.points(series), |s| [1.0, s])?;
        let Scale { middle, half } = scale;
        let [c0, c1] = fit.coefficients;
        let coefficients = vec![time_error(&fit, [1.0, -middle / half]), frequency(fit.combination([0.0, 1.0 / half]))];
        Some(Fitted { curve: Box::new(move |t| c0 + c1 * (t - middle) / half), coefficients, rate: None })
    },
};

/// y₀ = mean of the first differences over τ₀; y₀ t is taken off.
pub(super) static FIRST_DIFFERENCES: Model = Model {
    name: "phase-first-differences",
    title: "y₀ t by the average of first differences",
    quantity: Quantity::Phase,
    assumes: "white FM",
    reference: "NIST SP 1065, frequency offset: average of first differences",
    fit: |series| {
        let differences = series.values.windows(2).map(|x| x[1] - x[0]);
        let offset = mean(differences.filter(|d| !d.is_nan()), series.tau0)?;
        let curve = move |t: f64| offset.value * t;
        Some(Fitted { curve: Box::new(curve), coefficients: vec![frequency(offset)], rate: None })
    },
};

/// The line through the first and the last point; without gaps the same as the average of first differences.
pub(super) static ENDPOINTS: Model = Model {
    name: "phase-endpoints",
    title: "y₀ t by the first and the last point",
    quantity: Quantity::Phase,
    assumes: "white FM",
    reference: "NIST SP 1065, frequency offset: endpoints",
    fit: |series| {
        let [(t0, x0), _, (t2, x2)] = three_points(series)?;
        let value = (x2 - x0) / (t2 - t0);
        let curve = move |t: f64| value * t;
        let u = white_fm(series, &curve)? * (series.tau0 / (t2 - t0)).sqrt();
        let coefficients = vec![frequency(Measured { value, u })];
        Some(Fitted { curve: Box::new(curve), coefficients, rate: None })
    },
};

/// Time mapped to −1 … 1 between the first and the last point that is there.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    pub(super) middle: f64,
    pub(super) half: f64,
}

impl Scale {
    pub(super) fn of(series: &Series) -> Option<Self> {
        let (first, last) = (series.present().next()?.0, series.present().next_back()?.0);
        let (first, last) = (series.time(first), series.time(last));
        (last > first).then_some(Self { middle: 0.5 * (first + last), half: 0.5 * (last - first) })
    }

    pub(super) fn points(self, series: &Series) -> impl Iterator<Item = (f64, f64)> + Clone {
        series.present().map(move |(place, value)| ((series.time(place) - self.middle) / self.half, value))
    }
}

pub(super) fn rate(measured: Measured) -> Coefficient {
    Coefficient { symbol: "D", unit: "1/s", measured }
}

pub(super) fn frequency(measured: Measured) -> Coefficient {
    Coefficient { symbol: "y₀", unit: "1", measured }
}

fn time_error<const P: usize>(fit: &Fit<P>, weights: [f64; P]) -> Coefficient {
    Coefficient { symbol: "x₀", unit: "s", measured: fit.combination(weights) }
}

/// The mean of `differences` over `unit`, for independent differences; their own mean is no coefficient
/// more than one, so that two are needed.
pub(super) fn mean(differences: impl Iterator<Item = f64> + Clone, unit: f64) -> Option<Measured> {
    let fit = fit(differences.map(|difference| (0.0, difference)), |_| [1.0])?;
    Some(fit.combination([1.0 / unit]))
}

/// The standard deviation of the mean frequencies between neighbouring phases less a curve.
fn white_fm(series: &Series, curve: &impl Fn(f64) -> f64) -> Option<f64> {
    let left = |(place, x): (usize, &f64)| x - curve(place as f64 * series.tau0);
    let left: Vec<f64> = series.values.iter().enumerate().map(left).collect();
    let frequencies = left.windows(2).map(|x| (x[1] - x[0]) / series.tau0).filter(|y| !y.is_nan());
    let points = frequencies.clone().count() as f64;
    mean(frequencies, 1.0).map(|mean| mean.u * points.sqrt())
}

/// The first point, the one nearest to the middle between the ends, and the last.
fn three_points(series: &Series) -> Option<[(f64, f64); 3]> {
    let (first, last) = (series.present().next()?, series.present().next_back()?);
    let beside = |place: usize| (2 * place).abs_diff(first.0 + last.0);
    let inner = series.present().filter(|(place, _)| *place > first.0 && *place < last.0);
    let middle = inner.min_by_key(|(place, _)| beside(*place))?;
    Some([first, middle, last].map(|(place, x)| (series.time(place), x)))
}
