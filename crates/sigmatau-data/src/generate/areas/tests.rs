use super::*;

const CLEAN: Kind = Kind {
    name: String::new(),
    meters: 41,
    step: 15,
    cable: 1.0,
    flow: true,
    roofs: 0.0,
    voltage: false,
    swing: 0.0,
    registers: false,
    missing: 0.0,
    clocks: 0.0,
    spread: 0.003,
    bad: 0.05,
    resolution: 0.01,
    master_resolution: 0.01,
    master_error: 0.0,
    dead: 0,
    tampered: 0,
    replaced: 0,
    strangers: 0,
    absent: 0,
};

fn drawn(kind: &Kind, days: usize) -> Tables {
    let areas = Areas { kinds: vec![kind.clone()] };
    areas.draw(3, 0, 2, days)
}

fn total(table: &Table, column: &str, of: impl Fn(&str) -> bool) -> f64 {
    let names = table.texts("meter_id").or(table.texts("meter")).unwrap();
    let values = table.floats(column).unwrap();
    names.iter().zip(values).filter(|(name, value)| of(name) && value.is_finite()).map(|(_, value)| value).sum()
}

#[test]
fn the_master_supplies_what_meters_register_and_cables_lose() {
    let [readings, _, truth] = drawn(&CLEAN, 4);
    let is_master = |name: &str| name.ends_with("master");
    let supplied = total(&truth, "energy_kwh", is_master);
    let used = total(&truth, "energy_kwh", |name| !is_master(name));
    let loss = truth.floats("loss_pct").unwrap()[0] / 100.0;
    let own = (41.0 * SELF + COLLECTOR) * 96.0 / 1000.0;
    assert!((supplied - used - own - loss * supplied).abs() < 2e-3 * supplied, "{supplied} {used} {loss}");
    assert!((0.002..0.03).contains(&loss), "{loss}");
    let registered = total(&readings, "energy_kwh", is_master);
    assert!((registered - supplied).abs() < 0.02, "{registered} {supplied}");
    let mean = used / 41.0 / 4.0;
    assert!((4.0..20.0).contains(&mean), "{mean} kWh a day");
}

#[test]
fn what_befalls_meters_is_in_the_truth_and_in_the_readings() {
    let kind = Kind { dead: 1, tampered: 1, replaced: 1, strangers: 1, absent: 1, roofs: 0.4, ..CLEAN };
    let [readings, meters, truth] = drawn(&kind, 5);
    assert_eq!(meters.rows(), truth.rows());
    let plights = truth.texts("plight").unwrap();
    assert_eq!(plights[..3], ["master", "dead", "tampered"]);
    assert_eq!((plights.len(), plights[plights.len() - 1].as_str()), (1 + 41 - 1 + 1 + 1, "stranger"));
    let error = truth.floats("error_pct").unwrap();
    assert!(error[1] < -40.0 && error[2] < -20.0, "{error:?}");
    assert!(readings.floats("export_kwh").unwrap().iter().any(|energy| *energy > 0.0));
}

#[test]
fn areas_do_not_depend_on_how_many_there_are() {
    let areas = Areas { kinds: vec![CLEAN] };
    let energies = |count| areas.draw(1, 1, count, 1)[0].floats("energy_kwh").unwrap().to_vec();
    assert!(energies(2) == energies(5));
}

#[test]
fn areas_do_not_depend_on_the_number_of_threads() {
    let areas = Areas { kinds: vec![Kind { flow: false, strangers: 1, ..CLEAN }, CLEAN] };
    let drawn = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let size = Size { points: 1, members: 5, seed: 3 };
        pool.install(|| areas.tables(size).map(|tables| format!("{tables:?}")).collect::<Vec<_>>())
    };
    assert!(drawn(1) == drawn(3));
}

#[test]
fn voltages_and_currents_are_those_of_the_power_that_flows() {
    let kind = Kind { voltage: true, swing: 0.03, ..CLEAN };
    let [readings, meters, _] = drawn(&kind, 1);
    let column = |name: &str| readings.floats(name).unwrap();
    let (voltage, current, energy) = (column("voltage_v"), column("current_a"), column("energy_kwh"));
    let names = readings.texts("meter_id").unwrap();
    let of_master: Vec<f64> =
        (0..readings.rows()).filter(|row| names[*row].ends_with("master")).map(|row| voltage[row]).collect();
    let reach = of_master.iter().copied().fold(f64::NAN, f64::max) - of_master.iter().copied().fold(f64::NAN, f64::min);
    assert!((reach - 0.06 * NOMINAL).abs() < 0.5, "{reach} V");
    let single = |name: &str| {
        let place = meters.texts("meter_id").unwrap().iter().position(|id| id == name).unwrap();
        meters.integers("phases").unwrap()[place] == 1
    };
    let rows = (0..readings.rows()).filter(|row| !names[*row].ends_with("master") && single(&names[*row]));
    for row in rows.filter(|row| energy[*row] > 0.2) {
        let apparent = voltage[row] * current[row] * 0.25e-3;
        // Power factors are 0.93 to 0.99, errors up to 4 %.
        assert!((0.87..1.05).contains(&(energy[row] / apparent)), "{} {apparent}", energy[row]);
    }
}
