//! Rows beside one measurement at a time, and rows that something is wrong with.

use crate::jet::{Formula, IMPEDANCE};
use sigmatau_uncertainty::propagation::{
    Flags, Given, HalfWidth, Inputs, Meaning, Quantity, RowInput, RowResults, Rows, RowsError, Settings, Size, Term,
    Uncertainty, propagate,
};
use sigmatau_uncertainty::{Correlation, Function};

const ROWS: usize = 2500;
const PAIRS: [(usize, usize, f64); 3] = [(0, 1, -0.36), (0, 2, 0.86), (1, 2, -0.65)];

/// Voltage, current, phase, the uncertainty of each, degrees of freedom, and a correlation coefficient, a little
/// different in every row.
fn columns() -> Vec<Vec<f64>> {
    let vary = |centre: f64, spread: f64, pace: f64| -> Vec<f64> {
        (0..ROWS).map(|row| centre + spread * (pace * row as f64).sin()).collect()
    };
    vec![
        vary(5.0, 0.5, 0.7),
        vary(0.02, 0.001, 0.3),
        vary(1.0, 0.2, 0.9),
        vary(0.02, 0.01, 1.3),
        vary(5e-5, 2e-5, 0.2),
        vary(0.04, 0.03, 1.9),
        vary(20.0, 12.0, 0.11),
        vary(0.0, 0.9, 0.05),
    ]
}

fn slices(columns: &[Vec<f64>]) -> Vec<&[f64]> {
    columns.iter().map(Vec::as_slice).collect()
}

fn impedance() -> Vec<RowInput> {
    let digits = [Size::OfReading(Given::Constant(2e-4)), Size::Digits { count: 2.0, worth: 1e-3 }];
    let digits = Term { sizes: digits.to_vec(), meaning: Meaning::HalfWidth(HalfWidth::Rectangular) };
    let scatter = Term { sizes: vec![Size::Absolute(Given::Column(3))], meaning: Meaning::StandardUncertainty };
    vec![
        RowInput::column(0, Uncertainty(vec![digits, scatter])).with_dof(Given::Column(6)),
        RowInput::column(1, Uncertainty::expanded(Given::Column(4), Given::Constant(2.0))).with_dof(Given::Column(6)),
        RowInput::column(2, Uncertainty::standard(Given::Column(5))).with_dof(Given::Constant(9.0)),
    ]
}

fn run(rows: &Rows<'_>, columns: &[&[f64]]) -> RowResults {
    let mut results = RowResults::default();
    rows.worker().propagate(columns, &mut results).unwrap();
    results
}

/// One row by [`propagate`], the slow and obvious form.
fn one_by_one(
    function: &dyn Function,
    inputs: &[RowInput],
    correlation: &Correlation,
    ensembles: &[Vec<usize>],
    row: &[f64],
) -> sigmatau_uncertainty::propagation::Results {
    let given = |given: Given| match given {
        Given::Constant(value) => value,
        Given::Column(place) => row[place],
    };
    let quantity = |input: &RowInput| {
        let x = given(input.value);
        Quantity::normal("x", x, input.uncertainty.at(x, row)).with_dof(given(input.dof))
    };
    let inputs = Inputs::new(inputs.iter().map(quantity).collect(), correlation.clone()).unwrap();
    propagate(function, &inputs.with_ensembles(ensembles).unwrap(), &Settings::default()).unwrap()
}

fn same(found: f64, expected: f64) -> bool {
    (found / expected - 1.0).abs() < 1e-12 || found == expected || found.is_nan() && expected.is_nan()
}

/// Asserts of every row what the obvious form gives; returns how many rows are curved and how many lack degrees of freedom.
fn assert_as_one_by_one(inputs: &[RowInput], coefficients: Option<usize>, ensembles: &[Vec<usize>]) -> [usize; 2] {
    let (columns, correlation) = (columns(), Correlation::of_pairs(3, &PAIRS).unwrap());
    let mut rows = Rows::new(&IMPEDANCE, inputs.to_vec(), &correlation, &Settings::default()).unwrap();
    if let Some(column) = coefficients {
        rows = rows.with_coefficients(1, 0, column).with_coefficients(0, 2, column).with_coefficients(1, 2, column);
    }
    let rows = rows.with_ensembles(ensembles).unwrap();
    let results = run(&rows, &slices(&columns));
    for row in 0..ROWS {
        let cells: Vec<f64> = columns.iter().map(|column| column[row]).collect();
        let of_row = |column: usize| [(0, 1), (0, 2), (1, 2)].map(|(i, j)| (i, j, cells[column]));
        let Ok(correlation) = coefficients.map_or(Ok(correlation.clone()), |c| Correlation::of_pairs(3, &of_row(c)))
        else {
            continue;
        };
        let expected = one_by_one(&IMPEDANCE, inputs, &correlation, ensembles, &cells);
        for (found, expected) in results.outputs.iter().zip(&expected.outputs) {
            assert!(same(found.value[row], expected.value), "row {row}");
            assert!(same(found.standard_uncertainty[row], expected.standard_uncertainty), "row {row}");
            assert!(same(found.dof[row], expected.dof.unwrap_or(f64::NAN)), "row {row}: {}", found.dof[row]);
            // Degrees of freedom that rounding puts across an integer have another factor.
            if found.dof[row].is_nan() || (found.dof[row] - found.dof[row].round()).abs() > 1e-9 {
                assert!(same(found.factor[row], expected.coverage.factor), "row {row}");
                assert!(same(found.expanded[row], expected.expanded_uncertainty()), "row {row}");
            }
            for line in &expected.budget.lines {
                assert!(same(found.contributions[line.input][row].abs(), line.contribution), "row {row}");
            }
            assert_eq!(found.flags[row].contains(Flags::CURVED), expected.curved, "row {row}");
        }
    }
    [Flags::CURVED, Flags::DOF].map(|flag| results.outputs[0].count(flag))
}

#[test]
fn rows_are_what_one_measurement_at_a_time_gives() {
    let [curved, without_dof] = assert_as_one_by_one(&impedance(), None, &[vec![0, 1]]);
    assert!(curved > 100 && curved < ROWS - 100, "{curved}");
    assert_eq!(without_dof, ROWS, "the phase is correlated with an ensemble that it is not of");
}

#[test]
fn ensembles_and_coefficients_vary_by_row() {
    let together: Vec<RowInput> = impedance().into_iter().map(|input| input.with_dof(Given::Column(6))).collect();
    assert_eq!(assert_as_one_by_one(&together, None, &[vec![0, 1, 2]])[1], 0);
    assert_eq!(assert_as_one_by_one(&together, Some(7), &[vec![2, 0, 1]])[1], 0);
    let exact: Vec<RowInput> =
        together.into_iter().map(|input| input.with_dof(Given::Constant(f64::INFINITY))).collect();
    assert_eq!(assert_as_one_by_one(&exact, None, &[])[1], 0);
}

/// Three quantities can't have a common coefficient below −½: the variance of their sum is then negative.
#[test]
fn coefficients_that_no_quantities_have_are_flagged() {
    let sum = Formula::<3, 1>(|[a, b, c]| [a + b + c]);
    let input = RowInput::column(0, Uncertainty::standard(Given::Constant(1.0)));
    let rows = Rows::new(&sum, vec![input; 3], &Correlation::none(3), &Settings::default()).unwrap();
    let rows = rows.with_coefficients(0, 1, 1).with_coefficients(0, 2, 1).with_coefficients(1, 2, 1);
    let found = run(&rows, &[&[1.0; 5], &[0.5, -0.5, -0.9, 1.5, f64::NAN]]).outputs.remove(0);
    assert_eq!(found.standard_uncertainty[..2], [6.0_f64.sqrt(), 0.0]);
    assert_eq!(found.flags[..2], [Flags::default(), Flags::EXACT]);
    assert_eq!(found.flags[2..], [Flags::UNCERTAINTY; 3]);
}

#[test]
fn rows_do_not_see_how_the_table_is_cut() {
    let (columns, correlation) = (columns(), Correlation::of_pairs(3, &PAIRS).unwrap());
    let rows = Rows::new(&IMPEDANCE, impedance(), &correlation, &Settings::default()).unwrap();
    let whole = run(&rows, &slices(&columns));
    let mut worker = rows.worker();
    let mut part = RowResults::default();
    for range in [0..1, 1..1025, 1025..1500, 1500..ROWS] {
        let cut: Vec<&[f64]> = columns.iter().map(|column| &column[range.clone()]).collect();
        worker.propagate(&cut, &mut part).unwrap();
        for (part, whole) in part.outputs.iter().zip(&whole.outputs) {
            let bits = |column: &[f64]| column.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&part.standard_uncertainty), bits(&whole.standard_uncertainty[range.clone()]));
            assert_eq!(bits(&part.expanded), bits(&whole.expanded[range.clone()]));
            assert_eq!(part.flags, whole.flags[range.clone()]);
        }
    }
}

#[test]
fn a_row_that_has_no_result_does_not_stop_the_rest() {
    let ratio = Formula::<2, 1>(|[a, b]| [a / b]);
    let columns: [&[f64]; 3] =
        [&[1.0, 1.0, 0.0, f64::NAN, 1.0], &[2.0, 0.0, 2.0, 2.0, 4.0], &[0.1, 0.1, 0.1, 0.1, -0.1]];
    let inputs = vec![
        RowInput::column(0, Uncertainty::relative(Given::Constant(0.01))),
        RowInput::column(1, Uncertainty::standard(Given::Column(2))),
    ];
    let rows = Rows::new(&ratio, inputs, &Correlation::none(2), &Settings::default()).unwrap();
    let quotient = run(&rows, &columns).outputs.remove(0);
    let words: Vec<Vec<&str>> = quotient.flags.iter().map(|flags| flags.words().collect()).collect();
    assert_eq!(words[0], ["second-order"]);
    assert_eq!(words[1], ["no-value", "no-uncertainty"]);
    assert!(words[2].contains(&"exact"));
    assert_eq!(words[3], ["no-value", "no-uncertainty"]);
    assert_eq!(words[4], ["no-uncertainty"]);
    assert!((quotient.standard_uncertainty[0] - 0.005_f64.hypot(0.025)).abs() < 1e-16);
    assert_eq!((quotient.count(Flags::VALUE), quotient.count(Flags::UNCERTAINTY)), (2, 3));
}

#[test]
fn degrees_of_freedom_below_one_leave_no_factor_when_truncated() {
    let twice = Formula::<1, 1>(|[a]| [a + a]);
    let inputs = vec![RowInput::column(0, Uncertainty::standard(Given::Constant(0.1))).with_dof(Given::Column(1))];
    let rows = Rows::new(&twice, inputs, &Correlation::none(1), &Settings::default()).unwrap();
    let found = run(&rows, &[&[1.0; 3], &[0.5, -1.0, 1.0]]).outputs.remove(0);
    assert_eq!(found.flags, [Flags::FACTOR, Flags::DOF, Flags::default()]);
}

#[test]
fn tables_that_do_not_fit_are_refused() {
    let correlation = Correlation::none(3);
    let rows = Rows::new(&IMPEDANCE, impedance(), &correlation, &Settings::default()).unwrap();
    let refused = |columns: &[&[f64]]| rows.worker().propagate(columns, &mut RowResults::default()).unwrap_err();
    assert_eq!(refused(&[&[1.0]]), RowsError::Column { column: 6, columns: 1 });
    let uneven: [&[f64]; 7] = [&[1.0, 2.0], &[1.0, 2.0], &[1.0], &[1.0, 2.0], &[1.0, 2.0], &[1.0, 2.0], &[1.0, 2.0]];
    assert_eq!(refused(&uneven), RowsError::Length { column: 2, found: 1, wanted: 2 });
    let settings = Settings { probability: 95.0, ..Settings::default() };
    assert!(Rows::new(&IMPEDANCE, impedance(), &correlation, &settings).is_err());
    assert!(Rows::new(&IMPEDANCE, impedance(), &Correlation::none(2), &Settings::default()).is_err());
    assert!(Rows::new(&IMPEDANCE, impedance()[..2].to_vec(), &Correlation::none(2), &Settings::default()).is_err());
    let rows = Rows::new(&IMPEDANCE, impedance(), &correlation, &Settings::default()).unwrap();
    assert_eq!(rows.with_ensembles(&[vec![1, 2]]).err(), Some(RowsError::UnevenEnsemble(1, 2)));
}
