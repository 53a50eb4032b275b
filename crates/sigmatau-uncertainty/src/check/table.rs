//! The tables that checks read, as columns. A column that a dataset lacks is an empty slice; a number that is missing is
//! `NaN`, a word [`NO_WORD`], a time [`NO_TIME`]. Words are interned in one dictionary and stand as their places in it.

use std::ops::Range;

/// The place of a word that is missing.
pub const NO_WORD: u32 = u32::MAX;

/// A time that is missing; times are nanoseconds since 1970, UTC.
pub const NO_TIME: i64 = i64::MIN;

/// Nanoseconds in a second.
pub const SECOND: f64 = 1e9;

/// Nanoseconds in a Julian year.
pub const YEAR: f64 = 365.25 * 86_400.0 * SECOND;

macro_rules! table {
    ($(#[$about:meta])* $name:ident, $word:literal { $($(#[$what:meta])* $column:ident: $kind:ty,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Default)]
        pub struct $name<'a> {
            $($(#[$what])* pub $column: &'a [$kind],)*
        }

        impl<'a> $name<'a> {
            /// Every column, with the name of the table before it.
            pub const COLUMNS: &'static [&'static str] = &[$(concat!($word, ".", stringify!($column)),)*];

            /// The columns that are there.
            pub fn present(&self) -> Vec<&'static str> {
                let filled = [$(!self.$column.is_empty(),)*];
                Self::COLUMNS.iter().zip(filled).filter(|(_, filled)| *filled).map(|(column, _)| *column).collect()
            }

            /// The number of rows.
            pub fn len(&self) -> usize {
                [$(self.$column.len(),)*].into_iter().max().unwrap_or(0)
            }

            /// Tells whether there is no row.
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// Some of the rows.
            #[must_use]
            pub fn rows(&self, rows: Range<usize>) -> Self {
                Self { $($column: self.$column.get(rows.clone()).unwrap_or_default(),)* }
            }
        }
    };
}

table! {
    /// One row for each point of a calibration, sorted by instrument, point and time. Values are in the row's `unit`.
    Calibrations, "calibrations" {
        /// Who calibrated.
        laboratory: u32,
        /// What was calibrated.
        instrument: u32,
        /// Its make and model: who its peers are.
        class: u32,
        /// Where in its range.
        point: u32,
        /// The certificate.
        certificate: u32,
        /// When, in nanoseconds since 1970.
        time: i64,
        /// The kind of quantity.
        quantity: u32,
        /// The unit of every number in the row.
        unit: u32,
        /// What the instrument showed.
        value: f64,
        /// What the standard gave.
        reference: f64,
        /// The standard uncertainty of the value.
        u: f64,
        /// The standard uncertainty of the reference.
        u_reference: f64,
        /// The part of `u_reference` that everybody shares who uses the standard; all of it where it is missing.
        u_standard: f64,
        /// The covariance of value and reference; `NaN` for none.
        covariance: f64,
        /// The stated combined standard uncertainty of value − reference.
        u_c: f64,
        /// The stated expanded uncertainty of value − reference.
        expanded_u: f64,
        /// The stated coverage factor.
        k: f64,
        /// The stated effective degrees of freedom.
        dof: f64,
        /// The stated coverage probability.
        probability: f64,
        /// The smallest expanded uncertainty that the laboratory is accredited for here.
        cmc: f64,
        /// The step of the indication.
        resolution: f64,
        /// The number of readings behind the value.
        n_repeats: i64,
        /// The standard deviation that is claimed for one reading.
        u_repeat: f64,
        /// The standard uncertainty that is claimed for a year of drift.
        drift_u_per_year: f64,
        /// The certificate of the standard.
        standard: u32,
        /// How.
        procedure: u32,
        /// By whom.
        operator: u32,
        /// The lower limit of value − reference.
        lower: f64,
        /// The upper limit.
        upper: f64,
        /// How far inside the limits acceptance ends, in expanded uncertainties: 0 for simple acceptance.
        guard: f64,
        /// The stated verdict: 1 accepted, 0 rejected, anything else none.
        accepted: u8,
        /// When the row was uploaded.
        submitted: i64,
        /// When it ought to have been.
        due: i64,
        /// The ratio of second-order to first-order terms of the uncertainty.
        curvature: f64,
        /// The larger of d_low and d_high over δ, less the uncertainty of the Monte Carlo; `NaN` where none was made.
        validation: f64,
    }
}

table! {
    /// The readings behind calibrations.
    Repeats, "repeats" {
        /// The reading.
        value: f64,
    }
}

table! {
    /// The components of budgets.
    Budgets, "budgets" {
        /// The standard uncertainty of the input.
        u: f64,
        /// The sensitivity ∂y/∂x.
        sensitivity: f64,
        /// The degrees of freedom.
        dof: f64,
        /// 1 for an evaluation of type A, 0 for type B.
        type_a: u8,
        /// The number of readings behind a type A.
        n: i64,
        /// The relative standard uncertainty of u behind a type B.
        relative_u_of_u: f64,
    }
}

table! {
    /// The correlated pairs of inputs of budgets.
    Correlations, "correlations" {
        /// The place of one input in its budget.
        first: u32,
        /// The place of the other.
        second: u32,
        /// The coefficient.
        coefficient: f64,
    }
}

table! {
    /// Checks of a standard against another, sorted by laboratory, standard, point and time.
    CheckStandards, "check_standards" {
        /// Who checked.
        laboratory: u32,
        /// What was checked.
        standard: u32,
        /// Where in its range.
        point: u32,
        /// When.
        time: i64,
        /// The result.
        value: f64,
        /// What it ought to be.
        reference: f64,
        /// The standard uncertainty of one check.
        u: f64,
    }
}

table! {
    /// Results of laboratories for one item and point, sorted by comparison.
    Comparisons, "comparisons" {
        /// Which comparison.
        comparison: u32,
        /// Whose result.
        laboratory: u32,
        /// The result.
        value: f64,
        /// Its standard uncertainty.
        u: f64,
        /// The value it is compared with.
        reference: f64,
        /// The standard uncertainty of that.
        u_reference: f64,
        /// The covariance of both, from standards they share; `NaN` for none.
        covariance: f64,
    }
}

table! {
    /// What instruments in service sent, sorted by instrument and in the order it was sent.
    Logs, "logs" {
        /// Which instrument.
        instrument: u32,
        /// When, by its own clock.
        time: i64,
        /// What it read.
        value: f64,
        /// The step of the indication.
        resolution: f64,
        /// The offset of its clock from UTC, in seconds.
        offset_s: f64,
        /// The stated standard uncertainty of that clock, in seconds.
        u_offset_s: f64,
        /// How fast the value changes, per second.
        rate_per_s: f64,
        /// The standard uncertainty of the value.
        u: f64,
        /// Who wrote it down.
        operator: u32,
    }
}

/// What belongs to each row of a table, one after another.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lists<'a, T> {
    /// Where the rows of each end; empty where there is no such table.
    pub ends: &'a [usize],
    /// The rows.
    pub rows: T,
}

impl<T> Lists<'_, T> {
    /// The rows of one.
    pub fn range(&self, of: usize) -> Range<usize> {
        let start = of.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        start..self.ends.get(of).copied().unwrap_or(start)
    }
}

/// Calibrations of whole instruments, with what belongs to them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Block<'a> {
    /// The row that the block begins with, in the whole table.
    pub first_row: u64,
    /// The rows.
    pub calibrations: Calibrations<'a>,
    /// The readings of each.
    pub repeats: Lists<'a, Repeats<'a>>,
    /// The budget of each.
    pub budgets: Lists<'a, Budgets<'a>>,
    /// The correlated inputs of each.
    pub correlations: Lists<'a, Correlations<'a>>,
}

impl Block<'_> {
    /// The columns that are there, of all four tables.
    pub fn present(&self) -> Vec<&'static str> {
        let attached = [self.repeats.rows.present(), self.budgets.rows.present(), self.correlations.rows.present()];
        self.calibrations.present().into_iter().chain(attached.concat()).collect()
    }
}

/// All calibrations of one instrument.
#[derive(Clone, Copy, Debug)]
pub struct Instrument<'a> {
    /// Its rows.
    pub rows: Calibrations<'a>,
    /// The normal deviates of its errors, one for each row; empty where the columns for it are lacking.
    pub deviates: &'a [f64],
    block: &'a Block<'a>,
    start: usize,
}

impl<'a> Instrument<'a> {
    /// The instruments of a block, whose errors have the given deviates.
    pub fn of_block(block: &'a Block<'a>, deviates: &'a [f64]) -> Vec<Self> {
        let mut start = 0;
        let runs = block.calibrations.instrument.chunk_by(|one, other| one == other);
        let ranges = runs.map(|run| {
            let range = start..start + run.len();
            start = range.end;
            range
        });
        ranges
            .map(|range| Self {
                rows: block.calibrations.rows(range.clone()),
                deviates: deviates.get(range.clone()).unwrap_or_default(),
                block,
                start: range.start,
            })
            .collect()
    }

    /// The place of one of its rows in the whole table.
    pub fn row(&self, row: usize) -> u64 {
        self.block.first_row + (self.start + row) as u64
    }

    /// The number of its rows.
    pub fn len(&self) -> usize {
        self.rows.instrument.len()
    }

    /// Never: an instrument has a row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Which instrument.
    pub fn id(&self) -> u32 {
        self.rows.instrument[0]
    }

    /// The laboratory of its first calibration.
    pub fn laboratory(&self) -> u32 {
        self.rows.laboratory.first().copied().unwrap_or(NO_WORD)
    }

    /// The readings behind a row.
    pub fn repeats(&self, row: usize) -> &'a [f64] {
        let repeats = &self.block.repeats;
        repeats.rows.value.get(repeats.range(self.start + row)).unwrap_or_default()
    }

    /// The budget of a row.
    pub fn budget(&self, row: usize) -> Budgets<'a> {
        self.block.budgets.rows.rows(self.block.budgets.range(self.start + row))
    }

    /// The correlated inputs of the budget of a row.
    pub fn correlations(&self, row: usize) -> Correlations<'a> {
        self.block.correlations.rows.rows(self.block.correlations.range(self.start + row))
    }

    /// The rows of each point, in the order of time.
    pub fn points(&self) -> Vec<Range<usize>> {
        if self.rows.point.is_empty() {
            return std::iter::once(0..self.len()).collect();
        }
        let mut start = 0;
        self.rows
            .point
            .chunk_by(|one, other| one == other)
            .map(|run| {
                start += run.len();
                start - run.len()..start
            })
            .collect()
    }

    /// value − reference, or the value where there is no reference.
    pub fn error(&self, row: usize) -> f64 {
        self.rows.value[row] - number(self.rows.reference, row, 0.0)
    }

    /// u² + u_ref² − 2 cov of value − reference.
    pub fn variance(&self, row: usize) -> f64 {
        let (u, reference) = (self.rows.u[row], number(self.rows.u_reference, row, 0.0));
        u * u + reference * reference - 2.0 * number(self.rows.covariance, row, 0.0)
    }
}

impl Instrument<'_> {
    /// The part of the variance of an error that is shared by all who use the standard.
    pub(super) fn shared(&self, row: usize) -> f64 {
        let shared = number(self.rows.u_standard, row, number(self.rows.u_reference, row, 0.0));
        (shared * shared / self.variance(row)).clamp(0.0, 1.0)
    }
}

/// A word of a column, or that it is missing.
pub(super) fn word(column: &[u32], row: usize) -> u32 {
    column.get(row).copied().unwrap_or(NO_WORD)
}

/// Half of the last digit that a number is stated to, two significant ones at least.
pub(super) fn half_last_digit(number: f64) -> f64 {
    let text = format!("{:e}", number.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let decimals = mantissa.len().saturating_sub(2).max(1) as i32;
    0.5 * 10_f64.powi(exponent.parse::<i32>().unwrap_or(0) - decimals)
}

/// A number of a column, or what stands for it where it is missing.
pub(super) fn number(column: &[f64], row: usize, otherwise: f64) -> f64 {
    column.get(row).copied().filter(|number| !number.is_nan()).unwrap_or(otherwise)
}
