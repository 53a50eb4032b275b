//! One point of one certificate: drawn honestly, then spoiled by what is planted.

use super::fault::Plant;
use super::{Course, Histories, LABORATORY, stream};
use sigmatau_spectrum::Gaussian;

/// The coverage factor of every honest row, and its probability.
const K: f64 = 2.0;
const PROBABILITY: f64 = 0.9545;

const DAY_NS: f64 = 86_400e9;

/// Where a point stands: instrument, point and certificate, each from 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) instrument: usize,
    pub(super) point: usize,
    pub(super) certificate: usize,
}

/// What a laboratory brings to all that it calibrates between two certificates of its standard.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    /// The error of its standard over the standard uncertainty, and one that no budget knows.
    standard: f64,
    hidden: f64,
}

impl Share {
    /// The laboratory's in the period of a certificate.
    pub(super) fn of(seed: u64, laboratory: usize, certificate: usize) -> Self {
        let mut draws = Gaussian::new(seed, stream(laboratory << 16 | certificate, LABORATORY));
        Self { standard: draws.draw(), hidden: draws.draw() }
    }

    /// The error of the standard over its standard uncertainty.
    pub(super) fn standard(&self) -> f64 {
        self.standard
    }
}

/// The standard uncertainties behind a point, in its unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts {
    /// Of a single reading.
    pub(super) reading: f64,
    /// The step of the display.
    pub(super) resolution: f64,
    pub(super) instrument: f64,
    pub(super) source: f64,
    pub(super) standard: f64,
    /// The number of readings.
    pub(super) repeats: usize,
}

impl Parts {
    /// Those of a point with this nominal value.
    pub(super) fn of(course: &Course, nominal: f64) -> Self {
        Self {
            reading: nominal * course.repeatability,
            resolution: 10_f64.powf((nominal * course.repeatability / 5.0).log10().floor()),
            instrument: nominal * course.spread,
            source: nominal * course.source,
            standard: nominal * course.standard,
            repeats: course.repeats,
        }
    }

    /// Of the mean of the readings.
    pub(super) fn indication(&self) -> f64 {
        self.reading / (self.repeats as f64).sqrt()
    }

    /// Of a display's step.
    pub(super) fn display(&self) -> f64 {
        self.resolution / 12.0_f64.sqrt()
    }

    fn value(&self) -> f64 {
        root_of_squares(&[self.indication(), self.display(), self.instrument])
    }

    fn reference(&self) -> f64 {
        root_of_squares(&[self.source, self.standard])
    }

    /// ν = u_c⁴ / (u_A⁴ / (n − 1)).
    fn dof(&self) -> f64 {
        let combined = root_of_squares(&[self.value(), self.reference()]);
        (self.repeats as f64 - 1.0) * (combined / self.indication()).powi(4)
    }
}

/// What a row of a certificate says.
#[derive(Clone, Debug)]
pub(super) struct Point {
    pub(super) quantity: String,
    pub(super) unit: String,
    pub(super) procedure: &'static str,
    pub(super) operator: usize,
    pub(super) value: f64,
    /// The mean of the readings, which a slip of the unit leaves alone.
    pub(super) mean: f64,
    pub(super) reference: f64,
    pub(super) u: f64,
    pub(super) u_reference: f64,
    pub(super) u_c: f64,
    pub(super) expanded_u: f64,
    pub(super) k: f64,
    pub(super) dof: f64,
    pub(super) probability: f64,
    pub(super) cmc: f64,
    pub(super) limit: f64,
    pub(super) fails: bool,
    /// The certificate of the laboratory's standard, from 0.
    pub(super) standard: usize,
    pub(super) time: i64,
    pub(super) submitted: i64,
    pub(super) due: i64,
    pub(super) parts: Parts,
}

impl Point {
    /// Draws a point with its faults.
    pub(super) fn draw(histories: &Histories, place: Place, draws: &mut Gaussian, share: Share) -> Self {
        let course = &histories.course;
        let laboratory = histories.laboratory(place.instrument);
        let (own, laboratorys) =
            (histories.plan.of_instrument(place.instrument), histories.plan.of_laboratory(laboratory));
        let parts = Parts::of(course, course.points[place.point]);
        let operator = place.instrument / course.laboratories % 2;
        let deviations = deviations(place, draws, &parts, share, laboratorys, operator);
        let mut point = Self::honest(histories, place, parts, deviations, operator);
        point.time_of(histories, place, draws.draw(), laboratorys);
        let hit = own.filter(|plant| place.is_hit(plant.kind.name, histories.extent.recalibrations));
        hit.into_iter().for_each(|plant| point.spoil(&plant));
        point
    }

    fn honest(histories: &Histories, place: Place, parts: Parts, deviations: [f64; 2], operator: usize) -> Self {
        let course = &histories.course;
        let truth = course.points[place.point];
        let (u, u_reference) = (parts.value(), parts.reference());
        let u_c = root_of_squares(&[u, u_reference]);
        let expanded_u = significant(K * u_c, 2);
        let step = step_of(u_c);
        let (value, reference) = (rounded(truth + deviations[0], step), rounded(truth + deviations[1], step));
        let limit = significant(course.limit * u_c, 3);
        Self {
            quantity: course.quantity.clone(),
            unit: course.unit.clone(),
            procedure: "direct comparison",
            operator,
            value,
            mean: value,
            reference,
            u,
            u_reference,
            u_c,
            expanded_u,
            k: K,
            dof: parts.dof(),
            probability: PROBABILITY,
            cmc: significant(0.9 * expanded_u, 2),
            limit,
            fails: (value - reference).abs() > limit,
            standard: place.certificate,
            time: 0,
            submitted: 0,
            due: 0,
            parts,
        }
    }

    /// Measured at the instrument's turn in the period, due after thirty days and uploaded before.
    fn time_of(&mut self, histories: &Histories, place: Place, draw: f64, planted: Option<Plant>) {
        let course = &histories.course;
        let turn = (place.instrument % 331) as f64 / 331.0 * course.interval_ns as f64;
        self.time = course.start_ns + place.certificate as i64 * course.interval_ns + turn as i64;
        self.due = self.time + (30.0 * DAY_NS) as i64;
        let late = planted.filter(|plant| plant.kind.name == "missing-not-random");
        let late =
            late.filter(|_| (self.value - self.reference).abs() > 1.5 * self.u_c).map_or(0.0, |plant| plant.size);
        self.submitted = self.time + ((15.0 + (4.0 * draw).clamp(-12.0, 12.0) + late) * DAY_NS) as i64;
    }

    fn spoil(&mut self, plant: &Plant) {
        let size = plant.size;
        match plant.kind.name {
            "schema-metro" => (self.quantity, self.procedure) = (String::new(), ""),
            "unit-dim" => self.unit = "V".to_owned(),
            "unit-slip" => self.value *= size,
            "u-recompute" => (self.u_c, self.expanded_u) = (self.u_c * size, significant(self.expanded_u * size, 2)),
            "u-round" => self.expanded_u = significant(self.k * self.u_c, size as i32),
            "k-consistent" => self.dof = size,
            "cmc-floor" => self.cmc = significant(self.expanded_u * size, 2),
            "drift-vs-u" => self.move_by(size * self.u_c),
            "outlier-robust" => self.move_by(size * self.u),
            "trace-indate" => self.standard = 0,
            "conformity-redo" => self.fails = !self.fails,
            _ => {}
        }
    }

    /// Moves the value, and what is decided on it.
    fn move_by(&mut self, distance: f64) {
        self.value = rounded(self.value + distance, step_of(self.u_c));
        self.mean = self.value;
        self.fails = (self.value - self.reference).abs() > self.limit;
    }
}

impl Place {
    /// Tells whether a fault of the instrument shows here: most do in the last certificate's first point.
    pub(super) fn is_hit(&self, kind: &str, recalibrations: usize) -> bool {
        let last = self.certificate + 1 == recalibrations;
        match kind {
            "repeat-chi2" | "autocorr" | "too-good" => true,
            "drift-vs-u" | "trace-indate" | "dof-audit" => last,
            _ => last && self.point == 0,
        }
    }
}

/// How far value and reference are from the truth.
fn deviations(
    place: Place,
    draws: &mut Gaussian,
    parts: &Parts,
    share: Share,
    planted: Option<Plant>,
    operator: usize,
) -> [f64; 2] {
    let u_c = root_of_squares(&[parts.value(), parts.reference()]);
    let own = root_of_squares(&[parts.indication(), parts.instrument]) * draws.draw();
    let reference = parts.source * draws.draw() + parts.standard * share.standard;
    let rank = (place.instrument * 7 + place.point * 3 + place.certificate) % 10;
    let Some(Plant { kind, size, .. }) = planted else { return [own, reference] };
    match kind.name {
        "u-scale" => [own * size, reference * size],
        "u-calibration" if rank == 0 => [own * size, reference * size],
        "mode-split" if operator == 1 => [own + size * u_c, reference],
        "corr-neglect" => [own + size * u_c * share.hidden, reference],
        _ => [own, reference],
    }
}

/// √(Σ x²).
pub(super) fn root_of_squares(parts: &[f64]) -> f64 {
    parts.iter().map(|part| part * part).sum::<f64>().sqrt()
}

/// The step to which a result is stated: the second significant digit of its expanded uncertainty.
fn step_of(u_c: f64) -> f64 {
    10_f64.powf((K * u_c).log10().floor() - 1.0)
}

/// A positive number to so many significant digits.
pub(super) fn significant(number: f64, digits: i32) -> f64 {
    rounded(number, 10_f64.powf(number.log10().floor() - f64::from(digits - 1)))
}

/// A number to a step that is a power of ten, with the nearest decimal as its value.
pub(super) fn rounded(number: f64, step: f64) -> f64 {
    let per_unit = (1.0 / step).round();
    if per_unit > 1.0 { (number * per_unit).round() / per_unit } else { (number / step).round() * step }
}
