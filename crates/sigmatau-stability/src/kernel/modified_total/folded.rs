//! Reflected windows folded into sums along the record; see the derivation in the parent module.

use super::{LANES, Points, less_line};

type Lane = [f64; LANES];

/// Running sums of one block of windows, with room for [`LANES`] more at their end. Kept from block to
/// block for their memory.
#[derive(Default)]
pub(super) struct Folded {
    /// The number of windows.
    starts: usize,
    /// A(p), less a parabola.
    a: Vec<f64>,
    /// Q(p) = A(p) + A(p−2) + A(p−4) + …
    every_other: Vec<f64>,
    /// The sum of A up to p, the last term by one half.
    once: Vec<f64>,
    /// The sequence whose second difference at p is A(p).
    twice: Vec<f64>,
    /// The sum of `twice` up to p, the last term by one half.
    thrice: Vec<f64>,
}

impl Folded {
    /// Sums the squared terms of all windows in `x`. Time and memory O(N).
    pub(super) fn sum(&mut self, points: Points, x: &[f64], m: usize) -> f64 {
        self.starts = x.len() - points.reach(m);
        self.fill(points, x);
        take_parabola_off(&mut self.a);
        self.accumulate();
        let forward = 40.0 * self.forward(0, 3 * m) - 60.0 * self.forward(m, 2 * m) + 24.0 * self.forward(2 * m, m);
        let mirrors = 30.0 * (self.mirror(0, m) + self.mirror(2 * m, m))
            - 12.0 * (self.mirror(0, 2 * m) + self.mirror(m, 2 * m))
            + 4.0 * self.mirror(0, 3 * m);
        (forward + mirrors) + (self.ends(m) + self.slopes(m))
    }

    fn fill(&mut self, points: Points, x: &[f64]) {
        self.a.clear();
        match points {
            Points::Frequencies => self.a.extend(less_line(x)),
            Points::Phases => {
                let mut sum = 0.0;
                self.a.push(sum);
                self.a.extend(less_line(x).map(|x| {
                    sum += x;
                    sum
                }));
            }
        }
    }

    fn accumulate(&mut self) {
        let Self { a, every_other, once, twice, thrice, .. } = self;
        a.resize(a.len() + LANES, 0.0);
        [&mut *every_other, once, twice, thrice].into_iter().for_each(|sums| sums.resize(a.len(), 0.0));
        let (mut before, mut last, mut sum, mut sum_of_sums, mut third) = (0.0, 0.0, 0.0, 0.0, 0.0);
        let sums = every_other.iter_mut().zip(once).zip(twice.iter_mut().zip(thrice));
        for (a, ((every_other, once), (twice, thrice))) in a.iter().zip(sums) {
            (before, last) = (last, before + a);
            (*every_other, *once, *twice, *thrice) = (last, sum + 0.5 * a, sum_of_sums, third + 0.5 * sum_of_sums);
            sum += a;
            third += sum_of_sums;
            sum_of_sums += sum;
        }
    }

    /// Σ A(c) A(c+lag) over 0 ≤ c ≤ `width`, for all windows: each product as often as a window holds it.
    fn forward(&self, lag: usize, width: usize) -> f64 {
        let (starts, last) = (self.starts as f64, width as f64);
        let up_to = |p: f64| (p + 0.5).clamp(0.0, starts);
        sum(self.starts + width, |i| {
            let (a, b) = (lanes(&self.a, i), lanes(&self.a, i + lag));
            std::array::from_fn(|k| {
                let p = i as f64 + k as f64;
                (up_to(p) - up_to(p - last)) * (a[k] * b[k])
            })
        })
    }

    /// The mirror sums Σ A(i+c) A(i+w−c) over 0 ≤ c ≤ w, for as many i as there are windows, the first at `from`.
    ///
    /// A pair (p, q) counts when its middle lies between those of the first and the last i. Were it not for
    /// that bound, the sum over q would be Q(p+w) − Q(p−w) with halves at both ends; what the bound moves
    /// are the triangles at both ends.
    fn mirror(&self, from: usize, width: usize) -> f64 {
        let to = from + self.starts;
        let band = sum(self.starts, |i| {
            let [a, b] = [from, from + width].map(|start| lanes(&self.a, i + start));
            let [p, q] = [from, from + width].map(|start| lanes(&self.every_other, i + start));
            std::array::from_fn(|k| a[k] * q[k] - b[k] * p[k])
        });
        band + self.triangle(to, width) - self.triangle(from, width)
    }

    /// Σ A(p) Q(2i + w − 2 − p) over i ≤ p < i + w: the pairs whose middle lies before that of a sum at i.
    fn triangle(&self, start: usize, width: usize) -> f64 {
        let reversed = &self.every_other[start.saturating_sub(1)..start + width - 1];
        dot_reversed(&self.a[start..start + reversed.len()], reversed)
    }

    /// What the ends of the windows add, o and e of the derivation.
    fn ends(&self, m: usize) -> f64 {
        let (a, z, square) = (&self.a, &self.once, 24.0 * m as f64);
        sum(self.starts, |i| {
            let (o, e) = (lanes(a, i), lanes(a, i + 3 * m));
            let [z0, z1, z2, z3] = [0, m, 2 * m, 3 * m].map(|shift| lanes(z, i + shift));
            std::array::from_fn(|k| {
                let (first, middle, last) = (z1[k] - z0[k], z2[k] - z1[k], z3[k] - z2[k]);
                o[k] * (square * o[k] - 8.0 * (10.0 * first - 5.0 * middle + last))
                    + e[k] * (square * e[k] - 8.0 * (10.0 * last - 5.0 * middle + first))
            })
        })
    }

    /// What taking the slopes off adds, −2sC + κs².
    fn slopes(&self, m: usize) -> f64 {
        let (h1, h2, f) = (3 * m / 2, (3 * m).div_ceil(2), m as f64);
        let per_slope = 1.0 / (h1 * h2) as f64;
        let (kappa, of_ends) = ((22.0 * f.powi(5) - 2.0 * f) / 5.0, 4.0 * f.powi(3) - 2.0 * f);
        sum(self.starts, |i| {
            let [a0, a1, a2, a3] = [0, h1, h2, 3 * m].map(|shift| lanes(&self.a, i + shift));
            let [t0, t3] = [0, 3 * m].map(|shift| lanes(&self.twice, i + shift));
            let [x0, x1, x2, x3] = [0, m, 2 * m, 3 * m].map(|shift| lanes(&self.thrice, i + shift));
            std::array::from_fn(|k| {
                let slope = ((a3[k] - a2[k]) - (a1[k] - a0[k])) * per_slope;
                let weighed = 44.0 * (x3[k] - x0[k]) - 84.0 * (x2[k] - x1[k]) - 24.0 * f * (t0[k] + t3[k]);
                slope * (kappa * slope - 2.0 * (weighed + of_ends * (a0[k] + a3[k])))
            })
        })
    }
}

/// Takes the parabola of least squares off.
fn take_parabola_off(a: &mut [f64]) {
    let n = a.len() as f64;
    let middle = (n - 1.0) / 2.0;
    let squares = n * (n * n - 1.0) / 12.0;
    let (mean_square, of_parabola) = (squares / n, squares * (n * n - 4.0) / 15.0);
    let (mut level, mut slope, mut bend) = (0.0, 0.0, 0.0);
    for (p, a) in a.iter().enumerate() {
        let p = p as f64 - middle;
        level += a;
        slope += p * a;
        bend += (p * p - mean_square) * a;
    }
    let (level, slope, bend) = (level / n, slope / squares, bend / of_parabola);
    for (p, a) in a.iter_mut().enumerate() {
        let p = p as f64 - middle;
        *a -= level + slope * p + bend * (p * p - mean_square);
    }
}

/// Sums what `terms`(i) gives for i … i + 7, up to `len`, in fixed lanes.
fn sum(len: usize, terms: impl Fn(usize) -> Lane) -> f64 {
    let whole = len / LANES * LANES;
    let mut sums = [0.0; LANES];
    for i in (0..whole).step_by(LANES) {
        sums.iter_mut().zip(terms(i)).for_each(|(sum, term)| *sum += term);
    }
    let rest: f64 = if whole < len { terms(whole).iter().take(len - whole).sum() } else { 0.0 };
    sums.iter().sum::<f64>() + rest
}

/// Σ a(r) b(n−1−r).
fn dot_reversed(a: &[f64], b: &[f64]) -> f64 {
    let ((a, a_rest), (b_rest, b)) = (a.as_chunks::<LANES>(), b.as_rchunks::<LANES>());
    let mut sums = [0.0; LANES];
    for (a, b) in a.iter().zip(b.iter().rev()) {
        (0..LANES).for_each(|lane| sums[lane] += a[lane] * b[LANES - 1 - lane]);
    }
    let rest: f64 = a_rest.iter().zip(b_rest.iter().rev()).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

fn lanes(x: &[f64], start: usize) -> &Lane {
    x[start..].first_chunk().expect("the sums have room for more")
}
