use super::*;
use crate::{Column, Metadata, Values, write_table};
use tempfile::TempDir;

fn unit(text: &str) -> Unit {
    Unit::parse(text).unwrap()
}

fn named(channels: [&str; 2]) -> WaveformOptions {
    WaveformOptions { channels: channels.map(Channel::from).to_vec(), rate: Some(100.0), ..Default::default() }
}

fn rated() -> WaveformOptions {
    WaveformOptions { rate: Some(100.0), ..Default::default() }
}

/// A pair of channels in m/s² and V, the rows of each sensor together.
fn pairs(sensors: &[&str], excitation: &[f64], response: &[f64]) -> Table {
    let names = sensors.iter().map(|&name| name.to_owned()).collect();
    let columns = vec![
        Column::text("sensor", names),
        Column::float("excitation", unit("m/s^2"), excitation.to_vec()),
        Column::float("response", unit("V"), response.to_vec()),
    ];
    Table::new(columns).unwrap()
}

fn source(table: Table, options: &WaveformOptions) -> WaveformSource {
    WaveformSource::from_table("bench.parquet", table, options).unwrap()
}

fn refused(table: Table, options: &WaveformOptions) -> String {
    WaveformSource::from_table("f", table, options).err().unwrap().to_string()
}

fn stored(table: &Table, metadata: Metadata) -> (TempDir, std::path::PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("bench.parquet");
    write_table(&path, table, metadata).unwrap();
    (directory, path)
}

/// What a stream gives, joined; missing samples as they are.
fn streamed(source: &WaveformSource, sensor: usize) -> (Waveform, usize) {
    let steady = source.steady(sensor).unwrap().unwrap();
    let (mut channels, mut calls) = (vec![Vec::new(); steady.channels().len()], 0);
    let sink = |pieces: &[&[f64]]| {
        assert!(pieces.iter().all(|piece| piece.len() == pieces[0].len()));
        channels.iter_mut().zip(pieces).for_each(|(channel, piece)| channel.extend_from_slice(piece));
        calls += 1;
    };
    steady.stream(sink).unwrap();
    let findings = steady.findings.clone();
    (Waveform { sensor: steady.sensor.clone(), rate: steady.rate, channels, findings }, calls)
}

#[test]
fn samples_are_read_in_si_by_sensor() {
    let table = pairs(&["a", "b", "a"], &[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]);
    let source = source(table, &rated());
    assert_eq!(source.sensors().iter().map(|sensor| sensor.points).collect::<Vec<_>>(), [2, 1]);
    let records = source.read(0..2).unwrap();
    assert_eq!((records[0].sensor.as_str(), &records[0].channels), ("a", &vec![vec![1.0, 3.0], vec![4.0, 6.0]]));
    assert_eq!((records[1].rate, &records[1].channels), (100.0, &vec![vec![2.0], vec![5.0]]));
}

#[test]
fn channels_come_in_the_order_that_was_asked_for() {
    let table = pairs(&["a"], &[1.0], &[4.0]);
    let source = source(table, &named(["response", "excitation"]));
    assert_eq!(source.channels()[0].name, "response");
    assert_eq!(source.read(0..1).unwrap()[0].channels, [[4.0], [1.0]]);
}

#[test]
fn a_file_without_names_is_one_sensor() {
    let table = Table::new(vec![
        Column::float("u", unit("kV"), vec![1.0, 2.0]),
        Column {
            name: "i".into(),
            unit: Some(unit("mA")),
            values: Values::Scaled { steps: vec![3, 4], scale: 0.5, offset: 1.0 },
        },
    ])
    .unwrap();
    let (_directory, path) = stored(&table, Metadata::default().with_field("i", "rate_hz", "4000"));
    let options = WaveformOptions { rate: None, ..named(["u", "i"]) };
    let source = WaveformSource::open(&path, &options).unwrap();
    assert_eq!(source.sensors(), [SensorInfo { name: "bench".into(), points: 2 }]);
    assert_eq!(source.channels()[1], ChannelInfo { name: "i".into(), unit: Some(unit("A")), step: Some(5e-4) });
    let record = &source.read(0..1).unwrap()[0];
    assert_eq!((record.rate, &record.channels), (4000.0, &vec![vec![1000.0, 2000.0], vec![2.5e-3, 3e-3]]));
}

#[test]
fn a_stream_gives_what_reading_gives() {
    let samples = 2_100_000;
    let wave = |k: usize| (k as f64 * 0.1).sin();
    let names: Vec<&str> = (0..samples).map(|k| if k < samples - 5 { "long" } else { "short" }).collect();
    let mut response: Vec<f64> = (0..samples).map(|k| 2.0 * wave(k)).collect();
    response[7] = f64::NAN;
    response[samples - 10..samples - 5].fill(f64::NAN);
    let table = pairs(&names, &(0..samples).map(wave).collect::<Vec<_>>(), &response);
    let (_directory, path) = stored(&table, Metadata::default());
    let source = WaveformSource::open(&path, &rated()).unwrap();
    for (sensor, read) in source.read(0..2).unwrap().into_iter().enumerate() {
        let (streamed, calls) = streamed(&source, sensor);
        assert_eq!((streamed.rate, &streamed.findings), (read.rate, &read.findings));
        for (one, other) in streamed.channels.iter().zip(&read.channels) {
            assert!(one.len() == other.len() && one.iter().zip(other).all(|(a, b)| a.to_bits() == b.to_bits()));
        }
        assert_eq!(calls, [3, 1][sensor]);
    }
    let steady = source.steady(0).unwrap().unwrap();
    assert_eq!((steady.points, &*steady.findings[0].code), (samples - 10, "unequal-lengths"));
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let samples = 100_000;
    let names: Vec<String> = (0..samples).map(|k| format!("s{}", k % 3)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let wave: Vec<f64> = (0..samples).map(|k| (k as f64).sqrt()).collect();
    let (_directory, path) = stored(&pairs(&names, &wave, &wave), Metadata::default());
    let source = WaveformSource::open(&path, &rated()).unwrap();
    let read = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| source.read(0..3).unwrap())
    };
    assert_eq!(read(1), read(5));
    assert!(source.steady(0).unwrap().is_none());
}

#[test]
fn a_channel_that_stops_early_ends_the_record() {
    let nan = f64::NAN;
    let table = pairs(&["a"; 5], &[1.0, nan, 3.0, 4.0, 5.0], &[1.0, 2.0, 3.0, nan, nan]);
    let record = &source(table, &rated()).read(0..1).unwrap()[0];
    assert_eq!((record.channels[0].len(), record.channels[1].as_slice()), (3, [1.0, 2.0, 3.0].as_slice()));
    let finding = &record.findings[0];
    assert_eq!(
        (finding.code.as_ref(), finding.severity, finding.subject.as_str()),
        ("unequal-lengths", Severity::Warning, "a")
    );
    assert!(finding.seen.ends_with("`excitation` has 5, `response` has 3"), "{}", finding.seen);
    let table = pairs(&["a"; 2], &[1.0, 2.0], &[nan, nan]);
    assert_eq!(source(table, &rated()).read(0..1).unwrap()[0].findings[0].severity, Severity::Failure);
}

#[test]
fn instants_give_each_sensor_its_rate() {
    let times = [0.0, 0.5, 1.0, 10.0, 10.25, 10.5];
    let mut columns = pairs(&["a", "a", "a", "b", "b", "b"], &[0.0; 6], &[0.0; 6]).columns().to_vec();
    columns.push(Column::float("time", unit("ms"), times.to_vec()));
    let table = Table::new(columns).unwrap();
    let source_of = |rate| source(table.clone(), &WaveformOptions { rate, ..Default::default() });
    let rates: Vec<f64> = source_of(None).read(0..2).unwrap().iter().map(|record| record.rate).collect();
    assert_eq!(rates, [2000.0, 4000.0]);
    let stated = source_of(Some(2000.0)).read(0..2).unwrap();
    assert_eq!((stated[0].findings.len(), &*stated[1].findings[0].code), (0, "rate-mismatch"));
    assert_eq!(stated[1].findings[0].seen, "the instants advance at 4000 Hz, but 2000 Hz is stated");
    assert_eq!(streamed(&source_of(None), 1).0.rate, 4000.0);
}

#[test]
fn whole_ticks_of_any_length_are_instants() {
    let times = |values| Column { name: "time".into(), unit: Some(unit("us")), values };
    let ticks = vec![1_767_225_600_000_000, 1_767_225_600_000_020, 1_767_225_600_000_040];
    let scaled = Values::Scaled { steps: vec![5, 9, 13], scale: 5.0, offset: 1.0 };
    for values in [Values::Integer(ticks), scaled] {
        let mut columns = pairs(&["a"; 3], &[0.0; 3], &[0.0; 3]).columns().to_vec();
        columns.push(times(values));
        let source = source(Table::new(columns).unwrap(), &WaveformOptions::default());
        assert!((source.read(0..1).unwrap()[0].rate / 50_000.0 - 1.0).abs() < 1e-12);
        assert!((streamed(&source, 0).0.rate / 50_000.0 - 1.0).abs() < 1e-12);
    }
}

#[test]
fn channels_without_a_unit_are_taken_as_they_are_and_told() {
    let table = Table::new(vec![Column::integer("x", Unit::ONE, vec![1]), Column::float("y", Unit::ONE, vec![2.0])]);
    let mut columns = table.unwrap().columns().to_vec();
    columns.iter_mut().for_each(|column| column.unit = None);
    let source = source(Table::new(columns).unwrap(), &named(["x", "y"]));
    let seen: Vec<String> = source.findings().into_iter().map(|finding| finding.seen).collect();
    assert_eq!(seen, ["x", "y"].map(|name| format!("nothing says in which unit the channel `{name}` is")));
    assert_eq!(source.read(0..1).unwrap()[0].channels, [[1.0], [2.0]]);
}

#[test]
fn mistakes_are_told_with_the_remedy() {
    let table = || pairs(&["a"], &[1.0], &[2.0]);
    let unknown = refused(table(), &named(["excitaton", "response"]));
    assert_eq!(unknown, "read column `excitaton` of `f`: there is no such column; did you mean `excitation`?");
    let words = refused(table(), &named(["sensor", "response"]));
    assert!(words.contains("it is stored as text; a column of numbers is wanted here"), "{words}");
    assert!(refused(table(), &WaveformOptions::default()).contains("state `rate` in Hz"));
    let volts = Channel { unit: Some(unit("mV")), ..Channel::from("response") };
    let channels = vec![Channel::from("excitation"), volts];
    let twice = refused(table(), &WaveformOptions { channels, ..rated() });
    assert!(twice.contains("it is in `V` by its field metadata, but `unit = \"mV\"` was stated"), "{twice}");
    let negative = refused(table(), &WaveformOptions { rate: Some(-1.0), ..Default::default() });
    assert_eq!(negative, "use the option `rate = -1`: it must be a positive number of Hz");
    let sensor = refused(table(), &WaveformOptions { sensor: Some("response".into()), ..rated() });
    assert!(sensor.contains("text, the names of the sensors, is wanted here"), "{sensor}");
    let time = refused(table(), &WaveformOptions { time: Some("response".into()), ..rated() });
    assert!(time.contains("convert `V` to `s`: they measure different quantities"), "{time}");
}

#[test]
fn unnamed_channels_are_not_guessed() {
    let table = Table::new(vec![Column::float("a", Unit::ONE, vec![0.0]), Column::float("b", Unit::ONE, vec![0.0])]);
    let message = refused(table.unwrap(), &rated());
    assert_eq!(
        message,
        "find the channels of `f`: the columns `a`, `b` may be meant; name the columns of excitation and response"
    );
}

#[test]
fn rates_that_contradict_are_told_with_both() {
    let table = pairs(&["a"], &[1.0], &[2.0]);
    let both =
        Metadata::default().with_field("excitation", "rate_hz", "1000").with_field("response", "tau0_s", "0.002");
    let (_directory, path) = stored(&table, both);
    let open = |options: &WaveformOptions| WaveformSource::open(&path, options).err().unwrap().to_string();
    let message = open(&WaveformOptions::default());
    assert!(
        message.contains("is 500 Hz by its field metadata, but that of column `excitation` is 1000 Hz"),
        "{message}"
    );
    let message = open(&rated());
    assert!(message.contains("is 1000 Hz by its field metadata, but the option `rate` is 100 Hz"), "{message}");
}

#[test]
fn a_rate_in_the_metadata_must_be_one() {
    let table = pairs(&["a"], &[1.0], &[2.0]);
    for (key, text) in [("rate_hz", "0"), ("tau0_s", "-1")] {
        let (_directory, path) = stored(&table, Metadata::default().with_field("response", key, text));
        let message = WaveformSource::open(&path, &WaveformOptions::default()).err().unwrap().to_string();
        assert!(message.contains(&format!("`{key}` is `{text}`")), "{message}");
    }
}
