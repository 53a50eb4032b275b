//! Areas that are filed and sent nothing: what is said of their meters.

use sigmatau_core::{Finding, Severity};
use sigmatau_data::Table;
use std::collections::HashSet;

/// Why nothing can be said, and what would mend it.
pub(super) const REASON: &str =
    "no readings of the area; collect them, of the master meter and of the meters behind it";

/// Area and name of the meters behind the masters of areas that are not among those which sent readings.
pub(super) fn meters<'a>(filed: &'a Table, sent: &HashSet<&str>) -> Vec<(&'a str, &'a str)> {
    let words = |name| filed.texts(name).expect("the schema has it");
    let (areas, meters, roles) = (words("area_id"), words("meter_id"), words("role"));
    let is_silent =
        |row: &usize| !sent.contains(areas[*row].as_str()) && !roles[*row].trim().eq_ignore_ascii_case("master");
    (0..filed.rows()).filter(is_silent).map(|row| (areas[row].as_str(), meters[row].as_str())).collect()
}

/// The remark that areas sent nothing.
pub(super) fn finding(meters: &[(&str, &str)]) -> Option<Finding> {
    let (first, _) = meters.first()?;
    let areas: HashSet<&str> = meters.iter().map(|(area, _)| *area).collect();
    Some(Finding::new(
        Severity::Warning,
        "silent-areas",
        format!("{} areas of the table of meters sent nothing, such as `{first}`", areas.len()),
        "nothing can be said of their meters",
        "collect their readings, or leave these areas out of the table of meters",
    ))
}
