//! Propagation over columns: every row is a measurement by the same function.

mod kernel;
mod results;

pub use results::{Flags, OutputColumns, RowResults};

use super::term::Piece;
use super::{Components, DofRule, Factors, Given, Settings, Uncertainty};
use crate::{Block, Correlation, Evaluator, Function};

/// Rows that go through all steps together: some forty columns of them stay in the second cache.
const AT_ONCE: usize = Block::POINTS / 2;

/// What a column of results needs to know of an input of the function, in coherent SI units.
#[derive(Clone, Debug, PartialEq)]
pub struct RowInput {
    /// The estimate: a column of readings, or the same for all rows.
    pub value: Given,
    /// Its uncertainty, worked out at every reading.
    pub uncertainty: Uncertainty,
    /// The degrees of freedom of the uncertainty.
    pub dof: Given,
}

impl RowInput {
    /// A column of readings whose uncertainty is known exactly.
    pub fn column(place: usize, uncertainty: Uncertainty) -> Self {
        Self { value: Given::Column(place), uncertainty, dof: Given::Constant(f64::INFINITY) }
    }

    /// The same input with degrees of freedom.
    #[must_use]
    pub fn with_dof(self, dof: Given) -> Self {
        Self { dof, ..self }
    }
}

/// Why rows were refused. What is wrong with single rows is no error: it is a flag of theirs.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RowsError {
    /// The function is one of other inputs, or the correlations are.
    #[error("propagate rows of {found} inputs: the {what} has {wanted}")]
    Inputs {
        /// How many are given.
        found: usize,
        /// What has another number of them.
        what: &'static str,
        /// That number.
        wanted: usize,
    },
    /// An input is in two ensembles.
    #[error("part the inputs into ensembles: input {0} (from 0) is in two of them")]
    TwoEnsembles(usize),
    /// The members of an ensemble can't come from the same observations.
    #[error("take inputs {0} and {1} (from 0) as estimated together: their degrees of freedom are not the same")]
    UnevenEnsemble(usize, usize),
    /// A coverage probability is none.
    #[error("state an interval with the coverage probability {0}: it lies between 0 and 1")]
    Probability(f64),
    /// A column is not there.
    #[error("propagate rows: column {column} (from 0) is asked for, and there are {columns}")]
    Column {
        /// The column.
        column: usize,
        /// How many there are.
        columns: usize,
    },
    /// A column has another length.
    #[error("propagate rows: column {column} (from 0) has {found} rows, the first has {wanted}")]
    Length {
        /// The column.
        column: usize,
        /// Its length.
        found: usize,
        /// The length of the first.
        wanted: usize,
    },
}

/// A pair of correlated inputs.
#[derive(Clone, Copy, Debug)]
struct Pair {
    first: usize,
    second: usize,
    coefficient: Given,
    /// Whether the pair leaves no effective degrees of freedom where an uncertainty of it is not known exactly.
    across: bool,
}

/// How rows are propagated: a function, what is known of its inputs, what they share.
///
/// Each row gets what [`propagate`](super::propagate) gives in the first order. It is flagged where the standard deviation of
/// the quadratic part, as of normal inputs, exceeds the threshold, unless that is not to be looked for.
///
/// Memory is a few columns of [`Block::POINTS`] numbers for each thread, beside the results; no block allocates any. Rows do
/// not see each other: results are the same bits however a table is cut.
pub struct Rows<'f> {
    function: &'f dyn Function,
    inputs: Vec<RowInput>,
    pairs: Vec<Pair>,
    components: Components,
    probability: f64,
    dof_rule: DofRule,
    curvature: Option<f64>,
}

impl<'f> Rows<'f> {
    /// Rows with the same correlations. Of the settings the order is the first; `curvature: f64::INFINITY` saves the second
    /// derivatives.
    ///
    /// # Errors
    /// When the function or the correlations are of another number of inputs, or the coverage probability is none.
    pub fn new(
        function: &'f dyn Function,
        inputs: Vec<RowInput>,
        correlation: &Correlation,
        settings: &Settings,
    ) -> Result<Self, RowsError> {
        let found = inputs.len();
        for (what, wanted) in [("function", function.inputs()), ("matrix of correlations", correlation.inputs())] {
            if found != wanted {
                return Err(RowsError::Inputs { found, what, wanted });
            }
        }
        let Settings { probability, dof_rule, .. } = *settings;
        if !(probability > 0.0 && probability < 1.0) {
            return Err(RowsError::Probability(probability));
        }
        let constant = |(first, second, r)| Pair { first, second, coefficient: Given::Constant(r), across: true };
        let pairs = correlation.pairs().into_iter().map(constant).collect();
        let curvature = settings.curvature.is_finite().then_some(settings.curvature);
        let components = Components::separate(found);
        Ok(Self { function, inputs, pairs, components, probability, dof_rule, curvature })
    }

    /// The same rows, with the correlation coefficient of two inputs in a column.
    ///
    /// # Panics
    /// When a place is not that of an input, or an input would correlate with itself.
    #[must_use]
    pub fn with_coefficients(mut self, first: usize, second: usize, column: usize) -> Self {
        let (first, second) = (first.min(second), first.max(second));
        assert!(first < second && second < self.inputs.len(), "a pair is one of two inputs");
        self.pairs.retain(|pair| (pair.first, pair.second) != (first, second));
        let across = !self.components.together(first, second);
        self.pairs.push(Pair { first, second, coefficient: Given::Column(column), across });
        self
    }

    /// The same rows, where some inputs were estimated together, see [`Inputs::with_ensembles`](super::Inputs::with_ensembles).
    ///
    /// # Errors
    /// When an input is in two ensembles, or the degrees of freedom of the members do not come from the same place.
    ///
    /// # Panics
    /// When a place is not that of an input.
    pub fn with_ensembles(mut self, ensembles: &[Vec<usize>]) -> Result<Self, RowsError> {
        self.components = Components::of_ensembles(self.inputs.len(), ensembles).map_err(RowsError::TwoEnsembles)?;
        for (first, other) in ensembles.iter().flat_map(|members| members.iter().map(|member| (members[0], *member))) {
            if self.inputs[first].dof != self.inputs[other].dof {
                return Err(RowsError::UnevenEnsemble(first, other));
            }
        }
        for pair in &mut self.pairs {
            pair.across = !self.components.together(pair.first, pair.second);
        }
        Ok(self)
    }

    /// What one thread needs to go through rows.
    pub fn worker(&self) -> Worker<'_> {
        let factors = Factors::new(self.probability, self.dof_rule);
        Worker { rows: self, evaluator: self.function.evaluator(), factors, room: Room::default() }
    }

    /// Whether every uncertainty is known exactly, so that nothing is to be reckoned for degrees of freedom.
    fn exact(&self) -> bool {
        self.inputs.iter().all(|input| input.dof == Given::Constant(f64::INFINITY))
    }

    /// Every column that is named.
    fn columns(&self) -> impl Iterator<Item = usize> + '_ {
        let of_input =
            |input: &RowInput| [input.value, input.dof].into_iter().filter_map(Given::column).collect::<Vec<_>>();
        let of_inputs =
            self.inputs.iter().flat_map(move |input| of_input(input).into_iter().chain(input.uncertainty.columns()));
        of_inputs.chain(self.pairs.iter().filter_map(|pair| pair.coefficient.column()))
    }
}

/// Columns of one block.
#[derive(Default)]
struct Room {
    values: Block,
    u: Block,
    dofs: Block,
    coefficients: Block,
    outputs: Block,
    gradients: Block,
    curvatures: Block,
    /// Variance, sum of squares, and two columns for anything.
    scratch: Block,
    /// Curvatures times correlations.
    products: Block,
}

/// Goes through rows, with room that is used again.
pub struct Worker<'r> {
    rows: &'r Rows<'r>,
    evaluator: Box<dyn Evaluator + 'r>,
    factors: Factors,
    room: Room,
}

impl Worker<'_> {
    /// Propagates the rows of some columns. `results` is overwritten, and nothing is allocated when it held as many rows
    /// before. Time O(n² + pairs) for each row and output, and O(n³) where the curvature is looked at.
    ///
    /// # Errors
    /// When a column is missing or of another length.
    pub fn propagate(&mut self, columns: &[&[f64]], results: &mut RowResults) -> Result<(), RowsError> {
        if let Some(column) = self.rows.columns().find(|column| *column >= columns.len()) {
            return Err(RowsError::Column { column, columns: columns.len() });
        }
        let wanted = columns.first().map_or(0, |column| column.len());
        if let Some(column) = columns.iter().position(|column| column.len() != wanted) {
            return Err(RowsError::Length { column, found: columns[column].len(), wanted });
        }
        results.reset(self.rows.function.outputs(), self.rows.inputs.len(), wanted);
        for start in (0..wanted).step_by(AT_ONCE) {
            let rows = AT_ONCE.min(wanted - start);
            self.block(Piece { columns, start, rows }, results);
        }
        Ok(())
    }

    fn block(&mut self, piece: Piece<'_>, results: &mut RowResults) {
        self.fill(piece);
        let room = &mut self.room;
        self.evaluator.values_and_gradients(&room.values, &mut room.outputs, &mut room.gradients);
        if self.rows.curvature.is_some() {
            self.evaluator.curvatures(&room.values, &mut room.curvatures);
        }
        for (output, columns) in results.outputs.iter_mut().enumerate() {
            let place = piece.start..piece.start + piece.rows;
            kernel::weigh(self.rows, &mut self.room, output, columns, place.clone());
            columns.expand(place, &mut self.factors);
        }
    }

    /// Takes values and uncertainties of a piece, and of the rest what is asked for.
    fn fill(&mut self, piece: Piece<'_>) {
        let (room, inputs) = (&mut self.room, self.rows.inputs.len());
        for block in [&mut room.values, &mut room.u, &mut room.dofs] {
            block.reshape(inputs, piece.rows);
        }
        room.scratch.reshape(kernel::SCRATCH, piece.rows);
        for (place, input) in self.rows.inputs.iter().enumerate() {
            input.value.fill(piece, room.values.column_mut(place));
            let term_u = room.scratch.column_mut(0);
            input.uncertainty.fill(piece, room.values.column(place), term_u, room.u.column_mut(place));
        }
        if !self.rows.exact() {
            self.fill_dofs(piece);
        }
        self.fill_coefficients(piece);
    }

    /// Degrees of freedom that are none become `NaN`.
    fn fill_dofs(&mut self, piece: Piece<'_>) {
        for (place, input) in self.rows.inputs.iter().enumerate() {
            let dofs = self.room.dofs.column_mut(place);
            input.dof.fill(piece, dofs);
            dofs.iter_mut().for_each(|dof| *dof = if *dof > 0.0 { *dof } else { f64::NAN });
        }
    }

    /// Coefficients that are none become `NaN`; those that are the same for all rows are written where columns are read.
    fn fill_coefficients(&mut self, piece: Piece<'_>) {
        let by_column = !self.rows.exact() || self.rows.curvature.is_some();
        self.room.coefficients.reshape(self.rows.pairs.len(), piece.rows);
        for (place, pair) in self.rows.pairs.iter().enumerate() {
            let coefficients = self.room.coefficients.column_mut(place);
            if by_column || pair.coefficient.column().is_some() {
                pair.coefficient.fill(piece, coefficients);
                coefficients.iter_mut().for_each(|r| *r = if r.abs() <= 1.0 { *r } else { f64::NAN });
            }
        }
    }
}
