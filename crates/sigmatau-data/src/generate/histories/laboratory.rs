//! The laboratories: their standards, their check standards, and a comparison of all of them.

use super::fault::Plant;
use super::point::{Share, rounded, significant};
use super::{CHECKS, COMPARISON, Histories, Tables, stream};
use crate::import::epoch::DAY_NS;
use crate::schema::Cell;
use sigmatau_spectrum::Gaussian;

/// How many standard uncertainties of a laboratory's standard go into one of the standard above it.
const STEP_UP: f64 = 0.3;

/// Puts the chain, the recalls, the check standards and the comparison into the tables.
pub(super) fn draw(histories: &Histories, tables: &mut Tables) {
    for certificate in 0..histories.extent.recalibrations {
        institute(histories, certificate, tables);
        (0..histories.course.laboratories).for_each(|laboratory| standard(histories, laboratory, certificate, tables));
    }
    for laboratory in 0..histories.course.laboratories {
        checks(histories, laboratory, tables);
        comparison(histories, laboratory, tables);
    }
    recall(histories, tables);
}

/// A certificate of the chain.
struct Link<'a> {
    name: String,
    item: String,
    laboratory: String,
    parent: &'a str,
    root: &'a str,
    u: f64,
    contribution: f64,
    period: usize,
}

fn link(histories: &Histories, link: Link<'_>, tables: &mut Tables) {
    let own = (link.u * link.u - link.contribution * link.contribution).max(0.0).sqrt();
    let (from, until) = validity(histories, link.period);
    let (sensitivity, contribution) = match link.parent {
        "" => (f64::NAN, f64::NAN),
        _ => (1.0, link.contribution),
    };
    tables.chain.push([
        Cell::from(link.name),
        link.item.into(),
        link.laboratory.into(),
        link.parent.into(),
        link.root.into(),
        "1".into(),
        link.u.into(),
        sensitivity.into(),
        contribution.into(),
        own.into(),
        from.into(),
        from.into(),
        until.into(),
    ]);
}

/// From a day before a period to thirty days after it.
fn validity(histories: &Histories, period: usize) -> (i64, i64) {
    let interval = histories.course.interval_ns;
    let start = histories.course.start_ns + period as i64 * interval;
    (start - DAY_NS, start + interval + 30 * DAY_NS)
}

fn institute_name(certificate: usize) -> String {
    format!("nmi-power-{:02}", certificate + 1)
}

/// The national standard, the root of all.
fn institute(histories: &Histories, certificate: usize, tables: &mut Tables) {
    let u = STEP_UP * histories.course.standard;
    let (name, item) = (institute_name(certificate), "national power standard".to_owned());
    let national = Link {
        name,
        item,
        laboratory: "nmi".to_owned(),
        parent: "",
        root: "nmi",
        u,
        contribution: 0.0,
        period: certificate,
    };
    link(histories, national, tables);
}

/// The standard of a laboratory in one period.
fn standard(histories: &Histories, laboratory: usize, certificate: usize, tables: &mut Tables) {
    let last = certificate + 1 == histories.extent.recalibrations;
    let planted = histories.plan.of_laboratory(laboratory).filter(|_| last);
    let (kind, size) = planted.map_or(("", 0.0), |plant| (plant.kind.name, plant.size));
    let contribution = STEP_UP * histories.course.standard;
    let u = if kind == "u-monotone" { contribution * size } else { histories.course.standard };
    let parent = match kind {
        "trace-complete" => "nmi-power-lost".to_owned(),
        _ => institute_name(certificate),
    };
    let its = Link {
        name: histories.standard_name(laboratory, certificate),
        item: format!("{} standard", histories.laboratory_name(laboratory)),
        laboratory: histories.laboratory_name(laboratory),
        parent: &parent,
        root: "",
        u,
        contribution,
        period: certificate,
    };
    link(histories, its, tables);
}

/// A certificate of the institute that was replaced, and which nobody used.
fn recall(histories: &Histories, tables: &mut Tables) {
    let unused = "nmi-power-00".to_owned();
    let u = STEP_UP * histories.course.standard;
    let (item, laboratory) = ("national power standard".to_owned(), "nmi".to_owned());
    link(
        histories,
        Link { name: unused.clone(), item, laboratory, parent: "", root: "nmi", u, contribution: 0.0, period: 0 },
        tables,
    );
    tables.recalls.push([Cell::from(unused), histories.course.start_ns.into(), "replaced after a repair".into()]);
}

fn planted(histories: &Histories, laboratory: usize, kind: &str) -> Option<Plant> {
    histories.plan.of_laboratory(laboratory).filter(|plant| plant.kind.name == kind)
}

/// The weekly history of a check standard.
fn checks(histories: &Histories, laboratory: usize, tables: &mut Tables) {
    let course = &histories.course;
    let nominal = course.points[0];
    let u = significant(nominal * course.source, 3);
    let shift = planted(histories, laboratory, "ewma-cusum").map_or(0.0, |plant| plant.size);
    let draws = Gaussian::new(histories.extent.seed, stream(laboratory, CHECKS));
    let laboratory = histories.laboratory_name(laboratory);
    for (index, draw) in draws.take(course.checks).enumerate() {
        let off = if 2 * index >= course.checks { shift } else { 0.0 };
        tables.check_standards.push([
            Cell::from(laboratory.as_str()),
            format!("{laboratory} check standard").into(),
            histories.point_name(0).into(),
            (course.start_ns + index as i64 * 7 * DAY_NS).into(),
            (nominal + u * (draw + off)).into(),
            nominal.into(),
            u.into(),
            course.unit.as_str().into(),
            format!("{laboratory}-op-{}", index % 2 + 1).into(),
        ]);
    }
}

/// The results of one laboratory at every point, against an institute whose standard it shares.
fn comparison(histories: &Histories, laboratory: usize, tables: &mut Tables) {
    let course = &histories.course;
    let mut draws = Gaussian::new(histories.extent.seed, stream(laboratory, COMPARISON));
    let institute = Share::of(histories.extent.seed, course.laboratories, 0);
    let off = planted(histories, laboratory, "en-peer").map_or(0.0, |plant| plant.size);
    for (point, nominal) in course.points.iter().enumerate() {
        let (shared, u) = (0.5 * nominal * course.source, nominal * course.source);
        let own = (u * u - shared * shared).sqrt();
        let value = nominal + shared * institute.standard() + own * draws.draw() + off * u;
        tables.comparisons.push([
            Cell::from("power round 1"),
            "travelling meter".into(),
            histories.point_name(point).into(),
            histories.laboratory_name(laboratory).into(),
            rounded(value, 1e-6).into(),
            u.into(),
            (2.0 * u).into(),
            2.0.into(),
            f64::NAN.into(),
            (nominal + shared * institute.standard()).into(),
            shared.into(),
            (shared * shared).into(),
            course.unit.as_str().into(),
            histories.standard_name(laboratory, 0).into(),
        ]);
    }
}
