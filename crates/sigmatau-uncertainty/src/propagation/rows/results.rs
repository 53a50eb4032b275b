//! What comes out of rows.

use crate::propagation::Factors;
use std::ops::{BitOr, BitOrAssign, Range};

/// What is to be said of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(u8);

impl Flags {
    /// The second order matters: a propagation of distributions should have the last word.
    pub const CURVED: Self = Self(1);
    /// The value is not finite.
    pub const VALUE: Self = Self(2);
    /// The standard uncertainty is not finite: a derivative is not, a stated uncertainty is negative, or no quantities have
    /// the correlations.
    pub const UNCERTAINTY: Self = Self(4);
    /// The standard uncertainty is 0, as of relative uncertainties at a reading of 0.
    pub const EXACT: Self = Self(8);
    /// There are no effective degrees of freedom, and so no coverage factor.
    pub const DOF: Self = Self(16);
    /// There are degrees of freedom, but fewer than 1 are left when they are truncated.
    pub const FACTOR: Self = Self(32);

    /// All of them with the words for them.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::CURVED, "second-order"),
        (Self::VALUE, "no-value"),
        (Self::UNCERTAINTY, "no-uncertainty"),
        (Self::EXACT, "exact"),
        (Self::DOF, "no-dof"),
        (Self::FACTOR, "no-factor"),
    ];

    /// Whether everything in `other` is said.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether nothing is to be said.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The words for what is said.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        Self::ALL.into_iter().filter(move |(flag, _)| self.contains(*flag)).map(|(_, word)| word)
    }

    /// `self` where something holds, else nothing.
    fn when(self, holds: bool) -> Self {
        if holds { self } else { Self::default() }
    }
}

impl BitOr for Flags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Flags {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

/// The results of rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowResults {
    /// The columns of each output of the function.
    pub outputs: Vec<OutputColumns>,
}

/// The results of rows for one output, in coherent SI units: a value for every row in each column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OutputColumns {
    /// The value y.
    pub value: Vec<f64>,
    /// The standard uncertainty u, of the first order.
    pub standard_uncertainty: Vec<f64>,
    /// The effective degrees of freedom ν, `NaN` where there are none.
    pub dof: Vec<f64>,
    /// The coverage factor k.
    pub factor: Vec<f64>,
    /// The expanded uncertainty U = k u.
    pub expanded: Vec<f64>,
    /// The signed contribution c u of each input.
    pub contributions: Vec<Vec<f64>>,
    /// What is to be said.
    pub flags: Vec<Flags>,
}

impl RowResults {
    pub(super) fn reset(&mut self, outputs: usize, inputs: usize, rows: usize) {
        self.outputs.resize_with(outputs, OutputColumns::default);
        self.outputs.iter_mut().for_each(|columns| columns.reset(inputs, rows));
    }
}

impl OutputColumns {
    fn reset(&mut self, inputs: usize, rows: usize) {
        let Self { value, standard_uncertainty, dof, factor, expanded, contributions, flags } = self;
        contributions.resize_with(inputs, Vec::new);
        let single = [value, standard_uncertainty, dof, factor, expanded];
        single.into_iter().chain(contributions).for_each(|column| column.resize(rows, 0.0));
        flags.clear();
        flags.resize(rows, Flags::default());
    }

    /// Of how many rows something is to be said.
    pub fn count(&self, flag: Flags) -> usize {
        self.flags.iter().filter(|flags| flags.contains(flag)).count()
    }

    /// Expands the uncertainties of some rows and says what is to be said of them.
    pub(super) fn expand(&mut self, place: Range<usize>, factors: &mut Factors) {
        let Self { value, standard_uncertainty, dof, factor, expanded, flags, .. } = self;
        let [y, u, dof] = [value, standard_uncertainty, dof].map(|column| &column[place.clone()]);
        let [factor, expanded] = [factor, expanded].map(|column| &mut column[place.clone()]);
        factor.iter_mut().zip(dof).for_each(|(k, dof)| *k = factors.of(*dof));
        if pulp::Arch::new().dispatch(Expand { y, u, factor, expanded }) {
            return;
        }
        for (row, flags) in flags[place].iter_mut().enumerate() {
            *flags |= Flags::VALUE.when(!y[row].is_finite())
                | Flags::UNCERTAINTY.when(!u[row].is_finite())
                | Flags::EXACT.when(u[row] == 0.0)
                | Flags::DOF.when(dof[row].is_nan())
                | Flags::FACTOR.when(factor[row].is_nan() && !dof[row].is_nan());
        }
    }
}

/// U = k u, and whether nothing is to be said of any row.
struct Expand<'a> {
    y: &'a [f64],
    u: &'a [f64],
    factor: &'a [f64],
    expanded: &'a mut [f64],
}

impl pulp::WithSimd for Expand<'_> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> bool {
        let each = self.expanded.iter_mut().zip(self.factor).zip(self.u).zip(self.y);
        each.fold(true, |sound, (((expanded, k), u), y)| {
            *expanded = k * u;
            sound & (*expanded > 0.0) & (*expanded < f64::INFINITY) & y.is_finite()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_read_as_words() {
        let flags = Flags::CURVED | Flags::DOF;
        assert_eq!(flags.words().collect::<Vec<_>>(), ["second-order", "no-dof"]);
        assert!(flags.contains(Flags::DOF) && !flags.contains(Flags::VALUE) && Flags::default().is_empty());
    }
}
