//! Whitened generalised least squares of the area balance.
//!
//! What the master meter passed on beyond the meters behind it is, with energies φ, powers p in kW and the length h of an
//! interval,
//!
//! ```text
//! z = y − Σφᵢ = Σ κᵢφᵢ + h·(F + ρS² + Σ ρₐSₐ² + σΣp̄ᵢ²) + h·Σ (ρᵢpᵢS + ρᵢₐpᵢSₐ + σᵢp̄ᵢ²) + Σ τᵢ (pᵢ(start) − pᵢ(end)) + noise
//! ```
//!
//! F is what meters draw themselves, S the power of the area and Sₐ that of a phase, τᵢ how late a clock is. What a loss
//! p'Rp takes from a meter follows from Rᵢⱼ ≈ (ρᵢ + ρⱼ)/2: the ρᵢ are drawn about the common ρ, or a far customer's part
//! in the loss would pass for an error of his meter. Where customers feed in, G enters beside S, for power then flows
//! between neighbours that S does not show. Where fixed power is too large for meters, customers without one are taken
//! to be there.
//!
//! κ = δ + μ: δ is drawn from the mixture of [`Prior`], matched by expectation propagation; μ is what all share, the
//! master meter's part of it stated in full in the covariance. Noise is whitened by an autoregression, so that steps of
//! registers and late clocks, whose sum stays bounded, cost little; Student-t weights and the variance of what was filled
//! in weigh the innovations. Where days disagree by more than that, every variance is raised.
//!
//! Costs O(T(5n)² + (4n)³) for n meters and T intervals, and O(5nT) of memory.

use super::{Estimate, Plight, Solution, Solver};
use crate::factor::square;
use crate::fault::{Faults, LARGE, isolated};
use crate::fit::{Case, Fit};
use crate::home::Remainder;
use crate::loss::Part;
use crate::prior::{Prior, alone};
use crate::{Area, Meter};
use nalgebra::DMatrix;
use sigmatau_core::{Finding, Severity};

pub(super) static SOLVER: Solver = Solver {
    name: "gls",
    title: "whitened generalised least squares with physical losses and a hierarchical prior",
    reference: "Aitken 1935; West 1984 (scale mixtures); Lange, Little and Taylor 1989 (Student-t weights)",
    solve,
};

fn solve(area: &Area, prior: &Prior) -> Solution {
    if let Some(finding) = unsolvable(area) {
        return Solution { findings: vec![finding], ..Solution::empty(area) };
    }
    let (mut case, mut faults, coarse) = isolated(area, prior);
    let mut fit = case.fine(prior, coarse);
    while let Some(stranger) = case.elsewhere(&fit) {
        faults.strangers.push(stranger);
        case = case.rebuilt(area, &faults);
        fit = case.fine(prior, case.coarse(prior));
    }
    if case.settle(&fit) {
        fit = case.fine(prior, case.coarse(prior));
    }
    solution(area, &case, &fit, &faults)
}

/// Why an area has no balance.
fn unsolvable(area: &Area) -> Option<Finding> {
    let read = area.master.supplied.iter().filter(|energy| energy.is_finite()).count();
    let seen = match (area.meters.len(), read) {
        (0, _) => "no meters behind the master meter".to_owned(),
        (_, 0) => "no readings of the master meter".to_owned(),
        (meters, read) if read < 3 => format!("{read} readings of the master meter and {meters} meters"),
        _ => return None,
    };
    let (matters, advice) =
        ("there is no balance to solve", "send readings of the master meter and of the meters behind it");
    Some(Finding::new(Severity::Failure, "no-balance", seen, matters, advice).about(&area.id))
}

fn solution(area: &Area, case: &Case, fit: &Fit, faults: &Faults) -> Solution {
    let mut solution = Solution::empty(area);
    let jacobian = errors(area, case, fit, &mut solution);
    let mut lacks = fit.posterior.covariance.clone();
    let silent = case.parts.iter().enumerate().filter(|(_, part)| case.is_silent(part));
    silent.for_each(|(place, part)| lacks[(place, place)] += case.balance.unusual(part.meter, &part.intervals));
    solution.covariance = &jacobian * lacks * jacobian.transpose();
    let free = |meter: usize| case.parts.iter().filter(move |part| part.meter == meter).filter_map(|part| part.free);
    let alone = alone(&fit.evidence, &fit.prior);
    let alone = |meter: usize| {
        let parts = case.parts.iter().zip(&alone).filter(move |(part, _)| part.meter == meter);
        parts.map(|(_, information)| *information).fold(0.0, f64::max)
    };
    let before = |meter: usize| free(meter).fold(fit.prior.variance(), |most, sd| most.max(sd * sd));
    for (place, estimate) in
        solution.estimates.iter_mut().enumerate().filter(|(_, estimate)| estimate.error.is_finite())
    {
        let variance = solution.covariance[(place, place)];
        estimate.u = variance.sqrt();
        estimate.information = (1.0 - variance / before(place)).clamp(0.0, alone(place));
        estimate.late = fit.late(place);
        let (plight, onset) = plight(case, fit, faults, place);
        (estimate.plight, estimate.onset) = (plight, onset.map(|interval| area.end(interval) - area.step));
    }
    idle(area, &mut solution);
    groups(case, &mut solution);
    faults.strangers.iter().for_each(|place| solution.estimates[*place].plight = Plight::Stranger { home: None });
    solution.loss = fit.lost / case.balance.supplied.iter().sum::<f64>();
    solution.unexplained = fit.unexplained;
    solution.evidence = Some(fit.evidence.clone());
    solution.remainder = Some(Remainder::of(area, fit));
    solution.findings = findings(area, case, fit, &solution);
    solution
}

/// The mean power in kW below which meters need not start.
const STARTING: f64 = 0.005;
/// The cosine between the energies of two meters from which on they cannot be told apart.
const ALIKE: f64 = 0.999;

/// Nothing is said of meters whose customers draw next to nothing.
fn idle(area: &Area, solution: &mut Solution) {
    let hours = area.step as f64 / 3600.0;
    let is_idle = |estimate: &&mut Estimate| {
        estimate.plight == Plight::Sound && estimate.energy <= STARTING * hours * estimate.readings as f64
    };
    solution.estimates.iter_mut().filter(is_idle).for_each(Estimate::silence);
}

/// Meters whose energies run in step get the error of all of them together.
fn groups(case: &Case, solution: &mut Solution) {
    let sound: Vec<usize> =
        (0..solution.estimates.len()).filter(|meter| solution.estimates[*meter].plight == Plight::Sound).collect();
    let energies: Vec<f64> = sound.iter().flat_map(|meter| case.balance.net[*meter].iter().copied()).collect();
    let products = square(&DMatrix::from_vec(case.balance.intervals(), sound.len(), energies));
    let is_alike = |one: usize, other: usize| {
        products[(one, other)] > ALIKE * (products[(one, one)] * products[(other, other)]).sqrt()
    };
    for one in (0..sound.len()).filter(|one| products[(*one, *one)] > 0.0) {
        let mut group: Vec<usize> =
            (one..sound.len()).filter(|other| is_alike(one, *other)).map(|other| sound[other]).collect();
        group.retain(|meter| solution.estimates[*meter].plight == Plight::Sound);
        if group.len() > 1 {
            solution.join(&group);
        }
    }
}

impl Solution {
    /// Gives meters the error of their energies together.
    fn join(&mut self, group: &[usize]) {
        let energy: f64 = group.iter().map(|meter| self.estimates[*meter].energy).sum();
        let share = |meter: usize| self.estimates[meter].energy / energy;
        let error: f64 = group.iter().map(|meter| share(*meter) * self.estimates[*meter].error).sum();
        let pairs = group.iter().flat_map(|one| group.iter().map(move |other| (*one, *other)));
        let variance: f64 = pairs.map(|(one, other)| share(one) * share(other) * self.covariance[(one, other)]).sum();
        for meter in group {
            let with = group.iter().copied().filter(|other| other != meter).collect();
            let estimate = &mut self.estimates[*meter];
            (estimate.error, estimate.u, estimate.plight) = (error, variance.sqrt(), Plight::Collinear { with });
        }
    }
}

fn findings(area: &Area, case: &Case, fit: &Fit, solution: &Solution) -> Vec<Finding> {
    let plights = area.meters.iter().zip(&solution.estimates).filter_map(|(meter, estimate)| {
        let (matters, advice) = match estimate.plight {
            Plight::Dead | Plight::Stuck => ("what it would have registered is assumed", "replace the meter"),
            Plight::Tampered => ("a large part of the energy is missing", "inspect the meter and its wiring"),
            Plight::Stranger { .. } => ("its energy does not pass this master meter", "correct where it is filed"),
            _ => return None,
        };
        let seen = match estimate.error.is_finite() {
            true => format!("{}, its error is {:.0} %", estimate.plight.word(), 100.0 * estimate.error),
            false => estimate.plight.word().to_owned(),
        };
        Some(Finding::new(Severity::Failure, estimate.plight.word(), seen, matters, advice).about(&meter.about.id))
    });
    let unmetered = fit.layout.unmetered.then(|| {
        let seen = format!("{:.0} kWh pass the master meter and no other", fit.unexplained);
        let matters = "errors of all meters are less certain";
        Finding::new(Severity::Warning, "unmetered", seen, matters, "look for customers without a meter")
            .about(&area.id)
    });
    plights.chain(unmetered).chain(weighed_down(area, case, fit)).collect()
}

/// Residuals are outliers from so many standard deviations on,
const OUTLYING: f64 = 6.0;
/// and are reported where together they are so large a share of the energy.
const WORTH_TELLING: f64 = 0.001;

/// What robust weights hide: intervals whose readings are there and whose balance is far off.
fn weighed_down(area: &Area, case: &Case, fit: &Fit) -> Option<Finding> {
    let read = || (0..fit.residuals.len()).filter(|t| case.balance.doubt[*t] == 0.0);
    let mut sizes: Vec<f64> = read().map(|t| fit.residuals[t].abs()).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    let usual = 1.4826 * sizes.get(sizes.len() / 2)?;
    let outlying: Vec<usize> = read().filter(|t| fit.residuals[*t].abs() > OUTLYING * usual).collect();
    let energy: f64 = outlying.iter().map(|t| fit.residuals[*t]).sum();
    let supplied: f64 = case.balance.supplied.iter().sum();
    let seen = format!("{} intervals are far off and hold {energy:.1} kWh that no meter explains", outlying.len());
    let (matters, advice) =
        ("they count little", "look what was drawn then: energy that is taken at times hides there");
    (energy.abs() > WORTH_TELLING * supplied)
        .then(|| Finding::new(Severity::Note, "weighed-down", seen, matters, advice).about(&area.id))
}

/// Sets the errors, and returns how they change with the lacks: e = Σ registered / Σ (1+κ)·passed − 1.
fn errors(area: &Area, case: &Case, fit: &Fit, solution: &mut Solution) -> DMatrix<f64> {
    let mut jacobian = DMatrix::zeros(area.meters.len(), case.parts.len());
    for (meter, estimate) in solution.estimates.iter_mut().enumerate() {
        let parts: Vec<_> = case.parts.iter().enumerate().filter(|(_, part)| part.meter == meter).collect();
        let passed = |part: &Part| case.passed(part, &area.meters[meter]);
        let registered: f64 = parts.iter().map(|(_, part)| passed(part).0).sum();
        let truth: f64 = parts.iter().map(|(place, part)| (1.0 + fit.lack()[*place]) * passed(part).1).sum();
        if registered > 0.0 && truth > 0.0 {
            estimate.error = registered / truth - 1.0;
            let slope = -registered / (truth * truth);
            parts.iter().for_each(|(place, part)| jacobian[(meter, *place)] = slope * passed(part).1);
        }
    }
    jacobian
}

impl Case {
    /// The energy towards the customer that the meter of a part registered in it, and what passed or would have, had its
    /// lack been 0.
    fn passed(&self, part: &Part, meter: &Meter) -> (f64, f64) {
        let fed = |t: usize| meter.fed.get(t).copied().filter(|fed| fed.is_finite()).unwrap_or(0.0);
        let net = &self.balance.net[part.meter];
        let assumed: f64 = part.intervals.clone().map(|t| net[t] + fed(t)).sum();
        let registered = part.intervals.clone().map(|t| meter.consumed[t]).filter(|energy| energy.is_finite()).sum();
        if self.is_silent(part) { (registered, assumed) } else { (assumed, assumed) }
    }
}

/// What is the matter with a meter, and from which interval on.
fn plight(case: &Case, fit: &Fit, faults: &Faults, meter: usize) -> (Plight, Option<usize>) {
    if let Some(silence) = faults.silent.iter().find(|silence| silence.meter == meter) {
        return (if silence.stuck { Plight::Stuck } else { Plight::Dead }, Some(silence.intervals.start));
    }
    let parts = || case.parts.iter().enumerate().filter(|(_, part)| part.meter == meter);
    let lost = parts().find(|(place, part)| part.free.is_some() && fit.lack()[*place] > LARGE);
    match lost {
        Some((_, part)) => (Plight::Tampered, (parts().count() > 1).then_some(part.intervals.start)),
        None => (Plight::Sound, None),
    }
}
