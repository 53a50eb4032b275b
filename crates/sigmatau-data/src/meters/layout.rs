//! What the columns of a table of readings hold, from their names and units and the options.

use super::MeterOptions;
use super::day::hours;
use super::stamp::Count;
use crate::DataError;
use crate::column::{Described, Storage};
use crate::error::Trouble;
use crate::rows::key::Key;
use crate::rows::rule::ValueRule;
use sigmatau_core::Unit;
use sigmatau_core::nearest::did_you_mean;
use sigmatau_core::unit::Conversion;

/// A quantity that meters send.
pub(super) struct Quantity {
    /// The column of a long table.
    pub(super) column: &'static str,
    unit: &'static str,
    /// The letters of its columns in a wide table, each with its unit.
    letters: &'static [(char, &'static str)],
}

/// The quantities, in the order of [`MeterOptions::quantities`].
pub(super) static QUANTITIES: [Quantity; 5] = [
    Quantity { column: "energy_kwh", unit: "kWh", letters: &[('e', "kWh"), ('p', "kW")] },
    Quantity { column: "export_kwh", unit: "kWh", letters: &[('x', "kWh")] },
    Quantity { column: "register_kwh", unit: "kWh", letters: &[('r', "kWh")] },
    Quantity { column: "voltage_v", unit: "V", letters: &[('u', "V")] },
    Quantity { column: "current_a", unit: "A", letters: &[('i', "A")] },
];

/// The columns of a table of readings.
pub(super) struct Layout {
    pub(super) key: Key,
    pub(super) time: (usize, Count),
    /// The columns of each quantity that is there.
    quantities: Vec<(usize, Points)>,
}

/// The columns of one quantity: one in a long table, one for each point of the day in a wide one.
pub(super) struct Points {
    pub(super) columns: Vec<(usize, ValueRule<Conversion>)>,
    /// From mean power in kW to energy in kWh; 1 where nothing has to be done.
    pub(super) factor: f64,
}

impl Layout {
    pub(super) fn new(file: &str, columns: &[Described], options: &MeterOptions) -> Result<Self, DataError> {
        Reader { file, columns, options }.layout()
    }

    /// The quantities that are there, by their places in [`QUANTITIES`].
    pub(super) fn quantities(&self) -> impl Iterator<Item = (usize, &Points)> {
        self.quantities.iter().map(|(quantity, points)| (*quantity, points))
    }

    /// The points of a day, in a wide table.
    pub(super) fn points_of_day(&self) -> Option<usize> {
        self.quantities.first().map(|(_, points)| points.columns.len()).filter(|points| *points > 1)
    }
}

/// Reads the layout of one table.
struct Reader<'a> {
    file: &'a str,
    columns: &'a [Described],
    options: &'a MeterOptions,
}

impl Reader<'_> {
    fn layout(&self) -> Result<Layout, DataError> {
        let area = self.names(self.options.area.as_deref(), "area_id")?;
        let meter = self.names(self.options.meter.as_deref(), "meter_id")?;
        let (quantities, time) = match self.wide()? {
            wide if wide.is_empty() => (self.long()?, "timestamp"),
            wide => (wide, if self.place("date").is_some() { "date" } else { "timestamp" }),
        };
        let time = self.find(self.options.time.as_deref().unwrap_or(time))?;
        let count = Count::new(&self.columns[time]).map_err(|trouble| self.about(time, trouble))?;
        Ok(Layout { key: Key::Two(area, meter), time: (time, count), quantities })
    }

    /// A column of names.
    fn names(&self, stated: Option<&str>, usual: &str) -> Result<usize, DataError> {
        let column = self.find(stated.unwrap_or(usual))?;
        match self.columns[column].storage {
            Storage::Text | Storage::Integer => Ok(column),
            _ => {
                let found = self.columns[column].type_name().to_owned();
                Err(self.about(column, Trouble::Type { found, wanted: "names" }))
            }
        }
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    fn find(&self, name: &str) -> Result<usize, DataError> {
        let known: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        let unknown = || Trouble::Unknown { hint: did_you_mean(name, &known) }.of(self.file, name);
        self.place(name).ok_or_else(unknown)
    }

    /// The columns of a long table: those that are stated, and those of the usual names.
    fn long(&self) -> Result<Vec<(usize, Points)>, DataError> {
        let mut found = Vec::new();
        for (place, quantity) in QUANTITIES.iter().enumerate() {
            let column = match &self.options.quantities[place] {
                Some(stated) => Some(self.find(stated)?),
                None => self.place(quantity.column),
            };
            if let Some(column) = column {
                let columns = vec![(column, self.rule(column, quantity.unit)?)];
                found.push((place, Points { columns, factor: 1.0 }));
            }
        }
        match found.iter().any(|(place, _)| *place == 0 || *place == 2) {
            true => Ok(found),
            false => self.find(QUANTITIES[0].column).map(|_| found),
        }
    }

    /// The curves of a wide table; none in a long one.
    fn wide(&self) -> Result<Vec<(usize, Points)>, DataError> {
        let mut found: Vec<(usize, Points)> = Vec::new();
        for (place, quantity) in QUANTITIES.iter().enumerate() {
            for (letter, unit) in quantity.letters {
                let columns = self.curve(*letter);
                if columns.is_empty() || found.iter().any(|(other, _)| *other == place) {
                    continue;
                }
                let factor = if *unit == "kW" { hours(columns.len()) as f64 / columns.len() as f64 } else { 1.0 };
                let ruled = columns.into_iter().map(|column| Ok((column, self.rule(column, unit)?)));
                found.push((place, Points { columns: ruled.collect::<Result<_, DataError>>()?, factor }));
            }
        }
        self.even(&found)?;
        Ok(found)
    }

    /// The columns that are this letter and a number, from 0 or 1 on without a hole, if they divide the day.
    fn curve(&self, letter: char) -> Vec<usize> {
        let number = |column: &Described| {
            let digits = column.name.strip_prefix(letter)?.trim_start_matches('_');
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<usize>().ok())?
        };
        let mut numbered: Vec<(usize, usize)> =
            self.columns.iter().enumerate().filter_map(|(place, column)| Some((number(column)?, place))).collect();
        numbered.sort_unstable();
        let first = numbered.first().map_or(0, |(number, _)| *number);
        let in_order = numbered.iter().enumerate().all(|(place, (number, _))| *number == first + place);
        let daily = numbered.len() * 24 / hours(numbered.len());
        let divides = (24..=1440).contains(&daily) && 1440 % daily == 0;
        if first <= 1 && in_order && divides {
            numbered.into_iter().map(|(_, place)| place).collect()
        } else {
            Vec::new()
        }
    }

    /// Refuses curves of different numbers of points.
    fn even(&self, found: &[(usize, Points)]) -> Result<(), DataError> {
        let counts: Vec<usize> = found.iter().map(|(_, points)| points.columns.len()).collect();
        match counts.windows(2).find(|pair| pair[0] != pair[1]) {
            None => Ok(()),
            Some(pair) => Err(DataError::Curves {
                file: self.file.to_owned(),
                seen: format!("one has {} points a day and another {}", pair[0], pair[1]),
            }),
        }
    }

    fn rule(&self, column: usize, wanted: &str) -> Result<ValueRule<Conversion>, DataError> {
        let described = &self.columns[column];
        let rule = || {
            let scaled = match described.storage {
                Storage::Float | Storage::Integer => None,
                Storage::Scaled { scale, offset } => Some((scale, offset)),
                _ => return Err(Trouble::Type { found: described.type_name().to_owned(), wanted: "numbers" }),
            };
            let wanted = Unit::parse(wanted).expect("a known unit");
            let way = described.parsed_unit()?.as_ref().unwrap_or(&wanted).conversion(&wanted)?;
            Ok(ValueRule { scaled, way })
        };
        rule().map_err(|trouble: Trouble| self.about(column, trouble))
    }

    fn about(&self, column: usize, trouble: Trouble) -> DataError {
        trouble.of(self.file, &self.columns[column].name)
    }
}
