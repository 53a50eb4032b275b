//! The uncertainty of an input as specifications and certificates state it, to be worked out at every reading.

/// A value that is the same for all rows, or stands in a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Given {
    /// The same for all rows.
    Constant(f64),
    /// The place of the column, from 0.
    Column(usize),
}

/// How large a statement is, in the unit of the reading.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Size {
    /// So much.
    Absolute(Given),
    /// A fraction of the reading's magnitude: 0 at a reading of 0, where other sizes have to say what is not known.
    OfReading(Given),
    /// A fraction of a span that does not depend on the reading.
    OfSpan {
        /// The fraction, 0.001 for 0.1 %.
        fraction: f64,
        /// The span.
        span: f64,
    },
    /// So many times what the last digit is worth; half of one for the resolution of a display.
    Digits {
        /// How many.
        count: f64,
        /// What one is worth.
        worth: f64,
    },
}

/// What the size of a statement is of the distribution of the error. Nothing is a mere "uncertainty".
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Meaning {
    /// The standard uncertainty u; of a mean of indications, s/√n with their degrees of freedom.
    StandardUncertainty,
    /// The expanded uncertainty U, with the coverage factor k that it was stated with.
    Expanded {
        /// k.
        factor: Given,
    },
    /// The limits ± of the error.
    HalfWidth(HalfWidth),
}

/// How an error lies between its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HalfWidth {
    /// Anywhere alike: u = a/√3.
    Rectangular,
    /// Rather in the middle: u = a/√6.
    Triangular,
    /// Rather at the limits, as a sine: u = a/√2.
    Arcsine,
}

impl HalfWidth {
    /// The half width over the standard uncertainty.
    pub fn divisor(self) -> f64 {
        match self {
            Self::Rectangular => 3.0_f64.sqrt(),
            Self::Triangular => 6.0_f64.sqrt(),
            Self::Arcsine => 2.0_f64.sqrt(),
        }
    }
}

/// One statement: sizes that add up, and what their sum is.
///
/// "±(0.02 % of reading + 2 digits)" is one statement of two sizes; a temperature effect beside it is another.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// The sizes, which are added.
    pub sizes: Vec<Size>,
    /// What their sum is.
    pub meaning: Meaning,
}

/// The uncertainty of an input: independent statements, whose standard uncertainties add in squares.
///
/// ```
/// use sigmatau_uncertainty::propagation::{Given, HalfWidth, Meaning, Size, Term, Uncertainty};
/// let reading = Size::OfReading(Given::Constant(0.01));
/// let digits = Size::Digits { count: 2.0, worth: 0.5 };
/// let voltmeter = Uncertainty(vec![Term { sizes: vec![reading, digits], meaning: Meaning::HalfWidth(HalfWidth::Rectangular) }]);
/// assert_eq!(voltmeter.at(-200.0, &[]), 3.0 / 3.0_f64.sqrt());
/// assert_eq!(voltmeter.at(0.0, &[]), 1.0 / 3.0_f64.sqrt());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Uncertainty(pub Vec<Term>);

impl Uncertainty {
    /// None: the input is exact.
    pub fn none() -> Self {
        Self::default()
    }

    /// A standard uncertainty.
    pub fn standard(value: Given) -> Self {
        Self(vec![Term { sizes: vec![Size::Absolute(value)], meaning: Meaning::StandardUncertainty }])
    }

    /// An expanded uncertainty with the factor that it was stated with.
    pub fn expanded(value: Given, factor: Given) -> Self {
        Self(vec![Term { sizes: vec![Size::Absolute(value)], meaning: Meaning::Expanded { factor } }])
    }

    /// A standard uncertainty that is a fraction of the reading.
    pub fn relative(fraction: Given) -> Self {
        Self(vec![Term { sizes: vec![Size::OfReading(fraction)], meaning: Meaning::StandardUncertainty }])
    }

    /// The standard uncertainty at a reading, in a row of all columns; `NaN` where a statement is negative or no number.
    ///
    /// # Panics
    /// When the row has not as many columns as are named.
    pub fn at(&self, reading: f64, row: &[f64]) -> f64 {
        let standard = |term: &Term| not_negative(term.size(reading, row) / term.divisor(row));
        match self.0.as_slice() {
            [term] => standard(term),
            terms => terms.iter().map(|term| standard(term).powi(2)).sum::<f64>().sqrt(),
        }
    }

    /// The standard uncertainties at the readings of a piece, by columns.
    pub(super) fn fill(&self, piece: Piece<'_>, readings: &[f64], term_u: &mut [f64], u: &mut [f64]) {
        let (first, rest) = match self.0.as_slice() {
            [] => return u.fill(0.0),
            [only] => return only.fill(piece, readings, u),
            [first, rest @ ..] => (first, rest),
        };
        first.fill(piece, readings, u);
        u.iter_mut().for_each(|u| *u *= *u);
        for term in rest {
            term.fill(piece, readings, term_u);
            u.iter_mut().zip(&*term_u).for_each(|(u, term)| *u += term * term);
        }
        u.iter_mut().for_each(|u| *u = u.sqrt());
    }

    /// Every column that is named.
    pub(super) fn columns(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().flat_map(|term| {
            let sizes = term.sizes.iter().filter_map(|size| size.given());
            sizes.chain(term.meaning.factor()).filter_map(Given::column)
        })
    }
}

impl Term {
    fn size(&self, reading: f64, row: &[f64]) -> f64 {
        self.sizes.iter().map(|size| size.at(reading, row)).sum()
    }

    fn divisor(&self, row: &[f64]) -> f64 {
        match self.meaning {
            Meaning::StandardUncertainty => 1.0,
            Meaning::Expanded { factor } => factor.at(row),
            Meaning::HalfWidth(half_width) => half_width.divisor(),
        }
    }

    fn fill(&self, piece: Piece<'_>, readings: &[f64], u: &mut [f64]) {
        u.fill(0.0);
        self.sizes.iter().for_each(|size| size.add(piece, readings, u));
        match self.meaning {
            Meaning::StandardUncertainty => {}
            Meaning::Expanded { factor: Given::Constant(factor) } => divide(u, factor),
            Meaning::Expanded { factor: Given::Column(place) } => {
                u.iter_mut().zip(piece.column(place)).for_each(|(u, factor)| *u /= factor);
            }
            Meaning::HalfWidth(half_width) => divide(u, half_width.divisor()),
        }
        u.iter_mut().for_each(|u| *u = not_negative(*u));
    }
}

impl Meaning {
    fn factor(&self) -> Option<Given> {
        if let Self::Expanded { factor } = self { Some(*factor) } else { None }
    }
}

impl Size {
    fn at(&self, reading: f64, row: &[f64]) -> f64 {
        match self {
            Self::Absolute(value) => value.at(row),
            Self::OfReading(fraction) => fraction.at(row) * reading.abs(),
            Self::OfSpan { fraction, span } => fraction * span,
            Self::Digits { count, worth } => count * worth,
        }
    }

    fn add(&self, piece: Piece<'_>, readings: &[f64], sizes: &mut [f64]) {
        match self {
            Self::Absolute(Given::Column(place)) => {
                sizes.iter_mut().zip(piece.column(*place)).for_each(|(size, value)| *size += value);
            }
            Self::OfReading(Given::Column(place)) => {
                let each = sizes.iter_mut().zip(piece.column(*place)).zip(readings);
                each.for_each(|((size, fraction), reading)| *size += fraction * reading.abs());
            }
            Self::OfReading(Given::Constant(fraction)) => {
                sizes.iter_mut().zip(readings).for_each(|(size, reading)| *size += fraction * reading.abs());
            }
            constant => {
                let constant = constant.at(f64::NAN, &[]);
                sizes.iter_mut().for_each(|size| *size += constant);
            }
        }
    }

    fn given(&self) -> Option<Given> {
        match self {
            Self::Absolute(given) | Self::OfReading(given) => Some(*given),
            Self::OfSpan { .. } | Self::Digits { .. } => None,
        }
    }
}

impl Given {
    fn at(self, row: &[f64]) -> f64 {
        match self {
            Self::Constant(value) => value,
            Self::Column(place) => row[place],
        }
    }

    pub(super) fn column(self) -> Option<usize> {
        if let Self::Column(place) = self { Some(place) } else { None }
    }

    /// The values of the rows of a piece.
    pub(super) fn fill(self, piece: Piece<'_>, values: &mut [f64]) {
        match self {
            Self::Constant(value) => values.fill(value),
            Self::Column(place) => values.copy_from_slice(piece.column(place)),
        }
    }
}

/// Some rows of columns.
#[derive(Clone, Copy)]
pub(super) struct Piece<'a> {
    pub(super) columns: &'a [&'a [f64]],
    pub(super) start: usize,
    pub(super) rows: usize,
}

impl<'a> Piece<'a> {
    pub(super) fn column(self, place: usize) -> &'a [f64] {
        &self.columns[place][self.start..][..self.rows]
    }
}

fn divide(values: &mut [f64], divisor: f64) {
    values.iter_mut().for_each(|value| *value /= divisor);
}

fn not_negative(u: f64) -> f64 {
    if u >= 0.0 { u } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_give_what_rows_give() {
        let half = |sizes: &[Size]| Term { sizes: sizes.to_vec(), meaning: Meaning::HalfWidth(HalfWidth::Triangular) };
        let span = Size::OfSpan { fraction: 1e-3, span: 10.0 };
        let expanded = Term {
            sizes: vec![Size::Absolute(Given::Column(1))],
            meaning: Meaning::Expanded { factor: Given::Column(2) },
        };
        let uncertainty = Uncertainty(vec![half(&[Size::OfReading(Given::Column(0)), span]), expanded]);
        let columns: [&[f64]; 3] = [&[0.1, 0.2, 0.3, 0.4], &[1.0, 2.0, -3.0, 4.0], &[2.0, 2.0, 2.0, 2.13]];
        let readings = [5.0, -6.0, 7.0, 0.0];
        let mut u = [0.0; 4];
        uncertainty.fill(Piece { columns: &columns, start: 0, rows: 4 }, &readings, &mut [0.0; 4], &mut u);
        for k in 0..4 {
            let row = columns.map(|column| column[k]);
            assert_eq!(u[k].to_bits(), uncertainty.at(readings[k], &row).to_bits(), "row {k}");
        }
        assert!(u[2].is_nan() && u[3] > 4.0 / 2.13);
        assert_eq!(uncertainty.columns().collect::<Vec<_>>(), [0, 1, 2]);
    }

    #[test]
    fn stated_uncertainty_is_divided_by_the_stated_factor() {
        assert_eq!(Uncertainty::expanded(Given::Constant(0.3), Given::Constant(2.5)).at(7.0, &[]), 0.12);
        assert_eq!(Uncertainty::relative(Given::Constant(0.5)).at(-3.0, &[]), 1.5);
        assert_eq!(Uncertainty::relative(Given::Constant(0.5)).at(0.0, &[]), 0.0);
        assert_eq!(Uncertainty::none().at(1.0, &[]), 0.0);
    }
}
