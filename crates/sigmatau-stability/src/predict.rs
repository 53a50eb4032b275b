//! Prediction of a clock's time error x(t + T), with the uncertainty that its noise leaves.
//!
//! A line (or a parabola, where the clock drifts) through the means of two (three) equal blocks of past
//! phases is drawn out to the horizon; length and distance of the blocks are those with the least error
//! variance for the clock's own mixture of power laws. What second (third) differences of the past tell
//! about the error is then taken off by regression on them. Every variance is exact. What results is, with
//! T σ_y(T) as unit and in a record much longer than T,
//!
//! | noise | white PM | white FM | flicker FM | random-walk FM |
//! |---|---|---|---|---|
//! | standard uncertainty | 1/√3 | 1 | 1.206 | 1 |
//! | textbook optimum | 1/√3 | 1 | 1/√(ln 2) = 1.201 | 1 |
//!
//! (D. W. Allan, IEEE Trans. UFFC 34(6), 1987; NIST SP 1065). For clocks that are known by a state and
//! process noise instead, see [`crate::state`].

use crate::levels::Levels;
use crate::symmetric;
use sigmatau_core::{Coverage, Estimate, PhaseSeries, Unit};
use sigmatau_spectrum::WeightedMean;

/// What of a clock's course is drawn out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    /// Time and frequency offset.
    Frequency,
    /// Time and frequency offset and frequency drift.
    Drift,
}

/// The means of past phases that a prediction is drawn out from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extrapolation {
    /// What is drawn out.
    pub trend: Trend,
    /// Points of each block.
    pub average: u32,
    /// Points from one block to the next.
    pub spacing: u32,
}

/// A predicted time error.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// How far beyond the last reading, in s.
    pub horizon: f64,
    /// The time error in s; its degrees of freedom say how well the noise is known.
    pub time_error: Estimate,
}

impl Trend {
    /// The word in records and options: `frequency` or `drift`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Frequency => "frequency",
            Self::Drift => "drift",
        }
    }

    fn blocks(self) -> u32 {
        match self {
            Self::Frequency => 2,
            Self::Drift => 3,
        }
    }
}

impl Extrapolation {
    /// The prediction for `horizon` points after the last as a weighted sum of means; the last reading
    /// stands at place 0.
    ///
    /// Lagrange's weights at u = (h − c)/s of a line, 1 + u and −u, or of a parabola, (u + 1)(u + 2)/2,
    /// −u(u + 2) and u(u + 1)/2, with c the centre of the newest block and s the spacing. A mean over p
    /// points lifts a parabola by D (p² − 1)/24, which the weights of the second difference take back.
    fn weights(&self, horizon: f64) -> Vec<WeightedMean> {
        let (p, s) = (f64::from(self.average), f64::from(self.spacing));
        let u = (horizon + (p - 1.0) / 2.0) / s;
        let lift = (p * p - 1.0) / (24.0 * s * s);
        let weights = match self.trend {
            Trend::Frequency => vec![1.0 + u, -u],
            Trend::Drift => {
                vec![(u + 1.0) * (u + 2.0) / 2.0 - lift, -u * (u + 2.0) + 2.0 * lift, u * (u + 1.0) / 2.0 - lift]
            }
        };
        let block = |(weight, back): (f64, i64)| {
            let start = 1 - i64::from(self.average) - back * i64::from(self.spacing);
            WeightedMean { start, points: self.average, weight }
        };
        weights.into_iter().zip(0..).map(block).collect()
    }

    /// The blocks with the least error variance at `horizon` points after the last reading; blocks that
    /// touch a missing point are not taken. Nothing where there are none.
    fn best(record: &Record<'_>, levels: &Levels, trend: Trend, horizon: u32) -> Option<Self> {
        let variance = |candidate: &Self| {
            let error = error(&candidate.weights(f64::from(horizon)), horizon);
            levels.covariance(&error, &error, record.tau0)
        };
        let assessed = candidates(record.points(), trend).filter(|candidate| record.holds(&candidate.weights(0.0)));
        let rated = assessed.map(|candidate| (variance(&candidate), candidate));
        rated.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, candidate)| candidate)
    }

    /// Differences of the last blocks at octave spacings, of the order that the trend does not enter.
    fn differences(&self) -> impl Iterator<Item = Vec<WeightedMean>> {
        let points = self.average;
        let binomials: &[f64] = match self.trend {
            Trend::Frequency => &[1.0, -2.0, 1.0],
            Trend::Drift => &[1.0, -3.0, 3.0, -1.0],
        };
        let block = move |spacing: i64| {
            let start = move |back: i64| 1 - i64::from(points) - back * spacing;
            let mean = move |(back, weight): (i64, &f64)| WeightedMean { start: start(back), points, weight: *weight };
            (0..).zip(binomials).map(mean).collect()
        };
        (0..31).map(move |octave| block(i64::from(points) << octave))
    }
}

/// The error of a prediction, truth less predicted, as a weighted sum.
fn error(predicted: &[WeightedMean], horizon: u32) -> Vec<WeightedMean> {
    let truth = WeightedMean { start: i64::from(horizon), points: 1, weight: 1.0 };
    std::iter::once(truth).chain(scaled(predicted, -1.0)).collect()
}

fn scaled(sum: &[WeightedMean], by: f64) -> impl Iterator<Item = WeightedMean> {
    sum.iter().map(move |mean| WeightedMean { weight: by * mean.weight, ..*mean })
}

fn candidates(points: u32, trend: Trend) -> impl Iterator<Item = Extrapolation> {
    let octaves = || (0..31).map(|octave| 1_u32 << octave);
    let gaps = trend.blocks() - 1;
    octaves().take_while(move |average| average * trend.blocks() <= points).flat_map(move |average| {
        let farthest = (points - average) / gaps;
        let nearer = octaves().filter(move |spacing| (average..farthest).contains(spacing));
        nearer.chain([farthest]).map(move |spacing| Extrapolation { trend, average, spacing })
    })
}

/// A record up to its last reading, ready for sums over blocks.
#[derive(Clone, Debug)]
struct Record<'a> {
    /// The phases up to the last that is present.
    x: &'a [f64],
    tau0: f64,
    /// Missing points before each place.
    missing: Vec<u32>,
}

/// Points that a prediction looks back at most: 2³⁰, so that places and lengths fit.
const MOST_POINTS: usize = 1 << 30;

impl<'a> Record<'a> {
    /// Takes 4 bytes for each point.
    fn new(phase: &PhaseSeries<'a>) -> Self {
        let end = phase.values().iter().rposition(|x| !x.is_nan()).map_or(0, |last| last + 1);
        let x = &phase.values()[end.saturating_sub(MOST_POINTS)..end];
        let count = |missing: &mut u32, x: &f64| {
            *missing += u32::from(x.is_nan());
            Some(*missing)
        };
        let missing = std::iter::once(0).chain(x.iter().scan(0, count)).collect();
        Self { x, tau0: phase.tau0(), missing }
    }

    fn points(&self) -> u32 {
        u32::try_from(self.x.len()).expect("the length is bounded")
    }

    /// A weighted sum of means of the record, the last reading at place 0; nothing where it touches a
    /// missing point or reaches beyond the record.
    fn sum(&self, means: &[WeightedMean]) -> Option<f64> {
        let last = self.x.len() as i64 - 1;
        let part = |mean: &WeightedMean| {
            let start = usize::try_from(last + mean.start).ok()?;
            let block = self.x.get(start..start + mean.points as usize)?;
            // Means about the first point keep the digits of a phase far from zero.
            let about = block.first()?;
            let mean_of = about + block.iter().map(|x| x - about).sum::<f64>() / f64::from(mean.points);
            (!mean_of.is_nan()).then_some(mean.weight * mean_of)
        };
        means.iter().map(part).sum()
    }

    /// Tells whether the blocks lie within the record and touch no missing point.
    fn holds(&self, means: &[WeightedMean]) -> bool {
        means.iter().all(|mean| {
            let start = usize::try_from(self.x.len() as i64 - 1 + mean.start);
            start.is_ok_and(|start| self.missing[start] == self.missing[start + mean.points as usize])
        })
    }
}

/// A clock's record with all that predictions from it share.
#[derive(Clone, Debug)]
pub struct Forecast<'a> {
    record: Record<'a>,
    levels: &'a Levels,
    extrapolation: Extrapolation,
    /// Differences of the past that touch no missing point, and the inverse of their covariance.
    differences: Vec<Vec<WeightedMean>>,
    inverse: Vec<Vec<f64>>,
}

impl<'a> Forecast<'a> {
    /// Chooses the blocks for predictions about `horizon` sampling intervals ahead; any other horizon can be
    /// asked for as well. Nothing where the record has no two (three) readings to draw out from.
    ///
    /// Block lengths and distances run over octaves, with the farthest that fits. Takes O(N + log⁴ N).
    ///
    /// ```
    /// use sigmatau_core::PhaseSeries;
    /// use sigmatau_spectrum::PowerLaw;
    /// use sigmatau_stability::levels::Levels;
    /// use sigmatau_stability::predict::{Forecast, Trend};
    /// let x: Vec<f64> = (0..101).map(|i| 1e-9 * f64::from(i)).collect();
    /// let levels = Levels::exact(vec![PowerLaw::from_deviation(0, 1e-11, 1.0)?]);
    /// let forecast = Forecast::new(&PhaseSeries::new(&x, 1.0)?, &levels, Trend::Frequency, 100).unwrap();
    /// let predicted = forecast.at(100).time_error;
    /// assert!((predicted.value - 200e-9).abs() < 1e-20);
    /// // √(T + T²/100 s) · 1e-11 √s: the way from here, and the mean frequency so far.
    /// assert!((predicted.standard_uncertainty - 1e-11 * 200f64.sqrt()).abs() < 1e-20);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(phase: &PhaseSeries<'a>, levels: &'a Levels, trend: Trend, horizon: u32) -> Option<Self> {
        let record = Record::new(phase);
        let extrapolation = Extrapolation::best(&record, levels, trend, horizon)?;
        let differences: Vec<_> = extrapolation.differences().filter(|sum| record.holds(sum)).collect();
        let covariance = |a: &Vec<WeightedMean>| {
            differences.iter().map(|b| levels.covariance(a, b, record.tau0)).collect::<Vec<f64>>()
        };
        let inverse = symmetric::inverse(&differences.iter().map(covariance).collect::<Vec<_>>());
        Some(Self { record, levels, extrapolation, differences, inverse })
    }

    /// The predicted time error `horizon` sampling intervals after the last reading.
    pub fn at(&self, horizon: u32) -> Prediction {
        let weights = self.weights(horizon);
        let error = error(&weights, horizon);
        let variance = self.levels.covariance(&error, &error, self.record.tau0).max(0.0);
        let value = self.record.sum(&weights).expect("the blocks were taken from the record");
        let known = Estimate::new(value, variance.sqrt(), Unit::SECOND).expect("means and variances are finite");
        let degrees_of_freedom = self.levels.degrees_of_freedom(&error, self.record.tau0);
        let time_error = Estimate { degrees_of_freedom, ..known };
        Prediction { horizon: f64::from(horizon) * self.record.tau0, time_error }
    }

    /// The covariance of the errors of two predictions, in s².
    pub fn covariance(&self, horizons: [u32; 2]) -> f64 {
        let [a, b] = horizons.map(|horizon| error(&self.weights(horizon), horizon));
        self.levels.covariance(&a, &b, self.record.tau0)
    }

    /// The frequency at the end of the record: what the prediction for the next interval goes up by.
    pub fn frequency(&self) -> f64 {
        (self.at(1).time_error.value - self.last_reading()) / self.record.tau0
    }

    /// The last reading in s.
    pub fn last_reading(&self) -> f64 {
        *self.record.x.last().expect("a forecast has readings")
    }

    /// The blocks that it draws out from.
    pub fn extrapolation(&self) -> Extrapolation {
        self.extrapolation
    }

    /// The prediction as a weighted sum of the past: the extrapolation, and what the differences c tell
    /// about its error e: E(e | c) = cov(e, c) C⁻¹ c.
    fn weights(&self, horizon: u32) -> Vec<WeightedMean> {
        let mut weights = self.extrapolation.weights(f64::from(horizon));
        let error = error(&weights, horizon);
        let with_error = |sum: &Vec<WeightedMean>| self.levels.covariance(&error, sum, self.record.tau0);
        let covariances: Vec<f64> = self.differences.iter().map(with_error).collect();
        for (sum, row) in self.differences.iter().zip(&self.inverse) {
            let coefficient = row.iter().zip(&covariances).map(|(inverse, covariance)| inverse * covariance).sum();
            weights.extend(scaled(sum, coefficient));
        }
        weights
    }
}

impl Prediction {
    /// The interval that holds the time error with this probability, by Student's t at the degrees of
    /// freedom of the noise.
    pub fn interval(&self, probability: f64) -> (f64, f64) {
        let reach = self.time_error.standard_uncertainty * factor(self.time_error.degrees_of_freedom, probability);
        (self.time_error.value - reach, self.time_error.value + reach)
    }
}

/// The coverage factor k for two-sided intervals of this probability (GUM G.3; the normal law's for many
/// degrees of freedom).
pub fn factor(degrees_of_freedom: f64, probability: f64) -> f64 {
    Coverage::of_interval(probability, degrees_of_freedom.max(1.0)).factor
}

impl Forecast<'_> {
    /// The longest horizon, in sampling intervals, up to which the interval of this probability stays within
    /// ±`limit` seconds, searched over octaves and then halved down; 0 where not even the next point does,
    /// nothing where it still does at `most`.
    pub fn holdover(&self, limit: f64, probability: f64, most: u32) -> Option<u32> {
        let within = |horizon: u32| {
            let (lower, upper) = self.at(horizon).interval(probability);
            -limit <= lower && upper <= limit
        };
        let (mut good, mut bad) = (0, 1);
        while within(bad) {
            (good, bad) = (bad, bad.checked_mul(2).filter(|next| *next <= most)?);
        }
        while bad - good > 1 {
            let middle = good + (bad - good) / 2;
            if within(middle) { good = middle } else { bad = middle }
        }
        Some(good)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rayon::prelude::*;
    use sigmatau_spectrum::PowerLaw;

    const RECORDS: u64 = 400;
    /// Universal kriging from 200 points to 20 ahead, for an Allan deviation of 1 at τ₀: mpmath with 60 digits.
    const KRIGED: [(i8, f64); 5] =
        [(2, 0.584927605356), (1, 1.16977322705), (0, 4.69148699788), (-1, 20.4758848463), (-2, 75.7627876995)];

    fn law(alpha: i8) -> PowerLaw {
        PowerLaw::from_deviation(alpha, 1e-12, 1.0).unwrap()
    }

    fn forecast<'a>(x: &'a [f64], levels: &'a Levels, trend: Trend, horizon: u32) -> Option<Forecast<'a>> {
        Forecast::new(&PhaseSeries::new(x, 1.0).unwrap(), levels, trend, horizon)
    }

    /// The standard uncertainty over T σ_y(T) in a long record.
    fn coefficient(alpha: i8, horizon: u32) -> f64 {
        let (x, levels) = (vec![0.0; 1 << 17], Levels::exact(vec![law(alpha)]));
        let predicted = forecast(&x, &levels, Trend::Frequency, horizon).unwrap().at(horizon).time_error;
        let deviation = law(alpha).theoretical_adev(u64::from(horizon), 1.0);
        predicted.standard_uncertainty / (f64::from(horizon) * deviation)
    }

    /// To 1/T at T = 128 points: the textbook has continuous time, where a random walk in steps gives 3/(4T) more.
    #[test]
    fn uncertainties_are_those_of_the_textbook() {
        let flicker = 2f64.ln().powf(-0.5);
        for (alpha, textbook) in [(2, 3f64.powf(-0.5)), (0, 1.0), (-1, flicker), (-2, 1.0)] {
            let found = coefficient(alpha, 128);
            assert!((found / textbook - 1.0).abs() < 1.0 / 128.0, "α = {alpha}: {found} instead of {textbook}");
        }
    }

    /// Universal kriging on every point of a short record is the best linear prediction there is.
    #[test]
    fn no_prediction_is_much_better() {
        for (alpha, best) in KRIGED.map(|(alpha, best)| (alpha, 1e-12 * best)) {
            let (x, levels) = (vec![0.0; 200], Levels::exact(vec![law(alpha)]));
            let found = forecast(&x, &levels, Trend::Frequency, 20).unwrap().at(20).time_error.standard_uncertainty;
            assert!((1.0 - 1e-9..1.04).contains(&(found / best)), "α = {alpha}: {found} where {best} is possible");
        }
    }

    /// How often the interval held what came.
    fn coverage(alpha: i8, trend: Trend, fitted: bool, horizon: u32) -> f64 {
        const POINTS: usize = 1025;
        let held = |stream| {
            let x = law(alpha).phase(POINTS + horizon as usize, 1.0, 20_261_122, stream);
            let past = PhaseSeries::new(&x[..POINTS], 1.0).unwrap();
            let levels = if fitted { Levels::fit(&past).unwrap() } else { Levels::exact(vec![law(alpha)]) };
            let (lower, upper) = Forecast::new(&past, &levels, trend, horizon).unwrap().at(horizon).interval(0.95);
            (lower..=upper).contains(x.last().unwrap())
        };
        (0..RECORDS).into_par_iter().filter(|stream| held(*stream)).count() as f64 / RECORDS as f64
    }

    /// 3.5 standard deviations of a share of 95 % among this many records.
    fn scatter() -> f64 {
        3.5 * (0.95 * 0.05 / RECORDS as f64).sqrt()
    }

    #[test]
    fn intervals_cover_for_exact_levels() {
        for (alpha, horizon) in (-2..=2).flat_map(|alpha| [1, 16, 256].map(|horizon| (alpha, horizon))) {
            let share = coverage(alpha, Trend::Frequency, false, horizon);
            assert!((share - 0.95).abs() < scatter(), "α = {alpha}, {horizon}: {share}");
        }
        for (alpha, horizon) in (-4..=2).flat_map(|alpha| [1, 64].map(|horizon| (alpha, horizon))) {
            let share = coverage(alpha, Trend::Drift, false, horizon);
            assert!((share - 0.95).abs() < scatter(), "drift, α = {alpha}, {horizon}: {share}");
        }
    }

    #[test]
    fn intervals_cover_for_fitted_levels() {
        for (alpha, horizon) in (-2..=2).flat_map(|alpha| [1, 16, 64, 256].map(|horizon| (alpha, horizon))) {
            let share = coverage(alpha, Trend::Frequency, true, horizon);
            assert!((share - 0.95).abs() < scatter(), "α = {alpha}, {horizon}: {share}");
        }
    }

    #[test]
    fn a_parabola_is_drawn_out_exactly_whatever_the_blocks() {
        let x: Vec<f64> = (0..400).map(|i| 3.0 + 0.5 * f64::from(i) + 0.25 * f64::from(i).powi(2)).collect();
        let record = Record::new(&PhaseSeries::new(&x, 1.0).unwrap());
        for (average, spacing) in [(1, 1), (7, 20), (100, 150)] {
            let by = Extrapolation { trend: Trend::Drift, average, spacing };
            let (found, truth) = (record.sum(&by.weights(50.0)).unwrap(), 3.0 + 0.5 * 449.0 + 0.25 * 449f64.powi(2));
            assert!((found / truth - 1.0).abs() < 1e-11, "{average}, {spacing}: {found} instead of {truth}");
        }
    }

    #[test]
    fn no_block_touches_a_missing_point() {
        let mut x: Vec<f64> = (0..300).map(f64::from).collect();
        [100, 200, 250, 299].iter().for_each(|gap| x[*gap] = f64::NAN);
        for alpha in -2..=2 {
            let levels = Levels::exact(vec![law(alpha)]);
            let predicted = forecast(&x, &levels, Trend::Frequency, 10).unwrap().at(10);
            assert!((predicted.time_error.value - 308.0).abs() < 1e-9, "{predicted:?}");
        }
    }

    #[test]
    fn a_record_of_one_reading_predicts_nothing() {
        let levels = Levels::exact(vec![law(0)]);
        assert!(forecast(&[f64::NAN, 1.0, f64::NAN], &levels, Trend::Frequency, 1).is_none());
    }

    #[test]
    fn holdover_ends_where_the_interval_leaves_the_limit() {
        let (x, levels) = (vec![0.0; 1001], Levels::exact(vec![law(0)]));
        let forecast = forecast(&x, &levels, Trend::Frequency, 100).unwrap();
        let points = forecast.holdover(1e-10, 0.95, 1 << 20).unwrap();
        let reach = |horizon: u32| forecast.at(horizon).interval(0.95).1;
        assert!(reach(points) <= 1e-10 && reach(points + 1) > 1e-10, "{points}");
        assert_eq!(forecast.holdover(1.0, 0.95, 1 << 20), None);
    }
}
