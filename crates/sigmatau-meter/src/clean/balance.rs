//! How the energy of one meter shows in the balance of its area, roughly: enough to see factors and shifts.

use super::Draft;
use crate::area::Meter;

/// What the master supplied, what all meters together took, and what each did.
pub(super) struct Balance {
    supplied: Vec<f64>,
    net: Vec<Option<Vec<f64>>>,
    total: Vec<f64>,
}

/// A slope of a regression through the origin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slope {
    pub(super) value: f64,
    pub(super) u: f64,
}

/// Changes beyond so many times the middle one are left out of regressions.
const TRIM: f64 = 20.0;
/// Regressions need so many changes.
const ENOUGH: usize = 24;

impl Balance {
    /// The balance of the meters that count; of the others, the energy is in none of the sums.
    pub(super) fn of(draft: &Draft, counts: impl Fn(&Meter) -> bool) -> Self {
        let mut supplied = vec![0.0; draft.intervals];
        let mut total = vec![0.0; draft.intervals];
        let mut net = Vec::new();
        for line in &draft.lines {
            let own = balance(line);
            match line.about.is_master {
                true => add(&mut supplied, &own),
                false if counts(line) => add(&mut total, &complete(&own)),
                false => {}
            }
            net.push((!line.about.is_master && counts(line)).then_some(own));
        }
        Self { supplied, net, total }
    }

    /// The slope of the changes of what is left for a meter on the changes of its own energies, which are taken `lag`
    /// intervals later: 1 for a good meter, 0 for one that hangs elsewhere.
    pub(super) fn slope(&self, line: &Meter, place: usize, lag: i64) -> Option<Slope> {
        let own = balance(line);
        let counted = self.net[place].as_deref().map(complete);
        let left: Vec<f64> = (0..own.len())
            .map(|t| self.supplied[t] - self.total[t] + counted.as_ref().map_or(0.0, |counted| counted[t]))
            .collect();
        let shifted =
            |t: usize| usize::try_from(t as i64 + lag).ok().and_then(|t| own.get(t)).copied().unwrap_or(f64::NAN);
        let changes = (1..own.len()).map(|t| (shifted(t) - shifted(t - 1), left[t] - left[t - 1]));
        regress(changes.filter(|(x, y)| x.is_finite() && y.is_finite()).collect())
    }
}

/// Energy towards the customers less the energy back.
fn balance(line: &Meter) -> Vec<f64> {
    let fed = |t: usize| line.fed.get(t).copied().filter(|fed| fed.is_finite()).unwrap_or(0.0);
    line.consumed.iter().enumerate().map(|(t, consumed)| consumed - fed(t)).collect()
}

fn add(sum: &mut [f64], energies: &[f64]) {
    sum.iter_mut().zip(energies).for_each(|(sum, energy)| *sum += energy);
}

/// The same with the mean where an energy is missing.
fn complete(energies: &[f64]) -> Vec<f64> {
    let known = || energies.iter().filter(|energy| energy.is_finite());
    let mean = known().sum::<f64>() / known().count().max(1) as f64;
    energies.iter().map(|energy| if energy.is_finite() { *energy } else { mean }).collect()
}

/// Regresses the second on the first of each pair, without the largest.
fn regress(mut pairs: Vec<(f64, f64)>) -> Option<Slope> {
    let reach = |of: fn(&(f64, f64)) -> f64| {
        let mut sizes: Vec<f64> = pairs.iter().map(|pair| of(pair).abs()).filter(|size| *size > 0.0).collect();
        let middle = sizes.len() / 2;
        if sizes.is_empty() { 0.0 } else { TRIM * *sizes.select_nth_unstable_by(middle, f64::total_cmp).1 }
    };
    let (first, second) = (reach(|pair| pair.0), reach(|pair| pair.1));
    pairs.retain(|(x, y)| x.abs() <= first && y.abs() <= second);
    let squares: f64 = pairs.iter().map(|(x, _)| x * x).sum();
    if squares == 0.0 || pairs.len() < ENOUGH {
        return None;
    }
    let value = pairs.iter().map(|(x, y)| x * y).sum::<f64>() / squares;
    let rest: f64 = pairs.iter().map(|(x, y)| (y - value * x).powi(2)).sum();
    Some(Slope { value, u: (rest / (pairs.len() - 1) as f64 / squares).sqrt() })
}
