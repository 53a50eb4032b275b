use crate::generate::{Overrides, Recipe};
use crate::{Table, Values};

const PAIR: &str = r#"
name = "pair"
seed = 1
points = 1000
tau0 = 1.0
start = "2026-01-01T00:00:00"
time_scale = "TAI"

[[clock]]
name = "b"
count = 2
noise = [{ type = "white FM", deviation = 1e-11 }]

[[clock]]
name = "a"
noise = []
time_offset = 1.0
frequency_offset = 0.5
drift_per_day = 86_400.0
phase_steps = [{ at = 500, size = 8.0 }]
frequency_steps = [{ at = 600, size = 2.0 }]
outliers = [{ at = 700, size = -3.0 }]
gaps = [{ at = 900, points = 50 }]
"#;

fn pair() -> Recipe {
    Recipe::from_toml(PAIR, "pair.toml").unwrap()
}

fn changed(from: &str, to: &str) -> String {
    assert!(PAIR.contains(from), "{from}");
    Recipe::from_toml(&PAIR.replace(from, to), "pair.toml").unwrap_err().to_string()
}

fn names_of(recipe: &Recipe) -> Vec<String> {
    recipe.tables().map(|table| table.texts("series").unwrap()[0].clone()).collect()
}

#[test]
fn clocks_come_sorted_by_name() {
    assert_eq!(names_of(&pair()), ["a", "b-1", "b-2"]);
}

#[test]
fn course_of_a_clock_without_noise_is_the_stated_one() {
    let table = pair().tables().next().unwrap();
    let (time, phase) = (table.integers("time").unwrap(), table.floats("phase").unwrap());
    let x = |t: f64| 1.0 + 0.5 * t + 0.5 * t * t;
    assert_eq!((time[0], time[1]), (1_767_225_600_000_000_000, 1_767_225_601_000_000_000));
    assert_eq!((phase[0], phase[499], phase[500]), (1.0, x(499.0), x(500.0) + 8.0));
    assert_eq!((phase[600], phase[601]), (x(600.0) + 8.0, x(601.0) + 8.0 + 2.0));
    assert_eq!((phase[700], phase[701]), (x(700.0) + 8.0 + 200.0 - 3.0, x(701.0) + 8.0 + 202.0));
}

#[test]
fn points_in_a_gap_are_left_out() {
    let table = pair().tables().next().unwrap();
    let time = table.integers("time").unwrap();
    assert_eq!(table.rows(), 950);
    assert_eq!(time[900] - time[899], 51_000_000_000);
}

#[test]
fn noise_has_the_stated_deviation() {
    let table = pair().tables().nth(1).unwrap();
    let x = table.floats("phase").unwrap();
    let squares: f64 = x.windows(3).map(|x| (x[2] - 2.0 * x[1] + x[0]).powi(2)).sum();
    let deviation = (squares / 998.0 / 2.0).sqrt();
    assert!((deviation / 1e-11 - 1.0).abs() < 0.1, "{deviation}");
}

#[test]
fn equal_recipes_give_equal_tables() {
    assert!(pair().tables().eq(pair().tables()));
    let other = pair().with(Overrides { seed: Some(2), ..Default::default() }).unwrap();
    assert_ne!(pair().tables().nth(1), other.tables().nth(1));
}

#[test]
fn clocks_of_one_kind_have_noise_of_their_own() {
    let tables: Vec<Table> = pair().tables().collect();
    assert_ne!(tables[1].floats("phase"), tables[2].floats("phase"));
}

#[test]
fn a_larger_fleet_begins_with_the_same_clocks() {
    let large = pair().with(Overrides { members: Some(5), ..Default::default() }).unwrap();
    assert_eq!(names_of(&large), ["a", "b-1", "b-1.2", "b-2", "b-2.2"]);
    let (of_large, of_pair): (Vec<Table>, Vec<Table>) = (large.tables().collect(), pair().tables().collect());
    assert_eq!((&of_large[1], &of_large[3]), (&of_pair[1], &of_pair[2]));
    assert_ne!(of_large[1].floats("phase"), of_large[2].floats("phase"));
}

#[test]
fn planted_trouble_keeps_its_relative_place() {
    let short = pair().with(Overrides { points: Some(10), ..Default::default() }).unwrap();
    let places: Vec<String> = short.planted().iter().map(ToString::to_string).collect();
    assert_eq!(
        places,
        [
            "a: time offset of 1e0 s",
            "a: frequency offset of 5e-1 1",
            "a: drift of 1e0 1/s",
            "a: phase step of 8e0 s at point 5",
            "a: frequency step of 2e0 1 at point 6",
            "a: outlier of -3e0 s at point 7",
            "a: gap of 1e0 points at point 9",
        ]
    );
    assert_eq!(short.tables().next().unwrap().rows(), 9);
}

#[test]
fn mistakes_are_named_with_their_line() {
    let cases = [
        (("count = 2", "cuont = 2"), "read the recipe `pair.toml`, line 11: unknown field `cuont`"),
        (("white FM", "white fm"), "line 12: `white fm` is not a noise type; did you mean `white FM`"),
        (("deviation = 1e-11", "deviation = 1e-11, h = 1.0"), "line 12: noise has either a `deviation` or a level `h`"),
        (("deviation = 1e-11", "deviation = -1.0"), "line 12: describe noise: the deviation -1 is not"),
        (("at = 900, points = 50", "at = 990, points = 50"), "line 23: a gap of 50 points at point 990 does not fit"),
        (("at = 500", "at = 1000"), "line 20: a change of 8 at point 1000 does not fit into 1000 points"),
        (
            ("tau0 = 1.0", "tau0 = 0.3333333333333333"),
            "line 5: the sampling interval 0.3333333333333333 s is not a whole",
        ),
        (("2026-01-01", "2026-02-30"), "line 6: `2026-02-30T00:00:00` is not a date and time"),
        (("name = \"a\"", "name = \"b-1\""), "line 14: two clocks are named `b-1`"),
        (("time_offset = 1.0", "time_offset = inf"), "line 14: the offsets and the drift of `a` are not all finite"),
        (("points = 1000", "points = -1"), "line 4: "),
        (("TAI\"", "TAI\"\nresolution = 1e-12"), "its phase reaches"),
    ];
    for ((from, to), expected) in cases {
        let message = changed(from, to);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn nothing_to_draw_is_refused() {
    assert!(pair().with(Overrides { points: Some(0), ..Default::default() }).is_err());
    assert!(pair().with(Overrides { members: Some(0), ..Default::default() }).is_err());
    assert!(pair().with(Overrides { points: Some(usize::MAX), ..Default::default() }).is_err());
}

#[test]
fn resolution_makes_whole_steps() {
    let table = Recipe::builtin("clocks").unwrap().with(Overrides { points: Some(64), ..Default::default() }).unwrap();
    let table = table.tables().next().unwrap();
    let Values::Scaled { scale, offset, .. } = &table.column("phase").unwrap().values else { panic!("not in steps") };
    assert_eq!((*scale, *offset), (1e-14, 0.0));
}

#[test]
fn documented_trouble_of_the_demonstration_is_what_was_planted() {
    let planted = Recipe::builtin("clocks").unwrap().planted();
    let found: Vec<(&str, &str)> = planted.iter().map(|planted| (planted.series.as_str(), planted.kind)).collect();
    let expected = [
        ("caesium-2", "gap"),
        ("caesium-3", "phase step"),
        ("maser-2", "frequency offset"),
        ("ocxo-2", "drift"),
        ("rubidium-3", "outlier"),
    ];
    assert_eq!(found, expected);
}
