//! The one row of a record that its reader wants to know first.

use sigmatau_data::{Record, Table};

/// How the row is chosen.
#[derive(Clone, Copy)]
enum Extreme {
    Smallest,
    /// Whatever its sign.
    FarthestFromZero,
}

/// The kinds of records with a headline: the schema, the text of the page, the column and its extreme.
static HEADLINES: &[(&str, &str, &str, Extreme)] = &[
    ("mask/1", "headline-mask", "margin_db", Extreme::Smallest),
    ("time-error/1", "headline-time-error", "largest_s", Extreme::FarthestFromZero),
    ("energy/1", "headline-energy", "u_pct", Extreme::FarthestFromZero),
    ("conformity/1", "headline-conformity", "specific_risk", Extreme::FarthestFromZero),
    ("equivalence/1", "headline-equivalence", "e_n", Extreme::FarthestFromZero),
];

/// The key of the sentence and the row that fills it; nothing where the kind of record has no headline or
/// the column no number.
pub(crate) fn headline(record: &Record) -> Option<(&'static str, usize)> {
    let (_, key, column, extreme) = HEADLINES.iter().find(|(schema, ..)| *schema == record.header.schema)?;
    Some((key, row(&record.table, column, *extreme)?))
}

fn row(table: &Table, column: &str, extreme: Extreme) -> Option<usize> {
    let numbers = table.floats(column)?;
    let rank = |row: &usize| match extreme {
        Extreme::Smallest => numbers[*row],
        Extreme::FarthestFromZero => -numbers[*row].abs(),
    };
    let known = (0..numbers.len()).filter(|row| !numbers[*row].is_nan());
    known.min_by(|a, b| rank(a).total_cmp(&rank(b)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_core::Unit;
    use sigmatau_data::Column;

    #[test]
    fn missing_numbers_are_no_extremes() {
        let of = |numbers: &[f64], extreme| {
            let column = Column::float("x", Unit::ONE, numbers.to_vec());
            row(&Table::new(vec![column]).unwrap(), "x", extreme)
        };
        let numbers = [f64::NAN, 2.0, -3.0, 1.0];
        assert_eq!((of(&numbers, Extreme::Smallest), of(&numbers, Extreme::FarthestFromZero)), (Some(2), Some(2)));
        assert_eq!(of(&[f64::NAN], Extreme::Smallest), None);
    }
}
