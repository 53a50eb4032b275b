//! Reflected windows one by one, eight neighbouring starts at a time.

use super::{LANES, Points, less_line};

type Lane = [f64; LANES];

/// Sums the squared terms of all windows in `x`. Time O(m) per window; memory 9m points for eight windows.
pub(super) fn sum(points: Points, x: &[f64], m: usize) -> f64 {
    let starts = x.len() - points.reach(m);
    let x: Vec<f64> = less_line(x).chain([0.0; LANES]).collect();
    let mut a = vec![[0.0; LANES]; 9 * m + 1];
    let group = |start: usize| {
        fill(points, &mut a[3 * m..=6 * m], &x[start..]);
        take_slope_off(&mut a[3 * m..=6 * m]);
        reflect(&mut a, m);
        squares(&a, m).iter().take(starts - start).sum::<f64>()
    };
    (0..starts).step_by(LANES).map(group).sum()
}

/// A(0 … 3m) of the windows that start at the first eight points.
fn fill(points: Points, a: &mut [Lane], x: &[f64]) {
    let origin = *lanes(x, 0);
    let step = |c: usize| -> Lane { std::array::from_fn(|lane| lanes(x, c)[lane] - origin[lane]) };
    match points {
        Points::Frequencies => a.iter_mut().enumerate().for_each(|(c, a)| *a = step(c)),
        Points::Phases => {
            a[0] = [0.0; LANES];
            for c in 1..a.len() {
                let (before, step) = (a[c - 1], step(c - 1));
                a[c] = std::array::from_fn(|lane| before[lane] + step[lane]);
            }
        }
    }
}

/// Takes s c (c − 3m) / 2 off, the sum of a line of slope s and mean 0.
fn take_slope_off(a: &mut [Lane]) {
    let length = a.len() - 1;
    let (h1, h2) = (length / 2, length.div_ceil(2));
    let per_slope = 1.0 / (h1 * h2) as f64;
    let slope: Lane =
        std::array::from_fn(|lane| ((a[length][lane] - a[h2][lane]) - (a[h1][lane] - a[0][lane])) * per_slope);
    for (c, a) in a.iter_mut().enumerate() {
        let parabola = -0.5 * (c * (length - c)) as f64;
        a.iter_mut().zip(&slope).for_each(|(a, slope)| *a -= slope * parabola);
    }
}

/// Continues the middle third of `a` oddly at both of its ends.
fn reflect(a: &mut [Lane], m: usize) {
    let mirrored = |end: Lane, a: Lane| -> Lane { std::array::from_fn(|lane| 2.0 * end[lane] - a[lane]) };
    for c in 1..=3 * m {
        a[3 * m - c] = mirrored(a[3 * m], a[3 * m + c]);
        a[6 * m + c] = mirrored(a[6 * m], a[6 * m - c]);
    }
}

/// Sums the 6m squared third differences of each window.
fn squares(a: &[Lane], m: usize) -> Lane {
    let mut sums = [0.0; LANES];
    let from = |shift: usize| &a[shift..shift + 6 * m];
    for (((a, b), c), d) in from(0).iter().zip(from(m)).zip(from(2 * m)).zip(from(3 * m)) {
        for lane in 0..LANES {
            let term = (d[lane] - a[lane]) - 3.0 * (c[lane] - b[lane]);
            sums[lane] += term * term;
        }
    }
    sums
}

fn lanes(x: &[f64], start: usize) -> &Lane {
    x[start..].first_chunk().expect("the record is padded")
}
