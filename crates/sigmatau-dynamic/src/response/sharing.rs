//! What neighbouring lines have in common.

/// How the errors of lines go together, by their distance.
///
/// Methods that average spectra of short segments tell less than one thing a line: the window spreads the noise at one
/// frequency over its neighbours. The errors of two lines, each along the value of its line and across it, and each in
/// its standard deviation, then have a correlation ρ that depends on their distance alone; those along a value and
/// those across one are uncorrelated. The default shares nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sharing {
    /// The step of distance in Hz.
    pub spacing: f64,
    /// ρ at one step, at two steps and so on; 0 beyond.
    pub correlations: Vec<f64>,
}

/// Lines whose correlation is below this count as lines of their own.
const APART: f64 = 0.05;

impl Sharing {
    /// Whether no line shares anything with another.
    pub fn is_nothing(&self) -> bool {
        self.correlations.is_empty()
    }

    /// The correlation of lines at this distance in Hz, between steps by interpolation.
    ///
    /// ```
    /// use sigmatau_dynamic::response::Sharing;
    /// let hann = Sharing { spacing: 10.0, correlations: vec![4.0 / 9.0, 1.0 / 36.0] };
    /// assert_eq!([0.0, 10.0, -20.0, 30.0].map(|hertz| hann.at(hertz)), [1.0, 4.0 / 9.0, 1.0 / 36.0, 0.0]);
    /// ```
    pub fn at(&self, distance: f64) -> f64 {
        if self.is_nothing() {
            return f64::from(distance == 0.0);
        }
        let steps = distance.abs() / self.spacing;
        let of = |step: f64| match step as usize {
            0 => 1.0,
            step => self.correlations.get(step - 1).copied().unwrap_or(0.0),
        };
        let share = steps - steps.floor();
        of(steps.floor()) * (1.0 - share) + of(steps.floor() + 1.0) * share
    }

    /// The distance in Hz from which on lines share nothing.
    pub fn reach(&self) -> f64 {
        if self.is_nothing() { 0.0 } else { self.spacing * (self.correlations.len() + 1) as f64 }
    }

    /// The distance in Hz from which on lines tell different things, but for a twentieth.
    pub fn apart(&self) -> f64 {
        let steps = self.correlations.iter().rposition(|correlation| *correlation >= APART);
        steps.map_or(0.0, |steps| self.spacing * (steps + 2) as f64)
    }

    /// Of two, the one of which more of the frequency axis tells one thing.
    #[must_use]
    pub fn wider(self, other: Self) -> Self {
        if other.width() > self.width() { other } else { self }
    }

    /// The width in Hz that tells one thing: the sum of ρ over all distances.
    fn width(&self) -> f64 {
        self.spacing * (1.0 + 2.0 * self.correlations.iter().sum::<f64>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_share_nothing_are_correlated_with_themselves_alone() {
        let nothing = Sharing::default();
        assert_eq!((nothing.at(0.0), nothing.at(1e-3), nothing.reach(), nothing.apart()), (1.0, 0.0, 0.0, 0.0));
    }

    #[test]
    fn between_steps_the_correlation_falls_along_a_line() {
        let hann = Sharing { spacing: 10.0, correlations: vec![0.4, 0.02] };
        assert!((hann.at(5.0) - 0.7).abs() < 1e-15 && (hann.at(25.0) - 0.01).abs() < 1e-15);
        assert_eq!((hann.reach(), hann.apart()), (30.0, 20.0));
    }

    #[test]
    fn the_wider_of_two_is_kept() {
        let [narrow, wide] = [5.0, 10.0].map(|spacing| Sharing { spacing, correlations: vec![0.4] });
        assert_eq!(narrow.clone().wider(wide.clone()), wide);
        assert_eq!(narrow.clone().wider(Sharing::default()), narrow);
    }
}
