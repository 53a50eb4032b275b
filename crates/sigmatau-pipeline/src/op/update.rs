//! States of areas, kept up to date day by day.
//!
//! A state of n meters with 15-minute readings holds about (5n)²/2 numbers, 1 MB for 100 meters and a third more as text;
//! the whole record is in memory at once, so that a province is kept in several tables. Days that arrive one by one give the
//! errors of all at once to 1e-6 %, given the day before each and no missing readings: what is filled in of a gap is the
//! usual day, which the readings at hand decide. Weights of outliers and faults are those of the history that the state
//! began with; `assess` over some weeks finds new ones. No load curve is in a state, only sums over its time.

mod packed;

use super::assess::filed::Filed;
use super::{Analysis, Beside, Input, Op, Subject};
use crate::dataset::{Dataset, Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
pub(super) use packed::{Kept, unreadable};
use rayon::prelude::*;
use sigmatau_core::{Finding, Severity};
use sigmatau_data::meters::instant;
use sigmatau_data::schema::Rows;
use sigmatau_data::{AreaReadings, DataError, Table, schema};
use sigmatau_meter::Area;
use sigmatau_meter::clean::clean;
use sigmatau_meter::daily::{Frame, State};
use sigmatau_meter::prior::Prior;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// What the readings of some days add to the states of their areas.
pub(super) static OP: Op = Op {
    name: "update",
    title: "states of areas in information form: a day's readings are added or deleted, older ones forgotten, without the history",
    subject: Subject::Meters,
    revision: sigmatau_meter::REVISION,
    reads: Reads::Meters,
    beside: &[
        Beside {
            key: Parameter::new("meters", "table of the meters, which tells the master meter of each area"),
            schema: &schema::meters::SCHEMA,
        },
        Beside {
            key: Parameter::new("state", "states of an earlier update; areas without one begin with these readings"),
            schema: &schema::meter_state::SCHEMA,
        },
    ],
    scope: Scope::Series,
    schema: &schema::meter_state::SCHEMA,
    parameters: &[&[
        Parameter::new("master_u", "relative standard uncertainty of the energy of the master meters, in %"),
        Parameter::new(
            "from",
            "readings count from here, such as 2026-07-31; those of the day before are wanted for what noise remembers",
        ),
        Parameter::new("until", "readings count until here"),
        Parameter::new("change", "add these readings, or delete them where they were added before").or("\"add\""),
        Parameter::new("forget", "share of itself that everything older counts for").or("1"),
    ]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    for key in ["meters", "master_u"] {
        if !section.has(key) {
            return Err(section.missing(key));
        }
    }
    let deletes = section.one_of("change", "change", ["add", "delete"])? == 1;
    if deletes && !section.has("state") {
        return Err(section.refuse_key("change", "readings are deleted from a `state`, which is missing"));
    }
    let forget = section.number("forget")?.unwrap_or(f64::NAN);
    if !(forget > 0.0 && forget <= 1.0) {
        return Err(section.refuse_key("forget", &format!("{forget} is no share above 0 and up to 1")));
    }
    let time = |key| {
        let unclear =
            |word: &str| section.refuse_key(key, &format!("`{word}` is no time; write one such as 2026-07-31"));
        section.text(key)?.map(|word| instant(&word).ok_or_else(|| unclear(&word)).map(|at| (word, at))).transpose()
    };
    let master = section.positive("master_u")?.expect("it is there") / 100.0;
    Ok(Box::new(Update { master, from: time("from")?, until: time("until")?, deletes, forget }))
}

struct Update {
    /// The relative standard uncertainty of the master meters.
    master: f64,
    /// Times as they were typed, and in seconds.
    from: Option<(String, i64)>,
    until: Option<(String, i64)>,
    deletes: bool,
    forget: f64,
}

impl Analysis for Update {
    fn parameters(&self) -> String {
        let time = |key, time: &Option<(String, i64)>| {
            time.as_ref().map(|(word, _)| format!("{key} = \"{word}\"\n")).unwrap_or_default()
        };
        format!(
            "master_u = {:?}\n{}{}change = \"{}\"\nforget = {:?}\n",
            100.0 * self.master,
            time("from", &self.from),
            time("until", &self.until),
            if self.deletes { "delete" } else { "add" },
            self.forget
        )
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let areas = input.dataset.areas(unit)?;
        let filed = Filed::of(input.beside[0].expect("the plan asks for it"), &areas);
        let earlier = input.beside[1];
        let places = earlier.map(places).unwrap_or_default();
        let update = |area: AreaReadings| {
            let row = places.get(area.id.as_str()).map(|row| (earlier.expect("it has the row"), *row));
            self.update(&filed, area, row)
        };
        let updated: Vec<(Option<Kept>, Vec<Finding>)> = areas.into_par_iter().map(update).collect();
        let mut rows = Rows::of(OP.schema);
        let mut findings = Vec::new();
        for (kept, remarks) in updated {
            kept.into_iter().for_each(|kept| rows.push(kept.row()));
            findings.extend(remarks);
        }
        let mut table = rows.table();
        if let Some(earlier) = earlier.filter(|_| unit.is_first()) {
            table.append(silent(earlier, input.dataset)).expect("states have one schema");
        }
        Ok((table, findings))
    }
}

/// The rows of areas by name.
fn places(states: &Table) -> HashMap<&str, usize> {
    let areas = states.texts("area").expect("the schema has it");
    areas.iter().enumerate().map(|(row, area)| (area.as_str(), row)).collect()
}

/// The states of areas that sent nothing, as they were.
fn silent(states: &Table, readings: &Dataset) -> Table {
    let sent: HashSet<&str> = readings.names().collect();
    let areas = states.texts("area").expect("the schema has it");
    let silent: Vec<usize> = (0..states.rows()).filter(|row| !sent.contains(areas[*row].as_str())).collect();
    states.in_order(&silent)
}

impl Update {
    /// The state of an area with its readings; as it was where these can't be taken, and why.
    fn update(
        &self,
        filed: &Filed<'_>,
        area: AreaReadings,
        row: Option<(&Table, usize)>,
    ) -> (Option<Kept>, Vec<Finding>) {
        let id = area.id.clone();
        let earlier = row.map(|(states, row)| Kept::read(states, row));
        if let Some(None) = earlier {
            return (None, vec![unreadable().about(&id)]);
        }
        let earlier = earlier.flatten();
        let (raw, mut findings) = filed.raw(area);
        let cleaned = clean(raw, self.master);
        findings.extend(cleaned.findings);
        let taken =
            cleaned.area.map_err(|unfit| unfit.to_string()).and_then(|area| self.taken(&area, earlier.as_ref()));
        let kept = match taken {
            Ok(kept) => Some(kept),
            Err(reason) => {
                findings.push(not_taken(&reason));
                earlier
            }
        };
        let within = |finding: Finding| if finding.subject.is_empty() { finding.about(&id) } else { finding };
        (kept, findings.into_iter().map(within).collect())
    }

    /// The state with the readings of an area, or why they can't be taken.
    fn taken(&self, area: &Area, earlier: Option<&Kept>) -> Result<Kept, String> {
        let intervals = self.intervals(area);
        if intervals.is_empty() {
            return Err("it has no intervals between `from` and `until`; send their readings".to_owned());
        }
        let meters: Vec<String> = area.meters.iter().map(|meter| meter.about.id.clone()).collect();
        let frame = match earlier {
            Some(earlier) if earlier.meters != meters => {
                return Err(
                    "its meters are others than those of its state; begin anew with some weeks of readings".to_owned()
                );
            }
            Some(earlier) => earlier.frame.clone(),
            None => Frame::of(area, &Prior::default())
                .ok_or("there is no balance to begin with; send readings of master meter and meters")?,
        };
        let other = "its intervals are others than those of its state, or customers feed in who did not; begin anew with some weeks of readings";
        let read = frame.read(area, intervals.clone()).ok_or(other)?;
        let span = (area.end(intervals.start) - area.step, area.end(intervals.end - 1));
        Ok(match earlier {
            None => Kept { area: area.id.clone(), meters, span, frame, state: read },
            Some(earlier) => earlier.with(self.changed(&earlier.state, &read), span),
        })
    }

    fn changed(&self, earlier: &State, read: &State) -> State {
        let older = if self.forget < 1.0 { earlier.forgetting(self.forget) } else { earlier.clone() };
        if self.deletes { older.without(read) } else { older.plus(read) }
    }

    /// The intervals that count.
    fn intervals(&self, area: &Area) -> Range<usize> {
        let behind = |time: &Option<(String, i64)>, none: usize| {
            let before =
                |(_, time): &(String, i64)| (0..area.intervals()).take_while(|t| area.end(*t) <= *time).count();
            time.as_ref().map_or(none, before)
        };
        let end = behind(&self.until, area.intervals());
        behind(&self.from, 0).min(end)..end
    }
}

fn not_taken(reason: &str) -> Finding {
    let (seen, advice) = reason.split_once("; ").unwrap_or((reason, "send readings"));
    let (seen, advice) = (seen.to_owned(), advice.to_owned());
    Finding::new(Severity::Warning, "not-updated", seen, "the readings are not in the state of the area", advice)
}

#[cfg(test)]
mod tests;
