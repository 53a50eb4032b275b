//! What may be planted in histories: a table of kinds, and who gets which.

use std::collections::BTreeMap;

/// Whom a fault is planted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    Instrument,
    Laboratory,
}

/// A kind of fault, named for the check that ought to find it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) whose: Whose,
    /// The table in which the evidence stands.
    pub(super) table: &'static str,
    /// How large it is where the recipe says nothing.
    pub(super) size: f64,
    /// What is done, and what the size is.
    pub(super) note: &'static str,
}

const fn instrument(name: &'static str, table: &'static str, size: f64, note: &'static str) -> Kind {
    Kind { name, whose: Whose::Instrument, table, size, note }
}

const fn laboratory(name: &'static str, table: &'static str, size: f64, note: &'static str) -> Kind {
    Kind { name, whose: Whose::Laboratory, table, size, note }
}

/// Every kind.
pub(super) static KINDS: &[Kind] = &[
    instrument("schema-metro", "calibrations", 1.0, "quantity and procedure are missing at one point"),
    instrument("unit-dim", "calibrations", 1.0, "the unit of one point is V"),
    instrument("unit-slip", "calibrations", 1e3, "the value of one point is too large by this factor"),
    instrument("u-recompute", "calibrations", 0.7, "u_c and U of one point are those of the budget times this"),
    instrument("u-round", "calibrations", 6.0, "U of one point is stated to this many significant digits"),
    instrument("k-consistent", "calibrations", 4.0, "one point states this many degrees of freedom and keeps k = 2"),
    instrument("cmc-floor", "calibrations", 1.5, "the laboratory's CMC at one point is U times this"),
    instrument("corr-psd", "correlations", -0.9, "three inputs of one point correlate pairwise by this"),
    instrument("guf-valid", "budgets", 0.5, "the second-order term of one input is u_c times this"),
    instrument("repeat-chi2", "repeats", 3.0, "the scatter of all repeats is the claimed one times this"),
    laboratory("u-calibration", "calibrations", 3.0, "one deviation in ten is larger by this factor"),
    laboratory("u-scale", "calibrations", 1.38, "all deviations are larger by this factor"),
    laboratory("en-peer", "comparisons", 6.0, "the results of the comparison are off by this many u"),
    instrument("dof-audit", "budgets", 50.0, "the evaluations of type A state this many degrees of freedom"),
    instrument("autocorr", "repeats", 0.8, "successive repeats correlate by this"),
    instrument("drift-vs-u", "calibrations", 8.0, "the last certificate is off by this many u_c"),
    laboratory("ewma-cusum", "check_standards", 1.0, "the second half of the history is off by this many u"),
    instrument("outlier-robust", "calibrations", 10.0, "one value is off by this many u"),
    laboratory("mode-split", "calibrations", 1.5, "the values of the second operator are off by this many u"),
    laboratory("corr-neglect", "calibrations", 0.8, "all values of a year share an error of this many u"),
    laboratory("trace-complete", "chain", 1.0, "the parent of the last year's certificate is not there"),
    instrument("trace-indate", "calibrations", 1.0, "the last certificate used the standard's first certificate"),
    laboratory("u-monotone", "chain", 0.5, "u of the last year's certificate is that of its parent times this"),
    instrument("time-mono", "logs", -3600.0, "the clock is set by this many seconds halfway"),
    instrument("utc-sync", "logs", 6.0, "the clock is off by this many of its stated u"),
    instrument("dup-block", "logs", 32.0, "this many readings of the first half stand again in the second"),
    laboratory("digit-pref", "logs", 0.6, "this part of the readings ends with 0 or 5"),
    instrument("too-good", "repeats", 0.0, "the repeats of every point are all the same"),
    instrument("conformity-redo", "calibrations", 1.0, "the verdict on one point is turned round"),
    laboratory("missing-not-random", "calibrations", 30.0, "errors beyond 1.5 u_c are this many days late"),
];

/// The kind of this name.
pub(super) fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// A fault of one kind in a part of the instruments or laboratories.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Plant {
    pub(super) kind: &'static Kind,
    pub(super) share: f64,
    pub(super) size: f64,
}

/// What is planted in whom; nobody has more than one fault.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Plan {
    instruments: BTreeMap<usize, Plant>,
    laboratories: BTreeMap<usize, Plant>,
}

impl Plan {
    /// Spreads the faults evenly: over every `detail`-th instrument, of which everything is known, and over the
    /// laboratories. None where there is somebody short.
    pub(super) fn of(plants: &[Plant], instruments: usize, detail: usize, laboratories: usize) -> Option<Self> {
        let of = |whose| plants.iter().filter(move |plant| plant.kind.whose == whose);
        let known = instruments.div_ceil(detail);
        let spread = spread(of(Whose::Instrument), known)?;
        Some(Self {
            instruments: spread.into_iter().map(|(place, plant)| (place * detail, plant)).collect(),
            laboratories: self::spread(of(Whose::Laboratory), laboratories)?,
        })
    }

    /// What is planted in an instrument, if anything.
    pub(super) fn of_instrument(&self, instrument: usize) -> Option<Plant> {
        self.instruments.get(&instrument).copied()
    }

    /// What is planted in a laboratory, if anything.
    pub(super) fn of_laboratory(&self, laboratory: usize) -> Option<Plant> {
        self.laboratories.get(&laboratory).copied()
    }

    /// Everybody who has a fault, in order.
    pub(super) fn all(&self) -> Vec<(usize, Plant)> {
        self.instruments.iter().chain(&self.laboratories).map(|(place, plant)| (*place, *plant)).collect()
    }
}

/// Each share of the places, at least one of them, none of them twice.
fn spread<'a>(plants: impl Iterator<Item = &'a Plant>, places: usize) -> Option<BTreeMap<usize, Plant>> {
    let count = |plant: &Plant| ((plant.share * places as f64) as usize).max(1);
    let faults: Vec<Plant> = plants.flat_map(|plant| std::iter::repeat_n(*plant, count(plant))).collect();
    let place = |index: usize| (2 * index + 1) * places / (2 * faults.len());
    (faults.len() <= places).then(|| faults.iter().enumerate().map(|(index, plant)| (place(index), *plant)).collect())
}
