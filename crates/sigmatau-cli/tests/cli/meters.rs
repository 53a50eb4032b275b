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

/// Two areas, whose lots and sites are followed from readings to routes of replacement.
fn district() -> Workbench {
    let bench = Workbench::new();
    bench.run("generate meters --members 2 --points 8 --output d").exits(0);
    bench
        .run("meters assess --readings d/readings.parquet --meters d/meters.parquet --master-u 0.5 --limit 1 --format parquet -o a.parquet");
    bench
}

/// The cells of the column of this name.
fn column(csv: &str, name: &str) -> Vec<String> {
    let mut lines = csv.lines().filter(|line| !line.starts_with('#'));
    let is_name = |head: &str| head.split(' ').next() == Some(name);
    let place = lines.next().unwrap().split(',').position(is_name).expect("the column is there");
    lines.map(|line| line.split(',').nth(place).unwrap_or_default().to_owned()).collect()
}

#[test]
fn lots_are_graded_and_get_a_plan_and_meters_a_state_and_a_visit() {
    let bench = district();
    let grade = "meters grade a.parquet --meters d/meters.parquet --master-u 0.5 --limit 1 --least 5 --acceptable 0.9";
    let graded = bench.run(&format!("{grade} --format csv -o g.csv"));
    assert!(graded.code == Some(0), "{graded:?}");
    assert_eq!(column(&bench.text("g.csv"), "lot"), ["lot-0", "lot-1", "lot-2"]);
    bench.run(&format!("{grade} --format parquet -o g.parquet")).exits(0);
    let planned = bench.run("meters plan g.parquet --shares 0.08 --format csv").exits(0).out();
    assert_eq!(column(&planned, "plan"), ["attribute"; 3]);
    assert!(column(&planned, "p_accept").iter().all(|chance| chance.parse::<f64>().unwrap() <= 0.1), "{planned}");
    bench.put("s.toml", include_str!("../../../../datasets/demo-meters/states.toml"));
    let states =
        "meters states a.parquet --meters d/meters.parquet --grades g.parquet --scheme s.toml --limit 1 --format csv";
    let scored = bench.run(states).exits(0).says(&["nothing is known of the element `clock_s`"]).out();
    assert!(column(&scored, "state").contains(&"正常".to_owned()), "{scored}");
    let visits = bench.run("meters field-check a.parquet --visits 5 --format csv").exits(0).out();
    assert!(column(&visits, "priority").len() <= 5 && visits.contains("A0"), "{visits}");
    bench.run(&states.replace("s.toml", "none.toml")).exits(2).says(&["read the scheme of states in `none.toml`"]);
}

#[test]
fn lives_foretell_failures() {
    let bench = Workbench::new();
    let lives = "lot,until_years,failed,meters\nx,2,yes,3\nx,4,yes,5\nx,6,yes,9\nx,7,no,400\ny,7,no,100\n";
    let said = bench.put("l.csv", lives).run("meters lifetime l.csv --law weibull --years 2,4 --format csv").exits(0);
    let out = said.says(&["y: failed to fit lives with 0 failures"]).out();
    let expected: Vec<f64> = column(&out, "expected").iter().map(|cell| cell.parse().unwrap()).collect();
    assert!(expected.len() == 2 && expected[0] > 3.0 && expected[1] > 2.0 * expected[0], "{expected:?}");
}

#[test]
fn a_state_is_kept_and_asked() {
    let bench = district();
    let update = "meters update --readings d/readings.parquet --meters d/meters.parquet --master-u 0.5";
    bench.run(&format!("{update} --until 2026-07-08 --format parquet -o s1.parquet")).exits(0);
    let next = format!("{update} --from 2026-07-08 --state s1.parquet --format parquet -o s2.parquet");
    bench.run(&next).exits(0);
    let intervals = |name: &str| read_table(&bench.path(name)).unwrap().floats("intervals").unwrap().to_vec();
    assert_eq!((intervals("s1.parquet")[0], intervals("s2.parquet")[0]), (672.0, 768.0));
    let said = bench.run("meters reassess s2.parquet --meters d/meters.parquet --limit 1 --format csv");
    let errors = column(&said.out(), "error_pct");
    assert!(errors.iter().filter(|error| error.parse::<f64>().is_ok()).count() > 40, "{errors:?}");
    let said = bench.run(&next.replace("--state s1.parquet", "--change delete")).exits(2);
    said.says(&["deleted from a `state`, which is missing"]);
    bench.run(&format!("{update} --forget 2")).exits(2).says(&["no share above 0"]);
}
