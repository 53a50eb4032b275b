//! A record on its way through a filter, with its gaps, its noise and what the design of the filter left undone.

use super::flow::Flow;
use super::{Before, Corrected, Corrections, not_filtered};
use crate::op::coefficients::{Coefficients, Stored};
use crate::op::signals::{Point, Trials};
use sigmatau_core::{Finding, Severity};
use sigmatau_dynamic::filter::{FilterError, Filtered, verify};
use sigmatau_dynamic::verify::Check;
use sigmatau_dynamic::{Covariance, StandardUncertainty, Variance};

/// Points that a check is made of.
const CHECKED: usize = 1 << 16;

/// A record on its way through a filter, gap by gap.
pub(super) struct Course<'a> {
    op: &'a Corrections,
    filter: &'a Stored,
    rate: f64,
    /// The noise of the input and of the output.
    noise: [Variance; 2],
    /// How long an unknown input before is remembered.
    memory: usize,
    /// What runs since the last gap.
    flow: Option<Flow>,
    /// Points since the record began, and since the last gap.
    position: usize,
    since: usize,
    /// Points that are missing, and places where they are.
    missing: [usize; 2],
    /// Points that what is unknown before has an influence on.
    unknown: usize,
    largest: f64,
    points: Vec<Point>,
    /// The first points, for the check.
    head: Vec<f64>,
}

impl<'a> Course<'a> {
    pub(super) fn begin(op: &'a Corrections, filter: &'a Stored, rate: f64, u: f64) -> Result<Self, FilterError> {
        let variance = Variance::from(StandardUncertainty(u));
        let through = Flow::noise(&filter.coefficients, variance)?;
        Ok(Self {
            op,
            filter,
            rate,
            noise: [variance, through],
            memory: filter.coefficients.memory(),
            flow: None,
            position: 0,
            since: 0,
            missing: [0; 2],
            unknown: 0,
            largest: 0.0,
            points: Vec::new(),
            head: Vec::new(),
        })
    }

    pub(super) fn push(&mut self, samples: &[f64]) {
        for stretch in samples.chunk_by(|one, next| one.is_finite() == next.is_finite()) {
            if stretch[0].is_finite() {
                self.run(stretch);
            } else {
                self.gap(stretch.len());
            }
            self.position += stretch.len();
        }
    }

    fn gap(&mut self, points: usize) {
        let opens = self.flow.take().is_some() || self.position == 0;
        self.missing[0] += points;
        self.missing[1] += usize::from(opens);
        self.since = 0;
    }

    fn run(&mut self, samples: &[f64]) {
        if self.op.trials.trials > 0 && self.missing[0] == 0 {
            self.head.extend_from_slice(&samples[..samples.len().min(CHECKED - self.head.len())]);
        }
        let start = self.before().start(samples[0]);
        let flow = self.flow.get_or_insert_with(|| Flow::begin(&self.filter.coefficients, start));
        let Filtered { values, variances } = flow.push(samples);
        for (offset, (value, variance)) in values.into_iter().zip(variances).enumerate() {
            self.point(self.position + offset, value, variance);
        }
    }

    /// What was before the stretch that runs.
    fn before(&self) -> Before {
        if self.missing[0] > 0 { Before::Unknown } else { self.op.before }
    }

    /// Keeps a point of the output, if it is wanted and known.
    fn point(&mut self, index: usize, value: f64, calibration: Variance) {
        self.since += 1;
        if self.before() == Before::Unknown && self.since <= self.memory {
            self.unknown += 1;
            return;
        }
        self.largest = self.largest.max(value.abs());
        let time = (index as f64 - self.filter.traits.delay) / self.rate;
        let wanted = self.op.span.is_none_or(|[from, to]| (from..=to).contains(&time));
        if time >= 0.0 && wanted && index.is_multiple_of(self.op.every) {
            let [noise, calibration] =
                [self.noise[1], calibration].map(|variance| StandardUncertainty::from(variance).0);
            self.points.push(Point { time, value, noise, calibration, bias: f64::NAN });
        }
    }

    pub(super) fn finish(mut self) -> Corrected {
        let bias = self.bias();
        self.points.iter_mut().for_each(|point| point.bias = bias);
        let checked = self.check();
        let findings = [self.gaps(), self.too_short(), self.biased(bias)].into_iter().flatten().chain(checked);
        Corrected { findings: findings.collect(), points: self.points }
    }

    /// The standard uncertainty of a rectangular distribution of the half-width |δ|/(1 − |δ|) of the largest value: what
    /// a deviation |δ| leaves of a pulse or a tone where it is the worst. `NaN` where |δ| is 1 or more.
    fn bias(&self) -> f64 {
        let (_, deviation) = self.filter.traits.worst;
        let share = deviation / (1.0 - deviation);
        if share >= 0.0 { share * self.largest / 3.0f64.sqrt() } else { f64::NAN }
    }

    fn check(&self) -> Vec<Finding> {
        let Trials { trials, seed } = self.op.trials;
        if self.head.is_empty() {
            return Vec::new();
        }
        let errors = Covariance::White { variance: self.noise[0], length: self.head.len() };
        let start = self.op.before.start(self.head[0]);
        let check = Check { trials: trials as u64, seed, ..Check::default() };
        let verification = match &self.filter.coefficients {
            Coefficients::Fir(fir) => verify(fir, &self.head, &errors, start, check),
            Coefficients::Iir(iir) => verify(iir, &self.head, &errors, start, check),
        };
        verification.map_or_else(|error| vec![not_filtered(&error)], |verification| verification.findings())
    }

    fn gaps(&self) -> Option<Finding> {
        let [points, places] = self.missing;
        (points > 0).then(|| {
            Finding::new(
                Severity::Warning,
                "missing",
                format!("{points} samples are missing at {places} places"),
                format!(
                    "the stretches between them are filtered by themselves, each without its first {} points",
                    self.memory
                ),
                "fill gaps that are short before",
            )
        })
    }

    fn too_short(&self) -> Option<Finding> {
        (self.points.is_empty()).then(|| {
            Finding::new(
                Severity::Failure,
                "too-short",
                format!(
                    "no point is left of {}: {} depend on what was before, the output is {} points late",
                    self.position, self.unknown, self.filter.traits.delay
                ),
                "the record has no corrected signal",
                "say by `start` what was before the record, ask for another `span`, or take a longer record",
            )
        })
    }

    fn biased(&self, bias: f64) -> Option<Finding> {
        let other = self.points.iter().map(|point| point.noise.hypot(point.calibration)).fold(0.0, f64::max);
        let leads = bias.is_nan() || bias > other;
        (leads && !self.points.is_empty()).then(|| {
            let (frequency, deviation) = self.filter.traits.worst;
            Finding::new(
                Severity::Warning,
                "design-bias",
                format!(
                    "the filter misses its target by {:.2} % at {frequency} Hz: the standard uncertainty {bias:.3e}, \
                     beside {other:.3e} of noise and calibration at most",
                    100.0 * deviation
                ),
                "the uncertainty is that of the filter, not of the measurement",
                "design it with more coefficients, or for a narrower band",
            )
        })
    }
}
