//! Assessments tried on errors that are put into the user's own readings.

use super::assess::filed::Filed;
use super::grade::share;
use super::{Analysis, Beside, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use rayon::prelude::*;
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{AreaReadings, DataError, Table, schema};
use sigmatau_meter::Area;
use sigmatau_meter::clean::clean;
use sigmatau_meter::lot::Observed;
use sigmatau_meter::prior::Prior;
use sigmatau_meter::solver::{Estimate, Plight, Solution, Solver};
use sigmatau_meter::trial::Injection;
use sigmatau_meter::verdict::{Circumstances, Settings, Verdict};

/// How the assessment finds errors that are known, area by area.
pub(super) static OP: Op = Op {
    name: "validate",
    title: "known errors put into your own readings and assessed again: recovery, coverage of intervals, false replacements",
    subject: Subject::Meters,
    revision: sigmatau_meter::REVISION,
    reads: Reads::Meters,
    beside: &[Beside {
        key: Parameter::new("meters", "table of the meters, which tells the master meter of each area"),
        schema: &schema::meters::SCHEMA,
    }],
    scope: Scope::Series,
    schema: &schema::meter_validation::SCHEMA,
    parameters: &[&[
        Parameter::new("master_u", "relative standard uncertainty of the energy of the master meters, in %"),
        Parameter::new("limit", "limit of the error in service in %, where the table of meters states none"),
        Parameter::new("kinds", "scaling, drift, dead, tampering, clock")
            .or("[\"scaling\", \"drift\", \"dead\", \"tampering\", \"clock\"]"),
        Parameter::new("share", "share of the meters of an area that get an error").or("0.1"),
        Parameter::new("seed", "seed of which meters, which sizes and when").or("1"),
        Parameter::new("solver", "the solver, gls or a classical one").or("\"gls\""),
        Parameter::new("confidence", "probability from which on a meter is kept, or replaced; and of intervals")
            .or("0.95"),
    ]],
    plan,
};

const KINDS: [&str; 5] = ["scaling", "drift", "dead", "tampering", "clock"];
/// The least information with which an error is compared.
const INFORMATION: f64 = 0.3;
/// A change of the energy below this, as a root mean square, is not looked for.
const LITTLE: f64 = 0.003;
/// Seconds within which the beginning of a fault counts as found.
const NEAR: i64 = 2 * 86_400;
/// Days of readings below which nothing can be tried: each half has to hold a balance.
const LEAST_DAYS: usize = 4;

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    for key in ["meters", "master_u"] {
        if !section.has(key) {
            return Err(section.missing(key));
        }
    }
    let solver = section.required("solver")?;
    let solver = Solver::named(&solver).map_err(|error| section.refuse_key("solver", &format!("failed to {error}")))?;
    let kind = |(line, word): (Option<usize>, String)| {
        let unknown = || section.refuse(line, &format!("errors are {}, not `{word}`", KINDS.join(", ")));
        KINDS.iter().find(|kind| **kind == word).copied().ok_or_else(unknown)
    };
    let confidence = super::clock::confidence(section)?;
    let settings = Settings { keep: confidence, replace: 1.0 - confidence, ..Settings::default() };
    let settings =
        settings.checked().map_err(|error| section.refuse_key("confidence", &format!("failed to {error}")))?;
    Ok(Box::new(Trials {
        master: section.positive("master_u")?.expect("it is there") / 100.0,
        limit: section.positive("limit")?,
        kinds: section.texts("kinds")?.into_iter().map(kind).collect::<Result<_, _>>()?,
        share: share(section, "share")?,
        seed: section.count("seed")?.expect("it has a default") as u64,
        solver,
        settings,
    }))
}

struct Trials {
    /// The relative standard uncertainty of the master meters.
    master: f64,
    /// The limit of the error in %.
    limit: Option<f64>,
    kinds: Vec<&'static str>,
    share: f64,
    seed: u64,
    solver: &'static Solver,
    settings: Settings,
}

/// An area in two halves, assessed as they are.
struct Halves {
    first: Solution,
    second: Area,
    before: Solution,
    /// The meters that can be compared.
    sound: Vec<usize>,
}

/// What was put into a meter.
struct Put {
    meter: usize,
    injection: Injection,
    /// What it changes of the energy that the meter registered.
    change: f64,
}

impl Analysis for Trials {
    fn parameters(&self) -> String {
        let limit = self.limit.map(|limit| format!("limit = {limit:?}\n")).unwrap_or_default();
        let kinds = self.kinds.iter().map(|kind| format!("\"{kind}\"")).collect::<Vec<_>>().join(", ");
        format!(
            "master_u = {:?}\n{limit}kinds = [{kinds}]\nshare = {:?}\nseed = {}\nsolver = \"{}\"\nconfidence = {:?}\n",
            100.0 * self.master,
            self.share,
            self.seed,
            self.solver.name,
            self.settings.keep
        )
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let areas = input.dataset.areas(unit)?;
        let filed = Filed::of(input.beside[0].expect("the plan asks for it"), &areas);
        let tried: Vec<_> = areas.into_par_iter().map(|area| self.area(&filed, area)).collect();
        let mut rows = Rows::of(OP.schema);
        let mut findings = Vec::new();
        for tried in tried {
            match tried {
                Ok(tried) => tried.into_iter().for_each(|row| rows.push(row)),
                Err(finding) => findings.push(finding),
            }
        }
        Ok((rows.table(), findings))
    }
}

impl Trials {
    /// The rows of an area, or why nothing could be tried on it.
    fn area(&self, filed: &Filed<'_>, area: AreaReadings) -> Result<Vec<[Cell; 15]>, Finding> {
        let id = area.id.clone();
        let area =
            clean(filed.raw(area).0, self.master).area.map_err(|unfit| not_tried(&unfit.to_string()).about(&id))?;
        let halves = self.halves(&area).map_err(|reason| not_tried(&reason).about(&id))?;
        let nothing = self.row(&halves, "none", &[], &halves.before);
        let trial = |kind: &&'static str| {
            let mut second = halves.second.clone();
            let put = self.put(&mut second, kind, &halves.sound);
            self.row(&halves, kind, &put, &self.solve(&second))
        };
        let trials: Vec<[Cell; 15]> = self.kinds.par_iter().map(trial).collect();
        Ok([nothing].into_iter().chain(trials).collect())
    }

    fn solve(&self, area: &Area) -> Solution {
        (self.solver.solve)(area, &Prior::default())
    }

    /// Both halves of the days. What one of them says is compared with what the other one says, for readings that say the
    /// same twice prove nothing about an interval.
    fn halves(&self, area: &Area) -> Result<Halves, String> {
        let daily = (86_400 / area.step.max(1)).max(1) as usize;
        let days = area.intervals() / daily;
        if days < LEAST_DAYS {
            return Err(format!("{days} days of readings, and {LEAST_DAYS} are needed; give more days"));
        }
        let middle = days / 2 * daily;
        let (first, second) = (area.within(0..middle), area.within(middle..area.intervals()));
        let (first, before) = (self.solve(&first), self.solve(&second));
        let known = |estimate: &Estimate| {
            estimate.plight == Plight::Sound && estimate.error.is_finite() && estimate.information >= INFORMATION
        };
        let pairs = first.estimates.iter().zip(&before.estimates).enumerate();
        let sound: Vec<usize> =
            pairs.filter(|(_, (one, other))| known(one) && known(other)).map(|(meter, _)| meter).collect();
        match sound.len() {
            0 | 1 => Err("too few errors can be told from half of its days; give more days, or readings of 15 minutes"
                .to_owned()),
            _ => Ok(Halves { first, second, before, sound }),
        }
    }

    /// Puts errors of a kind into some of the sound meters.
    fn put(&self, area: &mut Area, kind: &str, sound: &[usize]) -> Vec<Put> {
        let count = ((self.share * sound.len() as f64).ceil() as usize).clamp(1, sound.len() - 1);
        let mut order: Vec<(f64, usize)> =
            sound.iter().map(|meter| (self.draw(area, kind, *meter, 0), *meter)).collect();
        order.sort_by(|one, other| one.0.total_cmp(&other.0));
        let chosen: Vec<usize> = order.into_iter().take(count).map(|(_, meter)| meter).collect();
        let put = |meter: usize| {
            let injection = self.injection(area, kind, meter);
            Put { meter, injection, change: injection.put(area, meter) }
        };
        chosen.into_iter().map(put).collect()
    }

    fn injection(&self, area: &Area, kind: &str, meter: usize) -> Injection {
        let [sign, place] = [1, 2].map(|draw| self.draw(area, kind, meter, draw));
        let size = (0.01 + 0.04 * place) * if sign < 0.5 { -1.0 } else { 1.0 };
        let from = ((0.25 + 0.5 * place) * area.intervals() as f64) as usize;
        match kind {
            "scaling" => Injection::Scaling { size },
            "drift" => Injection::Drift { size: 2.0 * size },
            "dead" => Injection::Dead { from },
            "tampering" => Injection::Tampering { from, share: 0.3 + 0.4 * sign },
            _ => Injection::Clock { late: (60.0 + 240.0 * place).min(0.5 * area.step as f64) },
        }
    }

    /// A number between 0 and 1 that depends on nothing but the seed and what it is for.
    fn draw(&self, area: &Area, kind: &str, meter: usize, draw: usize) -> f64 {
        let words = format!("{} {} {kind} {} {draw}", self.seed, area.id, area.meters[meter].about.id);
        let bytes: [u8; 8] = blake3::hash(words.as_bytes()).as_bytes()[..8].try_into().expect("a hash is longer");
        (u64::from_le_bytes(bytes) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn row(&self, halves: &Halves, kind: &str, put: &[Put], after: &Solution) -> [Cell; 15] {
        let change = |meter: usize| put.iter().find(|put| put.meter == meter).map_or(0.0, |put| put.change);
        let found: Vec<(f64, f64)> = put.iter().filter_map(|put| found(halves, put, after)).collect();
        let squares = |of: &dyn Fn(&(f64, f64)) -> f64| found.iter().map(|pair| of(pair).powi(2)).sum::<f64>();
        let mean = |sum: f64, count: usize| if count > 0 { sum / count as f64 } else { f64::NAN };
        let product: f64 = found.iter().map(|(true_change, found)| true_change * found).sum();
        let compared: Vec<bool> =
            halves.sound.iter().filter_map(|meter| self.is_covered(halves, after, *meter, change(*meter))).collect();
        let is_put = |meter: &usize| put.iter().any(|put| put.meter == *meter);
        let others: Vec<usize> = (0..after.estimates.len()).filter(|meter| !is_put(meter)).collect();
        let replaced =
            |solution: &Solution, meter: usize| self.verdict(&halves.second, solution, meter) == Verdict::Replace;
        let wrong: Vec<usize> = others.iter().copied().filter(|meter| replaced(after, *meter)).collect();
        let new = wrong.iter().filter(|meter| !replaced(&halves.before, **meter)).count();
        let detected =
            put.iter().filter(|put| replaced(after, put.meter) || is_fault(&after.estimates[put.meter])).count();
        let dated = put.iter().filter(|put| is_dated(&halves.second, put, &after.estimates[put.meter])).count();
        let whole = |count: usize| Cell::from(count as i64);
        let sizes: f64 = put.iter().map(|put| put.change.powi(2)).sum();
        [
            halves.second.id.as_str().into(),
            kind.into(),
            whole(halves.sound.len()),
            whole(put.len()),
            (100.0 * mean(sizes, put.len()).sqrt()).into(),
            self::recovery(product, squares(&|(change, _)| *change), found.len()).into(),
            (100.0 * mean(squares(&|(change, found)| found - change), found.len()).sqrt()).into(),
            mean(compared.iter().filter(|covered| **covered).count() as f64, compared.len()).into(),
            whole(compared.len()),
            self.settings.keep.into(),
            whole(detected),
            whole(dated),
            whole(wrong.len()),
            whole(new),
            mean(new as f64, others.len()).into(),
        ]
    }

    fn verdict(&self, area: &Area, solution: &Solution, meter: usize) -> Verdict {
        let filed = area.meters[meter].about.limit;
        let limit = if filed.is_finite() { filed } else { self.limit.unwrap_or(f64::NAN) } / 100.0;
        let supplied: f64 = area.master.supplied.iter().filter(|energy| energy.is_finite()).sum();
        let unexplained = solution.unexplained.abs() / supplied;
        let circumstances = Circumstances { limit, step: area.step, master: self.master, unexplained };
        self.settings.judge(&solution.estimates[meter], &circumstances).verdict
    }

    /// Whether the error of a meter in the second half is, but for what was put into it, the one of the first half, as far
    /// as both intervals say. Each estimate stands for its readings alone; the master meter is the same in both halves
    /// and drops out.
    fn is_covered(&self, halves: &Halves, after: &Solution, meter: usize, change: f64) -> Option<bool> {
        let (one, other) = (self.observed(&halves.first.estimates[meter])?, self.observed(&after.estimates[meter])?);
        let expected = (1.0 + one.error) * (1.0 + change) - 1.0;
        let variance = (one.u.powi(2) + other.u.powi(2) - 2.0 * self.common()).max(1e-12);
        let reach = sigmatau_uncertainty::tail::Law::Normal.quantile(0.5 + 0.5 * self.settings.keep);
        Some((other.error - expected).abs() <= reach * variance.sqrt())
    }

    /// What the readings of a half say alone; classical solvers know no prior that would have to be taken out.
    fn observed(&self, estimate: &Estimate) -> Option<Observed> {
        let of_readings = || Observed::of(estimate, 0.0, INFORMATION);
        let as_stated = || estimate.error.is_finite().then_some(Observed { error: estimate.error, u: estimate.u });
        match estimate.plight {
            Plight::Sound if self.solver.name == "gls" => of_readings(),
            Plight::Sound => as_stated(),
            _ => None,
        }
    }

    /// The variance that both halves owe to the master meter: what cannot be told from the mean of the meters.
    fn common(&self) -> f64 {
        let (own, foreign) = (Prior::default().mean.powi(2), self.master.powi(2));
        if self.solver.name == "gls" { own * foreign / (own + foreign) } else { 0.0 }
    }
}

/// What was put into a meter and what was found of it, by the same readings without and with it.
fn found(halves: &Halves, put: &Put, after: &Solution) -> Option<(f64, f64)> {
    let (before, after) = (halves.before.estimates[put.meter].error, after.estimates[put.meter].error);
    let found = (1.0 + after) / (1.0 + before) - 1.0;
    (found.is_finite() && put.change.abs() > 1e-6).then_some((put.change, found))
}

/// The slope of what was found over what was put in; nothing where that changed next to no energy, as by a clock.
fn recovery(product: f64, squares: f64, count: usize) -> f64 {
    if squares > count as f64 * LITTLE * LITTLE { product / squares } else { f64::NAN }
}

fn is_fault(estimate: &Estimate) -> bool {
    matches!(estimate.plight, Plight::Dead | Plight::Stuck | Plight::Tampered)
}

/// Whether a fault was found, with its beginning.
fn is_dated(area: &Area, put: &Put, estimate: &Estimate) -> bool {
    let began = put.injection.onset().map(|interval| area.end(interval) - area.step);
    let near = |(began, onset): (i64, i64)| (began - onset).abs() <= NEAR;
    is_fault(estimate) && began.zip(estimate.onset).is_some_and(near)
}

fn not_tried(reason: &str) -> Finding {
    let (seen, advice) = reason.split_once("; ").unwrap_or((reason, "send readings"));
    let (seen, advice) = (seen.to_owned(), advice.to_owned());
    Finding::new(Severity::Warning, "not-tried", seen, "nothing was put into the meters of the area", advice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Document, Options, Plan, run};
    use sigmatau_data::generate::{Overrides, Recipe};
    use sigmatau_data::write_table;

    /// Of the first area of the recipe, with its sound meters.
    #[test]
    fn injected_errors_are_found_and_intervals_hold() {
        let folder = tempfile::tempdir().unwrap();
        let overrides = Overrides { points: Some(20), members: Some(1), seed: None };
        let tables = Recipe::builtin("meters").unwrap().with(overrides).unwrap().drawn().next().unwrap();
        for (name, table) in ["readings", "meters"].iter().zip(&tables) {
            write_table(&folder.path().join(format!("{name}.parquet")), table, Default::default()).unwrap();
        }
        let text = "[dataset.r]\npath = \"readings.parquet\"\n[dataset.m]\npath = \"meters.parquet\"\n[[step]]\n\
                    name = \"s\"\nop = \"validate\"\ndataset = \"r\"\nmeters = \"m\"\nmaster_u = 0.4\nlimit = 1\n";
        let plan =
            Plan::read(&Document::parse(text, "p.toml").unwrap(), folder.path()).map_err(|e| e.to_string()).unwrap();
        let table = run(&plan, &Options::default(), &()).unwrap().steps.remove(0).record.table;
        assert_eq!(table.texts("injection").unwrap(), ["none", "scaling", "drift", "dead", "tampering", "clock"]);
        let numbers = |name| table.floats(name).unwrap();
        let (recovery, covered) = (numbers("recovery"), numbers("covered"));
        assert!(recovery[1] > 0.7 && recovery[1] < 1.15 && recovery[5].is_nan(), "{recovery:?}");
        assert!(covered[..2].iter().all(|covered| *covered > 0.8), "{covered:?}");
        let [injected, detected] = ["injected", "detected"].map(|name| table.integers(name).unwrap());
        assert_eq!([injected[0], detected[0]], [0, 0]);
        assert!(detected[3] == injected[3] && detected[4] == injected[4], "{detected:?} of {injected:?}");
        assert!(numbers("false_rate").iter().all(|rate| *rate < 0.1), "{:?}", numbers("false_rate"));
    }

    #[test]
    fn parameters_show_every_default_and_what_cannot_be_meant_is_refused() {
        let planned = |text: &str| {
            let document = Document::parse(text, "a.toml").unwrap();
            let keys = [OP.parameters[0], &[OP.beside[0].key]];
            let section = document.section().checked("the step", &keys).unwrap();
            plan(&section).map(|analysis| analysis.parameters()).map_err(|error| error.to_string())
        };
        let shown = planned("meters = \"m\"\nmaster_u = 0.5\n").unwrap();
        assert!(shown.ends_with("share = 0.1\nseed = 1\nsolver = \"gls\"\nconfidence = 0.95\n"), "{shown}");
        let message = planned("meters = \"m\"\nmaster_u = 0.5\nkinds = \"theft\"\n").unwrap_err();
        assert!(message.contains("not `theft`"), "{message}");
    }
}
