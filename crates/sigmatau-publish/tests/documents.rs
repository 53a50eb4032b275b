//! What every document keeps: well-formed, self-contained, escaped, bounded, equal for equal input.

#[path = "demo/records.rs"]
mod records;

use records::{clock, fleet, laboratory, record, stability};
use roxmltree::{Document, Node, ParsingOptions};
use sigmatau_core::{Severity, Unit};
use sigmatau_data::schema::{Cell, Rows, equivalence};
use sigmatau_data::{Column, Record, Table};
use sigmatau_publish::{FORMATS, Format, Language, Publication, Remark, format, publish, publish_record};

const HOSTILE: &str = "<script>alert(\"1\")</script>&amp;'";

/// The formats that need nothing but a record; certificates have tests of their own.
fn plain_formats() -> impl Iterator<Item = &'static Format> {
    FORMATS.iter().copied().filter(|format| format.holds != format::Holds::Item)
}

fn bytes(name: &str, record: &Record) -> Vec<u8> {
    let mut out = Vec::new();
    publish_record(format::named(name).unwrap(), record, Language::English, &mut out).unwrap();
    out
}

fn published(name: &str, record: &Record) -> String {
    String::from_utf8(bytes(name, record)).unwrap()
}

fn page(publication: &Publication<'_>) -> String {
    let mut out = Vec::new();
    publish(format::named("html").unwrap(), publication, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Parses the page; it has to be well-formed.
fn parsed(html: &str) -> Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(html, options).unwrap()
}

fn elements<'a>(page: &'a Document<'a>, name: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    page.descendants().filter(move |node| node.tag_name().name() == name)
}

fn text(node: Node<'_, '_>) -> String {
    node.descendants().filter_map(|node| node.text().filter(|_| node.is_text())).collect()
}

/// Whole, missing, infinite and very small numbers, and words that need quotes.
fn awkward() -> Record {
    let table = Table::new(vec![
        Column::text("meter", vec!["a,b".into(), "say \"on\"".into(), String::new(), "line\nbreak".into()]),
        Column::integer("readings", Unit::ONE, vec![1, -2, 0, i64::MAX]),
        Column::float("error_pct", Unit::parse("%").unwrap(), vec![0.1 + 0.2, f64::NAN, f64::INFINITY, 1e-300]),
    ]);
    record("meters", "meter/1", table.unwrap())
}

#[test]
fn csv_quotes_words_and_leaves_missing_numbers_empty() {
    let wanted = "meter,readings,error_pct\r\n\
                  \"a,b\",1,0.30000000000000004\r\n\
                  \"say \"\"on\"\"\",-2,\r\n\
                  ,0,inf\r\n\
                  \"line\nbreak\",9223372036854775807,1e-300\r\n";
    assert_eq!(published("csv", &awkward()), wanted);
}

#[test]
fn json_says_header_units_and_rows() {
    let document: serde_json::Value = serde_json::from_str(&published("json", &awkward())).unwrap();
    assert_eq!(document["header"]["schema"], "meter/1");
    assert_eq!(document["columns"]["error_pct"]["unit"], "%");
    assert!(document["columns"]["meter"]["unit"].is_null());
    assert_eq!(document["rows"][0]["error_pct"], 0.1 + 0.2);
    assert!(document["rows"][1]["error_pct"].is_null());
    assert_eq!(document["rows"][2]["error_pct"], "inf");
    assert_eq!(document["rows"][3]["readings"], i64::MAX);
}

#[test]
fn numbers_of_csv_and_json_read_back_as_the_same_bits() {
    let record = laboratory();
    let deviations = record.table.floats("deviation").unwrap();
    let document: serde_json::Value = serde_json::from_str(&published("json", &record)).unwrap();
    let csv = published("csv", &record);
    for (row, (deviation, line)) in deviations.iter().zip(csv.lines().skip(1)).enumerate() {
        let from_csv: f64 = line.split(',').nth(4).unwrap().parse().unwrap();
        let from_json = document["rows"][row]["deviation"].as_f64().unwrap();
        assert_eq!([from_csv.to_bits(), from_json.to_bits()], [deviation.to_bits(); 2]);
    }
}

#[test]
fn terminal_table_names_each_series_and_estimator_once() {
    let table = published("table", &stability(&[clock("maser-1", [1e-13; 4], 1)], &["oadev", "mdev"]));
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("series   estimator  tau_s      m  "), "{}", lines[0]);
    assert_eq!(lines.iter().filter(|line| line.contains("maser-1")).count(), 2);
    assert_eq!(lines.iter().filter(|line| line.is_empty()).count(), 2);
    assert!(lines[2].contains("e-13"), "{}", lines[2]);
}

#[test]
fn equal_records_give_equal_bytes() {
    for format in plain_formats() {
        assert_eq!(bytes(format.name, &laboratory()), bytes(format.name, &laboratory()), "{}", format.name);
    }
}

#[test]
fn parquet_reads_back_as_the_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.parquet");
    std::fs::write(&path, bytes("parquet", &laboratory())).unwrap();
    assert_eq!(Record::read(&path).unwrap().header, laboratory().header);
}

#[test]
fn record_without_rows_is_a_document_of_every_format() {
    for table in [Table::default(), stability(&[], &["oadev"]).table] {
        let empty = record("stability", "stability/1", table);
        let html = published("html", &empty);
        assert!(text(parsed(&html).root()).contains("The record has no rows."));
        assert!(!published("json", &empty).is_empty());
        plain_formats().for_each(|format| drop(bytes(format.name, &empty)));
    }
}

#[test]
fn several_records_are_one_page_but_not_one_csv_file() {
    let records = [laboratory(), awkward()];
    let publication = Publication::new("two", &records);
    assert_eq!(elements(&parsed(&page(&publication)), "h2").count(), 3);
    let message = publish(format::named("csv").unwrap(), &publication, &mut Vec::new()).unwrap_err().to_string();
    assert_eq!(
        message,
        "publish as `csv`: a file of this format holds one record, not 2; publish the records one by one"
    );
}

#[test]
fn page_has_a_plot_for_each_group_and_estimator() {
    let html = published("html", &laboratory());
    let page = parsed(&html);
    let plots: Vec<Node<'_, '_>> = elements(&page, "svg").collect();
    assert_eq!(plots.len(), 5 * 3);
    for plot in plots {
        let has = |name: &str| plot.children().any(|child| child.tag_name().name() == name && child.text().is_some());
        assert!(has("title") && has("desc"));
        assert_eq!(plot.attribute("role"), Some("img"));
    }
}

#[test]
fn page_fetches_nothing_and_runs_nothing() {
    let html = published("html", &laboratory());
    let rest = html.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    for forbidden in ["http:", "https:", "url(", "@import", "<script", "<link", "<img", "<iframe", "src="] {
        assert!(!rest.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn hostile_names_stay_text() {
    let mut hostile = stability(&[clock(HOSTILE, [1e-13; 4], 1)], &["oadev", HOSTILE]);
    hostile.header.parameters = HOSTILE.into();
    let findings = [Remark {
        severity: Severity::Note,
        code: HOSTILE,
        subject: HOSTILE,
        seen: HOSTILE,
        matters: HOSTILE,
        advice: HOSTILE,
    }];
    let records = [hostile];
    let html = page(&Publication { findings: &findings, complete: HOSTILE, ..Publication::new(HOSTILE, &records) });
    let page = parsed(&html);
    assert_eq!(elements(&page, "script").count(), 0);
    assert_eq!(text(elements(&page, "h1").next().unwrap()), HOSTILE);
    assert_eq!(text(elements(&page, "pre").next().unwrap()), HOSTILE);
    assert!(elements(&page, "summary").any(|summary| text(summary) == HOSTILE));
}

#[test]
fn missing_numbers_break_the_curve_and_are_dashes_in_the_table() {
    let whole = stability(&[clock("maser-1", [1e-13; 4], 1)], &["oadev"]);
    let with_gap = |column: &Column| match column.name.as_str() {
        "deviation" | "lower" | "upper" => {
            let mut values = whole.table.floats(&column.name).unwrap().to_vec();
            values[7] = f64::NAN;
            Column { values: sigmatau_data::Values::Float(values), ..column.clone() }
        }
        _ => column.clone(),
    };
    let table = Table::new(whole.table.columns().iter().map(with_gap).collect()).unwrap();
    let html = published("html", &record("stability", "stability/1", table));
    let page = parsed(&html);
    let curve = |node: &Node<'_, '_>| node.attribute("stroke-width") == Some("16");
    assert_eq!(elements(&page, "polyline").filter(curve).count(), 2);
    assert_eq!(elements(&page, "td").filter(|cell| text(*cell) == "–").count(), 3);
    assert!(!html.contains("NaN"));
}

#[test]
fn record_without_a_view_is_a_table() {
    let html = published("html", &awkward());
    let page = parsed(&html);
    assert_eq!(elements(&page, "svg").count(), 0);
    assert!(elements(&page, "th").any(|head| text(head) == "relative error / %"));
    assert!(elements(&page, "th").any(|cell| text(cell) == "a,b" && cell.attribute("scope") == Some("row")));
}

#[test]
fn fleets_stay_within_bounds_and_name_the_place_of_the_rest() {
    for (satellites, most) in [(75, 700_000), (1000, 4_000_000)] {
        let records = [fleet(satellites)];
        let html = page(&Publication { complete: "records/", ..Publication::new("fleet", &records) });
        assert!(html.len() < most, "{satellites} satellites make {} bytes", html.len());
        let text = text(parsed(&html).root());
        let rows = records[0].table.rows();
        assert!(
            text.contains(&format!("of {rows} rows are shown. All rows are in the record `stability` in records/."))
        );
    }
}

/// Two clocks against their ensemble, with a step of one of them.
fn ensemble(points: usize) -> Record {
    let names = ["maser-1", "maser-2", "ensemble"];
    let offset = |row: usize| if row == points / 2 { -4e-9 } else { 1e-9 * (row as f64 / points as f64) };
    let table = Table::new(vec![
        Column::text("series", names.iter().flat_map(|name| vec![(*name).to_owned(); points]).collect()),
        Column::float("time_s", Unit::SECOND, (0..3 * points).map(|row| (row % points) as f64).collect()),
        Column::float("offset_s", Unit::SECOND, (0..3 * points).map(offset).collect()),
        Column::float("weight", Unit::ONE, vec![0.5; 3 * points]),
    ]);
    record("scale", "ensemble/1", table.unwrap())
}

#[test]
fn long_ensemble_stays_within_bounds_and_says_what_is_drawn() {
    let record = ensemble(50_000);
    let html = published("html", &record);
    assert!(html.len() < 300_000, "{} bytes", html.len());
    let text = text(parsed(&html).root());
    for told in ["of each 417 readings the lowest and the highest are shown", "of 150000 rows are shown", "/ 10⁻⁹ s"]
    {
        assert!(text.contains(told), "{told}");
    }
    assert!(text.contains("−4.0000×10⁻⁹"), "the step is among the rows that are shown");
}

#[test]
fn what_several_steps_remark_alike_is_told_once() {
    let remark = |subject| Remark {
        severity: Severity::Note,
        code: "gap",
        subject,
        seen: "3 epochs have no value",
        matters: "",
        advice: "",
    };
    let (records, findings) = ([laboratory(), laboratory()], [remark("gps-1"), remark("gps-1"), remark("gps-2")]);
    let html = page(&Publication { findings: &findings, ..Publication::new("twice", &records) });
    assert_eq!(html.matches("3 epochs have no value").count(), 2);
    assert!(html.contains("Findings: 2 (note 2)"));
}

#[test]
fn mask_is_headed_by_its_least_margin_and_its_verdicts() {
    let words = |words: [&str; 3]| words.map(str::to_owned).to_vec();
    let bare = |name: &str, values: [f64; 3]| Column { unit: None, ..Column::float(name, Unit::ONE, values.to_vec()) };
    let table = Table::new(vec![
        Column::text("series", words(["maser-1", "maser-1", "gps-1"])),
        Column::text("mask", words(["g811-tdev"; 3])),
        Column::text("statistic", words(["tdev"; 3])),
        Column::float("tau_s", Unit::SECOND, vec![1.0, 10.0, 1.0]),
        bare("value", [1e-10, 1e-10, 4e-9]),
        bare("limit", [3e-9; 3]),
        bare("margin_db", [29.5, 29.5, -2.5]),
        Column::text("verdict", words(["conforms", "conforms", "exceeds"])),
    ]);
    let html = published("html", &record("limits", "mask/1", table.unwrap()));
    let told = "Least margin: −2.5 dB, gps-1 against g811-tdev at τ = 1 s. \
                Rows by verdict: conforms 2, exceeds the limit 1";
    assert!(text(parsed(&html).root()).contains(told));
}

#[test]
fn laboratories_are_bars_with_one_row_each_headed_by_the_farthest() {
    let mut rows = Rows::of(&equivalence::SCHEMA);
    for (laboratory, d, e_n) in [("NIM", 0.01, 0.5), ("PTB", -0.06, -3.0)] {
        let words = ["CCQM-K30", "lead", "median", laboratory, ""].map(Cell::from);
        let numbers = [d, 0.01, 0.02].map(Cell::from);
        rows.push(words.into_iter().chain(numbers).chain(["mg/kg".into(), e_n.into(), "yes".into()]));
    }
    let html = published("html", &record("equivalence", "equivalence/1", rows.table()));
    let page = parsed(&html);
    assert!(text(page.root()).contains("Farthest from the consensus value: PTB, E_n −3"));
    let drawers: Vec<usize> = elements(&page, "details")
        .map(|drawer| drawer.descendants().filter(|node| node.tag_name().name() == "tr").count())
        .collect();
    // Behind those of the laboratories come the drawers of the whole record.
    assert_eq!(drawers[..2], [2, 2], "a heading and one row");
}

#[test]
fn page_is_written_in_its_language() {
    let records = [laboratory()];
    let html = page(&Publication { language: Language::Chinese, ..Publication::new("时钟", &records) });
    let page = parsed(&html);
    assert_eq!(page.root_element().attribute("lang"), Some("zh"));
    assert!(elements(&page, "h2").any(|heading| text(heading) == "溯源信息"));
}

#[test]
fn every_number_of_the_tables_is_in_the_record() {
    let record = stability(&[clock("maser-1", [1e-13; 4], 1)], &["oadev"]);
    let html = published("html", &record);
    let page = parsed(&html);
    let deviations = record.table.floats("deviation").unwrap();
    let rows: Vec<Node<'_, '_>> = elements(&page, "details")
        .flat_map(|drawer| drawer.descendants().filter(|node| node.tag_name().name() == "tr").skip(1))
        .collect();
    for (row, deviation) in rows.iter().zip(deviations) {
        let cell = text(row.children().filter(|node| node.is_element()).nth(2).unwrap());
        let (mantissa, _) = cell.split_once('×').unwrap();
        assert_eq!(mantissa, format!("{deviation:.4e}").split('e').next().unwrap());
    }
    assert!(rows.len() >= deviations.len());
}
