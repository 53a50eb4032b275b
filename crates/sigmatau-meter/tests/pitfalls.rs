//! What is wrong with readings of areas in the field, one test for each pitfall: readings as they arrive, cleaned, solved
//! and judged at ±1 %. Local time is tried where it is read, in `sigmatau-data`.

mod common;

use common::{Case, small};
use sigmatau_meter::area::Meter;
use sigmatau_meter::clean::{Unfit, clean};
use sigmatau_meter::prior::Prior;
use sigmatau_meter::raw::{About, RawArea, RawMeter};
use sigmatau_meter::solver::{Estimate, Plight, Solver};
use sigmatau_meter::verdict::{Circumstances, Judgement, Reason, Settings, Verdict};

const DAYS: usize = 10;
const METERS: usize = 14;

/// What came of an area.
struct Outcome {
    /// The codes of what was found, of the cleaning first.
    codes: Vec<String>,
    meters: Vec<About>,
    estimates: Vec<Estimate>,
    judgements: Vec<Judgement>,
    /// The truth of each meter, by its name.
    errors: Vec<(String, f64)>,
}

/// The area as it would have been sent.
fn sent(case: &Case) -> RawArea {
    let times: Vec<i64> = (0..case.area.intervals()).map(|interval| case.area.end(interval)).collect();
    let raw = |about: About, energy: &[f64], exported: &[f64]| RawMeter {
        about,
        times: times.clone(),
        energy: energy.to_vec(),
        exported: exported.to_vec(),
        ..RawMeter::default()
    };
    let master = &case.area.master;
    let about = About { id: master.id.clone(), is_master: true, ..About::default() };
    let sub = |meter: &Meter| raw(meter.about.clone(), &meter.consumed, &meter.fed);
    let masters = std::iter::once(raw(about, &master.supplied, &master.returned));
    RawArea { id: case.area.id.clone(), meters: masters.chain(case.area.meters.iter().map(sub)).collect() }
}

/// Cleans, solves and judges an area of a kind after something befell it.
fn met(kind: &str, befall: impl FnOnce(&mut RawArea)) -> Outcome {
    let case = small(kind, 5, DAYS, METERS);
    let mut raw = sent(&case);
    befall(&mut raw);
    judged(&case, raw)
}

fn judged(case: &Case, raw: RawArea) -> Outcome {
    let cleaned = clean(raw, common::MASTER);
    let area = cleaned.area.expect("an area");
    let solution = (Solver::named("gls").expect("a solver").solve)(&area, &Prior::default());
    let supplied: f64 = area.master.supplied.iter().filter(|energy| energy.is_finite()).sum();
    let unexplained = solution.unexplained.abs() / supplied;
    let circumstances = Circumstances { limit: 0.01, step: area.step, master: common::MASTER, unexplained };
    let judge = |estimate: &Estimate| Settings::default().judge(estimate, &circumstances);
    let names = case.area.meters.iter().map(|meter| meter.about.id.clone());
    let codes = cleaned.findings.iter().chain(&solution.findings).map(|finding| finding.code.to_string());
    Outcome {
        codes: codes.collect(),
        meters: area.meters.into_iter().map(|meter| meter.about).collect(),
        judgements: solution.estimates.iter().map(judge).collect(),
        errors: names.zip(case.errors.iter().copied()).collect(),
        estimates: solution.estimates,
    }
}

impl Outcome {
    fn has(&self, code: &str) -> bool {
        self.codes.iter().any(|found| found == code)
    }

    /// Errors of sound meters that draw more than 1 kWh a day: estimate less truth, and the uncertainty.
    fn sound(&self) -> Vec<(f64, f64)> {
        let sound = self.meters.iter().zip(&self.estimates).filter(|(_, estimate)| {
            estimate.plight == Plight::Sound && estimate.energy > DAYS as f64 && estimate.error.is_finite()
        });
        let truth = |id: &str| self.errors.iter().find(|(name, _)| name == id).expect("a meter that was drawn").1;
        sound.map(|(about, estimate)| (estimate.error - truth(&about.id), estimate.u)).collect()
    }

    fn rms(&self) -> f64 {
        let sound = self.sound();
        (sound.iter().map(|(off, _)| off * off).sum::<f64>() / sound.len() as f64).sqrt()
    }

    /// Nothing spoiled the other meters: most are judged, and within their uncertainty.
    fn others_hold(&self) {
        let sound = self.sound();
        assert!(2 * sound.len() > self.meters.len(), "{} of {} are sound", sound.len(), self.meters.len());
        assert!(sound.iter().all(|(off, u)| off.abs() < 4.0 * u), "{sound:?}");
        assert!(self.rms() < 0.012, "{}", self.rms());
    }

    fn undecided(&self, place: usize) {
        assert_eq!(self.judgements[place].verdict, Verdict::NotAssessable, "{:?}", self.judgements[place]);
    }
}

/// The place of the meter of the largest energy.
fn largest(area: &RawArea) -> usize {
    let energy = |place: usize| area.meters[place].energy.iter().filter(|energy| energy.is_finite()).sum::<f64>();
    (1..area.meters.len()).max_by(|one, other| energy(*one).total_cmp(&energy(*other))).expect("meters")
}

/// Lets a customer draw something else, which the master meter sees.
fn draws(area: &mut RawArea, place: usize, energy: impl Fn(usize) -> f64) {
    for t in 0..area.meters[place].energy.len() {
        let before = std::mem::replace(&mut area.meters[place].energy[t], energy(t));
        area.meters[0].energy[t] += energy(t) - before;
    }
}

#[test]
fn collinear_meters_are_judged_as_a_group() {
    let outcome = met("clean", |area| {
        draws(area, 1, |t| if t % 96 < 40 { 0.25 } else { 0.0 });
        draws(area, 2, |t| if t % 96 < 40 { 0.25 } else { 0.0 });
    });
    assert_eq!(outcome.estimates[0].plight, Plight::Collinear { with: vec![1] });
    assert_eq!(outcome.judgements[0].reason, Reason::Group { others: 1 });
    assert!((outcome.estimates[0].error).abs() < 0.05, "no arbitrary split");
}

#[test]
fn zero_consumption_meter_has_no_information() {
    let outcome = met("clean", |area| draws(area, 1, |_| 0.0));
    assert_eq!((&outcome.estimates[0].plight, outcome.estimates[0].information), (&Plight::Idle, 0.0));
    outcome.undecided(0);
    outcome.others_hold();
}

#[test]
fn consumption_below_starting_current_is_not_held_to_the_limit() {
    // 3 W make 0.01 kWh in 13 intervals, of which the meter registers every second.
    let outcome = met("clean", |area| {
        draws(area, 1, |t| if t % 13 == 0 { 0.01 } else { 0.0 });
        area.meters[1].energy.iter_mut().enumerate().filter(|(t, _)| t % 26 == 0).for_each(|(_, energy)| *energy = 0.0);
    });
    outcome.undecided(0);
    outcome.others_hold();
}

#[test]
fn pv_feed_in_spoils_no_interval() {
    let outcome = met("pv", |_| {});
    outcome.others_hold();
}

#[test]
fn master_export_not_read_takes_those_hours_out() {
    let outcome = met("pv", |area| area.meters[0].exported.clear());
    assert!(outcome.has("master-export"), "{:?}", outcome.codes);
    outcome.others_hold();
}

#[test]
fn phase_imbalance_is_not_taken_for_errors() {
    let case = small("clean", 5, DAYS, METERS);
    let phases: Vec<_> = case.area.meters.iter().map(|meter| meter.about.phase).collect();
    let count = |wanted| phases.iter().filter(|phase| **phase == wanted).count();
    let counts = [sigmatau_meter::Phase::A, sigmatau_meter::Phase::B, sigmatau_meter::Phase::C].map(count);
    assert!(counts.iter().max() > counts.iter().min(), "the area is unbalanced: {counts:?}");
    judged(&case, sent(&case)).others_hold();
    let mut unknown = sent(&case);
    unknown.meters.iter_mut().for_each(|meter| meter.about.phase = sigmatau_meter::Phase::Unknown);
    judged(&case, unknown).others_hold();
}

#[test]
fn meter_replacement_makes_two_meters_and_one_missing_interval() {
    let mut place = 0;
    let outcome = met("clean", |area| {
        place = largest(area);
        let old = &mut area.meters[place];
        let mut new = old.clone();
        new.about = About { id: format!("{}-new", old.about.id), replaces: old.about.id.clone(), ..About::default() };
        for (meter, keeps) in [(old, 0..DAYS * 48), (&mut new, DAYS * 48..DAYS * 96)] {
            meter.times = meter.times[keeps.clone()].to_vec();
            meter.energy = meter.energy[keeps].to_vec();
            meter.exported.clear();
        }
        area.meters.push(new);
    });
    let [old, new] = [place - 1, outcome.meters.len() - 1].map(|place| &outcome.estimates[place]);
    assert!((DAYS * 96 - 1..=DAYS * 96).contains(&(old.readings + new.readings)), "{} {}", old.readings, new.readings);
    assert!(old.plight == Plight::Sound && new.plight == Plight::Sound);
    let truth = outcome.errors[place - 1].1;
    let holds = |estimate: &Estimate| (estimate.error - truth).abs() < 4.0 * estimate.u;
    assert!(holds(old) && holds(new), "{truth}: {} ± {}, {} ± {}", old.error, old.u, new.error, new.u);
}

#[test]
fn dead_stuck_or_tampered_meter_is_isolated() {
    for (share, stuck, word) in [(0.0, 0.0, "dead"), (0.0, 0.05, "stuck"), (0.4, 0.0, "tampered")] {
        let mut place = 0;
        let outcome = met("clean", |area| {
            place = largest(area);
            area.meters[place].energy[DAYS * 48..].iter_mut().for_each(|energy| *energy = share * *energy + stuck);
        });
        assert_eq!(outcome.estimates[place - 1].plight.word(), word);
        assert!(outcome.judgements[place - 1].verdict != Verdict::Keep);
        outcome.others_hold();
    }
}

#[test]
fn wrong_area_is_named_and_has_no_error() {
    let other = small("clean", 9, DAYS, METERS);
    let outcome = met("clean", |area| {
        let foreign = sent(&other);
        let mut stranger = foreign.meters[largest(&foreign)].clone();
        stranger.about.id = area.meters[1].about.id.clone() + "-stranger";
        area.meters.push(stranger);
    });
    let stranger = outcome.meters.len() - 1;
    assert_eq!(outcome.estimates[stranger].plight, Plight::Stranger { home: None });
    assert!(outcome.judgements[stranger].error.is_nan());
    outcome.undecided(stranger);
    outcome.others_hold();
}

#[test]
fn absent_customer_is_reported_and_verdicts_are_refused() {
    let outcome = met("clean", |area| {
        let mean = area.meters[0].energy.iter().sum::<f64>() / area.meters[0].energy.len() as f64;
        area.meters[0].energy.iter_mut().for_each(|energy| *energy += 0.3 * mean);
    });
    assert!(outcome.has("unmetered"), "{:?}", outcome.codes);
    (0..outcome.meters.len()).for_each(|place| outcome.undecided(place));
}

#[test]
fn duplicated_readings_count_once() {
    let plain = met("clean", |_| {});
    let outcome = met("clean", |area| {
        let meter = &mut area.meters[1];
        let again = (meter.times[7], meter.energy[7]);
        meter.times.push(again.0);
        meter.energy.push(again.1);
        let wrong = (meter.times[9], meter.energy[9]);
        meter.times.insert(9, wrong.0);
        meter.energy.insert(9, wrong.1 + 3.0);
    });
    assert!(outcome.has("duplicate") && outcome.has("conflict"), "{:?}", outcome.codes);
    assert_eq!(format!("{:?}", outcome.estimates), format!("{:?}", plain.estimates));
}

#[test]
fn register_rollover_and_reset_leave_no_huge_energies() {
    let outcome = met("clean", |area| {
        for (place, first) in [(1, 9_990.0), (2, 57.0)] {
            let meter = &mut area.meters[place];
            meter.about.register_digits = 4;
            let mut shown: f64 = first;
            let register = meter.energy.drain(..).map(|energy| {
                shown = (shown + energy) % 10_000.0;
                (100.0 * shown).round() / 100.0
            });
            meter.register = register.collect();
        }
        area.meters[2].register[400..].iter_mut().for_each(|register| *register -= 57.0);
    });
    assert!(outcome.has("rollover") && outcome.has("reset"), "{:?}", outcome.codes);
    outcome.others_hold();
}

#[test]
fn multiplier_change_holds_for_its_time() {
    let mut place = 0;
    let outcome = met("clean", |area| {
        place = largest(area);
        let change = area.meters[place].times[DAYS * 48 - 1];
        let mut after = area.meters[place].clone();
        area.meters[place].about.until = change;
        (after.about.from, after.about.multiplier) = (change, 40.0);
        after.energy.iter_mut().for_each(|energy| *energy *= 40.0);
        area.meters.push(after);
    });
    assert!(outcome.has("unit"), "{:?}", outcome.codes);
    outcome.others_hold();
    let last = outcome.estimates.last().expect("the meter after the change");
    assert!(last.error.abs() < 0.05 && outcome.estimates[place - 1].error.abs() < 0.05);
}

#[test]
fn start_stamped_intervals_are_moved_and_are_no_clock_offset() {
    let mut place = 0;
    let outcome = met("clean", |area| {
        place = largest(area);
        area.meters[place].times.iter_mut().for_each(|time| *time -= 900);
    });
    assert!(outcome.has("lag"), "{:?}", outcome.codes);
    assert!(outcome.estimates[place - 1].late.abs() < 60.0, "{} s", outcome.estimates[place - 1].late);
    outcome.others_hold();
}

#[test]
fn watt_hours_and_a_multiplier_taken_twice_are_mended() {
    for (multiplier, factor) in [(1.0, 1000.0), (40.0, 40.0)] {
        let outcome = met("clean", |area| {
            let place = largest(area);
            area.meters[place].about.multiplier = multiplier;
            area.meters[place].energy.iter_mut().for_each(|energy| *energy *= factor);
        });
        assert!(outcome.has("unit"), "{:?}", outcome.codes);
        outcome.others_hold();
    }
}

#[test]
fn quantised_master_costs_little() {
    let [fine, coarse] = ["typical", "coarse"].map(|kind| met(kind, |_| {}));
    let typical = |outcome: &Outcome| {
        let mut sizes: Vec<f64> = outcome.sound().iter().map(|(off, _)| off.abs()).collect();
        sizes.sort_unstable_by(f64::total_cmp);
        sizes[sizes.len() * 3 / 4]
    };
    let (fine, coarse) = (typical(&fine), typical(&coarse));
    assert!(coarse < 0.006 && coarse < 1.7 * fine.max(0.002), "{fine} {coarse}");
}

#[test]
fn areas_linked_by_a_tie_switch_lose_those_days() {
    let outcome = met("clean", |area| {
        area.meters[0].energy[4 * 96..6 * 96].iter_mut().for_each(|energy| *energy *= 1.6);
    });
    assert!(outcome.has("open-days"), "{:?}", outcome.codes);
    outcome.others_hold();
}

#[test]
fn few_days_of_many_meters_decide_no_more_than_there_are_readings() {
    let case = small("daily", 5, DAYS, 40);
    let outcome = judged(&case, sent(&case));
    let verdicts =
        |wanted| (0..40).filter(|place| outcome.judgements[*place].verdict == wanted).collect::<Vec<usize>>();
    let kept = verdicts(Verdict::Keep);
    assert!(verdicts(Verdict::Replace).is_empty() && kept.len() <= DAYS, "{kept:?}");
    assert!(kept.iter().all(|place| case.errors[*place].abs() < 0.01));
    assert!(verdicts(Verdict::NotAssessable).len() >= 40 - DAYS);
}

#[test]
fn theft_at_times_is_weighed_down_and_reported() {
    let outcome = met("clean", |area| {
        let stormy = |t: usize| (500..512).contains(&t) || (700..716).contains(&t) || (820..830).contains(&t);
        area.meters[0].energy.iter_mut().enumerate().filter(|(t, _)| stormy(*t)).for_each(|(_, energy)| *energy += 1.5);
    });
    assert!(outcome.has("weighed-down"), "{:?}", outcome.codes);
    outcome.others_hold();
}

#[test]
fn non_finite_values_and_areas_without_a_balance_are_told_by_type() {
    let outcome = met("clean", |area| {
        area.meters[1].energy[5] = f64::INFINITY;
        area.meters[2].times[6] = i64::MIN;
    });
    assert!(outcome.has("infinite") && outcome.has("time-missing"), "{:?}", outcome.codes);
    outcome.others_hold();
    let whole = sent(&small("clean", 5, 2, 5));
    let without = |befall: fn(&mut RawArea)| {
        let mut area = whole.clone();
        befall(&mut area);
        clean(area, common::MASTER).area.map(|_| ()).expect_err("not assessable")
    };
    assert_eq!(without(|area| drop(area.meters.remove(0))), Unfit::NoMaster);
    assert_eq!(without(|area| area.meters.truncate(1)), Unfit::NoMeters);
    assert_eq!(without(|area| area.meters.clear()), Unfit::NoMaster);
    assert_eq!(without(|area| area.meters[0].energy.fill(f64::NAN)), Unfit::SilentMaster);
    assert_eq!(
        without(|area| area.meters[1..].iter_mut().for_each(|meter| meter.energy.fill(f64::NAN))),
        Unfit::SilentMeters
    );
}
