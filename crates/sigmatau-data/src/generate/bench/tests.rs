use crate::generate::{Overrides, Recipe};
use crate::{Table, Values, WaveformOptions, WaveformSource};
use sigmatau_spectrum::fft::{Complex64, RealFft};

const PAIR: &str = r#"
name = "pair"
seed = 1
points = 4096
rate = 8192.0
excitation = { kind = "multisine", rms = 2.0, band = [32.0, 2000.0], period = 256 }
input = { unit = "Pa", step = 1e-9 }
output = { unit = "mV", step = 1e-9 }

[[sensor]]
name = "b"
count = 2
gain = 0.5
resonance = 3000.0
damping = 0.1
delay = 1e-4
spread = 0.05

[[sensor]]
name = "a"
gain = 2.0
high_pass = 10.0
low_pass = 1000.0
range = 1.0
"#;

fn pair() -> Recipe {
    Recipe::from_toml(PAIR, "pair.toml").unwrap()
}

fn changed(from: &str, to: &str) -> Result<Recipe, String> {
    assert!(PAIR.contains(from), "{from}");
    Recipe::from_toml(&PAIR.replace(from, to), "pair.toml").map_err(|error| error.to_string())
}

fn numbers(table: &Table, column: &str) -> Vec<f64> {
    table.column(column).unwrap().values.to_floats().unwrap().into_owned()
}

fn spectrum(mut series: Vec<f64>) -> Vec<Complex64> {
    let mut fft = RealFft::new(series.len());
    let mut spectrum = fft.spectrum();
    fft.forward(&mut series, &mut spectrum);
    spectrum
}

/// The largest relative deviation of response over excitation from the truth of the sensor, at the bins that are
/// excited.
fn deviation(recipe: &Recipe, which: usize) -> f64 {
    let table = recipe.tables().nth(which).unwrap();
    let (x, y) = (spectrum(numbers(&table, "excitation")), spectrum(numbers(&table, "response")));
    let largest = x.iter().map(|line| line.norm()).fold(0.0, f64::max);
    let excited: Vec<usize> = (1..x.len() - 1).filter(|&bin| x[bin].norm() > 1e-3 * largest).collect();
    let frequency = |bin: &usize| *bin as f64 / (recipe.points() as f64 * recipe.tau0());
    let truth = recipe.truth(&excited.iter().map(frequency).collect::<Vec<_>>()).unwrap();
    let (re, im) = (truth.floats("real").unwrap(), truth.floats("imag").unwrap());
    let from = which * excited.len();
    let deviation = |(place, bin): (usize, &usize)| {
        let truth = Complex64::new(re[from + place], im[from + place]);
        ((y[*bin] / x[*bin] - truth) / truth).norm()
    };
    assert!(excited.len() > 10, "only {} bins are excited", excited.len());
    excited.iter().enumerate().map(deviation).fold(0.0, f64::max)
}

#[test]
fn records_without_noise_have_the_true_response() {
    let random = "{ kind = \"random\", rms = 2.0, band = [32.0, 2000.0] }";
    let shock = "{ kind = \"shock\", peak = 50.0, duration = 5e-3, pulses = 2 }";
    let kinds =
        [random, "{ kind = \"multisine\", rms = 2.0, band = [32.0, 2000.0], period = 256, slope = -0.5 }", shock];
    for kind in kinds {
        let text = PAIR.replace("range = 1.0", "");
        let line = text.lines().find(|line| line.starts_with("excitation")).unwrap();
        let recipe = Recipe::from_toml(&text.replace(line, &format!("excitation = {kind}")), "x").unwrap();
        for which in 0..3 {
            let deviation = deviation(&recipe, which);
            assert!(deviation < 1e-5, "{kind}, sensor {which}: {deviation}");
        }
    }
}

#[test]
fn steps_of_a_sine_have_the_true_response() {
    let kind = "{ kind = \"stepped-sine\", amplitude = 3.0, frequencies = [64.0, 512.0] }";
    let line = PAIR.lines().find(|line| line.starts_with("excitation")).unwrap();
    let recipe = Recipe::from_toml(&PAIR.replace(line, &format!("excitation = {kind}")), "x").unwrap();
    let table = recipe.tables().nth(1).unwrap();
    let truth = recipe.truth(&[64.0, 512.0]).unwrap();
    let (magnitude, phase) = (truth.floats("magnitude").unwrap(), truth.floats("phase_rad").unwrap());
    for (section, bin) in [(0, 16), (1, 128)] {
        let of = |column| spectrum(numbers(&table, column)[section * 2048..][..2048].to_vec())[bin];
        let ratio = of("response") / of("excitation");
        assert!((ratio.norm() / magnitude[2 + section] - 1.0).abs() < 1e-6);
        assert!((ratio.arg() - phase[2 + section]).abs() < 1e-6);
    }
}

#[test]
fn excitation_has_the_stated_level() {
    let x = numbers(&pair().tables().next().unwrap(), "excitation");
    let rms = (x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64).sqrt();
    assert!((rms - 2.0).abs() < 1e-6, "{rms}");
}

#[test]
fn sensors_of_one_kind_differ_by_their_spread() {
    let many = pair().with(Overrides { members: Some(600), ..Default::default() }).unwrap();
    let truth = many.truth(&[1e-3]).unwrap();
    let (names, gains) = (truth.texts("sensor").unwrap(), truth.floats("magnitude").unwrap());
    let logs: Vec<f64> =
        names.iter().zip(gains).filter(|(name, _)| name.starts_with('b')).map(|(_, gain)| (gain / 0.5).ln()).collect();
    let deviation = (logs.iter().map(|log| log * log).sum::<f64>() / logs.len() as f64).sqrt();
    assert_eq!(logs.len(), 400);
    assert!((deviation / 0.05 - 1.0).abs() < 4.0 / 800_f64.sqrt(), "{deviation}");
}

#[test]
fn a_larger_bench_begins_with_the_same_sensors() {
    let large = pair().with(Overrides { members: Some(5), ..Default::default() }).unwrap();
    let (few, many): (Vec<Table>, Vec<Table>) = (pair().tables().collect(), large.tables().collect());
    let names: Vec<&str> = many.iter().map(|table| table.texts("sensor").unwrap()[0].as_str()).collect();
    assert_eq!(names, ["a", "b-1", "b-1.2", "b-2", "b-2.2"]);
    assert_eq!((&few[0], &few[1], &few[2]), (&many[0], &many[1], &many[3]));
    assert_ne!(numbers(&many[1], "excitation"), numbers(&many[2], "excitation"));
    assert!(pair().tables().eq(pair().tables()));
}

#[test]
fn noise_steps_and_range_are_those_of_the_digitizer() {
    let noisy =
        changed("input = { unit = \"Pa\", step = 1e-9 }", "input = { unit = \"Pa\", step = 0.25, noise = 1.0 }");
    let table = noisy.unwrap().tables().next().unwrap();
    let (clean, noisy) = (numbers(&pair().tables().next().unwrap(), "excitation"), numbers(&table, "excitation"));
    let variance = clean.iter().zip(&noisy).map(|(a, b)| (a - b).powi(2)).sum::<f64>() / clean.len() as f64;
    assert!((variance / (1.0 + 0.0625 / 12.0) - 1.0).abs() < 0.1, "{variance}");
    let Values::Scaled { scale, .. } = table.column("excitation").unwrap().values else { panic!("not in steps") };
    assert_eq!(scale, 0.25);
    assert!(numbers(&table, "response").iter().all(|y| y.abs() <= 1.0 + 1e-9));
    let planted: Vec<String> = pair().planted().iter().map(ToString::to_string).collect();
    assert_eq!(planted, ["a: clipping of 1e0 mV"]);
}

#[test]
fn drawn_records_are_opened_with_their_rate_and_in_si() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("pair.parquet");
    let mut writer = crate::TableWriter::create(&path, pair().metadata()).unwrap();
    pair().tables().for_each(|table| writer.write(&table).unwrap());
    writer.finish().unwrap();
    let source = WaveformSource::open(&path, &WaveformOptions::default()).unwrap();
    let record = &source.read(2..3).unwrap()[0];
    assert_eq!((record.sensor.as_str(), record.rate, record.findings.len()), ("b-2", 8192.0, 0));
    let stored = numbers(&pair().tables().nth(2).unwrap(), "response");
    assert!(record.channels[1].iter().zip(stored).all(|(si, mv)| (si - mv * 1e-3).abs() < 1e-18));
    assert_eq!(source.channels()[1].step, Some(1e-12));
}

#[test]
fn mistakes_are_named_with_their_line() {
    let cases = [
        (("gain = 2.0", "gian = 2.0"), "line 21: unknown field `gian`"),
        (("2000.0]", "5000.0]"), "line 6: the excitation reaches 5000 Hz; it must end above 0 and below 4096 Hz"),
        (("rate = 8192.0", "rate = 0.0"), "line 5: 0 Hz is not a positive number"),
        (("\"multisine\"", "\"multisin\""), "line 6: "),
        (("period = 256", "period = 0"), "line 6: the period 0 is not a positive number"),
        (("\"Pa\"", "\"Pq\""), "line 7: read the unit `Pq`"),
        (("\"mV\", step = 1e-9", "\"mV\", step = 0.0"), "line 8: the step 0 is not a positive number"),
        (("damping = 0.1\n", ""), "line 10: `b` has either both `resonance` and `damping` or none"),
        (("name = \"a\"", "name = \"b-1\""), "line 19: two sensors are named `b-1`"),
    ];
    for ((from, to), expected) in cases {
        let message = changed(from, to).err().unwrap();
        assert!(message.contains(expected), "{message}");
    }
    let nothing = pair().with(Overrides { members: Some(0), ..Default::default() }).unwrap_err().to_string();
    assert!(nothing.starts_with("draw 0 sensors of 4096 points every 0.0001220703125 s"), "{nothing}");
}
