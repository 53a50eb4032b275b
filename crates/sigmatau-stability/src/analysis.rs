//! From a record to points of a σ–τ diagram, each with its interval.

use crate::convention::Convention;
use crate::edf::{Case, Edf, EdfMethod};
use crate::estimator::{Bias, Estimator};
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
    /// `noise-carried`, `no-interval`.
    pub fn flags(&self) -> Vec<&'static str> {
        let evidence = match self.noise.map(|noise| noise.evidence) {
            Some(Evidence::ShortLag1) => Some("noise-uncertain"),
            Some(Evidence::BiasRatio) => Some("noise-by-b1"),
            Some(Evidence::Carried) => Some("noise-carried"),
            _ => None,
        };
        let interval = self.interval.is_none().then_some("no-interval");
        [self.gaps.then_some("gaps"), evidence, interval].into_iter().flatten().collect()
    }
}

/// Computes every statistic of `settings` at every averaging time.
///
/// A term that touches a missing phase is dropped; across missing frequencies the phase step is
/// unknown, so that a term that would span them is dropped as well. Averaging factors run in
/// parallel; the digits do not depend on the number of threads. Time O(N) per factor; memory: for
/// each thread one array of the size of the data, and one for frequency data.
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
    let terms_of = |estimator: &&Estimator| pooled_terms(estimator, arcs, &factors_of(estimator, longest, settings).m);
    let all_terms = || settings.estimators.iter().map(terms_of).collect::<Vec<_>>();
    let noises = || Noises::of(longest, settings);
    let (findings, (all_terms, noises)) = rayon::join(|| screen(longest), || rayon::join(all_terms, noises));
    let mut analysis = Analysis { points: Vec::new(), findings };
    if analysis.findings.iter().any(|finding| matches!(&*finding.code, "no-data" | "too-short")) {
        return analysis;
    }
    for (estimator, terms) in settings.estimators.iter().zip(all_terms) {
        let factors = factors_of(estimator, longest, settings);
        analysis.findings.extend(left_out(estimator, &factors, longest.tau0()));
        let of_record = Statistic { estimator, phase: longest, factors: &factors.m, gaps, settings };
        analysis.points.extend(of_record.points(terms, &noises));
    }
    let unsaid = analysis.findings.iter().all(|finding| finding.severity < Severity::Failure);
    analysis.findings.extend((analysis.points.is_empty() && unsaid).then(no_term));
    analysis
}

fn factors_of(estimator: &Estimator, phase: &PhaseSeries<'_>, settings: &Settings) -> Factors {
    settings.taus.factors(phase.len(), phase.tau0(), &estimator.grid)
}

/// The noise types at every averaging factor, shared by all estimators.
struct Noises(BTreeMap<usize, Option<Identified>>);

impl Noises {
    fn of(phase: &PhaseSeries<'_>, settings: &Settings) -> Self {
        let factors = settings.estimators.iter().flat_map(|estimator| factors_of(estimator, phase, settings).m);
        let factors: Vec<usize> = factors.collect::<BTreeSet<_>>().into_iter().collect();
        let noises = match settings.noise {
            Some(noise) => vec![Some(Identified { noise, evidence: Evidence::Stated }); factors.len()],
            None => noise::identify(phase, &factors),
        };
        Self(factors.into_iter().zip(noises).collect())
    }

    fn at(&self, estimator: &Estimator, m: usize) -> Option<Identified> {
        let noise = self.0.get(&m).copied().flatten();
        noise.map(|noise| noise.seen_by(estimator.model.order()))
    }
}

/// One statistic of one record at its averaging factors.
struct Statistic<'a> {
    estimator: &'static Estimator,
    phase: &'a PhaseSeries<'a>,
    factors: &'a [usize],
    gaps: bool,
    settings: &'a Settings,
}

impl Statistic<'_> {
    fn points(&self, terms: Vec<Terms>, noises: &Noises) -> Vec<Point> {
        let noises: Vec<_> = self.factors.iter().map(|m| noises.at(self.estimator, *m)).collect();
        let biases = self.biases(&noises);
        let rows = self.factors.iter().zip(terms).zip(noises.into_iter().zip(biases));
        rows.filter_map(|((m, terms), (noise, bias))| self.point(*m, terms, noise, bias)).collect()
    }

    /// The factors that the squared deviations are divided by.
    fn biases(&self, noises: &[Option<Identified>]) -> Vec<f64> {
        let removed = self.settings.convention.removes_bias(self.estimator, &self.settings.taus);
        match self.estimator.bias {
            Bias::Noise(bias) if removed => {
                let bias = |(m, id): (&usize, &Option<Identified>)| {
                    id.map_or(1.0, |id| bias(id.noise.alpha(), *m, self.phase.len()))
                };
                self.factors.iter().zip(noises).map(bias).collect()
            }
            Bias::Record(bias) if removed => bias(self.phase, self.factors),
            _ => vec![1.0; self.factors.len()],
        }
    }

    fn point(&self, m: usize, terms: Terms, noise: Option<Identified>, bias: f64) -> Option<Point> {
        let Self { estimator, phase, gaps, settings, .. } = *self;
        let deviation = estimator.deviation(terms, m, phase.tau0())? / bias.sqrt();
        let noise = noise.filter(|_| deviation > 0.0);
        let case = |id: Identified| Case { alpha: id.noise.alpha(), m, n: terms.n, points: phase.len() };
        let method = settings.convention.edf(estimator.model, settings.edf);
        let edf = noise.and_then(|id| method.degrees_of_freedom(estimator.model, &case(id)));
        let interval = edf.and_then(|edf| settings.sides.interval(deviation, edf.value, settings.confidence));
        let tau = (estimator.grid.tau)(m, phase.len()) * phase.tau0();
        Some(Point { estimator, tau, m, deviation, bias, n: terms.n, noise, edf, interval, gaps })
    }
}

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
            format!("{}: {} s is no multiple of τ₀ = {tau0} s", estimator.name, list(&factors.off_grid)),
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

fn overflowing(reason: &str) -> Finding {
    Finding::new(
        Severity::Failure,
        "overflow",
        format!("the integrated phase is not finite ({reason})"),
        "the stability is not assessable",
        "check the unit of the frequency",
    )
}
