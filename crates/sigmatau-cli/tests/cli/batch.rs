//! Trouble in data: a clear message, a finding where the rest can go on, and the rest done.

use crate::workbench::{Said, Workbench, lines, noise, phase};
use sigmatau_core::Unit;
use sigmatau_data::{Column, Table};

const CLOCK: &str = "--kind phase --unit s --tau0 1 --estimator oadev --format csv";

/// Analyses one text file.
fn analysed(content: &str) -> Said {
    let bench = Workbench::new();
    bench.put("clock.txt", content);
    bench.run(&format!("stability clock.txt {CLOCK}"))
}

fn rows(said: &Said) -> usize {
    said.out().lines().count() - 1
}

fn second(unit: &str) -> Unit {
    Unit::parse(unit).unwrap()
}

fn column(name: &str, values: Vec<f64>) -> Column {
    Column::float(name, Unit::SECOND, values)
}

#[test]
fn an_empty_file_is_refused() {
    analysed("").exits(2).prints_nothing().says(&["clock.txt", "it is empty"]);
    let bench = Workbench::new();
    bench.put("clock.parquet", "");
    bench.run("stability clock.parquet").exits(2).prints_nothing().says(&["`clock.parquet`: it is empty"]);
}

#[test]
fn one_point_is_not_assessable() {
    let said = analysed("1e-9\n").exits(1).says(&["failure [too-short] clock: the record has 1 phase points"]);
    assert_eq!(rows(&said), 0);
}

#[test]
fn missing_points_alone_are_not_assessable() {
    let said = analysed(&"nan\n".repeat(50)).exits(1).says(&["failure [no-data] clock: all 50 points are missing"]);
    assert_eq!(rows(&said), 0);
}

#[test]
fn points_without_neighbours_are_assessed_at_longer_averaging_times() {
    let said = analysed(&"1e-9\nnan\n3e-9\nnan\n2e-9\nnan\n".repeat(9)).exits(0).says(&["warning [sparse] clock: "]);
    assert!(said.out().lines().nth(1).unwrap().starts_with("clock,oadev,2.0,2,"), "{}", said.out());
}

#[test]
fn points_of_which_no_three_are_evenly_spaced_are_a_failure() {
    let said = analysed("1e-9\n2e-9\nnan\n1e-9\n").exits(1).says(&["failure [no-term] clock: no estimator has a term"]);
    assert_eq!(rows(&said), 0);
}

#[test]
fn a_constant_series_is_a_failure() {
    analysed(&"5e-9\n".repeat(50)).exits(1).says(&["failure [constant] clock: every second difference is exactly 0"]);
}

#[test]
fn a_time_of_day_in_place_of_a_phase_is_never_a_silent_zero() {
    let shifted = |offset: f64| lines(&phase(0, 500).iter().map(|x| x + offset).collect::<Vec<_>>());
    analysed(&shifted(1.7e9)).exits(1).says(&["failure [constant] clock: ", "1.7e9 s"]);
    analysed(&shifted(1e6)).exits(0).says(&["warning [resolution] clock: "]);
}

#[test]
fn a_wrong_unit_is_refused() {
    let bench = Workbench::new();
    bench.put("clock.txt", lines(&phase(0, 50)));
    bench.run("stability clock.txt --kind phase --unit V --tau0 1").exits(2).says(&["phase can't be in `V`"]);
    let volts = Column::float("phase", second("V"), phase(0, 50));
    bench.put_table("clock.parquet", &Table::new(vec![volts]).unwrap());
    bench.run("stability clock.parquet --tau0 1").exits(2).prints_nothing().says(&["`V`", "clock.parquet"]);
}

#[test]
fn an_unknown_column_is_refused_with_the_nearest() {
    let bench = Workbench::new();
    bench.put_table("clock.parquet", &Table::new(vec![column("maser", phase(0, 50))]).unwrap());
    let said = bench.run("stability clock.parquet --tau0 1 --value mazer").exits(2).prints_nothing();
    said.says(&["read column `mazer` of `clock.parquet`: there is no such column; did you mean `maser`"]);
}

/// Three files, of which the second is cut off.
fn three_files() -> Workbench {
    let bench = Workbench::new();
    for (number, name) in ["a", "b", "c"].into_iter().enumerate() {
        let names = Column::text("series", vec![name.to_owned(); 3000]);
        let table = Table::new(vec![names, column("phase", phase(number as u64, 3000))]);
        bench.put_table(&format!("{name}.parquet"), &table.unwrap());
    }
    let whole = bench.bytes("b.parquet");
    bench.put("b.parquet", &whole[..whole.len() / 2]);
    bench
}

#[test]
fn a_truncated_file_alone_is_refused() {
    let said = three_files().run("stability b.parquet --tau0 1").exits(2).prints_nothing();
    said.says(&["read `b.parquet`: it is truncated or damaged", "copy or write it again"]);
}

#[test]
fn a_truncated_file_among_others_is_a_finding() {
    let said = three_files().run(&format!("stability a.parquet b.parquet c.parquet {CLOCK} --tau 1")).exits(1);
    let said = said.says(&["failure [unreadable] b.parquet: failed to read `b.parquet`: it is truncated"]);
    said.prints(&["\na,oadev", "\nc,oadev"]);
}

/// The footer is whole and the pages are not: this shows only while a unit is read.
#[test]
fn a_damaged_page_is_a_finding_about_its_series() {
    let bench = three_files();
    let whole = bench.bytes("c.parquet");
    let mut failures = 0;
    for place in (4..whole.len() * 3 / 4).step_by(whole.len() / 23) {
        let mut damaged = whole.clone();
        damaged[place..place + 4].fill(0xff);
        bench.put("c.parquet", damaged);
        let said = bench.run(&format!("stability a.parquet c.parquet {CLOCK} --tau 1")).prints(&["\na,oadev"]);
        assert!(said.code == Some(0) || said.code == Some(1), "{place}: {}", said.err);
        failures += usize::from(said.err.contains("failure [unreadable] c"));
    }
    assert!(failures > 0);
}

/// The decoder panics on some of these; what it prints then is not for the person.
#[test]
fn a_panic_of_the_decoder_is_told_as_damage_and_in_no_other_words() {
    let bench = three_files();
    let whole = bench.bytes("c.parquet");
    let schema = b"ARROW:schema";
    let start = whole.windows(schema.len()).position(|word| word == schema).unwrap() + 40;
    let mut caught = 0;
    for place in start..whole.len() - 8 {
        let mut damaged = whole.clone();
        damaged[place] ^= 1 << (place % 8);
        bench.put("c.parquet", damaged);
        let said = bench.run("inspect c.parquet");
        assert!(!said.err.contains("panicked"), "{place}: {}", said.err);
        caught += usize::from(said.err.contains("its parts contradict each other"));
    }
    assert!(caught > 0, "no panic was met");
}

#[test]
fn a_line_that_is_no_number_is_told_with_its_number() {
    let text = lines(&phase(0, 100)).replacen('\n', "\n# a comment\n12;3x\n", 1);
    let said = analysed(&text).exits(0).says(&["warning [bad-line] clock.txt, line 3: `12;3x` can't be read"]);
    assert!(rows(&said) > 3);
}

fn tagged(times: impl Iterator<Item = usize>) -> String {
    times.zip(noise(0, 1000)).map(|(time, x)| format!("{time} {:e}\n", 1e-9 * x)).collect()
}

#[test]
fn time_tags_that_go_backwards_or_repeat_are_told() {
    let backwards = (0..100).chain(40..60).chain(100..200);
    let said = analysed(&tagged(backwards)).exits(0);
    said.says(&[
        "warning [order] clock.txt: clock: 1 points come before",
        "warning [duplicate] clock.txt: clock: 20 points",
    ]);
    let table = Table::new(vec![
        Column::integer("time", second("s"), vec![0, 1, 2, 2, 3, 5, 4, 6, 7, 8]),
        column("phase", phase(0, 10)),
    ]);
    let bench = Workbench::new();
    bench.put_table("clock.parquet", &table.unwrap());
    let said = bench.run("stability clock.parquet --tau 1").exits(0);
    said.says(&["warning [time-repeated] phase: ", "warning [time-backward] phase: "]);
}

#[test]
fn an_averaging_time_off_the_grid_is_left_out_and_told() {
    let bench = Workbench::new();
    bench.put("clock.txt", lines(&phase(0, 100)));
    let said = bench.run(&format!("stability clock.txt {CLOCK} --tau 1,2.5,1000")).exits(1);
    let said =
        said.says(&["failure [tau-off-grid] clock: oadev: 2.5 s is no multiple", "failure [tau-too-long] clock: "]);
    assert_eq!(rows(&said), 1);
}

#[test]
fn findings_reach_the_record_and_the_report() {
    let bench = three_files();
    bench.put("empty.phd", "").put("single.phd", "1e-9\n");
    bench.put(
        "p.toml",
        "[dataset.all]\npath = [\"a.parquet\", \"b.parquet\", \"empty.phd\", \"single.phd\"]\ntau0 = 1\n\
         [[step]]\nname = \"s\"\nop = \"stability\"\ndataset = \"all\"\n[[publish]]\nformat = \"html\"\n",
    );
    bench.run("run p.toml").exits(1).prints(&["3 failures"]);
    let findings = sigmatau_data::read_table(&bench.path("runs/p/records/s.findings.parquet")).unwrap();
    let codes = findings.texts("code").unwrap();
    assert_eq!(codes.iter().filter(|code| *code == "unreadable").count(), 2, "{codes:?}");
    let report = bench.text("runs/p/report.html");
    assert!(report.contains("b.parquet") && report.contains("too-short"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_devices_are_left_alone() {
    use std::os::unix::fs::FileTypeExt;
    let bench = Workbench::new();
    bench.put("clock.phd", lines(&phase(0, 100)));
    for words in ["stability clock.phd --tau0 1 -o /dev/full", "import auto clock.phd --tau0 1 -o /dev/full"] {
        bench.run(words).exits(2).prints_nothing().says(&["`/dev/full`", "free some space or choose another disk"]);
    }
    assert!(std::fs::metadata("/dev/full").unwrap().file_type().is_char_device());
    bench
        .shell("\"$SIGMATAU\" list estimators > /dev/full")
        .exits(2)
        .says(&["write to standard output: No space left"]);
    assert_eq!(bench.files(), ["clock.phd"]);
}

/// A limit on the size of files, inherited, stands for a full disk. The signal it sends is ignored.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_no_half_written_table() {
    let bench = Workbench::new();
    bench
        .shell("trap '' XFSZ; ulimit -f 16; \"$SIGMATAU\" generate clocks -o demo")
        .exits(2)
        .says(&["demo/clocks.parquet"]);
    assert!(bench.files().is_empty(), "{:?}", bench.files());
}
