//! Waveforms of sensors, from every kind of file and from recipes.

use crate::workbench::Workbench;

/// Rows of an excitation `laser` of amplitude 2 and a response `coil` of half of it, at 0.05 of the sampling rate.
fn rows(points: usize) -> String {
    let row = |n: usize| {
        let angle = 0.1 * std::f64::consts::PI * n as f64;
        format!("{:e},{:e}\n", 2.0 * angle.cos(), angle.sin())
    };
    format!("laser,coil\n{}", (0..points).map(row).collect::<String>())
}

/// The same as 16-bit sound with two channels at 8 kHz, a quarter as large.
fn sound(points: usize) -> Vec<u8> {
    let sample = |n: usize| {
        let angle = 0.1 * std::f64::consts::PI * n as f64;
        [0.5 * angle.cos(), 0.25 * angle.sin()].map(|x| ((32_768.0 * x).round() as i16).to_le_bytes()).concat()
    };
    let data: Vec<u8> = (0..points).flat_map(sample).collect();
    let size = |bytes: usize| u32::try_from(bytes).unwrap().to_le_bytes();
    let format: Vec<u8> = [[1, 0, 2, 0], 8000_u32.to_le_bytes(), 32_000_u32.to_le_bytes(), [4, 0, 16, 0]].concat();
    [b"RIFF", &size(36 + data.len())[..], b"WAVEfmt ", &size(16), &format, b"data", &size(data.len()), &data].concat()
}

/// The cells of a column of a document in CSV.
fn column(document: &str, name: &str) -> Vec<String> {
    let mut lines =
        document.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(',').collect::<Vec<_>>());
    let place = lines.next().unwrap().iter().position(|heading| heading.split(' ').next() == Some(name)).unwrap();
    lines.map(|cells| cells[place].to_owned()).collect()
}

fn numbers(document: &str, name: &str) -> Vec<f64> {
    column(document, name).iter().map(|cell| cell.parse().unwrap()).collect()
}

const MANIFEST: &str = "name = \"d\"\ntitle = \"t\"\norigin = \"o\"\nlicence = \"CC0-1.0\"\n[[files]]\npath = \"a.csv\"\n\
                        [waveform]\nexcitation = \"laser\"\nresponse = \"coil\"\nrate = 1000\n";

#[test]
fn text_sound_and_manifests_are_read_as_waveforms() {
    let bench = Workbench::new();
    bench.put("a.csv", rows(4000)).put("a.wav", sound(4000)).put("dataset.toml", MANIFEST);
    for (request, frequency) in [
        ("a.csv --excitation laser --response coil --rate 1000 --frequencies 50", 50.0),
        ("a.wav --excitation channel_1 --response channel_2 --frequencies 400", 400.0),
        ("dataset.toml --frequencies 50", 50.0),
    ] {
        let said = bench.run(&format!("dynamic response {request} --method sine-fit --format csv")).exits(0);
        let near = |name, wanted: f64| (numbers(&said.out(), name)[0] - wanted).abs() < 1e-4;
        assert!(near("magnitude", 0.5) && near("phase_rad", -0.5 * std::f64::consts::PI), "{}", said.out());
        assert_eq!(numbers(&said.out(), "frequency_hz"), [frequency], "{request}");
    }
}

#[test]
fn what_was_typed_goes_before_the_manifest() {
    let bench = Workbench::new();
    bench.put("a.csv", rows(4000)).put("dataset.toml", MANIFEST);
    let turned = "dynamic response dataset.toml --excitation coil --response laser --method sine-fit --frequencies 50";
    let said = bench.run(&format!("{turned} --format csv")).exits(0);
    assert!((numbers(&said.out(), "magnitude")[0] - 2.0).abs() < 1e-9, "{}", said.out());
}

#[test]
fn channels_that_are_not_clear_are_asked_for() {
    let bench = Workbench::new();
    bench.put("a.wav", sound(100)).put("a.csv", rows(100));
    let said = bench.run("dynamic response a.wav").exits(2).prints_nothing();
    said.says(&["the columns `channel_1`, `channel_2` may be meant", "name the columns of excitation and response"]);
    let said = bench.run("dynamic response a.csv --rate 1000 --channels coil").exits(2).prints_nothing();
    said.says(&["1 channels are named", "name the one of the excitation"]);
    bench.run("dynamic sine a.csv --channels coil").exits(2).says(&["`rate`"]);
    bench.run("dynamic sine a.csv --channels coil --response laser").exits(2).says(&["state either `channels` or"]);
}

#[test]
fn a_recipe_of_sensors_has_responses() {
    let bench = Workbench::new();
    let of = |keys: &str| {
        format!(
            "[dataset.d]\nrecipe = \"accelerometers\"\npoints = 8192\nmembers = 2\n{keys}\n\
             [[step]]\nname = \"r\"\nop = \"response\"\ndataset = \"d\"\nsegment = 1024\nrange = [1000, 1200]\n\
             [[step]]\nname = \"s\"\nop = \"sine\"\ndataset = \"d\"\n"
        )
    };
    bench.put("p.toml", of("")).put("wrong.toml", of("excitation = \"laser\""));
    bench.run("check p.toml").exits(0).prints(&["recipe accelerometers, 2 sensors of 8192 points"]);
    bench.run("run p.toml --out r").exits(0);
    assert!(bench.has("r/records/r.parquet") && bench.has("r/records/s.parquet"));
    bench.run("check wrong.toml").exits(2).says(&["open dataset `d`", "`laser`"]);
    bench.run("generate accelerometers -o demo --members 2 --points 8192").exits(0);
    let said = bench.run("dynamic response demo/dataset.toml --segment 1024 --range 1000,1200 --format csv").exits(0);
    let sensors = column(&said.out(), "sensor");
    assert_eq!((sensors.len(), &*sensors[0], &*sensors[9]), (10, "accelerometer-1", "accelerometer-2"));
}

#[test]
fn tones_are_found_in_every_channel() {
    let bench = Workbench::new();
    bench.put("a.csv", rows(4000));
    let said = bench.run("dynamic sine a.csv --channels laser,coil --rate 1000 --format csv").exits(0);
    assert_eq!(column(&said.out(), "channel"), ["laser", "coil"]);
    let near = |name, wanted: [f64; 2]| {
        numbers(&said.out(), name).iter().zip(wanted).all(|(found, wanted)| (found - wanted).abs() < 1e-9)
    };
    assert!(near("frequency_hz", [50.0; 2]) && near("amplitude", [2.0, 1.0]), "{}", said.out());
    assert!(near("phase_rad", [0.0, -0.5 * std::f64::consts::PI]), "{}", said.out());
}

#[test]
fn harmonics_of_a_rounded_tone_show_the_bits_of_its_digitizer() {
    let bench = Workbench::new();
    let rounded = |n: usize| format!("{n},{}\n", (127.5 * (0.377 * n as f64).sin()).round());
    bench.put("a.csv", format!("n,u\n{}", (0..20_000).map(rounded).collect::<String>()));
    let said =
        bench.run("dynamic sine a.csv --channels u --rate 1 --harmonics 3 --full-scale 256 --format csv").exits(0);
    assert!(numbers(&said.out(), "enob").iter().all(|bits| (bits - 8.0).abs() < 0.05), "{}", said.out());
    assert_eq!(column(&said.out(), "tone"), ["1", "2", "3"]);
    assert!(numbers(&said.out(), "thd").iter().all(|thd| *thd < 1e-3), "{}", said.out());
}

#[test]
fn an_uncertain_time_turns_every_line() {
    let bench = Workbench::new();
    bench.put("a.csv", rows(4000));
    let request = "dynamic response a.csv --excitation laser --response coil --rate 1000 --method sine-fit \
                   --frequencies 50 --format csv";
    let of = |flags: &str| numbers(&bench.run(&format!("{request} {flags}")).exits(0).out(), "phase_u")[0];
    let added = (of("--time-u 1e-5").powi(2) - of("").powi(2)).sqrt();
    assert!((added / (std::f64::consts::TAU * 50.0 * 1e-5) - 1.0).abs() < 1e-6, "{added}");
    bench.run(&format!("{request} --time-u -1")).exits(2).says(&["must not be negative"]);
}

#[test]
fn the_clock_of_a_sensor_is_found_by_a_tone_and_by_stamps() {
    let bench = Workbench::new();
    let row = |n: usize| {
        let (angle, stamp) = (0.1 * std::f64::consts::PI * n as f64, 3.0 + 1.000_02e-3 * n as f64);
        format!("{:e},{:e},{stamp:e}\n", angle.sin(), (1.000_02 * angle).sin())
    };
    bench.put("a.csv", format!("laser,coil,stamp\n{}", (0..8000).map(row).collect::<String>()));
    for source in ["--channels laser,coil --tone-hz 50", "--channels stamp --from stamps"] {
        let said = bench.run(&format!("dynamic sample-clock a.csv --rate 1000 {source} --format csv")).exits(0);
        assert!((numbers(&said.out(), "clock_rate")[0] / 2e-5 - 1.0).abs() < 1e-3, "{}", said.out());
        assert!((numbers(&said.out(), "rate_hz")[0] - 999.98).abs() < 1e-3, "{}", said.out());
    }
}
