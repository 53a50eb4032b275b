//! One output of one block: contributions, variance, degrees of freedom, curvature, column by column.
//!
//! Every step is the same operations on each row in the same order, so that the width of the vectors moves no bit.

use super::{Flags, OutputColumns, Pair, Room, Rows};
use crate::Block;
use crate::propagation::Given;
use std::ops::Range;

/// The columns of scratch.
pub(super) const SCRATCH: usize = 3;
/// How far below 0 a variance may lie, over the sum of squares, and be taken for rounding.
const ROUNDING: f64 = 1e-9;

/// Reckons value, contributions, standard uncertainty and degrees of freedom of one output for the rows at `place`, and
/// flags where the curvature is large.
pub(super) fn weigh(rows: &Rows<'_>, room: &mut Room, output: usize, columns: &mut OutputColumns, place: Range<usize>) {
    pulp::Arch::new().dispatch(Weigh { rows, room, output, columns, place });
}

struct Weigh<'a, 'f> {
    rows: &'a Rows<'f>,
    room: &'a mut Room,
    output: usize,
    columns: &'a mut OutputColumns,
    place: Range<usize>,
}

impl pulp::WithSimd for Weigh<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(mut self, _: S) {
        self.columns.value[self.place.clone()].copy_from_slice(self.room.outputs.column(self.output));
        self.contribute();
        self.add_up();
        self.degrees_of_freedom();
        if let Some(threshold) = self.rows.curvature {
            self.curvature(threshold);
        }
    }
}

impl Weigh<'_, '_> {
    /// bᵢ = cᵢ uᵢ, and Σ bᵢ² in scratch.
    #[inline(always)]
    fn contribute(&mut self) {
        let inputs = self.rows.inputs.len();
        let [squares, _] = split(&mut self.room.scratch);
        squares.fill(0.0);
        for (input, contributions) in self.columns.contributions.iter_mut().enumerate() {
            let gradient = self.room.gradients.column(self.output * inputs + input);
            let each = contributions[self.place.clone()].iter_mut().zip(&mut *squares).zip(gradient);
            for (((contribution, sum), c), u) in each.zip(self.room.u.column(input)) {
                *contribution = c * u;
                *sum += *contribution * *contribution;
            }
        }
    }

    /// u² = Σ bᵢ² + 2 Σ rᵢⱼ bᵢ bⱼ, which is kept in scratch, and u.
    #[inline(always)]
    fn add_up(&mut self) {
        let [squares, variance] = split(&mut self.room.scratch);
        variance.copy_from_slice(squares);
        for (place, pair) in self.rows.pairs.iter().enumerate() {
            let both = [pair.first, pair.second].map(|i| &self.columns.contributions[i][self.place.clone()]);
            add_products(variance, pair.coefficient, self.room.coefficients.column(place), both);
        }
        let u = &mut self.columns.standard_uncertainty[self.place.clone()];
        for ((u, variance), squares) in u.iter_mut().zip(variance).zip(squares) {
            *variance = if *variance >= -ROUNDING * *squares { variance.max(0.0) } else { f64::NAN };
            *u = variance.sqrt();
        }
    }

    /// ν = u⁴ / Σ u_E⁴/ν_E over the components; none where a correlation across them forbids it.
    #[inline(always)]
    fn degrees_of_freedom(&mut self) {
        if self.rows.exact() {
            return self.columns.dof[self.place.clone()].fill(f64::INFINITY);
        }
        let dof = &mut self.columns.dof[self.place.clone()];
        dof.fill(0.0);
        let [part, variance] = split(&mut self.room.scratch);
        for members in self.rows.components.members().iter().filter(|members| !members.is_empty()) {
            part.fill(0.0);
            for member in members {
                add_squares(part, &self.columns.contributions[*member][self.place.clone()]);
            }
            let within = |pair: &&Pair| members.contains(&pair.first) && members.contains(&pair.second);
            for (place, pair) in self.rows.pairs.iter().enumerate().filter(|(_, pair)| within(pair)) {
                let both = [pair.first, pair.second].map(|i| &self.columns.contributions[i][self.place.clone()]);
                add_products(part, pair.coefficient, self.room.coefficients.column(place), both);
            }
            let each = dof.iter_mut().zip(&*part).zip(self.room.dofs.column(members[0]));
            each.for_each(|((sum, part), dof)| *sum += part * part / dof);
        }
        dof.iter_mut().zip(variance).for_each(|(dof, variance)| *dof = *variance * *variance / *dof);
        self.forbid();
    }

    /// Takes the degrees of freedom away where correlated inputs of different components are not known exactly.
    #[inline(always)]
    fn forbid(&mut self) {
        let dof = &mut self.columns.dof[self.place.clone()];
        for (pair, of) in self.rows.pairs.iter().enumerate().filter(|(_, of)| of.across) {
            let [a, b] = [of.first, of.second].map(|i| &self.columns.contributions[i][self.place.clone()]);
            let [dof_a, dof_b] = [of.first, of.second].map(|i| self.room.dofs.column(i));
            let coefficients = self.room.coefficients.column(pair);
            for row in 0..dof.len() {
                let finite = dof_a[row] < f64::INFINITY || dof_b[row] < f64::INFINITY;
                let shared = coefficients[row] * a[row] * b[row];
                dof[row] = if finite && shared != 0.0 { f64::NAN } else { dof[row] };
            }
        }
    }

    /// Flags where the variance of the quadratic part, ½ tr(HΣHΣ) = ½ Σ MᵢⱼMⱼᵢ with Mᵢⱼ = Σₖ Hᵢₖ uᵢ uₖ rₖⱼ, exceeds the square of
    /// the threshold times u².
    #[inline(always)]
    fn curvature(&mut self, threshold: f64) {
        let limit = 2.0 * threshold * threshold;
        if self.is_flat(limit) {
            return;
        }
        self.scale_curvatures();
        self.correlate_curvatures();
        let (inputs, products) = (self.rows.inputs.len(), &self.room.products);
        let [twice, variance] = split(&mut self.room.scratch);
        twice.fill(0.0);
        for (i, j) in (0..inputs).flat_map(|i| (0..inputs).map(move |j| (i, j))) {
            let each = twice.iter_mut().zip(products.column(i * inputs + j)).zip(products.column(j * inputs + i));
            each.for_each(|((twice, m), mirrored)| *twice += m * mirrored);
        }
        let each = self.columns.flags[self.place.clone()].iter_mut().zip(twice).zip(variance);
        each.for_each(|((flags, twice), variance)| {
            *flags = if *twice > limit * *variance { Flags::CURVED } else { *flags }
        });
    }

    /// Whether no row can be flagged: with correlations of at most 1, tr(HΣHΣ) is at most (Σ |Hᵢⱼ| uᵢ uⱼ)².
    #[inline(always)]
    fn is_flat(&mut self, limit: f64) -> bool {
        let (inputs, room) = (self.rows.inputs.len(), &mut *self.room);
        let [sums, variance] = split(&mut room.scratch);
        sums.fill(0.0);
        for (i, j) in (0..inputs).flat_map(|i| (0..inputs).map(move |j| (i, j))) {
            let curvature = room.curvatures.column((self.output * inputs + i) * inputs + j);
            let each = sums.iter_mut().zip(curvature).zip(room.u.column(i)).zip(room.u.column(j));
            each.for_each(|(((sum, h), u), other)| *sum += h.abs() * (u * other));
        }
        let each = sums.iter().zip(variance);
        each.fold(true, |flat, (sum, variance)| flat & (sum * sum <= limit * *variance))
    }

    /// Hᵢⱼ uᵢ uⱼ of this output, in place and as the products to begin with.
    #[inline(always)]
    fn scale_curvatures(&mut self) {
        let (inputs, room) = (self.rows.inputs.len(), &mut *self.room);
        room.products.reshape(inputs * inputs, room.u.points());
        for (i, j) in (0..inputs).flat_map(|i| (0..inputs).map(move |j| (i, j))) {
            let curvature = room.curvatures.column_mut((self.output * inputs + i) * inputs + j);
            let each = curvature.iter_mut().zip(room.products.column_mut(i * inputs + j));
            for (((h, product), u), other) in each.zip(room.u.column(i)).zip(room.u.column(j)) {
                *h *= u * other;
                *product = *h;
            }
        }
    }

    /// Adds what the pairs add: Aᵢₖ rₖⱼ to Mᵢⱼ, and Aᵢⱼ rⱼₖ to Mᵢₖ.
    #[inline(always)]
    fn correlate_curvatures(&mut self) {
        let (inputs, room) = (self.rows.inputs.len(), &mut *self.room);
        for (pair, of) in self.rows.pairs.iter().enumerate() {
            let coefficients = room.coefficients.column(pair);
            for (row, (from, to)) in (0..inputs).flat_map(|i| [(i, (of.first, of.second)), (i, (of.second, of.first))])
            {
                let curvature = room.curvatures.column((self.output * inputs + row) * inputs + from);
                let each = room.products.column_mut(row * inputs + to).iter_mut().zip(curvature).zip(coefficients);
                each.for_each(|((product, h), r)| *product += h * r);
            }
        }
    }
}

/// Two columns of scratch: one for anything, one for the variance.
#[inline(always)]
fn split(scratch: &mut Block) -> [&mut [f64]; 2] {
    scratch.pair_mut(1, 2)
}

#[inline(always)]
fn add_squares(sums: &mut [f64], b: &[f64]) {
    sums.iter_mut().zip(b).for_each(|(sum, b)| *sum += b * b);
}

/// Adds 2 r a b, with r from the column unless it is the same for all rows.
#[inline(always)]
fn add_products(sums: &mut [f64], r: Given, column: &[f64], [a, b]: [&[f64]; 2]) {
    let each = sums.iter_mut().zip(a).zip(b);
    match r {
        Given::Constant(r) => each.for_each(|((sum, a), b)| *sum += 2.0 * r * (a * b)),
        Given::Column(_) => each.zip(column).for_each(|(((sum, a), b), r)| *sum += 2.0 * r * (a * b)),
    }
}
