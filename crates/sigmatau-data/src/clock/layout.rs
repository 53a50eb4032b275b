//! What the columns of a clock table mean, from their names, units and the options; nothing is guessed.

use super::measure::{Measure, needs_nominal};
use super::rule::TimeRule;
use super::{ClockKind, ClockOptions};
use crate::DataError;
use crate::column::{Described, Storage};
use crate::error::Trouble;
use crate::rows::columns::Columns;
use crate::rows::rule::ValueRule;
use sigmatau_core::{Finding, Severity, Unit};

/// The columns of a clock table.
#[derive(Debug)]
pub(super) struct Layout {
    /// The column of names, in a long table.
    pub(super) key: Option<usize>,
    pub(super) time: Option<TimeColumn>,
    /// One column in a long table; in a wide one those of all series.
    pub(super) values: Vec<ValueColumn>,
    pub(super) findings: Vec<Finding>,
}

#[derive(Debug)]
pub(super) struct TimeColumn {
    pub(super) column: usize,
    pub(super) rule: TimeRule,
}

#[derive(Debug)]
pub(super) struct ValueColumn {
    pub(super) column: usize,
    pub(super) name: String,
    pub(super) kind: ClockKind,
    pub(super) rule: ValueRule<Measure>,
    /// The sampling interval as stated.
    pub(super) tau0: Option<f64>,
}

impl Layout {
    pub(super) fn new(file: &str, columns: &[Described], options: &ClockOptions) -> Result<Self, DataError> {
        positive("tau0", options.tau0, "s")?;
        positive("nominal", options.nominal, "Hz")?;
        Reader { columns: Columns { file, all: columns }, options }.layout()
    }

    /// The column of values of a series.
    pub(super) fn value(&self, series: usize) -> &ValueColumn {
        &self.values[if self.key.is_some() { 0 } else { series }]
    }
}

fn positive(option: &'static str, value: Option<f64>, unit: &'static str) -> Result<(), DataError> {
    match value.filter(|value| !(*value > 0.0 && value.is_finite())) {
        Some(value) => Err(DataError::Option { option, value, unit }),
        None => Ok(()),
    }
}

/// Reads the layout of one table.
struct Reader<'a> {
    columns: Columns<'a>,
    options: &'a ClockOptions,
}

impl Reader<'_> {
    fn layout(&self) -> Result<Layout, DataError> {
        let key = self.columns.key(self.options.series.as_deref(), "series", "text, the names of the clocks,")?;
        let time = self.columns.role(self.options.time.as_deref(), "time")?;
        let chosen = self.chosen(&[key, time], key.is_some())?;
        let values: Vec<ValueColumn> =
            chosen.iter().map(|&column| self.value(column, time.is_some())).collect::<Result<_, _>>()?;
        let findings = self.passed_over(&[key, time], &chosen).into_iter().collect();
        let time = time.map(|column| self.time(column)).transpose()?;
        Ok(Layout { key, time, values, findings })
    }

    /// The columns of values: those that are stated, else those whose name and unit say it.
    fn chosen(&self, taken: &[Option<usize>], long: bool) -> Result<Vec<usize>, DataError> {
        let chosen = match self.options.value.as_slice() {
            [] => self.eligible(taken),
            stated => stated.iter().map(|name| self.columns.find(name)).collect::<Result<_, _>>()?,
        };
        match chosen.as_slice() {
            [] => Err(self.nothing_eligible(taken)),
            [_, _, ..] if long => Err(self.several(&chosen, ONE_VALUE)),
            _ if self.options.value.is_empty() && self.kinds(&chosen) > 1 => Err(self.several(&chosen, MIXED)),
            _ => Ok(chosen),
        }
    }

    /// The columns named `phase` or `frequency`, if there are any, else those of numbers in a unit of these.
    fn eligible(&self, taken: &[Option<usize>]) -> Vec<usize> {
        let wanted = |kind: ClockKind| self.options.kind.is_none_or(|stated| stated == kind);
        let named = |column: &Described| ClockKind::from_word(&column.name).is_some_and(wanted);
        let fitting = |column: &Described| self.kind(column).is_some_and(wanted) && !self.lacks_nominal(column);
        let free = (0..self.columns.all.len()).filter(|index| !taken.contains(&Some(*index)));
        let named: Vec<usize> = free.filter(|&index| named(&self.columns.all[index])).collect();
        match named.is_empty() {
            true => self.free_numbers(taken).filter(|&index| fitting(&self.columns.all[index])).collect(),
            false => named,
        }
    }

    /// What the unit says that a column measures.
    fn kind(&self, column: &Described) -> Option<ClockKind> {
        let unit = column.parsed_unit().ok()?.or_else(|| self.options.unit.clone())?;
        ClockKind::of(&unit)
    }

    /// Tells whether a column is an angle or in hertz, and no nominal frequency is stated that makes it a clock's.
    fn lacks_nominal(&self, column: &Described) -> bool {
        self.options.nominal.is_none() && column.parsed_unit().is_ok_and(|unit| unit.is_some_and(|u| needs_nominal(&u)))
    }

    fn kinds(&self, chosen: &[usize]) -> usize {
        let has = |kind| chosen.iter().any(|&index| self.kind(&self.columns.all[index]) == Some(kind));
        usize::from(has(ClockKind::Phase)) + usize::from(has(ClockKind::Frequency))
    }

    /// Why no column is eligible, about the first that might have been meant.
    fn nothing_eligible(&self, taken: &[Option<usize>]) -> DataError {
        let numbers: Vec<usize> = self.free_numbers(taken).collect();
        let without_unit = numbers.iter().find(|&&index| self.columns.all[index].unit.is_none());
        let likely = numbers.iter().find(|&&index| self.kind(&self.columns.all[index]).is_some()).or(numbers.first());
        match (without_unit, likely) {
            (Some(&index), _) if self.options.unit.is_none() => self.columns.about(index, Trouble::NoUnit),
            (_, Some(&index)) => self.value(index, true).err().unwrap_or_else(|| self.several(&numbers, VALUE)),
            _ => self.several(&[], "give a table with a column of numbers"),
        }
    }

    fn several(&self, columns: &[usize], advice: &'static str) -> DataError {
        let names: Vec<String> = columns.iter().map(|&index| format!("`{}`", self.columns.all[index].name)).collect();
        let seen = match names.as_slice() {
            [] => "no column holds any".to_owned(),
            names => format!("the columns {} may hold them", names.join(", ")),
        };
        DataError::Choice { file: self.columns.file.to_owned(), seen, advice }
    }

    fn free_numbers(&self, taken: &[Option<usize>]) -> impl Iterator<Item = usize> {
        let number = |column: &Described| matches!(column.storage, Storage::Float | Storage::Scaled { .. });
        (0..self.columns.all.len())
            .filter(move |index| !taken.contains(&Some(*index)) && number(&self.columns.all[*index]))
    }

    fn time(&self, column: usize) -> Result<TimeColumn, DataError> {
        let rule = TimeRule::new(&self.columns.all[column]).map_err(|trouble| self.columns.about(column, trouble))?;
        Ok(TimeColumn { column, rule })
    }

    fn value(&self, column: usize, timed: bool) -> Result<ValueColumn, DataError> {
        value(column, &self.columns.all[column], self.options, timed)
            .map_err(|trouble| self.columns.about(column, trouble))
    }

    /// A remark on columns of numbers that were not taken although none was stated.
    fn passed_over(&self, taken: &[Option<usize>], chosen: &[usize]) -> Option<Finding> {
        let left: Vec<usize> = self.free_numbers(taken).filter(|index| !chosen.contains(index)).collect();
        let describe = |&index: &usize| {
            let column = &self.columns.all[index];
            format!("`{}` ({})", column.name, column.unit.as_deref().unwrap_or("no unit"))
        };
        let names = left.iter().map(describe).collect::<Vec<_>>().join(", ");
        let finding = Finding::new(
            Severity::Note,
            "column-skipped",
            format!("not taken as clock values: {names}"),
            "only columns in a unit of phase or frequency are, and in an angle or Hz only with the nominal frequency",
            "name the columns that are meant with value, write their unit, or state nominal",
        );
        (self.options.value.is_empty() && !left.is_empty()).then_some(finding)
    }
}

const VALUE: &str = "name the column of values with `value`";
const ONE_VALUE: &str = "a table with a column of names has one column of values; name it with `value`";
const MIXED: &str = "some are phases and some are frequencies; state `kind` or `value`";

/// How the values of one column become phase or frequency.
fn value(index: usize, column: &Described, options: &ClockOptions, timed: bool) -> Result<ValueColumn, Trouble> {
    let scaled = match column.storage {
        Storage::Float | Storage::Integer => None,
        Storage::Scaled { scale, offset } => Some((scale, offset)),
        _ => return Err(Trouble::Type { found: column.type_name().to_owned(), wanted: "a column of numbers" }),
    };
    let unit = stated_once(column, options)?;
    let kind = ClockKind::of(&unit).ok_or_else(|| Trouble::WrongUnit { found: unit.to_string() })?;
    match options.kind.or_else(|| ClockKind::from_word(&column.name)) {
        Some(wanted) if wanted != kind => Err(Trouble::KindUnit { kind: wanted.word(), unit: unit.to_string() })?,
        _ => {}
    }
    let tau0 = interval(column, options, timed)?;
    let rule = ValueRule { scaled, way: Measure::new(&unit, options.nominal, options.hertz)? };
    Ok(ValueColumn { column: index, name: column.name.clone(), kind, rule, tau0 })
}

/// The unit, from the options or the field metadata; both may state it if they agree.
fn stated_once(column: &Described, options: &ClockOptions) -> Result<Unit, Trouble> {
    match (column.parsed_unit()?, &options.unit) {
        (Some(found), Some(stated)) if found != *stated => {
            Err(Trouble::UnitTwice { stated: stated.to_string(), found: found.to_string() })
        }
        (found, stated) => found.or_else(|| stated.clone()).ok_or(Trouble::NoUnit),
    }
}

/// The sampling interval, from the options or the field metadata; without epochs there must be one.
fn interval(column: &Described, options: &ClockOptions, timed: bool) -> Result<Option<f64>, Trouble> {
    match (column.tau0, options.tau0) {
        (Some(found), _) if found <= 0.0 => Err(Trouble::Number { key: "tau0_s", text: found.to_string() }),
        (Some(found), Some(stated)) if found != stated => {
            Err(Trouble::IntervalTwice { stated: stated.to_string(), found: found.to_string() })
        }
        (None, None) if !timed => Err(Trouble::NoInterval),
        (found, stated) => Ok(found.or(stated)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Hertz;

    fn column(name: &str, storage: Storage, unit: Option<&str>) -> Described {
        Described { name: name.into(), storage, unit: unit.map(str::to_owned), tau0: None, rate: None }
    }

    fn float(name: &str, unit: &str) -> Described {
        column(name, Storage::Float, Some(unit))
    }

    fn text(name: &str) -> Described {
        column(name, Storage::Text, None)
    }

    fn epochs() -> Described {
        column("time", Storage::Instant { nanoseconds: 1_000 }, Some("ns"))
    }

    fn layout(columns: &[Described], options: &ClockOptions) -> Result<Layout, String> {
        Layout::new("f", columns, options).map_err(|error| error.to_string())
    }

    fn refused(columns: &[Described], options: &ClockOptions) -> String {
        layout(columns, options).unwrap_err()
    }

    fn plain() -> ClockOptions {
        ClockOptions::default()
    }

    #[test]
    fn a_long_table_of_the_schema_needs_no_options() {
        let layout = layout(&[text("series"), epochs(), float("phase", "ns")], &plain()).unwrap();
        assert_eq!((layout.key, layout.values.len(), layout.values[0].kind), (Some(0), 1, ClockKind::Phase));
        assert_eq!(layout.time.unwrap().rule, TimeRule::Ticks(1_000));
    }

    #[test]
    fn a_wide_table_has_a_series_for_each_column_in_a_fitting_unit() {
        let layout = layout(&[epochs(), float("a", "s"), float("b", "ps"), float("room", "degC")], &plain()).unwrap();
        assert_eq!(layout.values.iter().map(|value| value.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(layout.findings[0].seen, "not taken as clock values: `room` (degC)");
    }

    #[test]
    fn an_unknown_column_answers_with_the_nearest() {
        let options = ClockOptions { value: vec!["phse".into()], ..plain() };
        let message = refused(&[epochs(), float("phase", "s")], &options);
        assert_eq!(message, "read column `phse` of `f`: there is no such column; did you mean `phase`?");
    }

    #[test]
    fn a_missing_unit_is_told_with_its_remedy() {
        let message = refused(&[epochs(), column("phase", Storage::Float, None)], &plain());
        assert!(message.starts_with("read column `phase` of `f`: its unit is not known; state `unit`"), "{message}");
        let message = refused(&[epochs(), column("x", Storage::Float, None)], &plain());
        assert!(message.starts_with("read column `x` of `f`: its unit is not known"), "{message}");
    }

    #[test]
    fn a_unit_of_another_quantity_is_refused_with_both() {
        for name in ["phase", "x"] {
            let message = refused(&[epochs(), float(name, "V")], &plain());
            assert!(message.contains("it is in `V`; phase is in a unit of time such as `s`"), "{message}");
        }
    }

    #[test]
    fn a_unit_stated_twice_must_agree() {
        let columns = [epochs(), float("phase", "ns")];
        let options = |unit| ClockOptions { unit: Some(Unit::parse(unit).unwrap()), ..plain() };
        assert!(layout(&columns, &options("ns")).is_ok());
        let message = refused(&columns, &options("ps"));
        assert!(message.contains("it is in `ns` by its field metadata, but `unit = \"ps\"` was stated"), "{message}");
    }

    #[test]
    fn a_name_and_a_unit_that_contradict_are_not_settled_by_guessing() {
        let columns = [epochs(), float("phase", "1")];
        let message = refused(&columns, &plain());
        assert!(message.contains("it is in `1`, which is no unit of phase; state the other `kind`"), "{message}");
        let options = ClockOptions { kind: Some(ClockKind::Frequency), value: vec!["phase".into()], ..plain() };
        assert_eq!(layout(&columns, &options).unwrap().values[0].kind, ClockKind::Frequency);
    }

    #[test]
    fn phases_and_frequencies_side_by_side_need_a_word() {
        let columns = [epochs(), float("a", "s"), float("b", "1")];
        assert!(refused(&columns, &plain()).contains("`a`, `b` may hold them; some are phases"));
        let options = ClockOptions { kind: Some(ClockKind::Frequency), ..plain() };
        assert_eq!(layout(&columns, &options).unwrap().values[0].name, "b");
    }

    #[test]
    fn the_name_of_the_schema_goes_before_other_columns_in_its_unit() {
        for columns in
            [vec![epochs(), float("phase", "s"), float("u", "s")], vec![float("u", "s"), float("phase", "s")]]
        {
            let options = ClockOptions { tau0: Some(1.0), ..plain() };
            let layout = layout(&columns, &options).unwrap();
            assert_eq!((layout.values.len(), layout.values[0].name.as_str()), (1, "phase"));
        }
    }

    #[test]
    fn two_columns_of_values_beside_names_need_a_word() {
        let columns = [text("series"), epochs(), float("a", "s"), float("b", "s")];
        assert!(refused(&columns, &plain()).contains("name it with `value`"));
    }

    #[test]
    fn hertz_need_the_nominal_frequency() {
        let columns = [epochs(), float("frequency", "MHz")];
        assert!(refused(&columns, &plain()).contains("needs the nominal frequency; state `nominal`"));
        let options = ClockOptions { nominal: Some(1e7), ..plain() };
        use crate::rows::rule::Rule;
        assert_eq!(layout(&columns, &options).unwrap().values[0].rule.real(10.000_001), 1e-7);
    }

    #[test]
    fn angles_are_phases_where_the_nominal_frequency_is_stated() {
        let columns = [epochs(), float("mixer", "deg"), float("dial", "rad")];
        assert!(refused(&columns, &plain()).starts_with("read column `mixer` of `f`: it is in `deg`, and x = φ/(2π"));
        let layout = layout(&columns, &ClockOptions { nominal: Some(5e6), ..plain() }).unwrap();
        assert_eq!((layout.values.len(), layout.values[0].kind), (2, ClockKind::Phase));
    }

    #[test]
    fn an_angle_beside_clocks_is_passed_over_unless_its_nominal_frequency_is_stated() {
        let layout = layout(&[epochs(), float("a", "s"), float("tilt", "deg")], &plain()).unwrap();
        assert_eq!((layout.values.len(), &*layout.findings[0].seen), (1, "not taken as clock values: `tilt` (deg)"));
    }

    #[test]
    fn hertz_are_offsets_where_that_is_stated() {
        use crate::rows::rule::Rule;
        let options = ClockOptions { nominal: Some(1e7), hertz: Some(Hertz::Offset), ..plain() };
        assert_eq!(layout(&[epochs(), float("beat", "mHz")], &options).unwrap().values[0].rule.real(1.0), 1e-10);
        assert!(refused(&[epochs(), float("beat", "1")], &options).contains("`hertz` speaks of values in Hz"));
    }

    #[test]
    fn without_epochs_the_interval_is_stated_once() {
        let columns = |tau0| [Described { tau0, ..float("phase", "s") }];
        assert!(refused(&columns(None), &plain()).contains("state `tau0` in s"));
        assert_eq!(layout(&columns(Some(2.0)), &plain()).unwrap().values[0].tau0, Some(2.0));
        let options = ClockOptions { tau0: Some(1.0), ..plain() };
        assert_eq!(layout(&columns(None), &options).unwrap().values[0].tau0, Some(1.0));
        assert!(refused(&columns(Some(2.0)), &options).contains("`tau0_s` is 2, but `tau0 = 1` was stated"));
    }

    #[test]
    fn options_out_of_range_are_refused() {
        let options = ClockOptions { tau0: Some(-1.0), ..plain() };
        let message = refused(&[epochs(), float("phase", "s")], &options);
        assert_eq!(message, "use the option `tau0 = -1`: it must be a positive number of s");
    }

    #[test]
    fn epochs_without_a_unit_are_refused() {
        let message = refused(&[column("time", Storage::Integer, None), float("phase", "s")], &plain());
        assert!(message.starts_with("read column `time` of `f`: its unit is not known"), "{message}");
    }

    #[test]
    fn names_must_be_text_and_a_table_needs_numbers() {
        let message = refused(&[float("series", "1"), float("phase", "s")], &plain());
        assert!(
            message.contains("it is stored as numbers; text, the names of the clocks, is wanted here"),
            "{message}"
        );
        assert!(refused(&[text("series")], &plain()).contains("no column holds any"));
    }
}
