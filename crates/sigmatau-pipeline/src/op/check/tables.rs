//! The tables of a dataset, shown to a screening as it wants them.

use super::derived::{self, Derived};
use sigmatau_data::calibration::{Attached, CalibrationBlock, Calibrations, Piece, Vocabulary};
use sigmatau_data::schema::{check_standards, comparisons, logs};
use sigmatau_data::{DataError, Schema};
use sigmatau_uncertainty::check::table::{self, Block, Budgets, Correlations, Lists, Repeats};
use sigmatau_uncertainty::check::{Check, Screening};

/// The table in which the rows of a check's flags stand: what belongs to calibrations is told by their rows, and a
/// certificate of the chain by that of the chain.
pub(super) fn of(check: &Check, of_chain: bool) -> &'static str {
    let of_column = |column: &&'static str| column.split('.').next().unwrap_or(column);
    match check.wants[0].first().map(of_column) {
        Some("chain") if of_chain => "chain",
        Some(table @ ("logs" | "check_standards" | "comparisons")) => table,
        _ => "calibrations",
    }
}

/// Shows every table that some check wants, block by block.
pub(super) fn pass(
    calibrations: &mut Calibrations,
    screening: &mut Screening,
    checks: &[&Check],
) -> Result<(), DataError> {
    while let Some(block) = calibrations.next_block()? {
        let derived = Derived::of(&block, calibrations.vocabulary());
        screening.calibrations(&shown(&block, &derived));
    }
    let wanted = |schema: &Schema| {
        let mut columns = checks.iter().flat_map(|check| check.wants).copied().flatten();
        columns.any(|column| column.split_once('.').is_some_and(|(table, _)| table == schema.name))
    };
    let mut show = |schema, key, show: fn(&mut Screening, &Piece, &mut Vocabulary)| {
        let Some(mut pieces) = calibrations.beside(schema, key)?.filter(|_| wanted(schema)) else { return Ok(()) };
        while let Some(piece) = pieces.next_piece(calibrations.vocabulary_mut())? {
            show(screening, &piece, calibrations.vocabulary_mut());
        }
        Ok(())
    };
    show(&check_standards::SCHEMA, &["laboratory", "standard", "point"], show_check_standards)?;
    show(&comparisons::SCHEMA, &["comparison", "point"], show_comparisons)?;
    show(&logs::SCHEMA, &["instrument"], show_logs)
}

fn shown<'a>(block: &'a CalibrationBlock, derived: &'a Derived) -> Block<'a> {
    let (repeats, budgets, correlations) = (&block.repeats.rows, &block.budgets.rows, &block.correlations.rows);
    let budgets = Budgets {
        u: budgets.numbers("u"),
        sensitivity: budgets.numbers("sensitivity"),
        dof: budgets.numbers("dof"),
        type_a: &derived.type_a,
        n: budgets.wholes("n"),
        relative_u_of_u: budgets.numbers("relative_u_of_u"),
    };
    let correlations = Correlations {
        first: &derived.first,
        second: &derived.second,
        coefficient: correlations.numbers("coefficient"),
    };
    Block {
        first_row: block.first_row,
        calibrations: calibrations(&block.calibrations, derived),
        repeats: lists(&block.repeats, Repeats { value: repeats.numbers("value") }),
        budgets: lists(&block.budgets, budgets),
        correlations: lists(&block.correlations, correlations),
    }
}

fn lists<T>(attached: &Attached, rows: T) -> Lists<'_, T> {
    Lists { ends: &attached.ends, rows }
}

fn calibrations<'a>(rows: &'a Piece, derived: &'a Derived) -> table::Calibrations<'a> {
    table::Calibrations {
        laboratory: rows.words("laboratory"),
        instrument: rows.words("instrument"),
        class: rows.words("class"),
        point: rows.words("point"),
        certificate: rows.words("certificate"),
        time: rows.wholes("time"),
        quantity: rows.words("quantity"),
        unit: rows.words("unit"),
        value: rows.numbers("value"),
        reference: rows.numbers("reference"),
        u: rows.numbers("u"),
        u_reference: rows.numbers("u_reference"),
        covariance: rows.numbers("covariance"),
        u_c: rows.numbers("u_c"),
        expanded_u: rows.numbers("expanded_u"),
        k: rows.numbers("k"),
        dof: rows.numbers("dof"),
        probability: rows.numbers("probability"),
        cmc: rows.numbers("cmc"),
        resolution: rows.numbers("resolution"),
        n_repeats: rows.wholes("n_repeats"),
        u_repeat: rows.numbers("u_repeat"),
        drift_u_per_year: rows.numbers("drift_u_per_year"),
        standard: rows.words("standard"),
        procedure: rows.words("procedure"),
        operator: rows.words("operator"),
        lower: rows.numbers("lower"),
        upper: rows.numbers("upper"),
        guard: &derived.guard,
        accepted: &derived.accepted,
        submitted: rows.wholes("submitted"),
        due: rows.wholes("due"),
        curvature: &derived.curvature,
        ..table::Calibrations::default()
    }
}

fn show_check_standards(screening: &mut Screening, rows: &Piece, _words: &mut Vocabulary) {
    let block = table::CheckStandards {
        laboratory: rows.words("laboratory"),
        standard: rows.words("standard"),
        point: rows.words("point"),
        time: rows.wholes("time"),
        value: rows.numbers("value"),
        reference: rows.numbers("reference"),
        u: rows.numbers("u"),
    };
    screening.check_standards(&block, rows.first_row());
}

/// Each point of a comparison is a comparison of its own.
fn show_comparisons(screening: &mut Screening, rows: &Piece, words: &mut Vocabulary) {
    let named = rows.words("comparison").iter().zip(rows.words("point"));
    let named: Vec<String> =
        named.map(|(one, point)| format!("{} at {}", words.word(*one), words.word(*point))).collect();
    let comparison: Vec<u32> = named.iter().map(|name| words.number(name)).collect();
    let u = derived::standard_uncertainties(rows);
    let block = table::Comparisons {
        comparison: &comparison,
        laboratory: rows.words("laboratory"),
        value: rows.numbers("value"),
        u: &u,
        reference: rows.numbers("reference"),
        u_reference: rows.numbers("u_reference"),
        covariance: rows.numbers("covariance"),
    };
    screening.comparisons(&block, rows.first_row());
}

fn show_logs(screening: &mut Screening, rows: &Piece, _words: &mut Vocabulary) {
    let block = table::Logs {
        instrument: rows.words("instrument"),
        time: rows.wholes("time"),
        value: rows.numbers("value"),
        resolution: rows.numbers("resolution"),
        offset_s: rows.numbers("offset_s"),
        u_offset_s: rows.numbers("u_offset_s"),
        rate_per_s: rows.numbers("rate_per_s"),
        operator: rows.words("operator"),
        ..table::Logs::default()
    };
    screening.logs(&block, rows.first_row());
}
