use super::*;
use proptest::prelude::*;

const AROUND: Circumstances = Circumstances { limit: 0.01, step: 900, master: 0.002, unexplained: 0.003 };

fn sound(error: f64, u: f64) -> Estimate {
    let plight = Plight::Sound;
    Estimate { error, u, information: 0.9, plight, onset: None, late: 0.0, energy: 300.0, readings: 2880 }
}

fn judged(estimate: &Estimate) -> Judgement {
    Settings::default().judge(estimate, &AROUND)
}

fn in_plight(plight: Plight, error: f64) -> Judgement {
    judged(&Estimate { plight, ..sound(error, 0.003) })
}

#[test]
fn meters_are_kept_watched_and_replaced_by_the_probability_that_they_conform() {
    let verdicts = [0.0, 0.004, 0.006, 0.014, 0.016, -0.02].map(|error| judged(&sound(error, 0.003)).verdict);
    use Verdict::{Keep, Replace, Watch};
    assert_eq!(verdicts, [Keep, Keep, Watch, Watch, Replace, Replace]);
}

/// JCGM 106:2012, 7: a normal quantity within two limits, here Φ(2) − Φ(−6) by mpmath 1.4.1.
#[test]
fn the_probability_is_that_of_a_normal_error_within_two_limits() {
    assert!((judged(&sound(0.005, 0.0025)).conform - 0.977_249_867_065_233_1).abs() < 1e-14);
}

#[test]
fn what_the_prior_alone_says_keeps_no_meter() {
    let judgement = judged(&Estimate { information: 0.2, ..sound(0.0, 0.003) });
    assert_eq!(judgement.verdict, Verdict::NotAssessable);
    assert_eq!(judgement.remedy(), "wait for about 4.0 times as many readings, or check it on site");
    assert_eq!(judgement.to_string(), "only 20 % of what is known comes from its readings");
    let nothing = judged(&Estimate { information: 0.0, ..sound(0.0, 0.003) });
    assert_eq!(nothing.remedy(), "read it every 15 minutes, or check it on site");
}

#[test]
fn little_information_replaces_no_meter_but_has_it_watched() {
    let judgement = judged(&Estimate { information: 0.6, ..sound(0.03, 0.003) });
    assert!(judgement.conform < 0.05);
    assert_eq!(judgement.verdict, Verdict::Watch);
    assert_eq!(judgement.to_string(), "only 60 % of what is known comes from its readings");
}

#[test]
fn what_looks_like_tampering_is_watched_where_much_is_unexplained() {
    let around = Circumstances { unexplained: 0.1, ..AROUND };
    let judgement = Settings::default().judge(&Estimate { plight: Plight::Tampered, ..sound(-0.4, 0.03) }, &around);
    assert_eq!((judgement.verdict, judgement.reason), (Verdict::Watch, Reason::Tampered));
}

#[test]
fn idle_meters_have_no_information_and_no_verdict() {
    let judgement = in_plight(Plight::Idle, 0.5);
    assert_eq!(judgement.verdict, Verdict::NotAssessable);
    assert!(judgement.to_string().starts_with("no information"), "{judgement}");
}

#[test]
fn meters_below_their_starting_current_are_not_held_to_their_limits() {
    let judgement = judged(&Estimate { energy: 3.0, ..sound(-0.9, 0.01) });
    assert_eq!((judgement.verdict, judgement.to_string().contains("4.2 W")), (Verdict::NotAssessable, true));
}

#[test]
fn strangers_are_sent_home_and_not_replaced() {
    let judgement = in_plight(Plight::Stranger { home: Some("area-7".into()) }, f64::NAN);
    assert_eq!(judgement.verdict, Verdict::NotAssessable);
    assert_eq!(judgement.remedy(), "file it under the area area-7");
    assert!(in_plight(Plight::Stranger { home: None }, f64::NAN).remedy().contains("neighbouring"));
}

#[test]
fn dead_meters_are_replaced_whatever_their_error() {
    for error in [-1.0, -0.001, f64::NAN] {
        let judgement = in_plight(Plight::Dead, error);
        assert_eq!((judgement.verdict, judgement.reason), (Verdict::Replace, Reason::Dead));
    }
}

#[test]
fn stuck_meters_are_read_on_site_until_their_error_is_beyond_doubt() {
    assert_eq!(in_plight(Plight::Stuck, 0.001).verdict, Verdict::NotAssessable);
    assert_eq!(in_plight(Plight::Stuck, -0.3).verdict, Verdict::Replace);
}

#[test]
fn tampered_meters_are_never_kept_and_never_replaced_silently() {
    let (small, large) = (in_plight(Plight::Tampered, 0.0), in_plight(Plight::Tampered, -0.4));
    assert_eq!((small.verdict, large.verdict), (Verdict::Watch, Verdict::Replace));
    assert!(large.to_string().contains("tampering") && large.remedy().contains("inspect the site"));
}

#[test]
fn meters_that_cannot_be_told_apart_are_judged_as_a_group() {
    let group = |error| in_plight(Plight::Collinear { with: vec![3, 4] }, error);
    assert_eq!(group(0.0).verdict, Verdict::NotAssessable);
    assert_eq!(group(0.03).verdict, Verdict::Watch);
    assert!(group(0.03).to_string().contains("2 other meters; together, its error of +3.00 % ± 0.60 %"));
}

#[test]
fn areas_with_unexplained_energy_refuse_verdicts() {
    let around = Circumstances { unexplained: 0.08, ..AROUND };
    let judgement = Settings::default().judge(&sound(0.03, 0.003), &around);
    assert_eq!(judgement.verdict, Verdict::NotAssessable);
    assert_eq!(judgement.to_string(), "8.0 % of the energy of the area is unexplained");
    let unknown = Circumstances { unexplained: f64::NAN, ..AROUND };
    assert_eq!(Settings::default().judge(&sound(0.03, 0.003), &unknown).verdict, Verdict::Replace);
}

#[test]
fn without_a_balance_or_a_limit_there_is_no_verdict() {
    let judgement = judged(&sound(f64::NAN, f64::NAN));
    assert_eq!((judgement.verdict, judgement.reason), (Verdict::NotAssessable, Reason::NoBalance));
    for limit in [f64::NAN, 0.0, -0.01] {
        let judgement = Settings::default().judge(&sound(0.0, 0.003), &Circumstances { limit, ..AROUND });
        assert_eq!((judgement.verdict, judgement.reason), (Verdict::NotAssessable, Reason::NoLimit));
    }
}

/// u = 0.5 % with a master of 0.2 % and a margin of 0.6 %: the own part has to fall from 0.21 to 0.0931 (%²).
#[test]
fn the_readings_that_would_decide_are_reckoned_beside_the_master_meter() {
    let judgement = judged(&sound(0.004, 0.005));
    let Reason::Undecided { more: Some(more) } = judgement.reason else { panic!("{judgement:?}") };
    assert!((more - 0.21 / (0.36 / 1.644_853_626_951_473_f64.powi(2) - 0.04)).abs() < 1e-9, "{more}");
    assert_eq!(judged(&sound(0.0099, 0.005)).reason, Reason::Undecided { more: None });
}

#[test]
fn verdicts_have_words() {
    for (word, verdict) in Verdict::ALL {
        assert_eq!((verdict.word(), Verdict::from_word(word)), (word, Some(verdict)));
    }
}

#[test]
fn settings_that_contradict_themselves_are_refused() {
    let settings = Settings::default();
    assert!(Settings { replace: 0.0, ..settings }.checked().is_err());
    assert!(Settings { information: f64::NAN, ..settings }.checked().is_err());
    assert!(Settings { firm_information: 1.5, ..settings }.checked().is_err());
    assert!(Settings { starting_power: -1.0, ..settings }.checked().is_err());
}

proptest! {
    /// The guard bands and the probabilities are two ways to say the same.
    #[test]
    fn guard_bands_decide_as_the_probabilities_do(error in -0.05..0.05_f64, u in 1e-4..0.02_f64) {
        let judgement = judged(&sound(error, u));
        let beyond = Settings::default().replaced_beyond(u, 0.01);
        prop_assert_eq!(judgement.verdict == Verdict::Replace, error.abs() >= beyond);
        if judgement.verdict != Verdict::Replace {
            prop_assert_eq!(judgement.verdict == Verdict::Keep, error.abs() < 0.01 - judgement.guard);
        }
    }

    #[test]
    fn signs_and_units_do_not_matter(error in -0.05..0.05_f64, u in 1e-4..0.02_f64, scale in 0.1..10.0_f64) {
        let here = judged(&sound(error, u));
        let around = Circumstances { limit: 0.01 * scale, ..AROUND };
        let there = Settings::default().judge(&sound(-error * scale, u * scale), &around);
        prop_assert!((here.conform - there.conform).abs() < 1e-12);
        prop_assert!((here.risk() - there.risk()).abs() < 1e-12 || here.risk().is_nan());
    }
}

/// Draws errors, a master meter they share, and estimates; the stated numbers of wrong decisions have to hold.
#[test]
fn the_risks_of_a_batch_are_those_of_simulated_meters() {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;
    use rand_distr::{Distribution, StandardNormal};
    let mut draws = ChaCha8Rng::seed_from_u64(6);
    let mut normal = |sd: f64| sd * Distribution::<f64>::sample(&StandardNormal, &mut draws);
    let (spread, own, master) = (0.008_f64, 0.003_f64, 0.002_f64);
    let (mut scores, mut wrong, mut said) = (0.0, 0.0, 0.0);
    for _ in 0..200 {
        let truths: Vec<f64> = (0..100).map(|_| normal(spread)).collect();
        let shared = normal(master);
        // The posterior of an error whose prior is N(0, spread²), the master meter left as it is.
        let shrink = spread.powi(2) / (spread.powi(2) + own.powi(2));
        let u = (shrink * own.powi(2) + master.powi(2)).sqrt();
        let posterior = |truth: &f64, seen: f64| sound(shrink * (truth + seen) + shared, u);
        let judged: Vec<Judgement> = truths.iter().map(|truth| judged(&posterior(truth, normal(own)))).collect();
        let batch = Batch::of(&judged, master);
        let kept = judged.iter().zip(&truths).filter(|(judgement, _)| judgement.verdict == Verdict::Keep);
        let bad = kept.filter(|(_, truth)| truth.abs() > 0.01).count() as f64;
        scores += ((bad - batch.wrongly_kept.expected) / batch.wrongly_kept.u).powi(2);
        (wrong, said) = (wrong + bad, said + batch.wrongly_kept.expected);
    }
    assert!((wrong / said - 1.0).abs() < 0.2, "{wrong} wrong, {said} expected");
    assert!((scores / 200.0 - 1.0).abs() < 0.35, "mean square of the scores {}", scores / 200.0);
}

#[test]
fn batches_merge_to_the_whole() {
    let judgements: Vec<Judgement> = (-30..=30).map(|n| judged(&sound(f64::from(n) * 1e-3, 0.003))).collect();
    let whole = Batch::of(&judgements, 0.0);
    let halves = Batch::of(&judgements[..20], 0.0).merged(&Batch::of(&judgements[20..], 0.0));
    assert_eq!((whole.kept, whole.watched, whole.replaced), (halves.kept, halves.watched, halves.replaced));
    assert!((whole.wrongly_kept.u - halves.wrongly_kept.u).abs() < 1e-15);
    assert!((whole.wrongly_replaced.expected - halves.wrongly_replaced.expected).abs() < 1e-15);
}
