//! What a reader should know of a fit.

use super::descent::Solution;
use super::judge::{Largest, TOO_LARGE, Verdict};
use super::whitening::{FEWEST_DOF, Problem};
use crate::model::{Known, Parameter};
use sigmatau_core::{Finding, Severity};

/// The probability below which the other tests make a finding.
const TOO_SMALL: f64 = 0.001;
const NOT_RANDOM: f64 = 0.001;
const NOT_ALIKE: f64 = 0.001;
/// The largest uncertainty of a resonance or corner frequency, in its own size, that tells where it is.
const TOLD: f64 = 0.5;

/// Every remark on the fit of a response of `given` lines, save on the unit of its phases.
pub(super) fn all(
    problem: &Problem<'_>,
    solution: &Solution,
    known: &Known,
    verdict: &Verdict,
    given: usize,
) -> Vec<Finding> {
    let groups = [
        about_lines(problem, given),
        about_solution(problem, solution),
        about_residuals(verdict),
        about_model(problem, known),
    ];
    groups.into_iter().flatten().collect()
}

fn about_lines(problem: &Problem<'_>, given: usize) -> Vec<Finding> {
    let left_out = given - problem.lines.len();
    let poor = problem.lines.iter().filter(|line| problem.weighted && line.dof < FEWEST_DOF).count();
    let all = problem.lines.len();
    let findings = [
        (left_out > 0).then(|| {
            Finding::new(
                Severity::Warning,
                "unusable-lines",
                format!("{left_out} of {given} lines have no finite value or no covariance"),
                "the fit does not use them",
                "look at the records they come from, or state their covariance",
            )
        }),
        (!problem.weighted).then(|| {
            Finding::new(
                Severity::Warning,
                "no-uncertainty",
                format!("none of {all} lines has a covariance"),
                "all lines count alike, their scatter stands for their covariance, and nothing tests the model",
                "estimate the response by a method that states its covariance",
            )
        }),
        (poor > 0).then(|| {
            Finding::new(
                Severity::Warning,
                "few-degrees",
                format!("the covariance of {poor} of {all} lines has fewer than {FEWEST_DOF} degrees of freedom"),
                "such weights have no finite spread; the lines count as if they had that many",
                "average more segments or periods, or merge lines",
            )
        }),
    ];
    findings.into_iter().flatten().collect()
}

fn about_solution(problem: &Problem<'_>, solution: &Solution) -> Vec<Finding> {
    let parameters = problem.structure.parameters();
    let unseen = solution.slopes.unseen().into_iter().filter_map(|column| parameters.get(column));
    let unseen: Vec<&str> = unseen.map(|parameter| parameter.name.as_str()).collect();
    let not_seen = (!unseen.is_empty()).then(|| {
        Finding::new(
            Severity::Warning,
            "not-identifiable",
            format!("the lines do not tell {} apart", unseen.join(", ")),
            "their values are arbitrary along a direction that leaves the response as it is",
            "take lower orders, or lines over a wider band",
        )
    });
    let not_ended = (!solution.converged).then(|| {
        Finding::new(
            Severity::Failure,
            "not-converged",
            format!("the fit was still moving at χ² = {:.6e}", solution.cost),
            "parameters and covariance are not those of greatest likelihood",
            "take lower orders, or look for lines that contradict each other",
        )
    });
    not_seen.into_iter().chain(not_ended).collect()
}

fn about_residuals(verdict: &Verdict) -> Vec<Finding> {
    let Verdict { chi_squared, dof, p_value, birge, inflation, runs_p_value, largest, .. } = *verdict;
    let counted = format!("χ² = {chi_squared:.4} for {dof} degrees of freedom (p = {p_value:.2e})");
    let findings = [
        (p_value < TOO_LARGE).then(|| {
            Finding::new(
                Severity::Warning,
                "residuals-too-large",
                format!("{counted}, Birge ratio {birge:.3}"),
                format!(
                    "the model or the stated covariance is not right; the covariance was multiplied by {inflation:.4}"
                ),
                "take a higher order, allow a delay, or look for a component that the covariance leaves out",
            )
        }),
        (p_value > 1.0 - TOO_SMALL).then(|| {
            Finding::new(
                Severity::Note,
                "residuals-too-small",
                format!("{counted}, Birge ratio {birge:.3}"),
                "the stated covariance is larger than the scatter; a common component may be in it",
                "state what the lines have in common as a source; the covariance was left as it is",
            )
        }),
        (runs_p_value < NOT_RANDOM).then(|| {
            Finding::new(
                Severity::Warning,
                "residuals-not-random",
                format!("neighbouring residuals have the same sign too often (p = {runs_p_value:.2e})"),
                "the model misses a shape, or the errors of neighbouring lines are correlated",
                "compare with a higher order; state the covariance between lines",
            )
        }),
        largest.filter(|largest| largest.p_value < NOT_ALIKE).map(|largest| {
            let Largest { frequency, normalised, p_value } = largest;
            Finding::new(
                Severity::Warning,
                "outlying-line",
                format!(
                    "the line at {frequency} Hz lies {normalised:.1} standard uncertainties off (p = {p_value:.2e})"
                ),
                "one line can draw the parameters along",
                "look at this line: mains hum, a mode of the mounting, clipping",
            )
        }),
    ];
    findings.into_iter().flatten().collect()
}

fn about_model(problem: &Problem<'_>, known: &Known) -> Vec<Finding> {
    let unstable = (!known.at_values().stable()).then(|| {
        let poles: Vec<String> = known.at_values().poles().iter().map(|pole| format!("{pole:.4e}")).collect();
        Finding::new(
            Severity::Warning,
            "unstable",
            format!("not every pole is on the stable side: {}", poles.join(", ")),
            "the model follows the lines but cannot be run in time",
            "take lower orders, or allow a delay",
        )
    });
    unstable.into_iter().chain(outside(problem, known)).chain(untold(known)).collect()
}

/// Poles outside the band of the lines.
fn outside(problem: &Problem<'_>, known: &Known) -> Option<Finding> {
    let frequencies = problem.lines.iter().map(|line| line.frequency);
    let (lowest, highest) = frequencies.fold((f64::INFINITY, 0.0_f64), |(low, high), f| (low.min(f), high.max(f)));
    let mut beyond = known.at_values().pole_frequencies();
    beyond.retain(|frequency| !(lowest..=highest).contains(frequency));
    beyond.dedup_by(|a, b| (*a / *b - 1.0).abs() < 1e-9);
    (!beyond.is_empty()).then(|| {
        let listed: Vec<String> = beyond.iter().map(|frequency| format!("{frequency:.6} Hz")).collect();
        Finding::new(
            Severity::Note,
            "resonance-outside-band",
            format!("poles at {} lie outside the lines from {lowest} Hz to {highest} Hz", listed.join(", ")),
            "what is told of them rests on the model being right beyond the lines",
            "measure up to the resonance, or use the model inside the band only",
        )
    })
}

/// Resonance and corner frequencies of which the lines tell little.
fn untold(known: &Known) -> Vec<Finding> {
    let parameters = known.structure().parameters();
    let told = |(place, parameter): (usize, &Parameter)| {
        let (value, u) = (known.values()[place], known.uncertainty(place));
        (parameter.unit == "Hz" && u > TOLD * value.abs()).then(|| {
            Finding::new(
                Severity::Warning,
                "not-determined",
                format!("{} = {value:.4e} Hz with a standard uncertainty of {u:.1e} Hz", parameter.name),
                "the lines hardly depend on it; its interval is not that of a linear problem",
                "measure closer to this frequency",
            )
        })
    };
    parameters.iter().enumerate().filter_map(told).collect()
}
