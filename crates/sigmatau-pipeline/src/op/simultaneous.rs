//! Series of a dataset cut to the epochs that all of them have, for analyses of several clocks at once.

use super::clock;
use sigmatau_core::{Finding, Severity};
use sigmatau_data::clock::ClockSeries;
use sigmatau_stability::ClockData;

/// How far, relative to τ₀, epochs may lie beside a common grid and still be meant as on it.
const SLACK: f64 = 1e-3;

/// Cuts the series to their common epochs. Without epochs, first points belong together.
///
/// A finding where a series was refused while it was read, or where intervals or grids differ.
pub(super) fn cut(clocks: &[ClockSeries]) -> Result<Vec<ClockSeries>, Box<Finding>> {
    if let Some(refused) = clocks.iter().find(|clock| clock.findings.iter().any(is_failure)) {
        return Err(unfit(format!("`{}` could not be read", refused.name)));
    }
    let starts: Option<Vec<i64>> = clocks.iter().map(|clock| clock.start_ns).collect();
    let Some(latest) = starts.iter().flatten().max() else { return Ok(clocks.to_vec()) };
    let late: Vec<ClockSeries> = clocks.iter().map(|clock| from(clock, *latest)).collect::<Result<_, _>>()?;
    let shortest = late.iter().map(|clock| clock.values.len()).min().unwrap_or(0);
    let to_shortest = |clock: ClockSeries| ClockSeries { values: clock.values[..shortest].to_vec(), ..clock };
    Ok(late.into_iter().map(to_shortest).collect())
}

/// The series as the analysis takes them.
pub(super) fn views(clocks: &[ClockSeries]) -> Result<Vec<ClockData<'_>>, Box<Finding>> {
    let refused = |clock: &ClockSeries, findings: &[Finding]| {
        let seen = findings.first().map_or("it was refused", |finding| finding.seen.as_str());
        unfit(format!("`{}`: {seen}", clock.name))
    };
    clocks.iter().map(|clock| clock::data(clock).map_err(|findings| refused(clock, &findings))).collect()
}

fn is_failure(finding: &Finding) -> bool {
    finding.severity == Severity::Failure
}

/// A series from epoch `latest` on.
fn from(clock: &ClockSeries, latest: i64) -> Result<ClockSeries, Box<Finding>> {
    let start = clock.start_ns.expect("all series have epochs");
    let points = (latest - start) as f64 * 1e-9 / clock.tau0;
    if (points - points.round()).abs() > SLACK {
        return Err(unfit(format!(
            "the epochs of `{}` lie {:.3} τ₀ beside those of another series",
            clock.name,
            points.fract()
        )));
    }
    let first = (points.round() as usize).min(clock.values.len());
    Ok(ClockSeries { start_ns: Some(latest), values: clock.values[first..].to_vec(), ..clock.clone() })
}

/// The remark that series can't be taken together.
pub(super) fn unfit(seen: String) -> Box<Finding> {
    Box::new(Finding::new(
        Severity::Failure,
        "not-simultaneous",
        seen,
        "clocks can only be told apart by differences of the same epochs",
        "give series of one kind, one sampling interval and common epochs",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_data::clock::ClockKind;

    fn clock(start_ns: Option<i64>, values: &[f64]) -> ClockSeries {
        let (name, kind) = ("a".to_owned(), ClockKind::Phase);
        ClockSeries { name, kind, tau0: 1.0, start_ns, values: values.to_vec(), findings: Vec::new() }
    }

    #[test]
    fn series_are_cut_to_the_epochs_they_share() {
        let second = 1_000_000_000;
        let clocks = [clock(Some(5 * second), &[0.0, 1.0, 2.0, 3.0]), clock(Some(7 * second), &[2.5, 3.5, 4.5])];
        let cut = cut(&clocks).unwrap();
        assert_eq!((cut[0].values.as_slice(), cut[1].values.as_slice()), (&[2.0, 3.0][..], &[2.5, 3.5][..]));
    }

    #[test]
    fn series_without_epochs_stay_as_they_are() {
        let clocks = [clock(None, &[0.0, 1.0]), clock(None, &[2.0])];
        assert_eq!(cut(&clocks).unwrap(), clocks);
    }

    #[test]
    fn epochs_off_a_common_grid_are_told_not_rounded() {
        let clocks = [clock(Some(0), &[0.0; 4]), clock(Some(1_500_000_000), &[0.0; 4])];
        assert!(cut(&clocks).unwrap_err().seen.contains("0.500 τ₀"));
    }

    #[test]
    fn a_series_that_could_not_be_read_stands_for_none() {
        let refused = Finding::new(Severity::Failure, "too-sparse", "", "", "");
        let clocks = [ClockSeries { findings: vec![refused], ..clock(None, &[]) }];
        assert_eq!(cut(&clocks).unwrap_err().seen, "`a` could not be read");
    }
}
