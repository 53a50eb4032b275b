//! What the table of meters says of those that sent readings.

use sigmatau_core::{Finding, Severity};
use sigmatau_data::{AreaReadings, MeterReadings, Table};
use sigmatau_meter::Phase;
use sigmatau_meter::raw::{About, RawArea, RawMeter};
use std::collections::HashMap;
use std::ops::Range;

/// The rows of the table of meters, by area.
pub(in crate::op) struct Filed<'a> {
    table: &'a Table,
    rows: HashMap<&'a str, Vec<Range<usize>>>,
}

/// Seconds of a time in ns, of which 0 and the last one stand for none.
const NANOSECONDS: i64 = 1_000_000_000;

impl<'a> Filed<'a> {
    /// Looks the areas up in the table of meters.
    pub(in crate::op) fn of(table: &'a Table, areas: &[AreaReadings]) -> Self {
        let wanted: Vec<&str> = areas.iter().map(|area| area.id.as_str()).collect();
        let mut rows: HashMap<&str, Vec<Range<usize>>> = HashMap::new();
        let mut start = 0;
        for run in table.texts("area_id").unwrap_or_default().chunk_by(|one, other| one == other) {
            let end = start + run.len();
            if wanted.contains(&run[0].as_str()) {
                rows.entry(run[0].as_str()).or_default().push(start..end);
            }
            start = end;
        }
        Self { table, rows }
    }

    /// The area with what is known of its meters; those that are filed and sent nothing are in it too.
    pub(in crate::op) fn raw(&self, area: AreaReadings) -> (RawArea, Vec<Finding>) {
        let AreaReadings { id, meters, findings } = area;
        let mut sent: HashMap<String, MeterReadings> =
            meters.iter().map(|meter| (meter.id.clone(), meter.clone())).collect();
        let rows: Vec<usize> = self.rows.get(id.as_str()).into_iter().flatten().cloned().flatten().collect();
        let abouts: Vec<About> = rows.into_iter().map(|row| self.about(row)).collect();
        let mut filed: Vec<RawMeter> = Vec::new();
        for (place, about) in abouts.iter().enumerate() {
            let is_last = abouts[place + 1..].iter().all(|later| later.id != about.id);
            let readings = if is_last { sent.remove(&about.id) } else { sent.get(&about.id).cloned() };
            filed.push(raw(about.clone(), readings.unwrap_or_default()));
        }
        let mut unfiled: Vec<MeterReadings> = meters.into_iter().filter(|meter| sent.contains_key(&meter.id)).collect();
        let finding = self::unfiled(&unfiled).map(|finding| finding.about(&id));
        let others = unfiled.drain(..).map(|meter| raw(About { id: meter.id.clone(), ..About::default() }, meter));
        filed.extend(others);
        let findings = findings.into_iter().map(|finding| finding.about(&id)).chain(finding).collect();
        (RawArea { id, meters: filed }, findings)
    }

    fn about(&self, row: usize) -> About {
        let word = |name| self.table.texts(name).map(|words| words[row].trim().to_owned()).unwrap_or_default();
        let number = |name| self.table.floats(name).map_or(f64::NAN, |numbers| numbers[row]);
        let whole = |name| self.table.integers(name).map_or(0, |numbers| numbers[row]);
        let instant = |name, none| match whole(name) {
            0 | i64::MIN | i64::MAX => none,
            nanoseconds => nanoseconds.div_euclid(NANOSECONDS),
        };
        let multiplier = number("multiplier");
        About {
            id: word("meter_id"),
            is_master: word("role").eq_ignore_ascii_case("master"),
            phase: Phase::from_word(&word("phase").to_ascii_uppercase()).unwrap_or_default(),
            class_index: number("class_index"),
            limit: number("limit_pct"),
            lot: word("lot_id"),
            feeds_in: ["yes", "true", "1"].contains(&word("has_pv").to_ascii_lowercase().as_str()),
            replaces: word("replaces"),
            from: instant("from_utc", i64::MIN),
            until: instant("to_utc", i64::MAX),
            register_digits: whole("register_digits").clamp(0, 12) as u32,
            multiplier: if multiplier > 0.0 { multiplier } else { 1.0 },
        }
    }
}

fn raw(about: About, readings: MeterReadings) -> RawMeter {
    let MeterReadings { times, energy, exported, register, voltage, current, .. } = readings;
    RawMeter { about, times, energy, exported, register, voltage, current }
}

/// The remark that meters sent readings and are not in the table.
fn unfiled(meters: &[MeterReadings]) -> Option<Finding> {
    let first = meters.first()?;
    Some(Finding::new(
        Severity::Warning,
        "unfiled",
        format!("{} meters sent readings and are not in the table of meters, such as `{}`", meters.len(), first.id),
        "they are taken as meters of customers in service all the time",
        "file them",
    ))
}
