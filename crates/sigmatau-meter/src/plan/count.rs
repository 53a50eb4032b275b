//! How many non-conforming meters a sample holds: exact distributions, reckoned in logarithms.

use super::Lot;

/// P(X ≤ accept) in a sample of `size` from a lot in which `share` of the meters do not conform; of a lot of N, the nearest
/// whole number of them. O(accept + size).
pub(super) fn at_most(accept: u64, size: u64, share: f64, lot: Lot) -> f64 {
    match lot {
        Lot::Endless => binomial(accept, size, share),
        Lot::Of(lot) => hypergeometric(accept, size.min(lot), (share * lot as f64).round() as u64, lot),
    }
}

/// P(X ≤ k), X binomial: P(0) = (1 − p)ⁿ, P(k+1)/P(k) = (n − k)/(k + 1) · p/(1 − p).
fn binomial(k: u64, n: u64, p: f64) -> f64 {
    if k >= n || p <= 0.0 {
        return 1.0;
    }
    let odds = p.ln() - (-p).ln_1p();
    let ratio = |k: u64| ((n - k) as f64 / (k + 1) as f64).ln() + odds;
    running(n as f64 * (-p).ln_1p(), 0, k, ratio)
}

/// P(X ≤ k), X the bad ones among n drawn from N with D bad ones:
/// P(k+1)/P(k) = (D − k)(n − k)/((k + 1)(N − D − n + k + 1)).
pub(super) fn hypergeometric(k: u64, n: u64, bad: u64, lot: u64) -> f64 {
    let least = (n + bad).saturating_sub(lot);
    match k {
        k if k >= n.min(bad) => 1.0,
        k if k < least => 0.0,
        k => {
            let ratio = |k: u64| {
                let (up, down) = ((bad - k) as f64 * (n - k) as f64, (k + 1) as f64 * (lot + k + 1 - bad - n) as f64);
                (up / down).ln()
            };
            running(ln_fewest(n, bad, lot), least, k, ratio)
        }
    }
}

/// ln P of the fewest bad ones that a sample can hold: none, or all good meters drawn and the rest bad.
fn ln_fewest(n: u64, bad: u64, lot: u64) -> f64 {
    let part = |drawn: u64, from: u64| (0..drawn).map(|i| ((from - i) as f64 / (lot - i) as f64).ln()).sum();
    match n + bad > lot {
        true => part(lot - bad, n),
        false => part(n.min(bad), lot - n.max(bad)),
    }
}

/// Σ P(i) from the first to k, from ln P(first) and the logarithm of each ratio.
fn running(first: f64, least: u64, k: u64, ratio: impl Fn(u64) -> f64) -> f64 {
    let next = |(i, ln): &(u64, f64)| Some((i + 1, ln + ratio(*i)));
    let terms = std::iter::successors(Some((least, first)), next).take((k - least + 1) as usize);
    terms.map(|(_, ln)| ln.exp()).sum::<f64>().min(1.0)
}
