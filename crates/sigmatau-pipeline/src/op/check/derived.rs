//! Columns that checks want and tables hold in other words.

use sigmatau_data::calibration::{CalibrationBlock, NO_WORD, Piece, Vocabulary};
use sigmatau_uncertainty::rule::{Decision, Verdict};
use std::collections::HashMap;

/// A verdict on which nothing is held.
const NO_VERDICT: u8 = 2;

/// The columns of a block of calibrations; those that can't be derived are empty.
#[derive(Debug, Default)]
pub(super) struct Derived {
    /// How far inside the limits acceptance ends, in expanded uncertainties.
    pub(super) guard: Vec<f64>,
    /// 1 accepted, 0 rejected, 2 neither.
    pub(super) accepted: Vec<u8>,
    /// Second-order over first-order terms of the uncertainty.
    pub(super) curvature: Vec<f64>,
    /// 1 for an evaluation of type A.
    pub(super) type_a: Vec<u8>,
    /// The place of the one input of a correlation in its budget.
    pub(super) first: Vec<u32>,
    /// The place of the other.
    pub(super) second: Vec<u32>,
}

impl Derived {
    pub(super) fn of(block: &CalibrationBlock, words: &Vocabulary) -> Self {
        let (guard, accepted) = decisions(&block.calibrations, words);
        let type_a = |kind: &u32| u8::from(words.word(*kind) == "A");
        Self {
            guard,
            accepted,
            curvature: curvatures(block),
            type_a: block.budgets.rows.words("type").iter().map(type_a).collect(),
            first: places(block, "first"),
            second: places(block, "second"),
        }
    }
}

/// Guard and verdict of each row. Where the rule is missing, unknown, or does not follow from a guard band that is a
/// multiple of the expanded uncertainty, nothing is held on the verdict.
fn decisions(rows: &Piece, words: &Vocabulary) -> (Vec<f64>, Vec<u8>) {
    let mut known: HashMap<u32, Option<f64>> = HashMap::new();
    let mut guard = |rule: &u32| *known.entry(*rule).or_insert_with(|| guard(words.word(*rule)));
    let guards: Vec<Option<f64>> = rows.words("rule").iter().map(&mut guard).collect();
    let accepted = |(row, verdict): (usize, &u32)| match guards.get(row) {
        Some(None) => NO_VERDICT,
        _ => accepted(words.word(*verdict)),
    };
    let accepted = rows.words("verdict").iter().enumerate().map(accepted).collect();
    (guards.into_iter().map(|guard| guard.unwrap_or(f64::NAN)).collect(), accepted)
}

/// The guard band of a rule in expanded uncertainties. Of a rule with conditional verdicts these are held against the limits
/// themselves.
fn guard(rule: &str) -> Option<f64> {
    let decision = Decision::read(rule).ok()?;
    match decision.rule.name {
        "simple-acceptance" | "shared-risk" | "non-binary" => Some(0.0),
        "guarded-acceptance" => Some(decision.argument),
        "guarded-rejection" => Some(-decision.argument),
        _ => None,
    }
}

fn accepted(verdict: &str) -> u8 {
    let known = Verdict::ALL.iter().find(|(word, _)| *word == verdict);
    known.and_then(|(_, verdict)| verdict.accepts()).map_or(NO_VERDICT, u8::from)
}

/// √(½ Σ (∂²y/∂x² u²)²) over √(Σ contribution²) of each budget; `NaN` where there is no budget. A second derivative that is
/// unknown counts as 0.
fn curvatures(block: &CalibrationBlock) -> Vec<f64> {
    let rows = &block.budgets.rows;
    let (second, u, contribution) = (rows.numbers("curvature"), rows.numbers("u"), rows.numbers("contribution"));
    if second.is_empty() || u.is_empty() || contribution.is_empty() {
        return Vec::new();
    }
    let squares =
        |terms: &mut dyn Iterator<Item = f64>| terms.filter(|term| !term.is_nan()).map(|term| term * term).sum::<f64>();
    let ratio = |row: usize| {
        let inputs = block.budgets.range(row);
        let of_second = squares(&mut inputs.clone().map(|input| second[input] * u[input] * u[input]));
        (0.5 * of_second / squares(&mut contribution[inputs].iter().copied())).sqrt()
    };
    (0..block.calibrations.rows()).map(ratio).collect()
}

/// The places of the symbols under `column` in the budgets that they belong to; among the symbols that correlate where there
/// are no budgets.
fn places(block: &CalibrationBlock, column: &str) -> Vec<u32> {
    let symbols = block.correlations.rows.words(column);
    let (first, second) = (block.correlations.rows.words("first"), block.correlations.rows.words("second"));
    let inputs = block.budgets.rows.words("input");
    if symbols.is_empty() {
        return Vec::new();
    }
    let of_row = |row: usize| {
        let pairs = block.correlations.range(row);
        let known: Vec<u32> = match inputs.is_empty() {
            true => first[pairs.clone()].iter().chain(&second[pairs.clone()]).copied().collect(),
            false => inputs[block.budgets.range(row)].to_vec(),
        };
        let place = move |symbol: &u32| known.iter().position(|input| input == symbol);
        symbols[pairs].iter().map(move |symbol| place(symbol).map_or(NO_WORD, |place| place as u32)).collect::<Vec<_>>()
    };
    (0..block.calibrations.rows()).flat_map(of_row).collect()
}

/// The standard uncertainties of a comparison: as stated, or the expanded ones over their factors.
pub(super) fn standard_uncertainties(rows: &Piece) -> Vec<f64> {
    let (u, expanded, k) = (rows.numbers("u"), rows.numbers("expanded_u"), rows.numbers("k"));
    let at = |column: &[f64], row: usize| column.get(row).copied().unwrap_or(f64::NAN);
    let of_row = |row: usize| match at(u, row) {
        u if u.is_nan() => at(expanded, row) / at(k, row),
        u => u,
    };
    (0..rows.rows()).map(of_row).collect()
}
