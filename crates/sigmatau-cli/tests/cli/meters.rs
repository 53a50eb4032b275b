//! Meters in service: from readings to errors.

use crate::workbench::Workbench;
use sigmatau_data::read_table;
use std::collections::HashMap;

const ASSESS: &str = "meters assess --readings d/readings.parquet --meters d/meters.parquet --master-u 0.5 --limit 1";

fn drawn() -> Workbench {
    let bench = Workbench::new();
    assert_eq!(bench.run("generate meters --members 1 --points 20 --output d").code, Some(0));
    bench
}

#[test]
fn an_area_is_assessed_in_one_command_and_errors_are_near_the_truth() {
    let bench = drawn();
    let said = bench.run(&format!("{ASSESS} --solver gls --format csv -o out.csv"));
    assert_eq!(said.code, Some(0), "{said:?}");
    let text = bench.text("out.csv");
    let head = text.lines().find(|line| !line.starts_with('#')).unwrap();
    let named = "area,meter,error_pct,u_pct,u95_pct,p_conform,information,verdict,reason,energy_kwh,readings,onset";
    assert_eq!(head.split(',').map(|name| name.split(' ').next().unwrap()).collect::<Vec<_>>().join(","), named);
    let truth = read_table(&bench.path("d/truth.parquet")).unwrap();
    let errors = truth.texts("meter").unwrap().iter().zip(truth.floats("error_pct").unwrap());
    let errors: HashMap<&str, f64> = errors.map(|(meter, error)| (meter.as_str(), *error)).collect();
    let rows: Vec<Vec<&str>> =
        text.lines().filter(|line| line.starts_with("A0")).map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), errors.len() - 1, "one row for each meter but the master");
    let off = rows.iter().filter_map(|row| Some(row[2].parse::<f64>().ok()? - errors[row[1]]));
    let mut off: Vec<f64> = off.map(f64::abs).collect();
    off.sort_by(f64::total_cmp);
    assert!(off[off.len() / 2] < 1.0, "half of the errors are within {} % of the truth", off[off.len() / 2]);
}

#[test]
fn files_may_stand_without_a_flag_and_what_is_missing_is_told() {
    let bench = drawn();
    let with_flag = bench.run(&format!("{ASSESS} --format csv"));
    let without = bench.run(&format!("{} --format csv", ASSESS.replace("--readings ", "")));
    assert_eq!((with_flag.code, with_flag.out), (Some(0), without.out));
    let said = bench.run(&ASSESS.replace("--readings d/readings.parquet", ""));
    assert_eq!(said.code, Some(2), "{said:?}");
    let said = bench.run(&ASSESS.replace("--master-u 0.5", ""));
    assert!(said.code == Some(2) && format!("{said:?}").contains("master_u"), "{said:?}");
}
