use super::*;
use crate::read_table;
use std::collections::HashMap;

const RECIPE: &str = include_str!("../../../../../datasets/demo-calibrations/recipe.toml");

type All = HashMap<&'static str, Table>;

fn all(histories: &Histories) -> All {
    histories.tables().into_iter().collect()
}

fn numbers<'a>(all: &'a All, table: &str, column: &str) -> &'a [f64] {
    all[table].floats(column).unwrap()
}

fn wholes<'a>(all: &'a All, table: &str, column: &str) -> &'a [i64] {
    all[table].integers(column).unwrap()
}

fn words<'a>(all: &'a All, table: &str, column: &str) -> &'a [String] {
    all[table].texts(column).unwrap()
}

/// (value − reference) / u_c of every row.
fn scores(all: &All) -> Vec<f64> {
    let [value, reference, u] = ["value", "reference", "u_c"].map(|column| numbers(all, "calibrations", column));
    value.iter().zip(reference).zip(u).map(|((value, reference), u)| (value - reference) / u).collect()
}

fn small() -> Histories {
    Histories::builtin().with(Extent { instruments: 48, recalibrations: 3, detail: 1, seed: 5 }).unwrap()
}

fn mean_square(values: impl Iterator<Item = f64>) -> f64 {
    let (count, sum) = values.fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value * value));
    sum / count
}

#[test]
fn errors_are_normal_with_the_stated_uncertainty_where_nothing_is_planted() {
    let scores = scores(&all(&Histories::builtin().honest()));
    let count = scores.len() as f64;
    let mean = scores.iter().sum::<f64>() / count;
    assert!(mean.abs() < 4.0 / count.sqrt(), "{mean}");
    let variance = mean_square(scores.iter().copied());
    assert!((variance - 1.0).abs() < 4.0 * (2.0 / count).sqrt(), "{variance}");
    for (within, probability) in [(1.0, 0.682_689), (1.959_964, 0.95), (2.575_829, 0.99)] {
        let covered = scores.iter().filter(|score| score.abs() < within).count() as f64 / count;
        let deviation: f64 = probability * (1.0 - probability) / count;
        assert!((covered - probability).abs() < 4.0 * deviation.sqrt(), "{within}: {covered}");
    }
}

#[test]
fn budgets_add_up_to_what_certificates_state() {
    let all = all(&Histories::builtin().honest());
    let [contribution, stated] =
        [("budgets", "contribution"), ("calibrations", "u_c")].map(|(t, c)| numbers(&all, t, c));
    for (parts, stated) in contribution.chunks(5).zip(stated) {
        assert!((point::root_of_squares(parts) / stated - 1.0).abs() < 1e-14);
    }
    let [k, expanded] = ["k", "expanded_u"].map(|column| numbers(&all, "calibrations", column));
    assert!(expanded.iter().zip(k).zip(stated).all(|((expanded, k), u)| (expanded / (k * u) - 1.0).abs() < 0.05));
}

#[test]
fn repeats_scatter_as_claimed_about_the_value() {
    let all = all(&Histories::builtin().honest());
    let [value, claimed] = ["value", "u_repeat"].map(|column| numbers(&all, "calibrations", column));
    let readings = numbers(&all, "repeats", "value").chunks(10);
    let chi_squared = readings.zip(value).zip(claimed).map(|((readings, value), claimed)| {
        let mean = readings.iter().sum::<f64>() / 10.0;
        assert!((mean - value).abs() < *claimed, "{mean} {value}");
        readings.iter().map(|reading| ((reading - mean) / claimed).powi(2)).sum::<f64>()
    });
    let (count, sum) = chi_squared.fold((0.0, 0.0), |(count, sum): (f64, f64), x| (count + 1.0, sum + x));
    assert!((sum / count - 9.0).abs() < 4.0 * (18.0 / count).sqrt() + 0.05, "{}", sum / count);
}

#[test]
fn honest_histories_break_no_verdict_and_no_date() {
    let all = all(&Histories::builtin().honest());
    assert_eq!(all["planted"].rows(), 0);
    let [value, reference, upper] = ["value", "reference", "upper"].map(|column| numbers(&all, "calibrations", column));
    let verdicts = words(&all, "calibrations", "verdict");
    for row in 0..verdicts.len() {
        assert_eq!(verdicts[row] == "fail", (value[row] - reference[row]).abs() > upper[row]);
    }
    let chain: HashMap<&str, usize> =
        words(&all, "chain", "certificate").iter().enumerate().map(|(row, name)| (name.as_str(), row)).collect();
    let [from, until] = ["valid_from", "valid_until"].map(|column| wholes(&all, "chain", column));
    for (standard, time) in words(&all, "calibrations", "standard").iter().zip(wholes(&all, "calibrations", "time")) {
        let row = chain[standard.as_str()];
        assert!((from[row]..until[row]).contains(time), "{standard}");
    }
    let due = wholes(&all, "calibrations", "due").iter().zip(wholes(&all, "calibrations", "submitted"));
    assert!(due.into_iter().all(|(due, submitted)| submitted < due));
}

/// Tells whether a fault shows at its row.
fn shows(kind: &str, all: &All, row: usize, subject: &str) -> bool {
    let calibrations = |column: &str| numbers(all, "calibrations", column)[row];
    let readings = || numbers(all, "repeats", "value")[row..row + 200].chunks(10);
    let mean = |readings: &[f64]| readings.iter().sum::<f64>() / 10.0;
    let differences = || readings().flat_map(|readings| readings.iter().map(move |reading| reading - mean(readings)));
    let of_laboratory = |row: usize| words(all, "calibrations", "laboratory")[row] == subject;
    let laboratorys = || -> Vec<f64> {
        scores(all).into_iter().enumerate().filter(|(row, _)| of_laboratory(*row)).map(|(_, score)| score).collect()
    };
    let logged = |rows: std::ops::Range<usize>| &numbers(all, "logs", "value")[rows];
    match kind {
        "schema-metro" => words(all, "calibrations", "quantity")[row].is_empty(),
        "unit-dim" => words(all, "calibrations", "unit")[row] == "V",
        "unit-slip" => calibrations("value") > 500.0 * calibrations("reference"),
        "u-recompute" => calibrations("expanded_u") < 1.5 * calibrations("u_c") / 0.7,
        "u-round" => point::significant(calibrations("expanded_u"), 2) != calibrations("expanded_u"),
        "k-consistent" => (calibrations("k"), calibrations("dof")) == (2.0, 4.0),
        "cmc-floor" => calibrations("cmc") > 1.4 * calibrations("expanded_u"),
        "corr-psd" => numbers(all, "correlations", "coefficient")[row..row + 3] == [-0.9; 3],
        "guf-valid" => numbers(all, "budgets", "curvature")[row] > 0.0,
        "repeat-chi2" => {
            let claimed = |at: usize| numbers(all, "calibrations", "u_repeat")[(row + at) / 10];
            mean_square(differences().enumerate().map(|(at, difference)| difference / claimed(at))).sqrt() > 2.0
        }
        "u-calibration" => laboratorys().into_iter().fold(0.0, |worst: f64, score| worst.max(score.abs())) > 4.5,
        "u-scale" => (mean_square(laboratorys().into_iter()).sqrt() - 1.38).abs() < 0.2,
        "en-peer" => {
            let [value, reference, u] =
                ["value", "reference", "u"].map(|column| numbers(all, "comparisons", column)[row]);
            (value - reference) / u > 3.0
        }
        "dof-audit" => numbers(all, "budgets", "dof")[row] == 50.0,
        "autocorr" => {
            let neighbours = readings().flat_map(|readings| readings.windows(2).map(|pair| pair[1] - pair[0]));
            mean_square(neighbours) < 1.6 * mean_square(differences())
        }
        "drift-vs-u" | "outlier-robust" => scores(all)[row] > 4.0,
        "ewma-cusum" => {
            let [value, reference, u] =
                ["value", "reference", "u"].map(|column| numbers(all, "check_standards", column));
            let score = |at: usize| (value[at] - reference[at]) / u[at];
            (row..row + 100).map(score).sum::<f64>() > 60.0 && (row - 100..row).map(score).sum::<f64>() < 40.0
        }
        "mode-split" => laboratorys().into_iter().sum::<f64>() / laboratorys().len() as f64 > 0.4,
        "corr-neglect" => mean_square(laboratorys().into_iter()) > 1.15,
        "trace-complete" => words(all, "chain", "parent")[row] == "nmi-power-lost",
        "trace-indate" => words(all, "calibrations", "standard")[row].ends_with("-01"),
        "u-monotone" => numbers(all, "chain", "u")[row] < numbers(all, "chain", "contribution")[row],
        "time-mono" => wholes(all, "logs", "time")[row] < wholes(all, "logs", "time")[row - 1],
        "utc-sync" => numbers(all, "logs", "offset_s")[row..row + 256].iter().sum::<f64>() / 256.0 > 5e-3,
        "dup-block" => logged(row..row + 32) == logged(row - 128..row - 96),
        "digit-pref" => {
            let multiple = |value: &&f64| ((**value / 0.05).round() * 0.05 - **value).abs() < 1e-9;
            logged(row..row + 256).iter().filter(multiple).count() > 140
        }
        "too-good" => differences().all(|difference| difference.abs() < 1e-9),
        "conformity-redo" => (words(all, "calibrations", "verdict")[row] == "fail") != (scores(all)[row].abs() > 2.5),
        "missing-not-random" => {
            let late =
                |at: &usize| wholes(all, "calibrations", "submitted")[*at] > wholes(all, "calibrations", "due")[*at];
            (0..all["calibrations"].rows()).filter(|at| of_laboratory(*at)).filter(late).count() > 10
        }
        other => panic!("nothing tells whether {other} shows"),
    }
}

#[test]
fn every_kind_of_fault_shows_at_its_row() {
    let all = all(&Histories::builtin());
    let (kinds, subjects) = (words(&all, "planted", "kind"), words(&all, "planted", "subject"));
    for kind in KINDS {
        assert!(kinds.iter().any(|planted| planted == kind.name), "{} is not planted", kind.name);
    }
    for (index, kind) in kinds.iter().enumerate() {
        let row = usize::try_from(wholes(&all, "planted", "row")[index]).unwrap();
        assert!(shows(kind, &all, row, &subjects[index]), "{kind} of {} at row {row}", subjects[index]);
    }
}

#[test]
fn there_are_thirty_kinds_and_each_has_one_name() {
    let names: std::collections::BTreeSet<&str> = Histories::kinds().map(|(name, _)| name).collect();
    assert_eq!((KINDS.len(), names.len()), (30, 30));
}

#[test]
fn what_is_written_is_what_is_drawn_for_any_number_of_threads() {
    let histories = small().with(Extent { instruments: 6000, recalibrations: 2, detail: 60, seed: 5 }).unwrap();
    let written = |threads: usize| {
        let directory = tempfile::tempdir().unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert!(pool.install(|| histories.write(directory.path(), |_| true)).unwrap());
        let read = |name: &str| std::fs::read(directory.path().join(format!("{name}.parquet"))).unwrap();
        let bytes: Vec<Vec<u8>> = histories.tables().iter().map(|(name, _)| read(name)).collect();
        let table = read_table(&directory.path().join("calibrations.parquet")).unwrap();
        (bytes, table)
    };
    let (bytes, table) = written(1);
    assert!(bytes == written(2).0 && bytes == written(7).0);
    let drawn = histories.tables().swap_remove(0).1;
    assert_eq!(table.rows(), drawn.rows());
    for column in ["value", "u_c", "k"] {
        assert_eq!(table.floats(column), drawn.floats(column));
    }
}

#[test]
fn a_larger_history_begins_with_the_same_instruments() {
    let more = small().with(Extent { instruments: 96, ..small().extent() }).unwrap().honest();
    let (few, more) = (all(&small().honest()), all(&more));
    let of = |all: &All| numbers(all, "calibrations", "value")[..48 * 12].to_vec();
    assert_eq!(of(&few), of(&more));
}

#[test]
fn nothing_is_left_of_histories_that_were_given_up() {
    let directory = tempfile::tempdir().unwrap();
    assert!(!small().write(directory.path(), |_| false).unwrap());
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn extents_that_can_not_be_drawn_are_refused() {
    let extent = small().extent();
    assert!(small().with(Extent { instruments: 0, ..extent }).is_none());
    assert!(small().with(Extent { instruments: 10, ..extent }).is_none(), "more faults than instruments");
    assert!(small().with(Extent { recalibrations: 300, ..extent }).is_none(), "after 2262");
}

#[test]
fn mistakes_are_named_with_their_line() {
    let cases = [
        (
            ("instruments = 480", "instrument = 480"),
            "line 6: the recipe has no key `instrument`; did you mean `instruments`",
        ),
        (("repeats = 10 ", "repeats = 1 "), "line 12: `repeats` is 1; at least 2 is wanted"),
        (("\"2020-01-01T00:00:00\"", "\"2020-02-30\""), "line 10: `2020-02-30` is no instant"),
        (("unit = \"W\"", "unit = \"Wat\""), "line 17: failed to read the unit `Wat`"),
        (("points = [57.5,", "points = [-57.5,"), "line 18: `points` lists one positive number or more"),
        (
            ("kind = \"unit-slip\"", "kind = \"unit-slap\""),
            "there is no kind of fault `unit-slap`; did you mean `unit-slip` or",
        ),
        (("share = 0.005", "share = 2.0"), "`share` lies between 0 and 1"),
        (("recalibrations = 5 ", "recalibrations = 500 "), "the last certificate would be issued after 2262"),
        (("instruments = 480", "instruments = 19"), "there are more faults than instruments or laboratories"),
        (("limit = 2.5", "limit = 0.0"), "`limit` of the recipe must be a positive number"),
    ];
    for ((from, to), expected) in cases {
        assert!(RECIPE.contains(from), "{from}");
        let message = Histories::from_toml(&RECIPE.replacen(from, to, 1), "r.toml").unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
}
