//! What the numbers of a file are: phase or frequency, and in which unit.

use super::{ImportError, ImportOptions, extension};
use crate::{ClockKind, Column};
use sigmatau_core::Unit;

/// Kind and unit of a column of numbers, known to fit each other.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Measurand {
    pub(super) kind: ClockKind,
    unit: Unit,
    /// The nominal frequency ν₀ in Hz, where the numbers are frequency in Hz or phase in cycles.
    nominal: Option<f64>,
}

impl Measurand {
    /// Time error in seconds.
    pub(super) const PHASE: Self = Self { kind: ClockKind::Phase, unit: Unit::SECOND, nominal: None };

    /// What the options state, or else what the file name says: `.phd` is phase in s, `.frd`
    /// fractional frequency.
    ///
    /// # Errors
    /// When neither says it, or the unit does not fit the kind.
    pub(super) fn stated(file: &str, options: &ImportOptions) -> Result<Self, ImportError> {
        let usual = match extension(file).as_str() {
            "phd" => Some((ClockKind::Phase, Unit::SECOND)),
            "frd" => Some((ClockKind::Frequency, Unit::ONE)),
            _ => None,
        };
        let unstated = |unstated, remedy| ImportError::Unstated { file: file.to_owned(), unstated, remedy };
        let kind = options.kind.or(usual.as_ref().map(|(kind, _)| *kind)).ok_or_else(|| {
            unstated("it does not say whether its numbers are phase or frequency", "the kind, `phase` or `frequency`")
        })?;
        let usual = usual.filter(|(usual, _)| *usual == kind).map(|(_, unit)| unit);
        let unit = options.unit.clone().or(usual).ok_or_else(|| {
            unstated(
                "it does not say the unit of its numbers",
                "the unit, such as `s` or `ns` of phase, `1` of frequency",
            )
        })?;
        Self::new(file, kind, unit, options.nominal)
    }

    /// Phase in cycles of a signal of the nominal frequency.
    ///
    /// # Errors
    /// When no nominal frequency is stated.
    pub(super) fn cycles(file: &str, nominal: Option<f64>) -> Result<Self, ImportError> {
        let unstated = || ImportError::Unstated {
            file: file.to_owned(),
            unstated: "phase in cycles becomes a time by the nominal frequency",
            remedy: "the nominal frequency, a positive number of Hz",
        };
        let nominal = nominal.filter(|nominal| *nominal > 0.0 && nominal.is_finite()).ok_or_else(unstated)?;
        Ok(Self { nominal: Some(nominal), ..Self::PHASE })
    }

    /// Kind and unit as given.
    ///
    /// # Errors
    /// When the unit does not fit the kind, or a frequency in Hz has no nominal frequency.
    pub(super) fn new(file: &str, kind: ClockKind, unit: Unit, nominal: Option<f64>) -> Result<Self, ImportError> {
        let hertz = kind == ClockKind::Frequency && unit.is_convertible_to(&Unit::HERTZ);
        let (base, wanted) = match kind {
            ClockKind::Phase => (Unit::SECOND, "time, such as `ns`"),
            ClockKind::Frequency => (Unit::ONE, "a ratio, such as `1`, or of frequency, such as `Hz`"),
        };
        if !hertz && !unit.is_convertible_to(&base) {
            return Err(ImportError::Unit { file: file.to_owned(), kind, unit: unit.to_string(), wanted });
        }
        let nominal = nominal.filter(|nominal| *nominal > 0.0 && nominal.is_finite());
        if hertz && nominal.is_none() {
            let unstated = "frequency in Hz is relative to a nominal frequency";
            return Err(ImportError::Unstated {
                file: file.to_owned(),
                unstated,
                remedy: "the nominal frequency, a positive number of Hz",
            });
        }
        Ok(Self { kind, unit, nominal: nominal.filter(|_| hertz) })
    }

    /// The column of these numbers: as stated, but frequency f in Hz as y = (f - ν₀) / ν₀ and phase φ
    /// in cycles as x = φ / ν₀.
    pub(super) fn column(&self, values: Vec<f64>) -> Column {
        let Some(nominal) = self.nominal else {
            return Column::float(self.kind.word(), self.unit.clone(), values);
        };
        if self.kind == ClockKind::Phase {
            let times = values.into_iter().map(|cycles| cycles / nominal).collect();
            return Column::float(self.kind.word(), Unit::SECOND, times);
        }
        let hertz = self.unit.conversion(&Unit::HERTZ).expect("the unit is one of frequency");
        let fractional = values.into_iter().map(|f| (hertz.apply(f) - nominal) / nominal).collect();
        Column::float(self.kind.word(), Unit::ONE, fractional)
    }
}
