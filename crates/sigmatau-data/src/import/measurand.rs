//! What the numbers of a file are: phase or frequency, and in which unit.

use super::{ImportError, ImportOptions, extension};
use crate::clock::measure::Measure;
use crate::rows::rule::Way;
use crate::{ClockKind, Column};
use sigmatau_core::Unit;

/// Kind and unit of a column of numbers, known to fit each other.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Measurand {
    pub(super) kind: ClockKind,
    unit: Unit,
    /// The way to SI, where it takes the nominal frequency.
    by_nominal: Option<Measure>,
}

impl Measurand {
    /// Time error in seconds.
    pub(super) const PHASE: Self = Self { kind: ClockKind::Phase, unit: Unit::SECOND, by_nominal: None };

    /// What the options state, or else what the file name says: `.phd` is phase in s, `.frd`
    /// fractional frequency. A unit says the kind too.
    ///
    /// # Errors
    /// When neither says it, or the unit does not fit the kind.
    pub(super) fn stated(file: &str, options: &ImportOptions) -> Result<Self, ImportError> {
        let usual = match extension(file).as_str() {
            "phd" => Some(ClockKind::Phase),
            "frd" => Some(ClockKind::Frequency),
            _ => None,
        };
        let unstated = |unstated, remedy| ImportError::Unstated { file: file.to_owned(), unstated, remedy };
        let kind = options.kind.or(usual).or(options.unit.as_ref().and_then(ClockKind::of)).ok_or_else(|| {
            unstated("it does not say whether its numbers are phase or frequency", "the kind, `phase` or `frequency`")
        })?;
        let usual = usual.filter(|usual| *usual == kind).map(ClockKind::unit);
        let unit = options.unit.clone().or(usual).ok_or_else(|| {
            unstated(
                "it does not say the unit of its numbers",
                "the unit, such as `s` or `ns` of phase, `1` of frequency",
            )
        })?;
        Self::new(file, kind, unit, options)
    }

    /// Kind and unit as given, the nominal frequency as the options state it.
    ///
    /// # Errors
    /// When the unit does not fit the kind, or needs a nominal frequency and there is none.
    pub(super) fn new(file: &str, kind: ClockKind, unit: Unit, options: &ImportOptions) -> Result<Self, ImportError> {
        if ClockKind::of(&unit) != Some(kind) {
            let wanted = match kind {
                ClockKind::Phase => "time, such as `ns`, or of angle, such as `rad`",
                ClockKind::Frequency => "a ratio, such as `1`, or of frequency, such as `Hz`",
            };
            return Err(ImportError::Unit { file: file.to_owned(), kind, unit: unit.to_string(), wanted });
        }
        let nominal = options.nominal.filter(|nominal| *nominal > 0.0 && nominal.is_finite());
        let measure = Measure::new(&unit, nominal, options.hertz)
            .map_err(|trouble| ImportError::Measure { file: file.to_owned(), trouble })?;
        Ok(Self { kind, unit, by_nominal: Some(measure).filter(Measure::is_by_nominal) })
    }

    /// The column of these numbers: as stated, but what takes the nominal frequency in SI.
    pub(super) fn column(&self, values: Vec<f64>) -> Column {
        let Some(measure) = self.by_nominal else {
            return Column::float(self.kind.word(), self.unit.clone(), values);
        };
        let si = values.into_iter().map(|value| measure.apply(value)).collect();
        Column::float(self.kind.word(), self.kind.unit(), si)
    }
}
