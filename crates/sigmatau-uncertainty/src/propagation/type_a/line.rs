//! A straight line through observations.

use super::mean;

/// The line y = y₁ + y₂ (x − x₀) of least squares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Where the intercept is taken, x₀.
    pub origin: f64,
    /// The intercept y₁.
    pub intercept: f64,
    /// The slope y₂.
    pub slope: f64,
    /// The standard uncertainties of intercept and slope.
    pub standard_uncertainties: [f64; 2],
    /// The correlation coefficient of intercept and slope.
    pub correlation: f64,
    /// The standard deviation s of the observations about the line.
    pub residual: f64,
    /// The degrees of freedom n − 2.
    pub dof: f64,
}

impl Line {
    /// Through observations y at exact places x, all with the same unknown standard deviation. `None` where there are fewer
    /// than three, not equally many of both, or all at one place.
    ///
    /// Reference: JCGM 100:2008, H.3.
    pub fn through(x: &[f64], y: &[f64], origin: f64) -> Option<Self> {
        if x.len() != y.len() || x.len() < 3 {
            return None;
        }
        let (n, centre, level) = (x.len() as f64, mean(x), mean(y));
        let pairs = || x.iter().zip(y).map(|(x, y)| (x - centre, y - level));
        let spread: f64 = pairs().map(|(x, _)| x * x).sum();
        let slope = pairs().map(|(x, y)| x * y).sum::<f64>() / spread;
        let squares: f64 = pairs().map(|(x, y)| (y - slope * x).powi(2)).sum();
        let (dof, away) = (n - 2.0, centre - origin);
        let residual = (squares / dof).sqrt();
        let [intercept_u, slope_u] = [(1.0 / n + away * away / spread).sqrt(), (1.0 / spread).sqrt()];
        (spread > 0.0).then(|| Self {
            origin,
            intercept: level - slope * away,
            slope,
            standard_uncertainties: [residual * intercept_u, residual * slope_u],
            correlation: -away / spread / (intercept_u * slope_u),
            residual,
            dof,
        })
    }

    /// The value of the line at x, and its standard uncertainty.
    pub fn at(&self, x: f64) -> (f64, f64) {
        let away = x - self.origin;
        let [intercept_u, slope_u] = [self.standard_uncertainties[0], away * self.standard_uncertainties[1]];
        let variance = intercept_u * intercept_u + slope_u * slope_u + 2.0 * self.correlation * intercept_u * slope_u;
        (self.intercept + self.slope * away, variance.sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origin_does_not_move_the_line() {
        let (x, y) = ([1.0, 2.0, 3.0, 5.0], [2.1, 3.9, 6.2, 9.9]);
        let [near, far] = [0.0, 50.0].map(|origin| Line::through(&x, &y, origin).unwrap().at(4.0));
        assert!((near.0 - far.0).abs() < 1e-12 && (near.1 - far.1).abs() < 1e-12, "{near:?} {far:?}");
    }

    #[test]
    fn points_above_each_other_make_no_line() {
        assert_eq!(Line::through(&[1.0; 4], &[1.0, 2.0, 3.0, 4.0], 0.0), None);
        assert_eq!(Line::through(&[1.0, 2.0], &[1.0, 2.0], 0.0), None);
    }
}
