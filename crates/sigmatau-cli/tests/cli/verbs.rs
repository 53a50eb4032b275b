//! Every verb: data to standard output, everything else to standard error, and the exit code.

use crate::workbench::{Said, Workbench, lines, phase};
use sigmatau_data::read_table;

const CLOCK: &str = "--kind phase --unit s --tau0 1";

/// A folder with a text file of one clock.
fn bench() -> Workbench {
    let bench = Workbench::new();
    bench.put("maser.phd", lines(&phase(0, 500)));
    bench
}

/// Runs the demonstration pipeline, small.
fn ran() -> Workbench {
    let bench = Workbench::new();
    let pipeline = "title = \"Clocks\"\n[dataset.clocks]\nrecipe = \"clocks\"\npoints = 1000\n\
                    [[step]]\nname = \"stability\"\nop = \"stability\"\ndataset = \"clocks\"\n\
                    [[publish]]\nformat = \"html\"\n";
    bench.put("clocks.toml", pipeline);
    bench.run("run clocks.toml").exits(0).says(&["warning [outlier] rubidium-3"]);
    bench
}

fn series(said: &Said) -> Vec<String> {
    let first = |line: &str| line.split(',').next().unwrap_or_default().to_owned();
    let mut names: Vec<String> = said.out().lines().skip(1).map(first).collect();
    names.dedup();
    names
}

#[test]
fn run_writes_records_and_documents_and_prints_where() {
    let bench = ran();
    let said = bench.run("run clocks.toml --out again --quiet").exits(0);
    assert_eq!(said.err, "");
    let said = said.prints(&["Clocks\n", "rows in again/records/stability.parquet", "document   again/report.html"]);
    assert!(said.out().contains("0 failures"));
    assert_eq!(bench.bytes("again/records/stability.parquet"), bench.bytes("runs/clocks/records/stability.parquet"));
}

#[test]
fn run_replaces_values_by_set() {
    let bench = ran();
    bench
        .run("run clocks.toml --out b --set step.stability.tau=1,4 --set dataset.clocks.members=2 --quiet")
        .exits(0)
        .prints(&["12 rows in b/records/stability.parquet"]);
}

#[test]
fn check_prints_the_plan_and_writes_nothing() {
    let bench = ran();
    let before = bench.files();
    let said = bench.run("check clocks.toml --set step.stability.confidence=0.9").exits(0);
    said.prints(&["dataset clocks: recipe clocks, 12 clocks of 1000 points", "confidence = 0.9", "publish html"]);
    assert_eq!(bench.files(), before);
}

#[test]
fn stability_prints_a_table_by_default() {
    let said = bench().run(&format!("stability maser.phd {CLOCK} --estimator oadev,mdev --tau 1,10")).exits(0);
    let said = said.prints(&["oadev", "mdev", "white PM", "greenhall-riley"]);
    assert_eq!(said.err, "");
}

#[test]
fn stability_writes_every_format_to_a_file_or_to_standard_output() {
    let bench = bench();
    for (format, begins) in
        [("table", "series"), ("csv", "series,estimator"), ("json", "{"), ("parquet", "PAR1"), ("html", "<!")]
    {
        let printed = bench.run(&format!("stability maser.phd {CLOCK} --format {format}")).exits(0);
        assert!(printed.out.starts_with(begins.as_bytes()), "{format}: {}", printed.out());
        let said = bench.run(&format!("stability maser.phd {CLOCK} --format {format} -o result.{format}")).exits(0);
        said.prints_nothing();
        assert_eq!(bench.bytes(&format!("result.{format}")), printed.out, "{format}");
    }
    let json: serde_json::Value = serde_json::from_slice(&bench.bytes("result.json")).unwrap();
    assert!(json.to_string().contains("\"blake3\":"), "{json}");
}

#[test]
fn stability_takes_every_way_to_name_averaging_times() {
    let bench = bench();
    let factors = |tau: &str| -> Vec<String> {
        let said = bench.run(&format!("stability maser.phd {CLOCK} -e adev --tau {tau} --format csv")).exits(0);
        said.out().lines().skip(1).map(|line| line.split(',').nth(3).unwrap().to_owned()).collect()
    };
    assert_eq!(factors("octave"), ["1", "2", "4", "8", "16", "32", "64"]);
    assert_eq!(factors("decade"), ["1", "2", "4", "10", "20", "40", "100"]);
    assert_eq!(factors("1,3,10"), ["1", "3", "10"]);
    assert_eq!(factors("log:2"), ["1", "3", "10", "32", "100"]);
    assert_eq!(factors("all").len(), 100);
}

#[test]
fn stability_reads_several_files_and_folders() {
    let bench = bench();
    bench.put("day/rubidium.phd", lines(&phase(1, 300))).put("day/.hidden", "not a clock");
    let said = bench.run(&format!("stability maser.phd day {CLOCK} --tau 1 --format csv")).exits(0);
    assert_eq!(series(&said), ["maser", "rubidium"]);
}

/// One clock as time error, as angles and as beat notes of a signal of 10 MHz.
#[test]
fn angles_and_offsets_in_hertz_give_the_deviation_of_the_time_error() {
    let bench = Workbench::new();
    let x = phase(0, 500);
    let scaled = |factor: f64| lines(&x.iter().map(|x| x * factor).collect::<Vec<_>>());
    bench.put("s.txt", lines(&x));
    bench.put("deg.txt", scaled(360.0 * 10e6));
    bench.put("beat.txt", scaled(1e6));
    bench.put("ratio.txt", scaled(0.1));
    let of = |arguments: &str| {
        let said =
            bench.run(&format!("stability {arguments} --tau0 1 --estimator oadev --tau 4 --format csv")).exits(0);
        let row = said.out().lines().nth(1).unwrap().split(',').map(str::to_owned).collect::<Vec<_>>();
        row[4].parse::<f64>().unwrap()
    };
    let near = |a: f64, b: f64| assert!((a / b - 1.0).abs() < 1e-9, "{a} {b}");
    near(of("deg.txt --unit deg --nominal 10e6"), of("s.txt --unit s"));
    near(of("beat.txt --unit Hz --nominal 10e6 --hertz offset"), of("ratio.txt --unit 1"));
    let refused = bench.run("stability deg.txt --unit deg --tau0 1").exits(2).prints_nothing();
    refused.says(&["it is in `deg`, and x = φ/(2π ν₀) needs the nominal frequency; state `nominal`"]);
    bench.run("stability beat.txt --unit Hz --nominal 10e6 --hertz ofset --tau0 1").exits(2).says(&["`offset`"]);
}

#[test]
fn series_of_one_name_in_several_files_are_remarked() {
    let bench = bench();
    bench.put("day/maser.phd", lines(&phase(1, 300)));
    let said = bench.run(&format!("stability maser.phd day {CLOCK} --tau 1")).exits(0);
    said.says(&["warning [same-name]", "`maser`"]);
}

const RINEX: &str = "\
     3.00           C                   G                   RINEX VERSION / TYPE
   GPS                                                      TIME SYSTEM ID
                                                            END OF HEADER
AS G01  2020 06 25 00 00  0.000000  1   1.0e-04
AS G02  2020 06 25 00 00  0.000000  1   2.0e-04
AS G01  2020 06 25 00 00 30.000000  1   1.1e-04
AS G02  2020 06 25 00 00 30.000000  1   2.1e-04
AS G01  2020 06 25 00 01  0.000000  1   1.3e-04
AS G02  2020 06 25 00 01  0.000000  1   2.3e-04
";

#[test]
fn import_reads_laboratory_files_into_a_table() {
    let bench = bench();
    bench.put("day.clk", RINEX);
    bench.run("import rinex-clk day.clk -o clocks.parquet").exits(0).prints(&["6 rows in clocks.parquet"]);
    let table = read_table(&bench.path("clocks.parquet")).unwrap();
    assert_eq!(table.texts("series").unwrap(), ["G01", "G01", "G01", "G02", "G02", "G02"]);
    bench.run("import auto day.clk -o same.parquet").exits(0);
    assert_eq!(bench.bytes("clocks.parquet"), bench.bytes("same.parquet"));
    bench.run("import auto maser.phd --tau0 1 -o maser.parquet").exits(0).prints(&["500 rows"]);
    bench.run("stability maser.parquet --tau 1").exits(0).prints(&["maser"]);
}

#[test]
fn import_joins_days_series_by_series() {
    let bench = Workbench::new();
    bench.put("1.clk", RINEX).put("2.clk", RINEX.replace("06 25", "06 26"));
    bench.run("import rinex-clk 2.clk 1.clk -o both.parquet").exits(0).prints(&["12 rows"]);
    let table = read_table(&bench.path("both.parquet")).unwrap();
    let rows: Vec<_> = table.texts("series").unwrap().iter().zip(table.integers("time").unwrap()).collect();
    assert!(rows.is_sorted(), "{rows:?}");
    bench.run("inspect both.parquet").exits(0).prints(&["12 rows"]);
}

#[test]
fn import_leaves_out_a_file_it_cannot_read_and_goes_on() {
    let bench = Workbench::new();
    bench.put("1.clk", RINEX).put("2.clk", "Dear colleague,\n");
    let said = bench.run("import rinex-clk 1.clk 2.clk -o one.parquet").exits(1).prints(&["6 rows"]);
    let said = said.says(&["failure [unreadable] 2.clk: failed to import `2.clk`"]);
    assert_eq!(said.err.matches("unreadable").count(), 1, "{}", said.err);
    bench.run("import rinex-clk 2.clk -o none.parquet").exits(2).says(&["error: failed to import `2.clk`"]);
    assert!(!bench.has("none.parquet"));
}

#[test]
fn generate_writes_a_table_and_the_manifest_that_describes_it() {
    let bench = Workbench::new();
    let said = bench.run("generate clocks -o demo --points 300 --members 13 --seed 7").exits(0);
    said.prints(&["demo/clocks.parquet\n", "demo/dataset.toml\n"]).says(&["planted: "]);
    assert_eq!(
        read_table(&bench.path("demo/clocks.parquet")).unwrap().texts("series").unwrap().last().unwrap(),
        "rubidium-3"
    );
    bench.run("stability demo --tau 1 --format csv").exits(0).prints(&["maser-1.2,oadev,"]);
    let table = bench.bytes("demo/clocks.parquet");
    bench.run("generate clocks -o again --points 300 --members 13 --seed 7").exits(0);
    assert_eq!(bench.bytes("again/clocks.parquet"), table);
    bench.put("demo/clocks.parquet", &table[..table.len() - 1]);
    bench.run("stability demo/dataset.toml").exits(2).says(&["its BLAKE3 hash is"]);
}

#[test]
fn inspect_shows_what_a_table_and_a_record_hold() {
    let bench = ran();
    let said = bench.run("inspect runs/clocks/records/stability.parquet").exits(0);
    said.prints(&["record stability/1 of step stability", "blake3", "deviation", "tau_s", "in 1 row groups"]);
    bench.run("generate clocks -o demo --points 300").exits(0);
    bench.run("inspect demo/clocks.parquet").exits(0).prints(&[
        "caesium-1",
        "scaled whole numbers",
        "DELTA_BINARY_PACKED",
    ]);
}

#[test]
fn publish_makes_documents_in_both_languages_and_computes_nothing() {
    let bench = ran();
    let record = bench.bytes("runs/clocks/records/stability.parquet");
    let said = bench.run("publish runs/clocks --format html,csv,json,parquet -o en").exits(0);
    said.prints(&["en/report.html\n", "en/stability.csv\n", "en/stability.json\n", "en/stability.parquet\n"]);
    assert_eq!(bench.text("en/report.html"), bench.text("runs/clocks/report.html"));
    assert_eq!(bench.bytes("en/stability.parquet"), record);
    bench.run("publish runs/clocks --language zh -o zh").exits(0);
    assert!(bench.text("zh/report.html").contains("lang=\"zh"));
    assert_ne!(bench.text("zh/report.html"), bench.text("en/report.html"));
}

#[test]
fn list_shows_every_table_of_names() {
    let bench = Workbench::new();
    for (table, entry) in [
        ("estimators", "oadev"),
        ("formats", "html"),
        ("importers", "rinex-clk"),
        ("methods", "h1"),
        ("consensus", "mandel-paule"),
        ("ops", "confidence"),
        ("rules", "guarded-acceptance"),
        ("recipes", "clocks"),
        ("regularisations", "tikhonov"),
        ("schemas", "stability/1"),
    ] {
        let said = bench.run(&format!("list {table}")).exits(0).prints(&[entry]);
        assert_eq!(said.err, "", "{table}");
    }
}

#[test]
fn completions_are_written_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        Workbench::new().run(&format!("completions {shell}")).exits(0).prints(&["sigmatau", "stability"]);
    }
}

#[test]
fn help_is_short_or_long_and_goes_to_standard_output() {
    let bench = Workbench::new();
    for verb in ["", "run", "check", "stability", "import", "generate", "inspect", "publish", "list", "completions"] {
        let (short, long) = (bench.run(&format!("{verb} -h")).exits(0), bench.run(&format!("{verb} --help")).exits(0));
        assert!(short.out.len() <= long.out.len() && short.err.is_empty() && long.err.is_empty(), "{verb}");
    }
    bench.run("stability --help").prints(&["Example: sigmatau stability", "in seconds"]);
    bench.run("--version").exits(0).prints(&["sigmatau 0."]);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let bench = bench();
    let said = bench.shell(&format!("\"$SIGMATAU\" stability maser.phd {CLOCK} --tau all --format csv | head -1"));
    assert_eq!(said.exits(0).err, "");
}

#[test]
fn progress_is_quiet_unless_standard_error_is_a_terminal() {
    let bench = ran();
    let said = bench.run("run clocks.toml --out b").exits(0);
    assert!(!said.err.contains('█') && !said.err.contains('\u{1b}'), "{}", said.err);
    let said = bench.run("generate clocks -o demo").exits(0);
    assert!(said.err.lines().all(|line| line.starts_with("planted: ")), "{}", said.err);
}
