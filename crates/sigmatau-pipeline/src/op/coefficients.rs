//! Designed filters as rows of a `filter` record, and back.

use nalgebra::DMatrix;
use sigmatau_core::{Finding, Severity, Unit};
use sigmatau_data::Table;
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_dynamic::Covariance;
use sigmatau_dynamic::filter::{Filter, FilterError, Fir, Iir};

/// A filter of either kind.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Coefficients {
    Fir(Fir),
    Iir(Iir),
}

/// What is known of a filter besides its coefficients.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Traits {
    pub(super) aim: String,
    pub(super) rate: f64,
    /// How many points the output is late.
    pub(super) delay: f64,
    /// The band in Hz that it was judged in.
    pub(super) band: [f64; 2],
    /// Where in it, in Hz, it misses its target most, and by how much.
    pub(super) worst: (f64, f64),
    /// The unit of output over input, where it is known.
    pub(super) unit: Option<Unit>,
}

/// A filter as it stands in a record.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stored {
    pub(super) coefficients: Coefficients,
    pub(super) traits: Traits,
}

impl Coefficients {
    /// After how many points an input is forgotten.
    pub(super) fn memory(&self) -> usize {
        match self {
            Self::Fir(fir) => fir.memory(),
            Self::Iir(iir) => iir.memory(),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Fir(_) => "fir",
            Self::Iir(_) => "iir",
        }
    }

    /// Names and values, in the order of the covariance.
    fn named(&self) -> Vec<(String, f64)> {
        let named = |letter: char, first: usize, values: &[f64]| {
            values.iter().enumerate().map(|(k, value)| (format!("{letter}{}", k + first), *value)).collect::<Vec<_>>()
        };
        match self {
            Self::Fir(fir) => named('b', 0, fir.taps()),
            Self::Iir(iir) => [named('a', 1, &iir.denominator()[1..]), named('b', 0, iir.numerator())].concat(),
        }
    }

    fn covariance(&self) -> DMatrix<f64> {
        match self {
            Self::Fir(fir) => fir.covariance().to_dense(),
            Self::Iir(iir) => iir.covariance().clone(),
        }
    }

    /// The filter of a kind with so many coefficients a.
    fn new(kind: &str, feedback: usize, values: &[f64], covariance: DMatrix<f64>) -> Result<Self, FilterError> {
        let (a, b) = values.split_at(feedback);
        match kind {
            "fir" => Fir::new(b.to_vec(), Covariance::Dense(covariance)).map(Self::Fir),
            _ => Iir::new(b.to_vec(), [&[1.0], a].concat(), covariance).map(Self::Iir),
        }
    }
}

impl Stored {
    pub(super) fn push(&self, rows: &mut Rows, sensor: &str) {
        let covariance = self.coefficients.covariance();
        let Traits { aim, rate, delay, band: [from, to], worst: (worst_at, worst), unit } = &self.traits;
        let unit = unit.as_ref().map_or_else(String::new, ToString::to_string);
        for (place, (name, value)) in self.coefficients.named().into_iter().enumerate() {
            let row: [Cell; 14] = [
                sensor.into(),
                self.coefficients.kind().into(),
                aim.as_str().into(),
                name.into(),
                value.into(),
                covariance[(place, place)].max(0.0).sqrt().into(),
                correlations(&covariance, place).into(),
                (*rate).into(),
                (*delay).into(),
                (*from).into(),
                (*to).into(),
                (*worst).into(),
                (*worst_at).into(),
                unit.as_str().into(),
            ];
            rows.push(row);
        }
    }
}

/// The correlations of a coefficient with every one up to it, to the last digit; 0 with one that is certain.
fn correlations(covariance: &DMatrix<f64>, place: usize) -> String {
    let correlation = |other: usize| {
        let scale = (covariance[(place, place)] * covariance[(other, other)]).sqrt();
        if other == place {
            1.0
        } else if scale > 0.0 {
            covariance[(place, other)] / scale
        } else {
            0.0
        }
    };
    (0..=place).map(|other| correlation(other).to_string()).collect::<Vec<_>>().join(" ")
}

/// The filters of a `filter` table in the order in which their sensors first appear, each with its name; in place of
/// one whose rows make none, the remark that says so.
pub(super) fn filters(table: &Table) -> Vec<(String, Result<Stored, Finding>)> {
    let sensors = table.texts("sensor").expect("the schema has it");
    let mut rows: Vec<(&str, Vec<usize>)> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for (row, sensor) in sensors.iter().enumerate() {
        let place = *places.entry(sensor.as_str()).or_insert_with(|| {
            rows.push((sensor, Vec::new()));
            rows.len() - 1
        });
        rows[place].1.push(row);
    }
    rows.into_iter()
        .map(|(sensor, rows)| (sensor.to_owned(), stored(table, &rows).map_err(|seen| unfit(&seen))))
        .collect()
}

fn unfit(seen: &str) -> Finding {
    Finding::new(
        Severity::Failure,
        "no-filter",
        format!("the rows of the filter make none: {seen}"),
        "its signal is not corrected",
        "design the filter again with `sigmatau dynamic compensate`",
    )
}

/// The filter in these rows, or what is wrong with them.
fn stored(table: &Table, rows: &[usize]) -> Result<Stored, String> {
    let number = |name: &str, row: usize| table.floats(name).expect("the schema has it")[row];
    let text = |name: &str, row: usize| table.texts(name).expect("the schema has it")[row].as_str();
    let (first, kind) = (rows[0], text("kind", rows[0]));
    let names: Vec<&str> = rows.iter().map(|row| text("coefficient", *row)).collect();
    let feedback = names.iter().filter(|name| name.starts_with('a')).count();
    let expected = (1..=feedback).map(|k| format!("a{k}")).chain((0..).map(|k| format!("b{k}")));
    if let Some((name, expected)) = names.iter().zip(expected).find(|(name, expected)| *name != expected) {
        return Err(format!("the coefficient `{name}` stands where `{expected}` belongs"));
    }
    if !matches!((kind, feedback), ("fir", 0) | ("iir", _)) {
        return Err(format!("`{kind}` with {feedback} coefficients a is neither fir nor iir"));
    }
    let values: Vec<f64> = rows.iter().map(|row| number("value", *row)).collect();
    let mut covariance = DMatrix::zeros(rows.len(), rows.len());
    for (place, row) in rows.iter().enumerate() {
        for (other, correlation) in parsed(text("correlation", *row), place + 1)?.into_iter().enumerate() {
            let entry = correlation * number("u", *row) * number("u", rows[other]);
            covariance[(place, other)] = entry;
            covariance[(other, place)] = entry;
        }
    }
    let traits = Traits {
        aim: text("aim", first).to_owned(),
        rate: number("rate_hz", first),
        delay: number("delay_samples", first),
        band: [number("from_hz", first), number("to_hz", first)],
        worst: (number("deviation_hz", first), number("deviation", first)),
        unit: Some(text("unit", first)).filter(|word| !word.is_empty()).and_then(|word| Unit::parse(word).ok()),
    };
    let coefficients = Coefficients::new(kind, feedback, &values, covariance);
    Ok(Stored { coefficients: coefficients.map_err(|error| format!("failed to {error}"))?, traits })
}

fn parsed(correlations: &str, expected: usize) -> Result<Vec<f64>, String> {
    let number = |word: &str| word.parse::<f64>().map_err(|_| format!("the correlation `{word}` is no number"));
    let numbers = correlations.split_whitespace().map(number).collect::<Result<Vec<_>, _>>()?;
    if numbers.len() == expected {
        return Ok(numbers);
    }
    Err(format!("{} correlations stand where {expected} belong", numbers.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_data::Column;
    use sigmatau_data::schema::filter::SCHEMA;

    fn traits() -> Traits {
        Traits { aim: "inverse".into(), rate: 1e4, delay: 2.0, band: [10.0, 4e3], worst: (4e3, 1e-3), unit: None }
    }

    fn table(filters: &[(&str, Coefficients)]) -> Table {
        let mut rows = Rows::of(&SCHEMA);
        for (sensor, coefficients) in filters {
            Stored { coefficients: coefficients.clone(), traits: traits() }.push(&mut rows, sensor);
        }
        rows.table()
    }

    fn both() -> [(&'static str, Coefficients); 2] {
        let covariance = DMatrix::from_row_slice(3, 3, &[4e-4, 1e-4, 0.0, 1e-4, 9e-4, -2e-4, 0.0, -2e-4, 1e-4]);
        let fir = Fir::new(vec![1.5, -0.5, 0.25], Covariance::Dense(covariance.clone())).unwrap();
        let iir = Iir::new(vec![1.0, 0.5], vec![1.0, -0.3], covariance).unwrap();
        [("a", Coefficients::Fir(fir)), ("b", Coefficients::Iir(iir))]
    }

    #[test]
    fn filters_come_back_from_their_rows() {
        for ((name, written), (sensor, read)) in both().iter().zip(filters(&table(&both()))) {
            let read = read.unwrap();
            assert_eq!((*name, &read.traits), (sensor.as_str(), &traits()));
            assert_eq!(written.named(), read.coefficients.named());
            assert!((written.covariance() - read.coefficients.covariance()).amax() < 1e-19);
        }
    }

    #[test]
    fn rows_that_make_no_filter_are_told() {
        let whole = table(&both());
        let with = |name: &str, texts: &[&str]| {
            let replaced = Column::text(name, texts.iter().map(|&text| text.to_owned()).collect());
            let swap = |column: &Column| if column.name == name { replaced.clone() } else { column.clone() };
            let filters = filters(&Table::new(whole.columns().iter().map(swap).collect()).unwrap());
            filters.into_iter().filter_map(|(_, filter)| Some(filter.err()?.seen)).collect::<Vec<_>>().join("; ")
        };
        assert!(with("coefficient", &["b0", "b2", "b1", "a1", "b0", "b1"]).contains("`b2` stands where `b1` belongs"));
        assert!(with("kind", &["fir", "fir", "fir", "fir", "fir", "fir"]).contains("`fir` with 1 coefficients a"));
        let seen = with("correlation", &["1", "0", "0 0 1", "1", "0 x", "0 0 1"]);
        assert!(seen.contains("1 correlations stand where 2") && seen.contains("`x` is no number"), "{seen}");
    }
}
