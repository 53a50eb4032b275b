//! Measurands on the command line: documents, tables of rows, and what is wrong with either.

use crate::workbench::Workbench;

const SINGLE: &str = "model = \"R [ohm] = V / I\"\n[input.V]\nunit = \"V\"\nvalue = 5\nstandard_uncertainty = 0.01\n\
    [input.I]\nunit = \"mA\"\nvalue = 20\nstandard_uncertainty = 0.05\n";

/// The same with the current in a table.
fn by_rows() -> String {
    SINGLE.replace("value = 20", "column = \"i\"").replace("standard_uncertainty = 0.05", "u_column = \"u\"")
}

/// The cells of a row of a document in CSV.
fn cells(document: &str, row: usize) -> Vec<&str> {
    document.lines().nth(1 + row).unwrap().split(',').collect()
}

#[test]
fn a_measurand_is_evaluated_budgeted_and_drawn() {
    let bench = Workbench::new();
    bench.put("r.toml", SINGLE);
    let said = bench.run("uncertainty evaluate r.toml --format csv").exits(0).out();
    let found = cells(&said, 0);
    let number = |place: usize| found[place].parse::<f64>().unwrap();
    assert_eq!((found[0], found[1], found[4], found[8]), ("r", "R", "", "ohm"));
    assert!((number(2) / 250.0 - 1.0).abs() < 1e-14);
    assert!((number(3) / 250.0 - 0.002_f64.hypot(0.0025)).abs() < 1e-15);
    bench.run("uncertainty budget r.toml").exits(0).prints(&["R", "normal", "mA"]);
    bench.run("uncertainty monte-carlo r.toml --trials 1e5 --format csv").exits(0).prints(&["r,R,ohm,", ",trials,"]);
    bench.run("uncertainty output-covariance r.toml --format csv").exits(0).prints(&["r,R,R,"]);
}

#[test]
fn rows_of_a_table_are_propagated_and_those_without_a_value_told() {
    let bench = Workbench::new();
    bench.put("m.toml", by_rows()).put("t.csv", "name,i [A],u\na,0.02,0.05\nb,0,0.05\nc,,0.05\nd,0.02,-1\n");
    let said = bench.run("uncertainty propagate t.csv --measurand m.toml --id name --format csv").exits(1);
    let said = said.says(&[
        "failure [no-value] rows 1 to 4: 2 of 4 rows are flagged `no-value` in `R`",
        "failure [no-uncertainty] rows 1 to 4: 3 of 4 rows are flagged `no-uncertainty` in `R`",
    ]);
    let out = said.out();
    let single = bench.put("r.toml", SINGLE).run("uncertainty evaluate r.toml --format csv").exits(0).out();
    let near = |a: &str, b: &str| a.parse::<f64>().unwrap() / b.parse::<f64>().unwrap() - 1.0;
    assert!(near(cells(&out, 0)[3], cells(&single, 0)[3]).abs() < 1e-13);
    assert_eq!(cells(&out, 0)[9], "");
    let kept = "uncertainty propagate t.csv --measurand m.toml --keep flagged --format csv";
    let kept = bench.run(kept).exits(1).out();
    assert_eq!([0, 1, 2].map(|row| cells(&kept, row)[0]), ["1", "2", "3"]);
    assert!(cells(&kept, 0)[9].contains("no-value no-uncertainty"));
}

#[test]
fn what_is_wrong_with_a_measurand_ends_with_2_and_its_line() {
    let bench = Workbench::new();
    bench.put("r.toml", SINGLE.replace("V / I", "V / J")).put("m.toml", by_rows()).put("t.csv", "i [mV],u\n2,3\n");
    let said = bench.run("uncertainty evaluate r.toml").exits(2).prints_nothing();
    said.says(&["r.toml, line 1: `J` is neither an input"]);
    bench
        .run("uncertainty evaluate m.toml")
        .exits(2)
        .says(&["m.toml, line 6: [input.I] takes a number from the column `i`"]);
    bench.run("uncertainty propagate t.csv --measurand none.toml").exits(2).says(&["read the measurand `none.toml`"]);
    bench.run("uncertainty propagate t.csv --measurand m.toml").exits(1).says(&["convert `mV` to `mA`"]);
    bench.put("r.toml", SINGLE).run("uncertainty monte-carlo r.toml --digits 7").exits(2).says(&["`digits` is 7"]);
}
