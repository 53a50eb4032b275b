use super::*;
use crate::area::Bridge;
use crate::raw::About;

const QUARTER: i64 = 900;
const BEGIN: i64 = 1_782_864_000;
const DAYS: usize = 4;
const T: usize = 96 * DAYS;

/// Numbers from 0 to 1 that look drawn by lot.
fn chance(meter: usize, t: usize) -> f64 {
    let mut bits = (meter as u64) << 32 | t as u64;
    for _ in 0..3 {
        bits = (bits ^ bits >> 29).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(0x1234_5678_9ABC_DEF1);
    }
    (bits >> 11) as f64 / (1u64 << 53) as f64
}

/// Energies to 0.01 kWh: a base, and something that is switched on at times.
fn energy(meter: usize, t: usize) -> f64 {
    let on = chance(meter, t / 3) > 0.8;
    (100.0 * (0.05 + 0.1 * chance(meter + 100, t) + if on { 0.6 } else { 0.0 })).round() / 100.0
}

fn end(t: usize) -> i64 {
    BEGIN + QUARTER * (t as i64 + 1)
}

fn meter(place: usize) -> RawMeter {
    RawMeter {
        about: About { id: format!("m{place}"), ..About::default() },
        times: (0..T).map(end).collect(),
        energy: (0..T).map(|t| energy(place, t)).collect(),
        ..RawMeter::default()
    }
}

/// The register at the end of each interval.
fn as_register(meter: &mut RawMeter, first: f64) {
    let mut shown = first;
    meter.register = std::mem::take(&mut meter.energy)
        .into_iter()
        .map(|energy| {
            shown += energy;
            (100.0 * shown).round() / 100.0
        })
        .collect();
}

fn raw(meters: usize) -> RawArea {
    let subs: Vec<RawMeter> = (1..=meters).map(meter).collect();
    let supplied = (0..T).map(|t| subs.iter().map(|sub| sub.energy[t]).sum::<f64>() * 1.01 + 0.02).collect();
    let master = RawMeter {
        about: About { id: "master".into(), is_master: true, ..About::default() },
        times: (0..T).map(end).collect(),
        energy: supplied,
        ..RawMeter::default()
    };
    RawArea { id: "area".into(), meters: [vec![master], subs].concat() }
}

/// The area after something befell it, and the codes of the findings.
fn cleaned(befall: impl FnOnce(&mut RawArea)) -> (Area, Vec<String>) {
    let mut area = raw(8);
    befall(&mut area);
    let Cleaned { area, findings } = clean(area, 0.0);
    (area.expect("an area"), findings.into_iter().map(|finding| finding.code.into_owned()).collect())
}

/// The largest difference from what was drawn; missing energies do not count, but there may be only so many of them.
fn off(area: &Area, missing: usize) -> f64 {
    let differences = area.meters.iter().flat_map(|meter| {
        let place: usize = meter.about.id[1..].parse().unwrap();
        meter.consumed.iter().enumerate().map(move |(t, consumed)| (consumed - energy(place, t)).abs())
    });
    let differences: Vec<f64> = differences.collect();
    let absent = differences.iter().filter(|difference| difference.is_nan()).count();
    assert!(absent <= missing, "{absent} are missing");
    differences.into_iter().filter(|difference| difference.is_finite()).fold(0.0, f64::max)
}

fn unfit(befall: impl FnOnce(&mut RawArea)) -> Unfit {
    let mut area = raw(3);
    befall(&mut area);
    clean(area, 0.0).area.unwrap_err()
}

#[test]
fn a_clean_area_stays_as_it_is_without_a_word() {
    let (area, codes) = cleaned(|_| {});
    assert_eq!((off(&area, 0), codes), (0.0, Vec::<String>::new()));
    assert_eq!((area.start, area.step, area.intervals(), area.meters.len()), (end(0), QUARTER, T, 8));
    assert!((area.meters[0].resolution - 0.01).abs() < 1e-9, "{}", area.meters[0].resolution);
}

#[test]
fn registers_make_the_energies_that_passed() {
    let (area, _) = cleaned(|area| as_register(&mut area.meters[3], 517.0));
    assert!(off(&area, 1) < 1e-9);
}

#[test]
fn shuffled_rows_change_nothing() {
    let (area, codes) = cleaned(|area| {
        let meter = &mut area.meters[2];
        let order: Vec<usize> = (0..T).map(|t| t * 101 % T).collect();
        meter.times = order.iter().map(|t| meter.times[*t]).collect();
        meter.energy = order.iter().map(|t| meter.energy[*t]).collect();
    });
    assert_eq!((off(&area, 0), codes), (0.0, vec!["shuffled".to_owned()]));
}

#[test]
fn a_reading_that_came_twice_counts_once() {
    let (area, codes) = cleaned(|area| {
        let meter = &mut area.meters[2];
        meter.times.extend_from_within(10..30);
        meter.energy.extend_from_within(10..30);
    });
    assert_eq!((off(&area, 0), codes[1].as_str()), (0.0, "duplicate"));
}

#[test]
fn of_readings_that_contradict_the_one_stays_that_fits_the_register_or_else_the_last() {
    let (area, codes) = cleaned(|area| {
        let meter = &mut area.meters[2];
        meter.times.insert(50, meter.times[50]);
        meter.energy.insert(50, 0.99);
        let meter = &mut area.meters[3];
        as_register(meter, 100.0);
        meter.times.insert(51, meter.times[50]);
        meter.register.insert(51, 3.0);
    });
    assert!(off(&area, 1) < 1e-9 && codes.contains(&"conflict".to_owned()), "{codes:?}");
}

#[test]
fn a_register_that_runs_over_goes_on() {
    for digits in [4, 0] {
        let (area, codes) = cleaned(|area| {
            let meter = &mut area.meters[3];
            meter.about.register_digits = digits;
            as_register(meter, 9995.0);
            meter.register.iter_mut().for_each(|shown| *shown %= 10_000.0);
        });
        assert!(off(&area, 1) < 1e-8 && codes.contains(&"rollover".to_owned()), "{codes:?}");
    }
}

#[test]
fn a_register_that_was_reset_lacks_one_interval() {
    let (area, codes) = cleaned(|area| {
        let meter = &mut area.meters[3];
        as_register(meter, 5_123.0);
        let at = meter.register[200];
        meter.register[200..].iter_mut().for_each(|shown| *shown -= at);
    });
    assert!(off(&area, 2) < 1e-8 && codes.contains(&"reset".to_owned()), "{codes:?}");
    assert!(area.meters[2].consumed[200].is_nan());
}

#[test]
fn one_wrong_register_spoils_nothing() {
    let (area, codes) = cleaned(|area| {
        let meter = &mut area.meters[3];
        as_register(meter, 5_123.0);
        meter.register[77] = 99_999.0;
    });
    assert!(off(&area, 3) < 1e-8 && codes.contains(&"register-spike".to_owned()), "{codes:?}");
    assert_eq!(area.meters[2].bridges[0].intervals, 77..79);
}

#[test]
fn a_gap_between_registers_is_a_bridge_of_the_right_total() {
    let (area, codes) = cleaned(|area| {
        let meter = &mut area.meters[3];
        as_register(meter, 10.0);
        meter.register[100..140].fill(f64::NAN);
    });
    let [Bridge { intervals, consumed }] = &area.meters[2].bridges[..] else { panic!("one bridge") };
    let truth: f64 = (100..141).map(|t| energy(3, t)).sum();
    assert!(*intervals == (100..141) && (consumed - truth).abs() < 1e-8, "{intervals:?}");
    assert!(codes.contains(&"bridged".to_owned()));
}

#[test]
fn a_replaced_meter_and_its_successor_are_two_and_the_interval_of_the_change_is_missing() {
    let (area, _) = cleaned(|area| {
        let change = end(150) - 300;
        let mut new = area.meters[3].clone();
        area.meters[3].about.until = change;
        new.about = About { id: "m3".into(), from: change, replaces: "m3-old".into(), ..About::default() };
        area.meters[3].about.id = "m3".into();
        area.meters.push(new);
    });
    let (old, new) = (&area.meters[2].consumed, &area.meters[8].consumed);
    let one = |t: usize| usize::from(old[t].is_finite()) + usize::from(new[t].is_finite());
    assert!((0..T).all(|t| one(t) == usize::from(t != 150)));
}

#[test]
fn a_successor_ends_the_service_of_the_meter_that_it_names() {
    let (area, _) = cleaned(|area| {
        let mut new = area.meters[3].clone();
        (new.times, new.energy) = (new.times[150..].to_vec(), new.energy[150..].to_vec());
        new.about = About { id: "m3-new".into(), replaces: "m3".into(), ..About::default() };
        area.meters.push(new);
    });
    assert!(area.meters[2].consumed[151..].iter().all(|energy| energy.is_nan()));
    assert_eq!((area.meters[2].about.until, area.meters[8].about.from), (end(150), end(150)));
}

#[test]
fn a_meter_in_watt_hours_is_seen_in_the_balance_even_among_several() {
    let (area, codes) = cleaned(|area| {
        area.meters[2].energy.iter_mut().for_each(|energy| *energy *= 1000.0);
        area.meters[5].energy.iter_mut().for_each(|energy| *energy *= 1000.0);
        area.meters[6].energy.iter_mut().for_each(|energy| *energy /= 1000.0);
    });
    assert!(off(&area, 0) < 1e-9 && codes == ["unit"], "{codes:?}");
}

#[test]
fn all_meters_in_watt_hours_are_mended_and_not_the_master() {
    let (area, codes) = cleaned(|area| {
        area.meters[1..].iter_mut().flat_map(|meter| &mut meter.energy).for_each(|energy| *energy *= 1000.0);
    });
    assert!(off(&area, 0) < 1e-9 && codes == ["unit"], "{codes:?}");
}

#[test]
fn a_multiplier_of_the_master_that_was_taken_twice_is_taken_back() {
    let (area, codes) = cleaned(|area| {
        area.meters[0].about.multiplier = 60.0;
        area.meters[0].energy.iter_mut().for_each(|energy| *energy *= 60.0);
    });
    let supplied: f64 = area.master.supplied.iter().sum();
    let drawn: f64 = raw(8).meters[0].energy.iter().sum();
    assert!((supplied / drawn - 1.0).abs() < 1e-9 && codes == ["unit"], "{codes:?}");
}

#[test]
fn a_stranger_is_no_meter_in_watt_hours() {
    let (area, codes) = cleaned(|area| area.meters[2].energy = (0..T).map(|t| energy(77, t)).collect());
    assert_eq!((area.meters[1].consumed[5], codes), (energy(77, 5), Vec::<String>::new()));
}

#[test]
fn intervals_stamped_with_their_beginning_are_moved_by_one_step() {
    for lag in [1, -1] {
        let (area, codes) = cleaned(|area| area.meters[4].times.iter_mut().for_each(|time| *time += lag * QUARTER));
        assert!(off(&area, 1) == 0.0 && codes.contains(&"lag".to_owned()), "{codes:?}");
    }
}

#[test]
fn two_steps_are_not_believed() {
    let (_, codes) = cleaned(|area| area.meters[4].times.iter_mut().for_each(|time| *time += 2 * QUARTER));
    assert!(!codes.contains(&"lag".to_owned()), "{codes:?}");
}

#[test]
fn a_value_that_repeats_itself_is_missing() {
    let (area, codes) = cleaned(|area| area.meters[4].energy[60..90].fill(0.73));
    assert!(codes.contains(&"stuck".to_owned()), "{codes:?}");
    assert!(area.meters[3].consumed[62..90].iter().all(|energy| energy.is_nan()));
}

#[test]
fn zeros_that_end_in_their_total_are_a_bridge() {
    let (area, codes) = cleaned(|area| {
        let total: f64 = (60..100).map(|t| energy(4, t)).sum();
        area.meters[4].energy[60..99].fill(0.0);
        area.meters[4].energy[99] = total;
    });
    assert!(codes.contains(&"caught-up".to_owned()), "{codes:?}");
    assert_eq!(area.meters[3].bridges[0].intervals, 60..100);
}

#[test]
fn what_nobody_supplied_and_what_is_below_zero_is_missing() {
    let (area, codes) = cleaned(|area| {
        area.meters[4].energy[60] = 650.0;
        area.meters[4].energy[61] = -1.0;
        area.meters[0].energy[70] = 900.0;
    });
    assert!(off(&area, 2) == 0.0 && area.master.supplied[70].is_nan());
    assert!(["negative", "spike", "master-spike"].iter().all(|code| codes.contains(&(*code).to_owned())), "{codes:?}");
}

#[test]
fn noon_without_the_export_of_the_master_takes_no_part() {
    let (area, codes) = cleaned(|area| {
        area.meters[1].exported = (0..T).map(|t| if t % 96 == 48 { 20.0 } else { 0.0 }).collect();
        (0..T).filter(|t| t % 96 == 48).for_each(|t| area.meters[0].energy[t] = 0.0);
    });
    assert!((0..T).all(|t| area.master.supplied[t].is_nan() == (t % 96 == 48)));
    assert!(codes.contains(&"master-export".to_owned()), "{codes:?}");
}

#[test]
fn clocks_that_are_seconds_off_keep_their_interval() {
    let (area, _) = cleaned(|area| area.meters[4].times.iter_mut().for_each(|time| *time += 37));
    assert_eq!(off(&area, 0), 0.0);
}

#[test]
fn finer_readings_are_added_up_and_coarser_ones_are_bridges() {
    let (area, _) = cleaned(|area| {
        let fine = &mut area.meters[1];
        fine.times = fine.times.iter().flat_map(|time| [time - 600, time - 300, *time]).collect();
        fine.energy = fine.energy.iter().flat_map(|energy| [energy / 2.0, energy / 4.0, energy / 4.0]).collect();
        let coarse = &mut area.meters[2];
        coarse.energy = coarse.energy.chunks(4).map(|hour| hour.iter().sum()).collect();
        coarse.times = coarse.times.iter().skip(3).step_by(4).copied().collect();
    });
    assert!(off(&area, T) < 1e-12 && area.meters[0].consumed.iter().all(|energy| energy.is_finite()));
    assert_eq!((area.meters[1].bridges.len(), &area.meters[1].bridges[2].intervals), (T / 4, &(8..12)));
}

#[test]
fn daily_freezes_make_a_daily_grid() {
    let (area, _) = cleaned(|area| {
        for meter in &mut area.meters {
            as_register(meter, 50.0);
            meter.register = meter.register.iter().skip(95).step_by(96).copied().collect();
            meter.times = meter.times.iter().skip(95).step_by(96).copied().collect();
        }
    });
    let truth: f64 = (96..192).map(|t| energy(1, t)).sum();
    assert!(area.step == 86_400 && (area.meters[0].consumed[1] - truth).abs() < 1e-8);
}

#[test]
fn values_that_are_no_numbers_and_stray_instants_are_left_out() {
    let (area, codes) = cleaned(|area| {
        let meter = &mut area.meters[4];
        (meter.energy[5], meter.times[9], meter.times[20]) = (f64::INFINITY, i64::MIN, 3);
    });
    assert_eq!((off(&area, 3), area.intervals()), (0.0, T));
    assert!(["infinite", "time-missing", "stray"].iter().all(|code| codes.contains(&(*code).to_owned())), "{codes:?}");
}

#[test]
fn what_cannot_be_assessed_is_told_with_its_reason() {
    assert_eq!(unfit(|area| drop(area.meters.remove(0))), Unfit::NoMaster);
    assert_eq!(unfit(|area| area.meters.truncate(1)), Unfit::NoMeters);
    assert_eq!(unfit(|area| area.meters.clear()), Unfit::NoMaster);
    assert_eq!(unfit(|area| area.meters[0].energy.fill(f64::NAN)), Unfit::SilentMaster);
    assert_eq!(unfit(|area| area.meters[0].times.clear()), Unfit::SilentMaster);
    assert_eq!(unfit(|area| area.meters[1..].iter_mut().for_each(|meter| meter.energy.clear())), Unfit::SilentMeters);
    let nothing = |meter: &mut RawMeter| *meter = RawMeter { about: meter.about.clone(), ..RawMeter::default() };
    assert_eq!(unfit(|area| area.meters.iter_mut().for_each(nothing)), Unfit::SilentMaster);
}

#[test]
fn one_meter_behind_the_master_is_an_area() {
    let Cleaned { area, .. } = clean(raw(1), 0.002);
    let area = area.unwrap();
    assert_eq!((area.meters.len(), area.master.uncertainty), (1, 0.002));
}

#[test]
fn master_meters_that_followed_each_other_are_one() {
    let (area, _) = cleaned(|area| {
        let mut next = area.meters[0].clone();
        area.meters[0].energy[200..].fill(f64::NAN);
        next.energy[..200].fill(f64::NAN);
        next.about.id = "next".into();
        area.meters.push(next);
    });
    assert!(area.master.supplied.iter().all(|energy| energy.is_finite()) && area.meters.len() == 8);
}

#[test]
fn cleaning_what_is_clean_changes_no_digit() {
    let once = clean(raw(8), 0.0).area.unwrap();
    let back = |about: &About, energy: &[f64]| RawMeter {
        about: about.clone(),
        times: (0..T).map(|t| once.end(t)).collect(),
        energy: energy.to_vec(),
        ..RawMeter::default()
    };
    let master = About { id: once.master.id.clone(), is_master: true, ..About::default() };
    let mut meters = vec![back(&master, &once.master.supplied)];
    meters.extend(once.meters.iter().map(|meter| back(&meter.about, &meter.consumed)));
    let twice = clean(RawArea { id: once.id.clone(), meters }, 0.0).area.unwrap();
    assert_eq!(format!("{once:?}"), format!("{twice:?}"));
}

/// Twelve days, the master meter changed by `befall` on each.
fn long(befall: impl Fn(usize, f64) -> f64) -> (Vec<f64>, Vec<String>) {
    let mut area = raw(8);
    for meter in &mut area.meters {
        let energies = meter.energy.clone();
        (meter.times, meter.energy) = ((0..3 * T).map(end).collect(), [&energies[..], &energies, &energies].concat());
    }
    area.meters[0].energy.iter_mut().enumerate().for_each(|(t, energy)| *energy = befall(t / 96, *energy));
    let Cleaned { area, findings } = clean(area, 0.0);
    let supplied = area.expect("an area").master.supplied;
    (supplied, findings.into_iter().map(|finding| finding.code.into_owned()).collect())
}

#[test]
fn days_on_which_another_area_hangs_on_the_master_meter_take_no_part() {
    let tied = |day: usize| (5..7).contains(&day);
    let (supplied, codes) = long(|day, energy| if tied(day) { 1.5 * energy } else { energy });
    assert_eq!(codes, ["open-days"]);
    assert!(supplied.iter().enumerate().all(|(t, energy)| energy.is_nan() == tied(t / 96)));
}

#[test]
fn days_that_are_off_from_some_day_on_stay() {
    let (supplied, codes) = long(|day, energy| if day >= 9 { 1.5 * energy } else { energy });
    assert!(codes.is_empty() && supplied.iter().all(|energy| energy.is_finite()), "{codes:?}");
}
