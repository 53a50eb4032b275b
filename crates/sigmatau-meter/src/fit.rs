//! A balance fitted: the lacks with their covariance, losses, noise.

use crate::balance::Balance;
use crate::factor::Factor;
use crate::information::Information;
use crate::loss::{Common, Kind, Layout, Part, Powers, Term};
use crate::noise::{Autoregression, student};
use crate::prior::{Evidence, Posterior, Prior, taught};
use nalgebra::{DMatrix, DVector};

/// The rounds in which noise and weights are found: without participation of the single meters, and with it.
const COARSE: usize = 2;
const FINE: usize = 2;
/// How often an area teaches itself the prior of its meters.
const LESSONS: usize = 3;

/// What is to be fitted.
pub(crate) struct Case {
    pub(crate) balance: Balance,
    pub(crate) parts: Vec<Part>,
    /// The relative standard uncertainty of the master meter.
    pub(crate) master: f64,
}

/// What came out.
pub(crate) struct Fit {
    pub(crate) posterior: Posterior,
    pub(crate) evidence: Evidence,
    /// Which terms there are.
    pub(crate) layout: Layout,
    /// The kinds of the terms and their values.
    pub(crate) terms: Vec<(Kind, f64)>,
    /// The energy that cables lose.
    pub(crate) lost: f64,
    /// The energy that customers without a meter draw.
    pub(crate) unexplained: f64,
    /// What remains of each interval, in kWh.
    pub(crate) residuals: Vec<f64>,
    pub(crate) whitening: Autoregression,
    /// The inverse variance of the innovation of each interval.
    pub(crate) weights: Vec<f64>,
    /// How many of the terms the readings tell.
    fitted: f64,
    /// The factor by which days disagree more than their noise says.
    pub(crate) inflation: f64,
    pub(crate) prior: Prior,
}

/// How noise is taken to be.
struct Noise {
    whitening: Autoregression,
    weights: Vec<f64>,
    /// What filling in did wrong to each interval, in kWh.
    wrong: Vec<f64>,
}

impl Case {
    /// What the meter of a part passed on, 0 outside of it.
    pub(crate) fn column(&self, part: &Part) -> Vec<f64> {
        let mut column = vec![0.0; self.balance.intervals()];
        column[part.intervals.clone()].copy_from_slice(&self.balance.net[part.meter][part.intervals.clone()]);
        column
    }

    /// The meters with a part in the balance.
    pub(crate) fn meters(&self) -> Vec<usize> {
        (0..self.balance.net.len()).filter(|meter| self.parts.iter().any(|part| part.meter == *meter)).collect()
    }

    /// Without the single meters' losses: fast, for searching.
    pub(crate) fn coarse(&self, prior: &Prior) -> Fit {
        let powers = Powers::of(&self.balance);
        let daily = self.balance.daily;
        let layout = Layout { load: powers.load(), common: None, open: true, unmetered: false, daily };
        let mut fit = self.round(&powers, layout, self.white(), prior, false);
        for _ in 1..COARSE {
            let layout = Layout { unmetered: fit.shows_unmetered(&powers), ..layout };
            fit = self.round(&powers, layout, fit.noise(self), prior, false);
        }
        fit
    }

    /// With all terms, from a coarse fit on.
    pub(crate) fn fine(&self, prior: &Prior, coarse: Fit) -> Fit {
        let powers = Powers::of(&self.balance);
        let mut fit = coarse;
        let unmetered = fit.shows_unmetered(&powers);
        for round in 1..=FINE {
            let layout = Layout { common: Some(fit.common(&powers)), open: false, unmetered, ..fit.layout };
            fit = self.round(&powers, layout, fit.noise(self), prior, round == FINE);
        }
        fit
    }

    /// Noise before anything is known of it.
    fn white(&self) -> Noise {
        let lack = self.balance.lack();
        let mut sizes: Vec<f64> = lack.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).collect();
        sizes.sort_unstable_by(f64::total_cmp);
        let variance = sizes.get(sizes.len() / 2).map_or(1e-4, |median| median.max(1e-6));
        let weights = self.balance.doubt.iter().map(|doubt| 1.0 / (variance + doubt)).collect();
        let wrong = vec![0.0; lack.len()];
        Noise { whitening: Autoregression::default(), weights, wrong }
    }

    fn round(&self, powers: &Powers, layout: Layout, noise: Noise, prior: &Prior, last: bool) -> Fit {
        let terms = &powers.terms(&layout, &self.meters());
        let lacks: Vec<_> = self.parts.iter().map(|part| self.column(part)).collect();
        let columns: Vec<&Vec<f64>> = lacks.iter().chain(terms.iter().map(|term| &term.column)).collect();
        let whitened: Vec<Vec<f64>> = columns.iter().map(|column| noise.whitening.whitened(column)).collect();
        let target = self.balance.lack();
        let mended: Vec<f64> = target.iter().zip(&noise.wrong).map(|(lack, wrong)| lack - wrong).collect();
        let white_target = noise.whitening.whitened(&mended);
        let information = |counts: &dyn Fn(usize) -> bool| {
            let rows = (0..target.len()).filter(|t| noise.weights[*t] > 0.0 && counts(*t));
            let rows: Vec<_> = rows.map(|t| (t, noise.weights[t].sqrt())).collect();
            Information::of(&whitened, &white_target, &rows)
        };
        let (whole, inflation) = match last {
            true => self.halves([0, 1].map(|parity| information(&|t| t / self.balance.daily % 2 == parity)), terms),
            false => (information(&|_| true), 1.0),
        };
        let marginal = whole.marginal(self.parts.len(), terms);
        let evidence = marginal.evidence(&self.parts, self.master).blurred(layout.hidden(self.balance.hours));
        let (posterior, prior) = taught(&evidence, prior, if last { LESSONS } else { 0 });
        let values = marginal.terms(&posterior.balance);
        let fitted = marginal.fitted(terms);
        let residuals = remainder(target, &columns, posterior.balance.iter().chain(values.iter()));
        let is_loss = |kind: Kind| !matches!(kind, Kind::Fixed | Kind::Customers | Kind::Day | Kind::Late(_));
        let energy = |wanted: &dyn Fn(Kind) -> bool| {
            let wanted = terms.iter().zip(values.iter()).filter(|(term, _)| wanted(term.kind));
            wanted.map(|(term, value)| value * term.column.iter().sum::<f64>()).sum::<f64>()
        };
        let usual = powers.fixed().0 * self.balance.hours * residuals.len() as f64;
        let beside = energy(&|kind| matches!(kind, Kind::Fixed | Kind::Customers | Kind::Day)) - usual;
        let (lost, unexplained) = (energy(&is_loss), if layout.unmetered { beside } else { 0.0 });
        let terms = terms.iter().zip(values.iter()).map(|(term, value)| (term.kind, *value)).collect();
        let Noise { whitening, weights, .. } = noise;
        Fit {
            posterior,
            evidence,
            layout,
            terms,
            lost,
            unexplained,
            residuals,
            whitening,
            weights,
            fitted,
            inflation,
            prior,
        }
    }

    /// What two halves of the days say together, and the factor by which they disagree.
    fn halves(&self, halves: [Information; 2], terms: &[Term]) -> (Information, f64) {
        let apart = |half: &Information| half.marginal(self.parts.len(), terms).evidence(&self.parts, self.master);
        let inflation = disagreement(&halves.each_ref().map(apart));
        (halves[0].plus(&halves[1]).inflated(inflation), inflation)
    }
}

/// What a target has beyond columns times values.
fn remainder<'a>(target: Vec<f64>, columns: &[&Vec<f64>], values: impl Iterator<Item = &'a f64>) -> Vec<f64> {
    columns.iter().zip(values).fold(target, |mut left, (column, value)| {
        left.iter_mut().zip(column.iter()).for_each(|(left, x)| *left -= value * x);
        left
    })
}

/// The standard deviation of lacks of which next to nothing is known.
const VAGUE: f64 = 0.5;

/// The mean square of what the lacks of one half of the days predict wrongly of the other half, over what noise would
/// make it; 1 at least. The prior is left out, for a meter that it does not fit is no noise.
fn disagreement(halves: &[Evidence; 2]) -> f64 {
    let ratio = |known: &Evidence, new: &Evidence| {
        let count = new.vector.len();
        let vague = DMatrix::from_diagonal_element(count, count, VAGUE.powi(-2));
        let factor = Factor::of(&known.information + vague);
        let wrong = &new.vector - &new.information * factor.solve(&known.vector);
        let across = factor.forward(new.information.clone());
        let foreseen = |place: usize| new.information[(place, place)] + across.column(place).norm_squared();
        let ratio = |place: usize| wrong[place].powi(2) / foreseen(place).max(1e-300);
        (0..count).map(ratio).sum::<f64>() / count.max(1) as f64
    };
    (0.5 * (ratio(&halves[0], &halves[1]) + ratio(&halves[1], &halves[0]))).max(1.0)
}

impl Fit {
    /// The noise that the residuals show.
    fn noise(&self, case: &Case) -> Noise {
        let doubt = &case.balance.doubt;
        let mut sizes: Vec<f64> =
            self.residuals.iter().zip(doubt).filter(|(_, doubt)| doubt.is_finite()).map(|(r, _)| r.abs()).collect();
        sizes.sort_unstable_by(f64::total_cmp);
        let usual = 1.48 * sizes.get(sizes.len() / 2).copied().unwrap_or(1.0).max(1e-4);
        let clear: Vec<f64> = doubt.iter().map(|doubt| if *doubt < usual * usual { 1.0 } else { 0.0 }).collect();
        let clipped: Vec<f64> =
            self.residuals.iter().map(|residual| residual.clamp(-5.0 * usual, 5.0 * usual)).collect();
        let whitening = Autoregression::of(&clipped, &clear);
        let first = whitening.whitened(&clipped);
        let shape = vec![1.0; first.len()];
        let (innovation, _) = student::weights(&first, &shape, &whitening.spread(doubt));
        let (wrong, left) = whitening.mended(&self.residuals, doubt, innovation);
        let mended: Vec<f64> = self.residuals.iter().zip(&wrong).map(|(residual, wrong)| residual - wrong).collect();
        let innovations = whitening.whitened(&mended);
        let mut spread = whitening.spread(&left);
        spread
            .iter_mut()
            .zip(doubt)
            .filter(|(_, doubt)| doubt.is_infinite())
            .for_each(|(spread, doubt)| *spread = *doubt);
        let (scale, weights) = student::weights(&innovations, &shape, &spread);
        let scale = scale * self.freedom();
        let inverse = |t: usize| match spread[t].is_finite() {
            true => student::INFORMATION * weights[t] / (scale * shape[t] + spread[t]),
            false => 0.0,
        };
        Noise { weights: (0..innovations.len()).map(inverse).collect(), whitening, wrong }
    }

    /// The factor T/(T − p) by which residuals are too small where p quantities were fitted to T intervals: each counts by
    /// the share of it that its prior leaves to the readings.
    fn freedom(&self) -> f64 {
        let own = self.posterior.own.iter().zip(&self.posterior.sites);
        let lacks: f64 = own.map(|((_, variance), site)| (1.0 - variance * site.precision).clamp(0.0, 1.0)).sum();
        let all = self.weights.iter().filter(|weight| **weight > 0.0).count() as f64;
        all / (all - lacks - self.fitted).max(0.25 * all)
    }

    /// Whether more is drawn all the time than the meters themselves draw.
    fn shows_unmetered(&self, powers: &Powers) -> bool {
        let (mean, deviation) = powers.fixed();
        self.terms.iter().any(|(kind, value)| *kind == Kind::Fixed && value - mean > 3.0 * deviation)
    }

    /// The loss that all meters share.
    fn common(&self, powers: &Powers) -> Common {
        let of = |wanted: fn(&Kind) -> bool| {
            self.terms.iter().filter(move |(kind, _)| wanted(kind)).map(|(_, value)| *value)
        };
        let least = 0.002 / powers.load();
        let phase = of(|kind| matches!(kind, Kind::OnPhase(_))).sum::<f64>() / 3.0;
        let whole = of(|kind| matches!(kind, Kind::Whole)).sum::<f64>() + phase / 3.0;
        Common { whole: whole.abs().max(least), phase: phase.abs().max(least) }
    }

    /// The lack of a part less what belongs to the master meter, and how late the clock of a meter is in s.
    pub(crate) fn late(&self, meter: usize) -> f64 {
        let found = self.terms.iter().find(|(kind, _)| *kind == Kind::Late(meter));
        found.map_or(f64::NAN, |(_, hours)| hours * 3600.0)
    }

    /// The lack of a part less what all share, and its standard uncertainty, were nothing known of it beforehand.
    pub(crate) fn without_prior(&self, place: usize) -> (f64, f64) {
        let (mean, variance) = self.posterior.own[place];
        let site = self.posterior.sites[place];
        let precision = (1.0 / variance - site.precision).max(1e-9);
        ((mean / variance - site.vector) / precision, precision.sqrt().recip())
    }

    pub(crate) fn lack(&self) -> &DVector<f64> {
        &self.posterior.mean
    }
}
