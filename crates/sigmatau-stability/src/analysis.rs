//! From a record to points of a σ–τ diagram, each with its interval.

use crate::convention::Convention;
use crate::edf::{self, Case, Edf, EdfMethod};
use crate::estimator::{Bias, Estimator, Measured};
use crate::interval::{Interval, Sides};
use crate::kernel::Terms;
use crate::noise::{self, Evidence, Identified, Noise};
use crate::screen::screen;
use crate::tau::{Factors, TauList};
use rayon::prelude::*;
use sigmatau_core::{Finding, FrequencySeries, PhaseSeries, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// What to compute.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The statistics.
    pub estimators: Vec<&'static Estimator>,
    /// The averaging times.
    pub taus: TauList,
    /// The confidence level of the intervals, between 0 and 1.
    pub confidence: f64,
    /// Which ends of the intervals are bounded.
    pub sides: Sides,
    /// How degrees of freedom are found.
    pub edf: EdfMethod,
    /// The noise type, where the user states it; identified from the data otherwise.
    pub noise: Option<Noise>,
    /// Whose choices are followed where programs differ.
    pub convention: Convention,
}

impl Default for Settings {
    /// The overlapping Allan deviation at octaves with 95 % intervals for the noise that is identified.
    fn default() -> Self {
        Self {
            estimators: vec![Estimator::named("oadev").expect("it is in the table")],
            taus: TauList::Octave,
            confidence: 0.95,
            sides: Sides::default(),
            edf: EdfMethod::default(),
            noise: None,
            convention: Convention::default(),
        }
    }
}

/// The data of one clock.
#[derive(Clone, Copy, Debug)]
pub enum ClockData<'a> {
    /// Time error in seconds.
    Phase(PhaseSeries<'a>),
    /// Fractional frequency.
    Frequency(FrequencySeries<'a>),
}

/// One point of a σ–τ diagram.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The statistic.
    pub estimator: &'static Estimator,
    /// The averaging time τ in seconds.
    pub tau: f64,
    /// The averaging factor.
    pub m: usize,
    /// The deviation, in the estimator's unit, less its bias where the convention removes it.
    pub deviation: f64,
    /// The factor that the squared deviation was divided by; 1 where there is no bias or it was left.
    pub bias: f64,
    /// Whether that factor shifts the interval: a published one that is off, or one measured on the record.
    pub approximate: bool,
    /// The number of terms.
    pub n: u64,
    /// The noise type and how it was found; nothing where the data do not tell.
    pub noise: Option<Identified>,
    /// The degrees of freedom, where noise type and method give them.
    pub edf: Option<Edf>,
    /// The confidence interval, where there are degrees of freedom.
    pub interval: Option<Interval>,
    /// Whether terms were dropped because they touch a missing point or span a break.
    pub gaps: bool,
}

/// What was found about one clock.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Analysis {
    /// The points, estimator by estimator, with rising τ.
    pub points: Vec<Point>,
    /// Remarks about the data.
    pub findings: Vec<Finding>,
}

impl Point {
    /// The deviation as it was before its bias was removed.
    pub fn raw(&self) -> f64 {
        self.deviation * self.bias.sqrt()
    }

    /// Remarks as words for the `flags` column: `gaps`, `noise-uncertain`, `noise-by-b1`,
    /// `noise-carried`, `bias-approximate`, `no-interval`.
    pub fn flags(&self) -> Vec<&'static str> {
        let evidence = match self.noise.map(|noise| noise.evidence) {
            Some(Evidence::ShortLag1) => Some("noise-uncertain"),
            Some(Evidence::BiasRatio) => Some("noise-by-b1"),
            Some(Evidence::Carried) => Some("noise-carried"),
            _ => None,
        };
        let bias = self.approximate.then_some("bias-approximate");
        let interval = self.interval.is_none().then_some("no-interval");
        [self.gaps.then_some("gaps"), evidence, bias, interval].into_iter().flatten().collect()
    }
}

/// Computes every statistic of `settings` at every averaging time.
///
/// A term that touches a missing phase is dropped; across missing frequencies the phase step is
/// unknown, so that a term that would span them is dropped as well, and the total deviation reflects
/// each arc at its own ends; a statistic that does not pool ([`Estimator::pools`]) is that of the longest
/// stretch. Averaging factors run in parallel; the digits do not depend on the number of threads. Time O(N)
/// per factor; memory: for each thread one array of the size of the data, five for the statistics of
/// reflected windows, and one for frequency data.
pub fn analyse(data: &ClockData<'_>, settings: &Settings) -> Analysis {
    match data {
        ClockData::Phase(phase) => analyse_arcs(&[*phase], phase.has_gaps(), settings),
        ClockData::Frequency(frequency) => {
            let arcs = frequency.to_phase();
            let view = |arc| PhaseSeries::new(arc, frequency.tau0());
            match arcs.iter().map(|arc| view(arc)).collect::<Result<Vec<_>, _>>() {
                Ok(arcs) => analyse_arcs(&arcs, frequency.has_gaps(), settings),
                Err(overflow) => Analysis { points: Vec::new(), findings: vec![overflowing(&overflow.to_string())] },
            }
        }
    }
}

fn analyse_arcs(arcs: &[PhaseSeries<'_>], gaps: bool, settings: &Settings) -> Analysis {
    let Some(longest) = arcs.iter().max_by_key(|arc| arc.len()) else {
        return Analysis { points: Vec::new(), findings: screen(&PhaseSeries::new(&[], 1.0).expect("an empty view")) };
    };
    let (points, tau0) = (longest.len(), longest.tau0());
    let terms_of = |estimator: &&'static Estimator| {
        let arcs = if estimator.pools() { arcs } else { std::slice::from_ref(longest) };
        pooled_terms(estimator, arcs, &factors_of(estimator, points, tau0, settings).m)
    };
    let all_terms = || settings.estimators.par_iter().map(terms_of).collect::<Vec<_>>();
    let noises = || {
        let factors = shared_factors(settings, points, tau0);
        Noises::with(&factors, settings, || noise::identify(longest, &factors))
    };
    let (findings, (all_terms, noises)) = rayon::join(|| screen(longest), || rayon::join(all_terms, noises));
    Shape { points, tau0, gaps, record: Some(longest) }.analysis(findings, all_terms, &noises, settings)
}

/// A record as its points see it.
#[derive(Clone, Copy)]
pub(crate) struct Shape<'a> {
    /// The number of phases.
    pub(crate) points: usize,
    /// The sampling interval τ₀ in s.
    pub(crate) tau0: f64,
    /// Whether phases are missing.
    pub(crate) gaps: bool,
    /// The phases, unless they streamed by.
    pub(crate) record: Option<&'a PhaseSeries<'a>>,
}

impl Shape<'_> {
    /// The points from the terms of every estimator.
    pub(crate) fn analysis(
        &self,
        findings: Vec<Finding>,
        all_terms: Vec<Vec<Terms>>,
        noises: &Noises,
        settings: &Settings,
    ) -> Analysis {
        let mut analysis = Analysis { points: Vec::new(), findings };
        if analysis.findings.iter().any(|finding| matches!(&*finding.code, "no-data" | "too-short")) {
            return analysis;
        }
        for (estimator, terms) in settings.estimators.iter().zip(all_terms) {
            let factors = factors_of(estimator, self.points, self.tau0, settings);
            analysis.findings.extend(left_out(estimator, &factors, self.tau0));
            let of_record = Statistic { estimator, shape: self, factors: &factors.m, settings };
            let (points, finding) = of_record.points(terms, noises);
            analysis.points.extend(points);
            analysis.findings.extend(finding);
        }
        let unsaid = analysis.findings.iter().all(|finding| finding.severity < Severity::Failure);
        analysis.findings.extend((analysis.points.is_empty() && unsaid).then(no_term));
        analysis
    }
}

/// The averaging factors of an estimator for a record of so many points.
pub(crate) fn factors_of(estimator: &Estimator, points: usize, tau0: f64, settings: &Settings) -> Factors {
    settings.taus.factors(points, tau0, &estimator.grid)
}

/// The rising averaging factors of all estimators.
pub(crate) fn shared_factors(settings: &Settings, points: usize, tau0: f64) -> Vec<usize> {
    let factors = settings.estimators.iter().flat_map(|estimator| factors_of(estimator, points, tau0, settings).m);
    factors.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The noise types at every averaging factor, shared by all estimators.
pub(crate) struct Noises(BTreeMap<usize, Option<Identified>>);

impl Noises {
    /// What the user states, else what is identified.
    pub(crate) fn with(
        factors: &[usize],
        settings: &Settings,
        identify: impl FnOnce() -> Vec<Option<Identified>>,
    ) -> Self {
        let noises = match settings.noise {
            Some(noise) => vec![Some(Identified { noise, evidence: Evidence::Stated }); factors.len()],
            None => identify(),
        };
        Self(factors.iter().copied().zip(noises).collect())
    }

    fn at(&self, estimator: &Estimator, m: usize) -> Option<Identified> {
        let noise = self.0.get(&m).copied().flatten();
        noise.map(|noise| noise.seen_by(estimator.model.order()))
    }
}

/// One statistic of one record at its averaging factors.
struct Statistic<'a> {
    estimator: &'static Estimator,
    shape: &'a Shape<'a>,
    factors: &'a [usize],
    settings: &'a Settings,
}

impl Statistic<'_> {
    /// The points, and what is to be said about their bias.
    fn points(&self, terms: Vec<Terms>, noises: &Noises) -> (Vec<Point>, Option<Finding>) {
        let noises: Vec<_> = self.factors.iter().map(|m| noises.at(self.estimator, *m)).collect();
        let Measured { factors: biases, finding } = self.biases(&noises);
        let rows = self.factors.iter().zip(terms).zip(noises.into_iter().zip(biases));
        let points = rows.filter_map(|((m, terms), (noise, bias))| self.point(*m, terms, noise, bias));
        (points.collect(), finding)
    }

    /// The factors that the squared deviations are divided by.
    fn biases(&self, noises: &[Option<Identified>]) -> Measured {
        let Settings { convention, taus, noise, .. } = self.settings;
        let removed = convention.removes_bias(self.estimator, taus);
        let of_noise = |bias: &dyn Fn(i8, usize) -> Option<f64>| {
            let factor = |(m, id): (&usize, &Option<Identified>)| id.and_then(|id| bias(id.noise.alpha(), *m));
            self.factors.iter().zip(noises).map(|row| factor(row).unwrap_or(1.0)).collect()
        };
        let factors = match (convention.bias(self.estimator, noise.is_some()), self.shape.record) {
            (Bias::Noise(_), _) if removed && *convention == Convention::Exact => {
                of_noise(&|alpha, m| self.exact_bias(alpha, m))
            }
            (Bias::Noise(bias), _) if removed => of_noise(&|alpha, m| Some(bias(alpha, m, self.shape.points))),
            (Bias::Record(bias), Some(record)) if removed => return bias(record, self.factors, *convention),
            _ => vec![1.0; self.factors.len()],
        };
        Measured { factors, finding: None }
    }

    fn exact_bias(&self, alpha: i8, m: usize) -> Option<f64> {
        edf::bias(self.estimator.model, &Case { alpha, m, n: 1, points: self.shape.points })
    }

    /// Whether the interval would hold the true value less often than stated because of the bias factor: a
    /// published one is off by more than [`BIAS_SLACK`] standard deviations √(2/ν) of the squared
    /// deviation, or it was measured on the record and has an uncertainty of its own.
    fn bias_is_approximate(&self, noise: Option<Identified>, m: usize, bias: f64, edf: Option<Edf>) -> bool {
        match self.estimator.bias {
            Bias::Noise(_) if self.settings.convention == Convention::Standard => {
                let exact = noise.and_then(|id| self.exact_bias(id.noise.alpha(), m));
                let far = |(exact, edf): (f64, Edf)| (bias / exact - 1.0).abs() > BIAS_SLACK * (2.0 / edf.value).sqrt();
                exact.zip(edf).is_some_and(far)
            }
            Bias::Record(_) => bias != 1.0,
            _ => false,
        }
    }

    fn point(&self, m: usize, terms: Terms, noise: Option<Identified>, bias: f64) -> Option<Point> {
        let Self { estimator, settings, shape: &Shape { points, tau0, gaps, .. }, .. } = *self;
        let deviation = estimator.deviation(terms, m, tau0)? / bias.sqrt();
        let noise = noise.filter(|_| deviation > 0.0);
        let case = |id: Identified| Case { alpha: id.noise.alpha(), m, n: terms.n, points };
        let method = settings.convention.edf(estimator.model, settings.edf);
        let edf = noise.and_then(|id| method.degrees_of_freedom(estimator.model, &case(id)));
        let interval = edf.and_then(|edf| settings.sides.interval(deviation, edf.value, settings.confidence));
        let tau = (estimator.grid.tau)(m, points) * tau0;
        let approximate = self.bias_is_approximate(noise, m, bias, edf);
        let n = settings.convention.count(estimator, &settings.taus, terms.n, points);
        Some(Point { estimator, tau, m, deviation, bias, approximate, n, noise, edf, interval, gaps })
    }
}

/// How many standard deviations a published bias factor may lie beside the exact one without a flag.
const BIAS_SLACK: f64 = 0.3;

/// Points from which on the averaging factors of one record are shared among threads; the records of
/// a fleet run side by side anyway.
const LONG: usize = 1 << 20;

/// The terms of all arcs together.
fn pooled_terms(estimator: &Estimator, arcs: &[PhaseSeries<'_>], factors: &[usize]) -> Vec<Terms> {
    let long = arcs.iter().map(PhaseSeries::len).sum::<usize>() >= LONG;
    let threads = if long { rayon::current_num_threads() } else { 1 };
    let share = factors.len().div_ceil(threads).max(1);
    let of_share = |factors: &[usize]| {
        let none = vec![Terms::default(); factors.len()];
        arcs.iter()
            .map(|arc| (estimator.terms)(arc, factors))
            .fold(none, |all, arc| all.into_iter().zip(arc).map(|(all, arc)| estimator.gather.pool(all, arc)).collect())
    };
    factors.par_chunks(share).flat_map_iter(of_share).collect()
}

/// Remarks about stated averaging times that could not be used.
fn left_out(estimator: &Estimator, factors: &Factors, tau0: f64) -> Vec<Finding> {
    let list = |taus: &[f64]| taus.iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
    let off_grid = (!factors.off_grid.is_empty()).then(|| {
        Finding::new(
            Severity::Failure,
            "tau-off-grid",
            format!("{}: {} s is no multiple of {}", estimator.name, list(&factors.off_grid), step_of(estimator, tau0)),
            "it was left out, since rounding it would answer another question",
            "ask for multiples of the sampling interval",
        )
    });
    let too_long = (!factors.too_long.is_empty()).then(|| {
        Finding::new(
            Severity::Failure,
            "tau-too-long",
            format!("{}: the record has no term at τ = {} s", estimator.name, list(&factors.too_long)),
            "it is not assessable",
            "ask for shorter averaging times, or record longer",
        )
    });
    [off_grid, too_long].into_iter().flatten().collect()
}

fn no_term() -> Finding {
    Finding::new(
        Severity::Failure,
        "no-term",
        "no estimator has a term at any of the averaging times",
        "the stability is not assessable",
        "record longer or with fewer gaps, or ask for other averaging times",
    )
}

/// What the averaging times of an estimator are multiples of.
fn step_of(estimator: &Estimator, tau0: f64) -> String {
    match estimator.grid.step {
        1 => format!("τ₀ = {tau0} s"),
        step => format!("{} s, the step of its averaging times", (estimator.grid.tau)(step, 0) * tau0),
    }
}

fn overflowing(reason: &str) -> Finding {
    Finding::new(
        Severity::Failure,
        "overflow",
        format!("the integrated phase is not finite ({reason})"),
        "the stability is not assessable",
        "check the unit of the frequency",
    )
}
