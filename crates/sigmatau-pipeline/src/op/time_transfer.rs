//! Time transfer between two stations from their tracks of navigation satellites.

use super::{Analysis, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::nearest::did_you_mean;
use sigmatau_core::{Finding, Severity, Unit as Measure};
use sigmatau_data::{Column, DataError, Table, schema};
use sigmatau_stability::transfer::{Difference, Outlier, Settings, Track, Transfer, Weights, all_in_view, common_view};
use std::collections::BTreeSet;

/// The difference of the references of two stations, from all tracks of the dataset.
pub(super) static OP: Op = Op {
    name: "time-transfer",
    title: "time transfer: difference of two stations' references from CGGTTS tracks",
    subject: Subject::Clocks,
    revision: sigmatau_stability::REVISION,
    reads: Reads::Clocks,
    beside: &[],
    scope: Scope::Dataset,
    schema: &schema::time_transfer::SCHEMA,
    parameters: &[&[
        Parameter::new(
            "stations",
            "the two stations by their names in the tracks; the difference is first minus second",
        ),
        Parameter::new("method", "common-view: satellites that both see; all-in-view: all satellites of each")
            .or("\"common-view\""),
        Parameter::new("mask", "lowest elevation in degrees, between 0 and 90").or("10.0"),
        Parameter::new("outlier", "robust standard deviations from the median beyond which a satellite is left out")
            .or("5.0"),
        Parameter::new("weights", "elevation: by sin² of the elevation; plain: all satellites alike")
            .or("\"elevation\""),
    ]],
    plan,
};

/// The methods by their words.
const METHODS: [(&str, Method); 2] = [("common-view", common_view), ("all-in-view", all_in_view)];
/// The weights by their words.
const WEIGHTS: [(&str, Weights); 2] = [("elevation", Weights::Elevation), ("plain", Weights::Plain)];

type Method = for<'a> fn(&[Track<'a>], &[Track<'a>], &Settings) -> Transfer<'a>;

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(TimeTransfer::read(section)?))
}

struct TimeTransfer {
    stations: [String; 2],
    /// The place in `METHODS`.
    method: usize,
    /// The place in `WEIGHTS`.
    weights: usize,
    mask: f64,
    outlier: f64,
}

impl TimeTransfer {
    fn read(section: &Section<'_>) -> Result<Self, DocumentError> {
        let mask = section.number("mask")?.unwrap_or(f64::NAN);
        if !(0.0..90.0).contains(&mask) {
            return Err(section.refuse_key("mask", &format!("the mask {mask} must lie between 0 and 90 degrees")));
        }
        Ok(Self {
            stations: stations(section)?,
            method: section.one_of("method", "method of time transfer", METHODS.map(|(word, _)| word))?,
            weights: section.one_of("weights", "kind of weights", WEIGHTS.map(|(word, _)| word))?,
            mask,
            outlier: section.positive("outlier")?.unwrap_or(f64::INFINITY),
        })
    }

    fn settings(&self) -> Settings {
        Settings { mask_deg: self.mask, outlier: self.outlier, weights: WEIGHTS[self.weights].1 }
    }
}

fn stations(section: &Section<'_>) -> Result<[String; 2], DocumentError> {
    let named: Vec<String> = section.texts("stations")?.into_iter().map(|(_, name)| name).collect();
    let two = <[String; 2]>::try_from(named).ok().filter(|[first, second]| first != second);
    two.ok_or_else(|| section.refuse_key("stations", "name two stations, such as [\"PTB\", \"OP\"]"))
}

impl Analysis for TimeTransfer {
    fn parameters(&self) -> String {
        let ([first, second], mask, outlier) = (&self.stations, self.mask, self.outlier);
        let (method, weights) = (METHODS[self.method].0, WEIGHTS[self.weights].0);
        format!(
            "stations = [\"{first}\", \"{second}\"]\nmethod = \"{method}\"\nmask = {mask:?}\noutlier = {outlier:?}\n\
             weights = \"{weights}\"\n"
        )
    }

    fn compute(&self, input: &Input<'_>, _whole: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        Ok(self.assess(&input.dataset.tables()?))
    }
}

impl TimeTransfer {
    fn assess(&self, tables: &[Table]) -> (Table, Vec<Finding>) {
        let tracks: Vec<(&str, Track<'_>)> = tables.iter().filter_map(tracks).flatten().collect();
        let known: BTreeSet<&str> = tracks.iter().map(|(station, _)| *station).collect();
        let absent: Vec<Finding> = self.stations.iter().filter_map(|station| absent(station, &known)).collect();
        if !absent.is_empty() {
            return (self.table(&[]), absent);
        }
        let [first, second] = [0, 1].map(|place| {
            let own = tracks.iter().filter(|(station, _)| *station == self.stations[place]);
            own.map(|(_, track)| *track).collect::<Vec<_>>()
        });
        let transfer = METHODS[self.method].1(&first, &second, &self.settings());
        (self.table(&transfer.differences), self.findings(&transfer))
    }

    fn table(&self, differences: &[Difference<'_>]) -> Table {
        let [first, second] = &self.stations;
        let nanosecond = Measure::parse("ns").expect("ns is a unit");
        let number = |name: &str, value: fn(&Difference<'_>) -> f64| {
            Column::float(name, Measure::SECOND, differences.iter().map(value).collect())
        };
        let count = |name: &str, place: usize| {
            Column::integer(name, Measure::ONE, differences.iter().map(|d| d.satellites[place] as i64).collect())
        };
        let series = differences.iter().map(|d| format!("{first} - {second} {}", d.code)).collect();
        let columns = vec![
            Column::text("series", series),
            Column::integer("time", nanosecond, differences.iter().map(|d| d.time_ns).collect()),
            number("phase", |d| d.difference_s),
            number("phase_u", |d| d.uncertainty_s),
            number("deviation_s", |d| d.deviation_s),
            count("satellites_1", 0),
            count("satellites_2", 1),
        ];
        Table::new(columns).expect("every difference fills every column")
    }

    fn findings(&self, transfer: &Transfer<'_>) -> Vec<Finding> {
        let empty = transfer.differences.is_empty().then(|| no_epoch(&self.stations));
        let found = [empty, left_out(transfer, self.mask), repeated(transfer.repeated), self.outliers(transfer)];
        found.into_iter().flatten().collect()
    }

    /// The remark that lists what lay too far from the median of its epoch.
    fn outliers(&self, transfer: &Transfer<'_>) -> Option<Finding> {
        let (count, limit) = (transfer.outliers.len(), self.outlier);
        let listed: Vec<String> = transfer.outliers.iter().take(LISTED).map(|found| self.described(found)).collect();
        let more = if count > LISTED { format!(" and {} more", count - LISTED) } else { String::new() };
        let finding = Finding::new(
            Severity::Warning,
            "outlier",
            format!(
                "{count} values lie more than {limit} robust standard deviations from the median of their epoch: {}{more}",
                listed.join(", ")
            ),
            "they were left out of the means",
            "look at these satellites and times in the tracks; state a greater `outlier` if they are sound",
        );
        (count > 0).then_some(finding)
    }

    fn described(&self, outlier: &Outlier<'_>) -> String {
        let Outlier { station, satellite, code, time_ns, residual_s } = *outlier;
        let station = station.map_or("both", |place| &self.stations[place]);
        let mjd = 40_587.0 + time_ns as f64 / 86_400e9;
        format!("{satellite} {code} of {station} at MJD {mjd:.5} by {residual_s:.1e} s")
    }
}

/// How many outliers a finding lists.
const LISTED: usize = 10;

/// The tracks of a table with their stations; nothing where it is not in the schema of tracks.
fn tracks(table: &Table) -> Option<impl Iterator<Item = (&str, Track<'_>)>> {
    let texts = ["station", "satellite", "code"].map(|name| table.texts(name));
    let numbers = ["phase", "track_s", "elevation_deg"].map(|name| numbers(table, name));
    let ([Some(station), Some(satellite), Some(code)], [Some(phase), Some(length), Some(elevation)]) = (texts, numbers)
    else {
        return None;
    };
    let time = table.integers("time")?;
    let track = move |row: usize| Track {
        satellite: &satellite[row],
        code: &code[row],
        time_ns: time[row],
        length_s: length[row],
        refsys_s: phase[row],
        elevation_deg: elevation[row],
    };
    Some((0..table.rows()).map(move |row| (station[row].as_str(), track(row))))
}

/// The numbers of a column in the unit of the schema.
fn numbers<'t>(table: &'t Table, name: &str) -> Option<&'t [f64]> {
    let field = schema::tracks::SCHEMA.fields.iter().find(|field| field.name == name)?;
    let unit = Measure::parse(field.unit).ok();
    table.column(name).filter(|column| column.unit == unit).and_then(|_| table.floats(name))
}

fn absent(station: &str, known: &BTreeSet<&str>) -> Option<Finding> {
    let known: Vec<&str> = known.iter().copied().collect();
    let finding = Finding::new(
        Severity::Failure,
        "no-tracks",
        format!("the dataset has no tracks of `{station}`{}", did_you_mean(station, &known)),
        "there is nothing to take the difference of",
        "name the stations as the tracks do, and import CGGTTS files of both",
    );
    (!known.contains(&station)).then(|| finding.about(station))
}

fn no_epoch([first, second]: &[String; 2]) -> Finding {
    Finding::new(
        Severity::Failure,
        "no-common-epoch",
        format!("{first} and {second} have no tracks of one code at one time"),
        "there is nothing to take the difference of",
        "give files of the same days and of a code that both stations have",
    )
}

fn left_out(transfer: &Transfer<'_>, mask: f64) -> Option<Finding> {
    let (masked, unmatched) = (transfer.masked, transfer.unmatched);
    let finding = Finding::new(
        Severity::Note,
        "left-out",
        format!("{masked} tracks are below {mask}° or without a value, {unmatched} have no partner"),
        "they do not count",
        "lower the mask, or look for times at which only one station measured",
    );
    (masked + unmatched > 0).then_some(finding)
}

fn repeated(count: usize) -> Option<Finding> {
    let finding = Finding::new(
        Severity::Warning,
        "repeated",
        format!("{count} tracks are of a satellite, code and time that were there already"),
        "one of each was kept, that with the smallest REFSYS",
        "look for a file that is there twice",
    );
    (count > 0).then_some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use sigmatau_data::import::{ImportOptions, import_file};
    use std::path::Path;

    fn op(text: &str) -> Result<TimeTransfer, String> {
        let document = Document::parse(text, "a.toml").unwrap();
        let section = document.section().checked("the step", OP.parameters).unwrap();
        TimeTransfer::read(&section).map_err(|error| error.to_string())
    }

    fn sample(name: &str) -> Table {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sigmatau-data/tests/samples/cggtts").join(name);
        import_file(&path, None, &ImportOptions::default()).unwrap().table
    }

    fn samples() -> [Table; 2] {
        ["GMAAA060.258", "GMBBB060.258"].map(sample)
    }

    #[test]
    fn parameters_show_every_default_and_are_read_back() {
        let parameters = op("stations = [\"AAA\", \"BBB\"]").unwrap().parameters();
        let expected = "stations = [\"AAA\", \"BBB\"]\nmethod = \"common-view\"\nmask = 10.0\noutlier = 5.0\nweights = \"elevation\"\n";
        assert_eq!(parameters, expected);
        assert_eq!(op(&parameters).unwrap().parameters(), parameters);
    }

    #[test]
    fn words_and_numbers_out_of_range_are_refused() {
        let two = "stations = [\"A\", \"B\"]\n";
        for (text, reason) in [
            ("stations = [\"A\"]".to_owned(), "name two stations"),
            ("stations = [\"A\", \"A\"]".to_owned(), "name two stations"),
            (format!("{two}mask = 90"), "must lie between 0 and 90 degrees"),
            (format!("{two}outlier = 0"), "outlier"),
            (format!("{two}method = \"common\""), "there is no method of time transfer `common`"),
        ] {
            let message = op(&text).err().unwrap();
            assert!(message.starts_with("a.toml, line ") && message.contains(reason), "{text}: {message}");
        }
    }

    #[test]
    fn difference_of_two_stations_has_the_columns_of_the_schema() {
        let (table, findings) = op("stations = [\"AAA\", \"BBB\"]").unwrap().assess(&samples());
        schema::time_transfer::SCHEMA.empty().append(table.clone()).expect("the same columns in the same units");
        assert_eq!(table.texts("series").unwrap(), ["AAA - BBB L1C"; 3]);
        assert_eq!(table.integers("satellites_1").unwrap(), [3, 3, 4]);
        // The tracks were made 43.5 ns apart, with a noise of about 0.5 ns.
        assert!(table.floats("phase").unwrap().iter().all(|x| (x + 43.5e-9).abs() < 1.5e-9), "{table:?}");
        assert_eq!(findings.iter().map(|finding| &*finding.code).collect::<Vec<_>>(), ["left-out"]);
    }

    #[test]
    fn swapped_stations_change_the_sign() {
        let difference = |stations: &str| {
            let (table, _) =
                op(&format!("stations = {stations}\nmethod = \"all-in-view\"")).unwrap().assess(&samples());
            table.floats("phase").unwrap().to_vec()
        };
        let opposite: Vec<f64> = difference("[\"BBB\", \"AAA\"]").iter().map(|x| -x).collect();
        assert_eq!(difference("[\"AAA\", \"BBB\"]"), opposite);
    }

    #[test]
    fn absent_station_is_a_failure_with_the_nearest_name() {
        let (table, findings) = op("stations = [\"AAA\", \"BBC\"]").unwrap().assess(&samples());
        assert_eq!((table.rows(), findings.len(), findings[0].severity), (0, 1, Severity::Failure));
        assert!(findings[0].seen.contains("did you mean `BBB`"), "{}", findings[0].seen);
    }

    #[test]
    fn tables_of_other_kinds_have_no_tracks() {
        let clocks = schema::clock::SCHEMA.empty();
        let (_, findings) = op("stations = [\"AAA\", \"BBB\"]").unwrap().assess(&[clocks]);
        assert_eq!(findings.iter().map(|finding| &*finding.code).collect::<Vec<_>>(), ["no-tracks", "no-tracks"]);
    }

    #[test]
    fn stations_without_a_common_epoch_are_a_failure() {
        let [first, second] = samples();
        let later: Vec<i64> = second.integers("time").unwrap().iter().map(|time| time + 1).collect();
        let columns = second.columns().iter().map(|column| match column.name.as_str() {
            "time" => Column::integer("time", Measure::parse("ns").unwrap(), later.clone()),
            _ => column.clone(),
        });
        let shifted = Table::new(columns.collect()).unwrap();
        let (_, findings) = op("stations = [\"AAA\", \"BBB\"]").unwrap().assess(&[first, shifted]);
        assert_eq!(findings[0].code, "no-common-epoch");
    }
}
