//! Coverage intervals from draws, each with what finitely many draws leave open.

mod smoothed;

use super::curve::Curve;
use super::window::Window;
use smoothed::Smoothed;
use std::fmt;

/// How far the ends of a window lie from where its order statistic is expected, in standard deviations.
const SAFE: f64 = 6.0;

/// Which of the intervals with one coverage probability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Shape {
    /// Probabilistically symmetric: as much lies below as above.
    Symmetric,
    /// The shortest interval between two order statistics. Its ends scatter as M^(−1/3), since the width hardly
    /// changes near its minimum: ten thousand times more draws bring one digit and a third.
    Shortest,
    /// The shortest interval, found at the minimum of a cubic through the widths near it: the ends scatter
    /// as M^(−3/8) and, for many trials, as M^(−1/2).
    Smoothed,
    /// Everything up to a limit.
    AtMost,
    /// Everything from a limit on.
    AtLeast,
}

/// A result of finitely many draws.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Numerical {
    /// The result.
    pub value: f64,
    /// How much it would scatter if the draws were repeated with other seeds, as a standard deviation.
    pub uncertainty: f64,
}

/// A coverage interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Which one it is.
    pub shape: Shape,
    /// The coverage probability.
    pub probability: f64,
    /// The lower end; −∞ for [`Shape::AtMost`].
    pub low: Numerical,
    /// The upper end; ∞ for [`Shape::AtLeast`].
    pub high: Numerical,
    /// The upper end less the lower.
    pub length: Numerical,
    /// 0 where the ends are order statistics of all trials, as Supplement 1 has them; else the width of the cells in
    /// which the trials were counted, between whose edges the ends are interpolated.
    pub resolution: f64,
}

impl Shape {
    /// All shapes.
    pub const ALL: [Self; 5] = [Self::Symmetric, Self::Shortest, Self::Smoothed, Self::AtMost, Self::AtLeast];

    /// The word for it in documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Symmetric => "symmetric",
            Self::Shortest => "shortest",
            Self::Smoothed => "smoothed",
            Self::AtMost => "at-most",
            Self::AtLeast => "at-least",
        }
    }

    /// The exponent −e of M in the scatter of the ends.
    pub(super) fn rate(self) -> f64 {
        match self {
            Self::Shortest => 1.0 / 3.0,
            Self::Smoothed => 3.0 / 8.0,
            _ => 0.5,
        }
    }

    /// The ends in a distribution, interpolated.
    pub(super) fn ends(self, curve: &Curve, probability: f64) -> [f64; 2] {
        let count = curve.count() as f64;
        let held = probability * count;
        let (low, high) = match self {
            Self::Symmetric => (curve.value(0.5 * (count - held)), curve.value(0.5 * (count + held))),
            Self::Shortest => curve.shortest(held),
            Self::Smoothed => Smoothed::new(curve, held).ends(curve),
            Self::AtMost => (f64::NEG_INFINITY, curve.value(held)),
            Self::AtLeast => (curve.value(count - held), f64::INFINITY),
        };
        [low, high]
    }

    /// The ranks of the ends among n values, 0 for an end that is at −∞, n + 1 for one that is at ∞.
    ///
    /// Reference: JCGM 101:2008, 7.7.
    fn ranks(self, probability: f64, count: u64) -> Option<[u64; 2]> {
        let held = held(probability, count);
        match self {
            Self::Symmetric => Some((count - held).div_ceil(2).max(1)).map(|low| [low, low + held]),
            Self::AtMost => Some([0, held.max(1)]),
            Self::AtLeast => Some([count + 1 - held.max(1), count + 1]),
            Self::Shortest | Self::Smoothed => None,
        }
    }

    /// Windows in which the order statistics lie that the ends are, from the distribution of the first trials. Where
    /// these are all trials, that is certain.
    pub(super) fn windows(self, curve: &Curve, probability: f64, is_all: bool) -> Vec<Window> {
        let (count, margin) = (curve.count(), curve.step());
        let window = |(low, high): (f64, f64)| Window::between(low - margin, high + margin);
        if self == Self::Shortest && is_all {
            return curve.candidates(held(probability, count)).map(window).into();
        }
        let ranks = self.ranks(probability, count).into_iter().flatten().filter(|rank| (1..=count).contains(rank));
        let spread = |rank: f64| if is_all { 1.0 } else { SAFE * (rank * (1.0 - rank / count as f64)).sqrt().max(1.0) };
        let reach = |rank: u64| (rank as f64 - spread(rank as f64), rank as f64 + spread(rank as f64));
        ranks.map(reach).map(|(low, high)| window((curve.value(low), curve.value(high)))).collect()
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// How many values an interval holds besides its lower end: q of Supplement 1, p·n where that is an integer and ⌊p·n + ½⌋ else.
fn held(probability: f64, count: u64) -> u64 {
    ((probability * count as f64 + 0.5).floor() as u64).min(count.saturating_sub(1))
}

/// All that is known of the trials of one output, for its intervals.
pub(super) struct Sample<'a> {
    pub(super) curve: &'a Curve,
    /// The distributions of equal parts of the trials.
    pub(super) parts: &'a [Curve],
    pub(super) probability: f64,
}

impl Sample<'_> {
    /// The interval of a shape, with what was kept for it.
    pub(super) fn interval(&self, shape: Shape, windows: &[Window]) -> Interval {
        let exact = match shape {
            Shape::Smoothed => None,
            Shape::Shortest => self.shortest(windows),
            _ => self.order_statistics(shape, windows),
        };
        let [low, high] = exact.unwrap_or_else(|| shape.ends(self.curve, self.probability));
        let [u_low, u_high, u_length] = self.spread(shape);
        Interval {
            shape,
            probability: self.probability,
            low: Numerical { value: low, uncertainty: u_low },
            high: Numerical { value: high, uncertainty: u_high },
            length: Numerical { value: high - low, uncertainty: u_length },
            resolution: if exact.is_some() { 0.0 } else { self.curve.step() },
        }
    }

    /// The scatter of the ends and of the length.
    pub(super) fn spread(&self, shape: Shape) -> [f64; 3] {
        match shape.ranks(self.probability, self.curve.count()) {
            Some(ranks) => self.spread_of_ranks(ranks),
            None => self.spread_of_parts(shape),
        }
    }

    fn order_statistics(&self, shape: Shape, windows: &[Window]) -> Option<[f64; 2]> {
        let count = self.curve.count();
        let order = |rank: u64| match rank {
            0 => Some(f64::NEG_INFINITY),
            rank if rank > count => Some(f64::INFINITY),
            rank => windows.iter().find_map(|window| window.order(rank)),
        };
        let [low, high] = shape.ranks(self.probability, count)?;
        Some([order(low)?, order(high)?])
    }

    /// The shortest of all pairs of order statistics, where the windows hold every pair that it may be.
    fn shortest(&self, windows: &[Window]) -> Option<[f64; 2]> {
        let held = held(self.probability, self.curve.count());
        let [begins, ends] = windows else { return None };
        let pairs = begins.ranks().filter_map(|rank| Some([begins.order(rank)?, ends.order(rank + held)?]));
        pairs.reduce(|best, pair| if pair[1] - pair[0] < best[1] - best[0] { pair } else { best })
    }

    /// The scatter of the ends and of the length where the ends are order statistics: that of the number of values
    /// below, √(n a (1 − a)), as a difference of values.
    fn spread_of_ranks(&self, ranks: [u64; 2]) -> [f64; 3] {
        let count = self.curve.count() as f64;
        let [low, high] = ranks.map(|rank| rank as f64 / count);
        let spread = |part: f64| {
            let ranks = (count * part * (1.0 - part)).max(0.0).sqrt();
            0.5 * (self.curve.value(count * part + ranks) - self.curve.value(count * part - ranks))
        };
        let is_end = |part: f64| part > 0.0 && part <= 1.0;
        let [u_low, u_high] = [low, high].map(|part| if is_end(part) { spread(part) } else { 0.0 });
        let common = if u_low > 0.0 && u_high > 0.0 { (low * (1.0 - high) / (high * (1.0 - low))).sqrt() } else { 0.0 };
        [u_low, u_high, (u_low * u_low + u_high * u_high - 2.0 * common * u_low * u_high).max(0.0).sqrt()]
    }

    /// The scatter from part to part, taken to all trials: by the rate of the ends of the raw shortest interval, and as
    /// that of a mean for the smoothed one.
    fn spread_of_parts(&self, shape: Shape) -> [f64; 3] {
        let count = self.curve.count() as f64;
        let parts = self.parts.len() as f64;
        let smoothed = Smoothed::new(self.curve, self.probability * count);
        let ends_of = |part: &Curve| match shape {
            Shape::Smoothed => smoothed.ends_of_part(part, part.count() as f64 / count),
            _ => shape.ends(part, self.probability),
        };
        let ends: Vec<[f64; 2]> = self.parts.iter().map(ends_of).collect();
        let shrunk = if shape == Shape::Smoothed { parts.sqrt() } else { parts.powf(shape.rate()) };
        let [low, high] = [0, 1].map(|end| deviation(ends.iter().map(|ends| ends[end])) / shrunk);
        [low, high, deviation(ends.iter().map(|[low, high]| high - low)) / parts.sqrt()]
    }
}

/// The standard deviation of values, with n − 1.
pub(super) fn deviation(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let (count, sum) = values.clone().fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
    let mean = sum / count;
    (values.map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt()
}
