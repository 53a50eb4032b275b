//! Corrections against frequency, and what lies between their points.
//!
//! ln H runs straight from point to point: ln of the gain and the phase in rad, so that a delay is followed exactly.
//! The error of a straight line between a and b is (f − a)(f − b) times a second divided difference of the
//! curve; the largest of those of the table around the gap bounds it. It is zero at the points, grows between
//! them, and is taken as evenly distributed within ± the bound (GUM 4.3.7).
//!
//! Around the gap are three points on either side. Nearer ones alone are not enough where a response ripples: of
//! the points of four tables of a real digitizer, each left out in turn, 57 to 90 % then lie within 1.96 u,
//! with three 90 to 96 %.

use super::{TransducerError, Transfer};
use crate::covariance::Bivariate;
use crate::response::Response;
use crate::source::{Errors, Source, axes};
use sigmatau_core::{Finding, Severity};
use sigmatau_spectrum::fft::Complex64;

/// A correction at one frequency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The frequency in Hz.
    pub frequency: f64,
    /// The magnitude of the ratio.
    pub gain: f64,
    /// Its argument in rad.
    pub phase: f64,
    /// The covariance of the relative gain and the phase.
    pub covariance: Bivariate,
}

impl Point {
    fn logarithm(&self) -> Complex64 {
        Complex64::new(self.gain.ln(), self.phase)
    }
}

/// A table of corrections of one transducer, which were found in one calibration.
///
/// Tables of the same name are the same calibration, and their errors the same: take another name for another.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    name: String,
    points: Vec<Point>,
    common: f64,
    reference: String,
}

impl Table {
    /// The table with these points, whose errors are independent from point to point.
    ///
    /// # Errors
    /// When there is no point, when frequencies don't rise from 0 Hz or above, or when a gain is not positive, a phase
    /// not finite or a variance negative.
    pub fn new(name: &str, points: Vec<Point>) -> Result<Self, TransducerError> {
        if points.is_empty() {
            return Err(TransducerError::Empty(name.to_owned()));
        }
        let falls =
            |pair: &[Point]| pair[1].frequency.partial_cmp(&pair[0].frequency) != Some(std::cmp::Ordering::Greater);
        if let Some(place) = points.windows(2).position(falls) {
            let frequency = points[place + 1].frequency;
            return Err(TransducerError::Order { table: name.to_owned(), place: place + 2, frequency });
        }
        points.iter().try_for_each(|point| check(name, point))?;
        Ok(Self { name: name.to_owned(), points, common: 0.0, reference: name.to_owned() })
    }

    /// Gains: frequency in Hz, gain, standard uncertainty of the gain.
    ///
    /// # Errors
    /// As [`Table::new`].
    pub fn gain(name: &str, rows: &[(f64, f64, f64)]) -> Result<Self, TransducerError> {
        let point = |(frequency, gain, u): &(f64, f64, f64)| {
            let covariance = Bivariate { real: (u / gain).powi(2), ..Bivariate::default() };
            Point { frequency: *frequency, gain: *gain, phase: 0.0, covariance }
        };
        Self::new(name, rows.iter().map(point).collect())
    }

    /// Phases: frequency in Hz, phase and its standard uncertainty in rad.
    ///
    /// # Errors
    /// As [`Table::new`].
    pub fn phase(name: &str, rows: &[(f64, f64, f64)]) -> Result<Self, TransducerError> {
        let point = |(frequency, phase, u): &(f64, f64, f64)| {
            let covariance = Bivariate { imaginary: u * u, ..Bivariate::default() };
            Point { frequency: *frequency, gain: 1.0, phase: *phase, covariance }
        };
        Self::new(name, rows.iter().map(point).collect())
    }

    /// The lines of a frequency response, the phase unwrapped from line to line.
    ///
    /// # Errors
    /// As [`Table::new`]; a response of zero has no gain.
    pub fn of_response(name: &str, response: &Response) -> Result<Self, TransducerError> {
        let mut phase = 0.0;
        let mut point = |line: &crate::response::Line| {
            phase += (line.value * Complex64::from_polar(1.0, -phase)).arg();
            let covariance = line.covariance.times(line.value.inv());
            Point { frequency: line.frequency, gain: line.value.norm(), phase, covariance }
        };
        Self::new(name, response.lines.iter().map(&mut point).collect())
    }

    /// The same with errors that the points have in common: `share` of every variance, from 0 to 1, comes from one
    /// error of the `reference`, which other tables may name too.
    ///
    /// Errors of two points then have the correlation `share`, and so have those of two tables against one reference.
    ///
    /// ```
    /// use sigmatau_dynamic::transducer::Table;
    /// let table = |name| Table::gain(name, &[(50.0, 1.0, 3e-5)]).map(|table| table.against("divider", 1.0));
    /// let (voltage, current) = (table("VT")?.at(&[50.0]), table("CT")?.at(&[50.0]));
    /// // Their ratio is free of the divider.
    /// assert_eq!(voltage.errors.combined(1.0, &current.errors, -1.0).sources().count(), 0);
    /// # Ok::<(), sigmatau_dynamic::transducer::TransducerError>(())
    /// ```
    ///
    /// # Panics
    /// When the share is not between 0 and 1.
    #[must_use]
    pub fn against(self, reference: &str, share: f64) -> Self {
        assert!((0.0..=1.0).contains(&share), "the share {share} is not between 0 and 1");
        Self { common: share, reference: reference.to_owned(), ..self }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The points.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The ratio at these frequencies in Hz.
    ///
    /// A table of one point holds everywhere. Beyond its ends another one keeps the value of the last point, which
    /// may then be wrong by as much as the last gap would make it, and a finding tells so.
    ///
    /// ```
    /// use sigmatau_dynamic::transducer::Table;
    /// let delay = Table::phase("shunt", &[(0.0, 0.0, 0.0), (1e3, 6e-6, 3.5e-7), (1e4, 6e-5, 3.5e-6)])?;
    /// let harmonic = delay.at(&[250.0]);
    /// assert!((harmonic.values[0].arg() - 1.5e-6).abs() < 1e-18);
    /// # Ok::<(), sigmatau_dynamic::transducer::TransducerError>(())
    /// ```
    pub fn at(&self, frequencies: &[f64]) -> Transfer {
        let mut errors = Errors::none(frequencies.len());
        let mut value = |(place, frequency): (usize, &f64)| {
            let spot = self.spot(*frequency);
            self.add_errors(&spot, place, &mut errors);
            let logarithm: Complex64 = spot.weights.iter().map(|(point, w)| self.points[*point].logarithm() * w).sum();
            logarithm.exp()
        };
        let values = frequencies.iter().enumerate().map(&mut value).collect();
        let findings = self.outside(frequencies).into_iter().collect();
        Transfer { frequencies: frequencies.to_vec(), values, errors, findings }
    }

    /// Where a frequency lies in the table.
    fn spot(&self, frequency: f64) -> Spot {
        let last = self.points.len() - 1;
        let above = self.points.partition_point(|point| point.frequency < frequency);
        if above <= last && self.points[above].frequency == frequency || last == 0 {
            return Spot { weights: vec![(above.min(last), 1.0)], bound: Complex64::ZERO, place: String::new() };
        }
        if above == 0 || above > last {
            return self.beyond(frequency, if above == 0 { 0 } else { last });
        }
        let (a, b) = (self.points[above - 1].frequency, self.points[above].frequency);
        let t = (frequency - a) / (b - a);
        let bound = self.curvature(above - 1) * ((frequency - a) * (b - frequency));
        Spot { weights: vec![(above - 1, 1.0 - t), (above, t)], bound, place: format!("between {a} Hz and {b} Hz") }
    }

    /// A frequency beyond the point `end` at one of the ends.
    fn beyond(&self, frequency: f64, end: usize) -> Spot {
        let from = self.points[end].frequency;
        let bound = magnitudes(self.slope(end.saturating_sub(1))) * (frequency - from).abs();
        Spot { weights: vec![(end, 1.0)], bound, place: format!("beyond {from} Hz") }
    }

    /// The slope of ln H over the gap behind a point.
    fn slope(&self, gap: usize) -> Complex64 {
        let [a, b] = [&self.points[gap], &self.points[gap + 1]];
        (b.logarithm() - a.logarithm()) / (b.frequency - a.frequency)
    }

    /// A bound of the second divided differences over a gap, of ln gain and of phase: the largest of those around
    /// it. With two points there is none, and the curve is allowed to turn level within the gap.
    fn curvature(&self, gap: usize) -> Complex64 {
        let width = |first: usize, behind: usize| self.points[behind].frequency - self.points[first].frequency;
        let across = |first: usize| magnitudes((self.slope(first + 1) - self.slope(first)) / width(first, first + 2));
        let around = gap.saturating_sub(AROUND)..(gap + AROUND).min(self.points.len() - 2);
        let larger = |a: Complex64, b: Complex64| Complex64::new(a.re.max(b.re), a.im.max(b.im));
        around.map(across).reduce(larger).unwrap_or_else(|| magnitudes(self.slope(gap)) / width(gap, gap + 1))
    }

    fn add_errors(&self, spot: &Spot, place: usize, errors: &mut Errors) {
        for (point, weight) in &spot.weights {
            let point = &self.points[*point];
            for (axis, part) in ["gain", "phase"].into_iter().zip(axes(&point.covariance)) {
                let own = Source::new(&self.name, format!("{axis} at {} Hz", point.frequency));
                errors.add(Source::new(&self.reference, axis), place, part * (weight * self.common.sqrt()));
                errors.add(own, place, part * (weight * (1.0 - self.common).sqrt()));
            }
        }
        let between = spot.bound / 3f64.sqrt();
        errors.add(Source::new(&self.name, format!("gain {}", spot.place)), place, Complex64::new(between.re, 0.0));
        errors.add(Source::new(&self.name, format!("phase {}", spot.place)), place, Complex64::new(0.0, between.im));
    }

    fn outside(&self, frequencies: &[f64]) -> Option<Finding> {
        let [first, last] = [&self.points[0], &self.points[self.points.len() - 1]].map(|point| point.frequency);
        let beyond: Vec<f64> = frequencies.iter().copied().filter(|f| *f < first || *f > last).collect();
        let example = beyond.first()?;
        let seen = format!(
            "{} of {} frequencies, such as {example} Hz, are beyond the table, which runs from {first} Hz to {last} Hz",
            beyond.len(),
            frequencies.len()
        );
        let matters = "the last point is held there, as uncertain as the slope of the last gap makes it";
        let found =
            Finding::new(Severity::Warning, "beyond-table", seen, matters, "calibrate up to the highest harmonic");
        (self.points.len() > 1).then(|| found.about(&self.name))
    }
}

/// Triples of points on either side of a gap that tell how much the curve bends.
const AROUND: usize = 3;

/// The points that make a value, with their weights, and how far it may be off them.
struct Spot {
    weights: Vec<(usize, f64)>,
    bound: Complex64,
    place: String,
}

fn magnitudes(z: Complex64) -> Complex64 {
    Complex64::new(z.re.abs(), z.im.abs())
}

fn check(table: &str, point: &Point) -> Result<(), TransducerError> {
    let Point { frequency, gain, phase, covariance } = *point;
    let refused = |quantity, value, remedy| {
        Err(TransducerError::Value { table: table.to_owned(), quantity, frequency, value, remedy })
    };
    if !(frequency.is_finite() && frequency >= 0.0) {
        return refused("the frequency", frequency, "give one of 0 Hz or above");
    }
    if !(gain.is_finite() && gain > 0.0) {
        return refused("the gain", gain, "give a positive one, and a reversed polarity as a phase of π");
    }
    if !phase.is_finite() {
        return refused("the phase", phase, "give a finite one in rad");
    }
    let variances = [covariance.real, covariance.imaginary];
    match variances.into_iter().find(|variance| !(variance.is_finite() && *variance >= 0.0)) {
        Some(variance) => refused("a variance", variance, "give a finite one of at least 0"),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::Line;
    use sigmatau_spectrum::Gaussian;

    #[test]
    fn a_point_of_the_table_is_given_back() {
        let table = Table::gain("CT", &[(50.0, 0.99, 1e-4), (150.0, 0.98, 2e-4), (250.0, 0.9, 3e-4)]).unwrap();
        let found = table.at(&[150.0]);
        assert!((found.values[0] - Complex64::new(0.98, 0.0)).norm() < 1e-15);
        assert!((found.errors.at(0).real.sqrt() * 0.98 - 2e-4).abs() < 1e-18);
    }

    #[test]
    fn uncertainty_grows_between_points() {
        let table = Table::gain("CT", &[(0.0, 1.0, 1e-6), (100.0, 1.01, 1e-6), (200.0, 1.0, 1e-6)]).unwrap();
        let u: Vec<f64> =
            table.at(&[100.0, 110.0, 150.0, 190.0, 200.0]).errors.covariances().iter().map(|c| c.real.sqrt()).collect();
        assert!(u[0] < u[1] && u[1] < u[2] && u[2] > u[3] && u[3] > u[4], "{u:?}");
        // A parabola through the points is 0.0025 below 1.01 in the middle of the gap, 0.0025 above the line.
        assert!((u[2] * 3f64.sqrt() / 0.0025 - 1.0).abs() < 0.01, "{u:?}");
    }

    #[test]
    fn a_delay_is_followed_exactly() {
        let rows: Vec<(f64, f64, f64)> = [0.0, 30.0, 1e3, 1e5].iter().map(|f| (*f, -2e-6 * f, 1e-7)).collect();
        let found = Table::phase("digitizer", &rows).unwrap().at(&[7e4]);
        assert!((found.values[0].arg() + 0.14).abs() < 1e-15);
        let point_by_point = (0.3f64 * 1e-7 / 0.99).hypot(0.7 * 1e-7 / 0.99);
        assert!(found.errors.at(0).imaginary.sqrt() < 1.01 * point_by_point);
    }

    #[test]
    fn phases_of_a_response_are_unwrapped() {
        let line = |f: f64| Line {
            frequency: f,
            value: Complex64::from_polar(2.0, -0.02 * f),
            covariance: Bivariate::circular(1e-8),
            coherence: 1.0,
            dof: 10.0,
        };
        let response = Response { lines: [10.0, 110.0, 210.0].map(line).to_vec(), ..Response::default() };
        let found = Table::of_response("sensor", &response).unwrap().at(&[160.0]).values[0];
        assert!((found - Complex64::from_polar(2.0, -3.2)).norm() < 1e-12, "{found}");
    }

    #[test]
    fn beyond_the_table_is_said_and_costs() {
        let table = Table::gain("CT", &[(50.0, 1.0, 1e-5), (150.0, 1.002, 1e-5)]).unwrap();
        let found = table.at(&[50.0, 250.0]);
        assert_eq!((found.findings[0].code.as_ref(), found.values[1].re > 1.0019), ("beyond-table", true));
        assert!((found.errors.at(1).real.sqrt() * 3f64.sqrt() / 0.002 - 1.0).abs() < 0.01);
        assert!(Table::gain("CT", &[(50.0, 1.0, 1e-5)]).unwrap().at(&[5e3]).findings.is_empty());
    }

    #[test]
    fn two_harmonics_of_one_gap_err_together() {
        let table = Table::gain("CT", &[(50.0, 1.0, 1e-3), (1050.0, 1.0, 1e-3)]).unwrap();
        let errors = table.at(&[549.0, 551.0]).errors;
        let correlation = errors.between(0, 1)[(0, 0)] / (errors.at(0).real * errors.at(1).real).sqrt();
        assert!(correlation > 0.999);
    }

    #[test]
    fn bad_tables_are_refused_with_place_and_remedy() {
        let of = |rows: &[(f64, f64, f64)]| Table::gain("CT", rows).unwrap_err().to_string();
        assert!(of(&[]).contains("no point"));
        assert!(of(&[(50.0, 1.0, 0.0), (50.0, 1.0, 0.0)]).contains("point 2 is at 50 Hz"));
        assert!(of(&[(50.0, -1.0, 0.0)]).contains("phase of π"));
        assert!(of(&[(50.0, 1.0, f64::NAN)]).contains("a variance"));
    }

    /// Transducers of second order with unknown poles, calibrated with noise at some frequencies: how often the
    /// true gain and phase between the points lie within 1.96 u.
    #[test]
    fn intervals_between_points_cover() {
        let grid: Vec<f64> = (0..12).map(|k| 50.0 * 1.6f64.powi(k)).collect();
        let harmonics: Vec<f64> = (1..=60).map(|h| 75.0 * f64::from(h)).collect();
        let (mut held, mut all, u) = ([0, 0], 0, 2e-5);
        for trial in 0..200 {
            let mut noise = Gaussian::new(41, trial);
            let (corner, damping) = (2e4 * noise.draw().exp(), 0.2 + noise.draw().abs());
            let truth = |f: f64| {
                let s = f / corner;
                Complex64::new(1.0 - s * s, 2.0 * damping * s).inv()
            };
            let mut point = |f: &f64| {
                let (value, [a, b]) = (truth(*f), [(); 2].map(|()| u * noise.draw()));
                let covariance = Bivariate::circular(u * u);
                Point { frequency: *f, gain: value.norm() * (1.0 + a), phase: value.arg() + b, covariance }
            };
            let found = Table::new("sensor", grid.iter().map(&mut point).collect()).unwrap().at(&harmonics);
            for (place, covariance) in found.errors.covariances().into_iter().enumerate() {
                let off = (found.values[place] / truth(harmonics[place])).ln();
                held[0] += usize::from(off.re.abs() < 1.96 * covariance.real.sqrt());
                held[1] += usize::from(off.im.abs() < 1.96 * covariance.imaginary.sqrt());
                all += 1;
            }
        }
        let shares = held.map(|held| held as f64 / f64::from(all));
        assert!(shares.iter().all(|share| (0.93..=0.995).contains(share)), "{shares:?}");
    }
}
