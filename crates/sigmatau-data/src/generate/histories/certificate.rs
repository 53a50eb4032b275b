//! The certificates of one instrument with their budgets, correlations and repeats.

use super::fault::Plant;
use super::point::{Place, Point, Share, rounded};
use super::{CALIBRATION, Histories, REPEATS, Tables, stream};
use crate::schema::Cell;
use sigmatau_spectrum::Gaussian;

/// The time between two readings of a point.
const READING_NS: i64 = 10_000_000_000;

/// Puts the rows of an instrument behind those of the ones before, sorted by point and time.
pub(super) fn draw(histories: &Histories, instrument: usize, tables: &mut Tables) {
    let mut draws = Gaussian::new(histories.extent.seed, stream(instrument, CALIBRATION));
    let laboratory = histories.laboratory(instrument);
    let share = |certificate| Share::of(histories.extent.seed, laboratory, certificate);
    let shares: Vec<Share> = (0..histories.extent.recalibrations).map(share).collect();
    let mut readings = Gaussian::new(histories.extent.seed, stream(instrument, REPEATS));
    for point in 0..histories.course.points.len() {
        for (certificate, share) in shares.iter().enumerate() {
            let place = Place { instrument, point, certificate };
            let drawn = Point::draw(histories, place, &mut draws, *share);
            row(histories, place, &drawn, tables);
            if histories.is_detailed(instrument) {
                budget(histories, place, &drawn, tables);
                repeats(histories, place, &drawn, &mut readings, tables);
            }
        }
    }
}

fn row(histories: &Histories, place: Place, point: &Point, tables: &mut Tables) {
    let laboratory = histories.laboratory(place.instrument);
    tables.calibrations.push([
        Cell::from(histories.laboratory_name(laboratory)),
        histories.instrument_name(place.instrument).into(),
        "power meter A".into(),
        histories.point_name(place.point).into(),
        histories.certificate_name(place).into(),
        point.time.into(),
        "UTC".into(),
        point.quantity.as_str().into(),
        point.unit.as_str().into(),
        point.value.into(),
        point.reference.into(),
        point.u.into(),
        point.u_reference.into(),
        f64::NAN.into(),
        point.u_c.into(),
        point.expanded_u.into(),
        point.k.into(),
        point.dof.into(),
        point.probability.into(),
        point.cmc.into(),
        point.parts.resolution.into(),
        (point.parts.repeats as i64).into(),
        point.parts.reading.into(),
        f64::NAN.into(),
        histories.standard_name(laboratory, point.standard).into(),
        point.procedure.into(),
        format!("{}-op-{}", histories.laboratory_name(laboratory), point.operator + 1).into(),
        "1.4".into(),
        (-point.limit).into(),
        point.limit.into(),
        "simple-acceptance".into(),
        if point.fails { "fail" } else { "pass" }.into(),
        point.submitted.into(),
        point.due.into(),
    ]);
}

/// An input of the budget of every point.
struct Entry {
    symbol: &'static str,
    estimate: f64,
    u: f64,
    distribution: &'static str,
    dof: f64,
    sensitivity: f64,
    kind: &'static str,
    readings: usize,
    curvature: f64,
    source: String,
}

fn entries(histories: &Histories, place: Place, point: &Point) -> [Entry; 5] {
    let parts = &point.parts;
    let standard = histories.standard_name(histories.laboratory(place.instrument), point.standard);
    let entry = |symbol, estimate, u, distribution, sensitivity| Entry {
        symbol,
        estimate,
        u,
        distribution,
        dof: f64::NAN,
        sensitivity,
        kind: "B",
        readings: 0,
        curvature: 0.0,
        source: String::new(),
    };
    let dof = parts.repeats as f64 - 1.0;
    let indication = entry("indication", point.value, parts.indication(), "t", 1.0);
    [
        Entry { kind: "A", readings: parts.repeats, dof, ..indication },
        entry("resolution", 0.0, parts.display(), "rectangular", 1.0),
        entry("instrument", 0.0, parts.instrument, "normal", 1.0),
        entry("source", 0.0, parts.source, "normal", -1.0),
        Entry { source: standard, ..entry("standard", point.reference, parts.standard, "normal", -1.0) },
    ]
}

fn budget(histories: &Histories, place: Place, point: &Point, tables: &mut Tables) {
    let planted = planted(histories, place);
    let (certificate, name) = (histories.certificate_name(place), histories.point_name(place.point));
    let mut entries = entries(histories, place, point);
    match planted {
        Some(Plant { kind, size, .. }) if kind.name == "dof-audit" => entries[0].dof = size,
        Some(Plant { kind, size, .. }) if kind.name == "guf-valid" => {
            entries[2].curvature = size * point.u_c * 2_f64.sqrt() / entries[2].u.powi(2);
        }
        _ => {}
    }
    for entry in entries {
        tables.budgets.push([
            Cell::from(certificate.as_str()),
            name.as_str().into(),
            entry.symbol.into(),
            histories.course.unit.as_str().into(),
            entry.estimate.into(),
            entry.u.into(),
            entry.distribution.into(),
            entry.dof.into(),
            entry.sensitivity.into(),
            (entry.sensitivity.abs() * entry.u).into(),
            entry.kind.into(),
            (entry.readings as i64).into(),
            f64::NAN.into(),
            entry.curvature.into(),
            entry.source.into(),
        ]);
    }
    let coefficient = planted.filter(|plant| plant.kind.name == "corr-psd").map_or(0.0, |plant| plant.size);
    for (first, second) in [("indication", "resolution"), ("indication", "instrument"), ("resolution", "instrument")] {
        let pair = [Cell::from(certificate.as_str()), name.as_str().into(), first.into(), second.into()];
        tables.correlations.push(pair.into_iter().chain([coefficient.into()]));
    }
}

/// The readings whose mean is the value: their differences from it are independent of it.
fn repeats(histories: &Histories, place: Place, point: &Point, draws: &mut Gaussian, tables: &mut Tables) {
    let planted = planted(histories, place);
    let differences = differences(point, draws, planted);
    let (certificate, name) = (histories.certificate_name(place), histories.point_name(place.point));
    for (index, difference) in differences.into_iter().enumerate() {
        tables.repeats.push([
            Cell::from(certificate.as_str()),
            name.as_str().into(),
            histories.instrument_name(place.instrument).into(),
            (index as i64).into(),
            (point.time + index as i64 * READING_NS).into(),
            rounded(point.mean + difference, point.parts.resolution).into(),
        ]);
    }
}

fn differences(point: &Point, draws: &mut Gaussian, planted: Option<Plant>) -> Vec<f64> {
    let parts = &point.parts;
    let (kind, size) = planted.map_or(("", 0.0), |plant| (plant.kind.name, plant.size));
    let correlation = if kind == "autocorr" { size } else { 0.0 };
    let scale = match kind {
        "repeat-chi2" | "too-good" => size * parts.reading,
        _ => parts.reading,
    };
    let mut before = draws.draw();
    let innovation = (1.0 - correlation * correlation).sqrt();
    let mut next = |fresh: f64| {
        before = correlation * before + innovation * fresh;
        before
    };
    let all: Vec<f64> = draws.take(parts.repeats).map(&mut next).collect();
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    all.iter().map(|value| scale * (value - mean)).collect()
}

fn planted(histories: &Histories, place: Place) -> Option<Plant> {
    let own = histories.plan.of_instrument(place.instrument);
    own.filter(|plant| place.is_hit(plant.kind.name, histories.extent.recalibrations))
}
