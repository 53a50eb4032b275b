//! The problem of a fit: residuals of unit variance and their derivatives.

use super::{Between, IdentifyError};
use crate::covariance::{Bivariate, Covariance};
use crate::effect::Effect;
use crate::model::Structure;
use crate::response::{Line, Response, Sharing};
use nalgebra::{DMatrix, DVector};
use sigmatau_spectrum::fft::Complex64;

/// A share of its variance below which the part of a line that the other part does not explain counts as none.
const DEGENERATE: f64 = 1e-12;
/// The fewest degrees of freedom for which weights can be reckoned with.
pub(super) const FEWEST_DOF: f64 = 5.0;

/// A model, the lines that it is to follow, and their errors.
pub(super) struct Problem<'a> {
    pub(super) structure: &'a Structure,
    pub(super) lines: Vec<Line>,
    /// Whether any line states a covariance; else all count alike.
    pub(super) weighted: bool,
    sources: Vec<Vec<Complex64>>,
    whitening: Whitening,
    /// What the lines share.
    pub(super) sharing: Sharing,
    /// Pairs of rows whose errors are correlated, with the correlation.
    pairs: Vec<(usize, usize, f64)>,
}

/// What makes residuals of unit variance from complex differences.
enum Whitening {
    /// Real combinations of Re and Im of one line.
    Lines(Vec<Row>),
    /// Real combinations of all, of Re at every line followed by Im at every line.
    Whole(DMatrix<f64>),
}

/// Re(conj(direction) · difference) of one line.
struct Row {
    line: usize,
    /// 0 for errors along the value of the line, 1 for those across it.
    part: usize,
    direction: Complex64,
}

impl Row {
    fn of(&self, differences: &[Complex64]) -> f64 {
        let Complex64 { re, im } = differences[self.line];
        self.direction.re * re + self.direction.im * im
    }
}

impl<'a> Problem<'a> {
    pub(super) fn new(
        response: &Response,
        structure: &'a Structure,
        between: Between<'_>,
    ) -> Result<Self, IdentifyError> {
        agreeing(response.lines.len(), between)?;
        let whole = matches!(between, Between::Whole(_));
        let all = if whole { response.lines.clone() } else { response.own_lines() };
        let finite = |line: &Line| line.frequency.is_finite() && line.value.is_finite();
        let stated = |line: &Line| line.covariance.power() > 0.0 && line.covariance.power().is_finite();
        let weighted = whole || all.iter().any(stated);
        let usable = |place: &usize| {
            let line = &all[*place];
            finite(line) && (whole || !weighted || stated(line))
        };
        let places: Vec<usize> = (0..all.len()).filter(usable).collect();
        let lines: Vec<Line> = places.iter().map(|place| all[*place]).collect();
        let chosen = |source: &Effect| places.iter().map(|place| source.relative[*place]).collect();
        let stated = if let Between::Sources(sources) = between { sources } else { &[] };
        let delay = if whole { None } else { response.delay_effect() };
        let sources = stated.iter().chain(&delay).map(chosen).collect();
        let whitening = match between {
            Between::Whole(covariance) => Whitening::of_all(covariance, &places),
            _ => Whitening::of_lines(&lines, weighted),
        };
        let sharing = if whole { Sharing::default() } else { response.sharing.clone() };
        let pairs = whitening.pairs(&lines, &sharing);
        let problem = Self { structure, lines, weighted, sources, whitening, sharing, pairs };
        let (model, usable, parameters) =
            (structure.model().name, problem.whitening.rows(), structure.parameters().len());
        if usable <= parameters {
            return Err(IdentifyError::TooFew { model, usable, parameters });
        }
        Ok(problem)
    }

    /// How many parameters the model has; the values of the sources follow them.
    pub(super) fn parameters(&self) -> usize {
        self.unknowns() - self.sources.len()
    }

    /// How many numbers are to be found.
    pub(super) fn unknowns(&self) -> usize {
        self.structure.parameters().len() + self.sources.len()
    }

    /// Numbers less parameters: a source adds as much to what is found as to what is known.
    pub(super) fn dof(&self) -> usize {
        self.whitening.rows() - self.parameters()
    }

    /// How many numbers are known of the lines.
    pub(super) fn rows(&self) -> usize {
        self.whitening.rows()
    }

    /// Pairs of rows whose errors are correlated, with the correlation.
    pub(super) fn pairs(&self) -> &[(usize, usize, f64)] {
        &self.pairs
    }

    /// R A, with the correlations R of the errors of all rows.
    pub(super) fn correlated(&self, matrix: &DMatrix<f64>) -> DMatrix<f64> {
        let mut product = matrix.clone();
        for (one, other, correlation) in &self.pairs {
            for column in 0..matrix.ncols() {
                product[(*one, column)] += correlation * matrix[(*other, column)];
                product[(*other, column)] += correlation * matrix[(*one, column)];
            }
        }
        product
    }

    /// The numbers of unit variance that complex differences make, one for each row.
    pub(super) fn white(&self, differences: &[Complex64]) -> DVector<f64> {
        self.whitening.apply(differences)
    }

    /// χ²: the squares of the residuals, and of the values of the sources.
    pub(super) fn cost(&self, point: &[f64]) -> f64 {
        let (values, sources) = point.split_at(self.parameters());
        let differences = self.differences(values, sources);
        self.white(&differences).norm_squared() + sources.iter().map(|z| z * z).sum::<f64>()
    }

    /// What rounding of the measured values makes of χ².
    pub(super) fn rounding(&self) -> f64 {
        let values: Vec<Complex64> = self.lines.iter().map(|line| line.value * f64::EPSILON).collect();
        self.white(&values).norm_squared()
    }

    /// The measured values less M·(1 + Σ r z).
    pub(super) fn differences(&self, values: &[f64], sources: &[f64]) -> Vec<Complex64> {
        let model = self.structure.at(values);
        let difference =
            |(place, line): (usize, &Line)| line.value - model.value(line.frequency) * self.factor(place, sources);
        self.lines.iter().enumerate().map(difference).collect()
    }

    /// The residuals, and the derivatives of what is taken from the measured values, a column for each unknown.
    pub(super) fn system(&self, point: &[f64]) -> (DVector<f64>, DMatrix<f64>) {
        let (count, rows, lines) = (self.parameters(), self.whitening.rows(), self.lines.len());
        let (values, sources) = point.split_at(count);
        let model = self.structure.at(values);
        let (mut columns, mut differences) = (vec![Complex64::ZERO; lines * point.len()], Vec::with_capacity(lines));
        let mut slopes = vec![Complex64::ZERO; count];
        for (place, line) in self.lines.iter().enumerate() {
            let (value, factor) = (model.value_and_slopes(line.frequency, &mut slopes), self.factor(place, sources));
            differences.push(line.value - value * factor);
            slopes.iter().enumerate().for_each(|(column, slope)| columns[column * lines + place] = slope * factor);
            for (source, relative) in self.sources.iter().enumerate() {
                columns[(count + source) * lines + place] = value * relative[place];
            }
        }
        let mut residuals = self.white(&differences).resize_vertically(rows + sources.len(), 0.0);
        let mut jacobian = DMatrix::zeros(rows + sources.len(), point.len());
        for (column, differences) in columns.chunks_exact(lines).enumerate() {
            jacobian.view_mut((0, column), (rows, 1)).copy_from(&self.white(differences));
        }
        for (source, z) in sources.iter().enumerate() {
            residuals[rows + source] = -z;
            jacobian[(rows + source, count + source)] = 1.0;
        }
        (residuals, jacobian)
    }

    /// The variance that each row has for one that was taken as 1, because its weight is an estimate: ν/(ν − 4).
    pub(super) fn excess(&self) -> Vec<f64> {
        let excess = |dof: f64| if dof.is_finite() { dof.max(FEWEST_DOF) / (dof.max(FEWEST_DOF) - 4.0) } else { 1.0 };
        let own = self.row_dof().into_iter().map(excess);
        own.chain(self.sources.iter().map(|_| 1.0)).collect()
    }

    /// The degrees of freedom of the variance of each row; infinite for those of a whole covariance.
    pub(super) fn row_dof(&self) -> Vec<f64> {
        match &self.whitening {
            Whitening::Lines(rows) if self.weighted => rows.iter().map(|row| self.lines[row.line].dof).collect(),
            _ => vec![f64::INFINITY; self.whitening.rows()],
        }
    }

    /// The numbers of unit variance of each line, where lines have a covariance of their own.
    pub(super) fn by_line(&self, differences: &[Complex64]) -> Option<Vec<Vec<f64>>> {
        let Whitening::Lines(rows) = &self.whitening else { return None };
        let mut all = vec![Vec::new(); self.lines.len()];
        rows.iter().for_each(|row| all[row.line].push(row.of(differences)));
        Some(all)
    }

    fn factor(&self, place: usize, sources: &[f64]) -> Complex64 {
        let shifts = self.sources.iter().zip(sources).map(|(relative, z)| relative[place] * z);
        1.0 + shifts.sum::<Complex64>()
    }
}

fn agreeing(lines: usize, between: Between<'_>) -> Result<(), IdentifyError> {
    let refused = |what: &str, given: usize| Err(IdentifyError::Lines { lines, what: what.to_owned(), given });
    match between {
        Between::Whole(covariance) if covariance.length() != 2 * lines => {
            refused("covariance", covariance.length() / 2)
        }
        Between::Sources(sources) => match sources.iter().find(|source| source.relative.len() != lines) {
            Some(source) => refused(&source.name, source.relative.len()),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

impl Whitening {
    fn of_lines(lines: &[Line], weighted: bool) -> Self {
        let covariance = |line: &Line| if weighted { line.covariance } else { Bivariate::circular(1.0) };
        let rows = lines.iter().enumerate().flat_map(|(line, of)| {
            let along = along(of.value);
            let directions = directions(covariance(of).times(along.conj())).into_iter().enumerate();
            directions.filter_map(move |(part, to)| Some(Row { line, part, direction: to? * along }))
        });
        Self::Lines(rows.collect())
    }

    /// The rows of the same part of two lines that share something. Lines are in the order of their frequencies.
    fn pairs(&self, lines: &[Line], sharing: &Sharing) -> Vec<(usize, usize, f64)> {
        let Self::Lines(rows) = self else { return Vec::new() };
        let distance = |one: &Row, other: &Row| (lines[other.line].frequency - lines[one.line].frequency).abs();
        let mut pairs = Vec::new();
        for (place, one) in rows.iter().enumerate().filter(|_| !sharing.is_nothing()) {
            let near = rows.iter().enumerate().skip(place + 1);
            let near = near.take_while(|(_, other)| distance(one, other) < sharing.reach());
            let alike = near.filter(|(_, other)| other.part == one.part && other.line != one.line);
            pairs.extend(alike.map(|(other, row)| (place, other, sharing.at(distance(one, row)))));
        }
        pairs
    }

    /// The eigenvectors of the correlations over the roots of their eigenvalues, without those of variance 0.
    fn of_all(covariance: &Covariance, places: &[usize]) -> Self {
        let half = covariance.length() / 2;
        let all: Vec<usize> = places.iter().copied().chain(places.iter().map(|place| place + half)).collect();
        let u: Vec<f64> = all.iter().map(|i| covariance.entry(*i, *i).sqrt()).collect();
        let correlation = DMatrix::from_fn(all.len(), all.len(), |i, j| {
            if u[i] * u[j] > 0.0 { covariance.entry(all[i], all[j]) / (u[i] * u[j]) } else { 0.0 }
        });
        let eigen = correlation.symmetric_eigen();
        let kept: Vec<usize> =
            (0..all.len()).filter(|k| eigen.eigenvalues[*k] > DEGENERATE * all.len() as f64).collect();
        Self::Whole(DMatrix::from_fn(kept.len(), all.len(), |row, column| {
            let element = eigen.eigenvectors[(column, kept[row])] / eigen.eigenvalues[kept[row]].sqrt();
            if u[column] > 0.0 { element / u[column] } else { 0.0 }
        }))
    }

    fn rows(&self) -> usize {
        match self {
            Self::Lines(rows) => rows.len(),
            Self::Whole(matrix) => matrix.nrows(),
        }
    }

    fn apply(&self, differences: &[Complex64]) -> DVector<f64> {
        match self {
            Self::Lines(rows) => DVector::from_iterator(rows.len(), rows.iter().map(|row| row.of(differences))),
            Self::Whole(matrix) => {
                let parts = differences.iter().map(|z| z.re).chain(differences.iter().map(|z| z.im));
                matrix * DVector::from_iterator(2 * differences.len(), parts)
            }
        }
    }
}

/// The direction of a value; of 0 that of 1.
fn along(value: Complex64) -> Complex64 {
    let size = value.norm();
    if size > 0.0 { value / size } else { Complex64::ONE }
}

/// The rows of L⁻¹ for a covariance L Lᵀ. A part of variance 0, such as the imaginary one at rest, has none.
fn directions(covariance: Bivariate) -> [Option<Complex64>; 2] {
    let Bivariate { real, imaginary, cross } = covariance;
    if real <= 0.0 {
        return [None, (imaginary > 0.0).then(|| Complex64::new(0.0, imaginary.sqrt().recip()))];
    }
    let left = imaginary - cross * cross / real;
    let second = (left > DEGENERATE * imaginary).then(|| Complex64::new(-cross / real, 1.0) / left.sqrt());
    [Some(Complex64::new(real.sqrt().recip(), 0.0)), second]
}
