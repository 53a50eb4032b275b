//! The neutral view of a record: which charts it asks for, and how its series fall into groups.
//!
//! One file per kind of record in the folder `view/`. A record of another kind has no charts and is
//! shown as a table. What never lives here: colours, sizes, markup.

mod bars;
mod consensus;
mod drift;
mod dynamic;
mod energy;
mod ensemble;
mod equivalence;
mod fit;
mod hat;
pub(crate) mod headline;
mod mask;
mod response;
mod signal;
mod spectrum;
pub mod stability;
mod time_error;
pub(crate) mod traceability;
mod youden;

use sigmatau_data::{Record, Table};
use std::collections::HashSet;
use std::ops::Range;

/// The most series whose curves are told apart by colour and marker; a larger group is a fleet.
pub const MOST_TOLD_APART: usize = 8;
/// The most groups that are shown apart; with more, the names do not group and all series stand together.
const MOST_GROUPS: usize = 12;

/// The most stretches into which a curve is divided; of each the lowest and the highest point are shown.
const MOST_STRETCHES: usize = 120;

/// What turns the table of one kind of record into charts.
type View = fn(&Table) -> Option<Vec<Chart>>;

/// The views by the schema of the record.
static VIEWS: &[(&str, View)] = &[
    ("stability/1", stability::charts),
    ("hat/1", hat::charts),
    ("dynamic-stability/1", dynamic::charts),
    ("spectrum/1", spectrum::charts),
    ("mask/1", mask::charts),
    ("ensemble/1", ensemble::charts),
    ("time-error/1", time_error::charts),
    ("energy/1", energy::charts),
    ("response/3", response::charts),
    ("fit/1", fit::charts),
    ("signal/1", signal::charts),
    ("drift/1", drift::charts),
    ("consensus/1", consensus::charts),
    ("equivalence/1", equivalence::charts),
    ("youden/1", youden::charts),
];

/// One chart: the curves of a group of series for one statistic.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// What the series of the group have in common; empty where they share no leading letters.
    pub group: String,
    /// The statistic, such as `oadev`.
    pub subject: String,
    /// The columns that say which curve a row belongs to: the name of the series first.
    pub keys: [&'static str; 2],
    /// What runs to the right.
    pub abscissa: Axis,
    /// What runs upwards.
    pub ordinate: Axis,
    /// The columns of the lower and the upper end of the interval, in the unit of the ordinate.
    pub interval: [&'static str; 2],
    /// The curves in the order of the record.
    pub curves: Vec<Curve>,
    /// Of how many rows the curves show the lowest and the highest; 1 where they show all.
    pub stretch: usize,
}

/// The column behind an axis, its unit, and how numbers stand along it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The name of the column.
    pub column: &'static str,
    /// The unit of its values; `1` for ratios.
    pub unit: &'static str,
    /// How numbers stand along it.
    pub scale: Scale,
}

/// How numbers stand along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// By their logarithm: positive numbers only.
    Logarithmic,
    /// By their value, of either sign.
    Linear,
}

impl Axis {
    /// A logarithmic axis.
    pub const fn logarithmic(column: &'static str, unit: &'static str) -> Self {
        Self { column, unit, scale: Scale::Logarithmic }
    }

    /// A linear axis.
    pub const fn linear(column: &'static str, unit: &'static str) -> Self {
        Self { column, unit, scale: Scale::Linear }
    }

    /// Tells whether the number has a place on the axis.
    pub fn holds(self, number: f64) -> bool {
        number.is_finite() && (self.scale == Scale::Linear || number > 0.0)
    }
}

/// The points of one series.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The name of the series.
    pub name: String,
    /// The points by rising abscissa.
    pub points: Vec<Point>,
}

/// One row of the record as a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The row of the record's table.
    pub row: usize,
    /// The abscissa.
    pub x: f64,
    /// The ordinate.
    pub y: f64,
    /// The lower end of its interval; `NaN` where it has none.
    pub lower: f64,
    /// The upper end of its interval; `NaN` where it has none.
    pub upper: f64,
}

impl Chart {
    /// Tells whether the group has too many series to tell them apart by colour and marker.
    pub fn is_fleet(&self) -> bool {
        self.curves.len() > MOST_TOLD_APART
    }

    /// Tells whether the point has a place on the axes.
    pub fn holds(&self, point: &Point) -> bool {
        self.abscissa.holds(point.x) && self.ordinate.holds(point.y)
    }

    /// The points of the curve that have a place on the axes.
    pub fn drawable<'a>(&'a self, curve: &'a Curve) -> impl DoubleEndedIterator<Item = &'a Point> {
        curve.points.iter().filter(|point| self.holds(point))
    }

    /// The drawable point of the curve at this abscissa.
    pub fn at<'a>(&'a self, curve: &'a Curve, x: f64) -> Option<&'a Point> {
        self.drawable(curve).find(|point| point.x == x)
    }

    /// The ends of the point's interval that have a place on the axis.
    pub fn interval_ends(&self, point: &Point) -> impl Iterator<Item = f64> + use<> {
        let ordinate = self.ordinate;
        [point.lower, point.upper].into_iter().filter(move |end| ordinate.holds(*end))
    }

    /// The abscissas that the largest number of curves share, rising.
    pub fn common(&self) -> Vec<f64> {
        let points = self.curves.iter().flat_map(|curve| self.drawable(curve));
        let mut places: Vec<f64> = points.map(|point| point.x).collect();
        places.sort_by(f64::total_cmp);
        let shared: Vec<&[f64]> = places.chunk_by(|a, b| a == b).collect();
        let most = shared.iter().map(|places| places.len()).max();
        shared.iter().filter(|places| Some(places.len()) == most).map(|places| places[0]).collect()
    }

    /// The curves, as places in [`Chart::curves`], by falling ordinate at the longest common
    /// abscissa; curves without a point there are left out.
    pub fn ranking(&self) -> Vec<usize> {
        let Some(last) = self.common().last().copied() else { return Vec::new() };
        let height = |place: &usize| self.at(&self.curves[*place], last).map(|point| point.y);
        let mut places: Vec<usize> = (0..self.curves.len()).filter(|place| height(place).is_some()).collect();
        places.sort_by(|a, b| height(b).partial_cmp(&height(a)).expect("drawable ordinates are ordered"));
        places
    }

    /// Tells whether any point has an interval.
    pub fn has_intervals(&self) -> bool {
        self.curves.iter().flat_map(|curve| &curve.points).any(|point| self.interval_ends(point).next().is_some())
    }

    /// The curves that stand for a fleet: the highest, the median-ranked and the lowest.
    pub fn landmarks(&self) -> Vec<usize> {
        let ranking = self.ranking();
        let Some(last) = ranking.len().checked_sub(1) else { return Vec::new() };
        let mut landmarks = vec![ranking[0], ranking[last / 2], ranking[last]];
        landmarks.dedup();
        landmarks
    }

    /// The curves with a colour and a marker of their own: the landmarks of a fleet, else all.
    pub fn told_apart(&self) -> Vec<&Curve> {
        match self.is_fleet() {
            true => self.landmarks().into_iter().map(|place| &self.curves[place]).collect(),
            false => self.curves.iter().collect(),
        }
    }

    /// Every curve: the ranked ones by falling ordinate, then those without a rank.
    pub fn ranked(&self) -> impl Iterator<Item = &Curve> {
        let ranking = self.ranking();
        let has_rank: HashSet<usize> = ranking.iter().copied().collect();
        let unranked: Vec<usize> = (0..self.curves.len()).filter(|place| !has_rank.contains(place)).collect();
        ranking.into_iter().chain(unranked).map(|place| &self.curves[place])
    }

    /// The curve of this name.
    pub fn curve(&self, name: &str) -> Option<&Curve> {
        self.curves.iter().find(|curve| curve.name == name)
    }
}

/// The charts of a record, grouped and in order; none for a kind of record without a view.
pub fn charts(record: &Record) -> Vec<Chart> {
    let view = VIEWS.iter().find(|(schema, _)| *schema == record.header.schema);
    view.and_then(|(_, charts)| charts(&record.table)).unwrap_or_default()
}

/// The group of a series: its leading letters.
///
/// ```
/// use sigmatau_publish::view::group_of;
/// assert_eq!((group_of("maser-1"), group_of("G01"), group_of("42")), ("maser", "G", ""));
/// ```
pub fn group_of(series: &str) -> &str {
    let end = series.find(|c: char| !c.is_alphabetic()).unwrap_or(series.len());
    &series[..end]
}

/// The groups of these series in order of first appearance, each with its series.
///
/// Where there are more groups than a reader can follow, all series make one group without a name.
fn groups<'a>(series: &[&'a str]) -> Vec<(&'a str, Vec<&'a str>)> {
    let names = distinct(series.iter().map(|name| group_of(name)));
    if names.len() > MOST_GROUPS {
        return vec![("", series.to_vec())];
    }
    let members = |group: &str| series.iter().copied().filter(|name| group_of(name) == group).collect();
    names.into_iter().map(|group| (group, members(group))).collect()
}

/// The words that are there as one name.
fn named<const N: usize>(words: [&str; N]) -> String {
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The distinct words in order of first appearance.
pub(crate) fn distinct<'a>(words: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    words.into_iter().filter(|word| seen.insert(*word)).collect()
}

/// The names with the rows that follow one another.
fn runs(series: &[String]) -> Vec<(&str, Range<usize>)> {
    let mut end = 0;
    let run = |names: &'_ [String]| {
        let rows = end..end + names.len();
        end = rows.end;
        rows
    };
    let rows: Vec<Range<usize>> = series.chunk_by(|a, b| a == b).map(run).collect();
    rows.into_iter().map(|rows| (series[rows.start].as_str(), rows)).collect()
}

/// The rows with the lowest and the highest number of each stretch, in order; the first row of a stretch
/// without numbers.
fn picked(numbers: &[f64], rows: Range<usize>, stretch: usize) -> Vec<usize> {
    let end = rows.end;
    let ends_of = |start: usize| {
        let known = (start..end.min(start + stretch)).filter(|row| !numbers[*row].is_nan());
        let by_number = |a: &usize, b: &usize| numbers[*a].total_cmp(&numbers[*b]);
        let lowest = known.clone().min_by(by_number).unwrap_or(start);
        let highest = known.max_by(by_number).unwrap_or(start);
        let mut picked = vec![lowest.min(highest), lowest.max(highest)];
        picked.dedup();
        picked
    };
    rows.step_by(stretch).flat_map(ends_of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(heights: &[&[f64]]) -> Chart {
        let point = |(row, y): (usize, &f64)| {
            let x = 2_f64.powi(i32::try_from(row).unwrap());
            Point { row, x, y: *y, lower: f64::NAN, upper: f64::NAN }
        };
        let curve = |(place, heights): (usize, &&[f64])| Curve {
            name: format!("clock-{place}"),
            points: heights.iter().enumerate().map(point).collect(),
        };
        Chart {
            group: "clock".into(),
            subject: "oadev".into(),
            keys: ["series", "estimator"],
            abscissa: Axis::logarithmic("tau_s", "s"),
            ordinate: Axis::logarithmic("deviation", "1"),
            interval: ["lower", "upper"],
            curves: heights.iter().enumerate().map(curve).collect(),
            stretch: 1,
        }
    }

    #[test]
    fn series_group_by_their_leading_letters() {
        let series = ["maser-1", "G01", "maser-2", "G02"];
        assert_eq!(groups(&series), [("maser", vec!["maser-1", "maser-2"]), ("G", vec!["G01", "G02"])]);
    }

    #[test]
    fn names_that_do_not_group_stand_together() {
        let series = ["a1", "b1", "c1", "d1", "e1", "f1", "g1", "h1", "i1", "j1", "k1", "l1", "m1"];
        assert_eq!(groups(&series), [("", series.to_vec())]);
    }

    #[test]
    fn curves_rank_by_falling_height_at_the_longest_common_abscissa() {
        let chart = chart(&[&[1.0, 2.0, 9.0], &[5.0, 3.0], &[0.1, 4.0], &[7.0, f64::NAN]]);
        assert_eq!(chart.common(), [1.0]);
        assert_eq!(chart.ranking(), [3, 1, 0, 2]);
    }

    #[test]
    fn curves_without_a_rank_stand_last() {
        let chart = chart(&[&[f64::NAN], &[1.0], &[2.0]]);
        let names: Vec<&str> = chart.ranked().map(|curve| curve.name.as_str()).collect();
        assert_eq!(names, ["clock-2", "clock-1", "clock-0"]);
    }

    #[test]
    fn fleet_is_marked_by_its_highest_median_and_lowest() {
        assert_eq!(chart(&[&[3.0], &[1.0], &[5.0], &[2.0], &[4.0]]).landmarks(), [2, 0, 1]);
        assert_eq!(chart(&[&[3.0]]).landmarks(), [0]);
    }

    #[test]
    fn numbers_below_zero_have_a_place_on_linear_axes_only() {
        let logarithmic = chart(&[&[-1.0, 2.0]]);
        let linear = Chart { ordinate: Axis::linear("offset_s", "s"), ..logarithmic.clone() };
        let drawable = |chart: &Chart| chart.drawable(&chart.curves[0]).map(|point| point.y).collect::<Vec<_>>();
        assert_eq!((drawable(&logarithmic), drawable(&linear)), (vec![2.0], vec![-1.0, 2.0]));
    }

    #[test]
    fn chart_without_a_drawable_point_has_no_landmarks() {
        assert!(chart(&[&[f64::NAN], &[0.0]]).landmarks().is_empty());
    }
}
