//! Where the mean of a record changes: the segmentation of least cost, with intervals for place and size.

use crate::tail::Law;

/// A jump of the mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// The first deviate after it.
    pub place: usize,
    /// The first and the last place that are as likely at 95 %.
    pub between: (usize, usize),
    /// The mean after less the mean before.
    pub size: f64,
    /// The standard uncertainty of the size.
    pub u_size: f64,
}

impl Change {
    /// The interval of the size at a coverage probability.
    pub fn interval(&self, probability: f64) -> (f64, f64) {
        let factor = Law::Normal.quantile(0.5 + 0.5 * probability);
        (self.size - factor * self.u_size, self.size + factor * self.u_size)
    }
}

/// The changes of the mean of deviates with standard deviation 1, by the pruned exact search for the segmentation with
/// the least Σ (z − mean)² + `penalty` for each change; 3 ln n is the usual penalty for a change of place and size.
///
/// The interval of a place holds all places whose likelihood ratio to the best is within −2 ln(1 − √0.95): exact for a small
/// jump in a long record, wide for a large one. Time n to n², memory n.
///
/// Reference: R. Killick, P. Fearnhead, I. A. Eckley, Journal of the American Statistical Association 107 (2012) 1590.
pub fn changes(deviates: &[f64], penalty: f64) -> Vec<Change> {
    let record = Record::of(deviates);
    let places = record.segments(penalty);
    let ends: Vec<usize> = std::iter::once(0).chain(places.iter().copied()).chain([deviates.len()]).collect();
    ends.windows(3).map(|ends| record.change(ends[0], ends[1], ends[2])).collect()
}

/// Cumulated sums, of deviates less their mean.
struct Record {
    sums: Vec<f64>,
    squares: Vec<f64>,
}

impl Record {
    fn of(deviates: &[f64]) -> Self {
        let mean = deviates.iter().sum::<f64>() / deviates.len().max(1) as f64;
        let cumulated = |term: &dyn Fn(f64) -> f64| {
            let terms = deviates.iter().map(|z| term(z - mean));
            let running = terms.scan(0.0, |sum, term| {
                *sum += term;
                Some(*sum)
            });
            std::iter::once(0.0).chain(running).collect()
        };
        Self { sums: cumulated(&|z| z), squares: cumulated(&|z| z * z) }
    }

    /// Σ (z − mean)² of a segment.
    fn cost(&self, start: usize, end: usize) -> f64 {
        let sum = self.sums[end] - self.sums[start];
        self.squares[end] - self.squares[start] - sum * sum / (end - start) as f64
    }

    fn mean(&self, start: usize, end: usize) -> f64 {
        (self.sums[end] - self.sums[start]) / (end - start) as f64
    }

    fn segments(&self, penalty: f64) -> Vec<usize> {
        let points = self.sums.len() - 1;
        let (mut best, mut last) = (vec![-penalty; points + 1], vec![0; points + 1]);
        let mut candidates = vec![0];
        for end in 1..=points {
            let costs: Vec<(f64, usize)> =
                candidates.iter().map(|start| (best[*start] + self.cost(*start, end), *start)).collect();
            let least = costs.iter().copied().min_by(|one, other| one.0.total_cmp(&other.0));
            let (least, start) = least.expect("the newest start is never pruned");
            (best[end], last[end]) = (least + penalty, start);
            candidates = costs.into_iter().filter(|(cost, _)| *cost <= best[end]).map(|(_, start)| start).collect();
            candidates.push(end);
        }
        let mut places: Vec<usize> =
            std::iter::successors(Some(last[points]), |end| Some(last[*end])).take_while(|place| *place > 0).collect();
        places.reverse();
        places
    }

    fn change(&self, start: usize, place: usize, end: usize) -> Change {
        let cost = |place: usize| self.cost(start, place) + self.cost(place, end);
        let allowed = cost(place) - 2.0 * (-(0.95_f64.sqrt())).ln_1p();
        let likely = || (start + 1..end).filter(|place| cost(*place) <= allowed);
        let between = (likely().next().unwrap_or(place), likely().next_back().unwrap_or(place));
        let size = self.mean(place, end) - self.mean(start, place);
        let u_size = (1.0 / (place - start) as f64 + 1.0 / (end - place) as f64).sqrt();
        Change { place, between, size, u_size }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;
    use rand_distr::{Distribution, StandardNormal};

    fn jumping(seed: u64, size: f64) -> Vec<f64> {
        let noise = Distribution::<f64>::sample_iter(StandardNormal, ChaCha8Rng::seed_from_u64(seed));
        noise.take(200).enumerate().map(|(place, z)| z + if place >= 120 { size } else { 0.0 }).collect()
    }

    #[test]
    fn intervals_of_place_and_size_hold_the_truth_as_often_as_they_say() {
        let (mut found, mut place_held, mut size_held) = (0, 0, 0);
        for seed in 0..400 {
            if let [change] = changes(&jumping(seed, 1.5), 3.0 * 200.0_f64.ln())[..] {
                let (low, high) = change.interval(0.95);
                found += 1;
                place_held += u32::from((change.between.0..=change.between.1).contains(&120));
                size_held += u32::from((low..=high).contains(&1.5));
            }
        }
        assert!(found > 380, "{found}");
        let share = |held: u32| f64::from(held) / f64::from(found);
        assert!(share(place_held) > 0.93, "{}", share(place_held));
        assert!((0.92..0.98).contains(&share(size_held)), "{}", share(size_held));
    }

    #[test]
    fn steady_records_rarely_change() {
        let false_alarms =
            (1000..1400).filter(|seed| !changes(&jumping(*seed, 0.0), 3.0 * 200.0_f64.ln()).is_empty()).count();
        assert!(false_alarms <= 20, "{false_alarms} of 400");
    }

    #[test]
    fn the_search_finds_what_trying_every_pair_of_places_finds() {
        let deviates: Vec<f64> = jumping(7, 3.0)[90..150].to_vec();
        let record = Record::of(&deviates);
        let cost = |one: usize, other: usize| record.cost(0, one) + record.cost(one, other) + record.cost(other, 60);
        let pairs = (1..59).flat_map(|one| (one + 1..60).map(move |other| (one, other)));
        let best = pairs.map(|(one, other)| cost(one, other)).fold(f64::INFINITY, f64::min);
        let found = record.segments(1.0);
        let ends: Vec<usize> = std::iter::once(0).chain(found.iter().copied()).chain([60]).collect();
        let total: f64 = ends.windows(2).map(|ends| record.cost(ends[0], ends[1])).sum::<f64>() + found.len() as f64;
        assert!(total <= best + 2.0);
    }

    #[test]
    fn an_empty_record_does_not_change() {
        assert_eq!(changes(&[], 5.0), []);
    }
}
