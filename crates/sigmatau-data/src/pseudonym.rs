//! Pseudonyms: names of areas and meters replaced under a key, so that tables can be handed on.
//!
//! A pseudonym is the first 80 bits of BLAKE3 of the name, keyed: the same in every table and every run with the same
//! key, and nothing without it. Of 10⁸ names two have the same pseudonym with a probability of 4·10⁻⁹. The key comes
//! from a file or an environment variable, is in no table and no record, and is never shown.
//!
//! Reference: J. O'Connor et al., *BLAKE3: one function, fast everywhere*, 2020, 2.3 (keyed hash) and 2.4 (key derivation).

use crate::parquet_file::ParquetFile;
use crate::{Column, DataError, Metadata, Table, TableWriter, Values, column, read_text_table};
use std::collections::HashMap;
use std::path::Path;

/// The columns that name an area, and those that name a meter.
const AREAS: &[&str] = &["area_id", "area", "home"];
const METERS: &[&str] = &["meter_id", "meter", "replaces"];
/// What the key is derived for.
const CONTEXT: &str = "sigmatau 2026 pseudonyms of areas and meters";
/// The fewest bytes of a secret.
const LEAST: usize = 16;

/// A key for pseudonyms. Its debug form does not show it.
#[derive(Clone)]
pub struct PseudonymKey([u8; 32]);

impl std::fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PseudonymKey(…)")
    }
}

impl PseudonymKey {
    /// The key of a secret in a file; white space about it does not count.
    ///
    /// # Errors
    /// When the file can't be read, or the secret is too short.
    pub fn from_file(path: &Path) -> Result<Self, DataError> {
        let secret = std::fs::read(path).map_err(DataError::io("read", path))?;
        Self::of(&secret, &path.display().to_string())
    }

    /// The key of a secret in an environment variable.
    ///
    /// # Errors
    /// When the variable is not set, or the secret is too short.
    pub fn from_environment(variable: &str) -> Result<Self, DataError> {
        let secret = std::env::var_os(variable).unwrap_or_default();
        Self::of(secret.as_encoded_bytes(), &format!("${variable}"))
    }

    fn of(secret: &[u8], origin: &str) -> Result<Self, DataError> {
        match secret.trim_ascii() {
            secret if secret.len() < LEAST => Err(DataError::Key {
                origin: origin.to_owned(),
                seen: format!("it has {} bytes, fewer than {LEAST}", secret.len()),
                advice: "write a random secret there, such as that of `openssl rand -hex 32`",
            }),
            secret => Ok(Self(blake3::derive_key(CONTEXT, secret))),
        }
    }

    /// The pseudonym of a name: 20 hexadecimal digits behind a letter. The empty name stays empty.
    ///
    /// `kind` is what the name is of; an area and a meter of one name have different pseudonyms.
    fn pseudonym(&self, kind: char, name: &str) -> String {
        if name.is_empty() {
            return String::new();
        }
        let hash = blake3::keyed_hash(&self.0, format!("{kind}{name}").as_bytes()).to_hex();
        format!("{kind}{}", &hash[..20])
    }

    /// The table with pseudonyms in its columns of areas (`area_id`, `area`, `home`) and meters (`meter_id`, `meter`,
    /// `replaces`). Whole numbers that name them become text. Lots, makers and models stay.
    pub fn replace(&self, table: Table) -> Table {
        let columns = table.columns().iter().map(|column| match kind(&column.name) {
            Some(kind) => self.column(kind, column),
            None => column.clone(),
        });
        Table::new(columns.collect()).expect("the columns keep their lengths")
    }

    fn column(&self, kind: char, column: &Column) -> Column {
        let mut known: HashMap<String, String> = HashMap::new();
        let mut named = |name: &str| match known.get(name) {
            Some(pseudonym) => pseudonym.clone(),
            None => known.entry(name.to_owned()).or_insert(self.pseudonym(kind, name)).clone(),
        };
        let words = match &column.values {
            Values::Text(names) => names.iter().map(|name| named(name)).collect(),
            Values::Integer(names) => names.iter().map(|name| named(&name.to_string())).collect(),
            Values::Float(_) | Values::Scaled { .. } => return column.clone(),
        };
        Column::text(column.name.as_str(), words)
    }
}

fn kind(column: &str) -> Option<char> {
    match column {
        column if AREAS.contains(&column) => Some('a'),
        column if METERS.contains(&column) => Some('m'),
        _ => None,
    }
}

/// Writes a table again with pseudonyms, as [`PseudonymKey::replace`] puts them, and returns the number of rows.
///
/// A Parquet table is taken 65 536 rows at a time, and its units stay; key–value metadata of the file does not, for it may
/// hold names. A text file is read as [`read_text_table`] does.
///
/// # Errors
/// When the table can't be read or is damaged, no column names an area or a meter, or the target can't be written.
pub fn pseudonymise(source: &Path, target: &Path, key: &PseudonymKey) -> Result<usize, DataError> {
    let mut writer = TableWriter::create(target, Metadata::default())?;
    let mut rows = 0;
    let mut write = |table: Table| {
        if !table.columns().iter().any(|column| kind(&column.name).is_some()) {
            return Err(DataError::Key {
                origin: source.display().to_string(),
                seen: "no column names an area or a meter".to_owned(),
                advice: "name such columns area_id and meter_id",
            });
        }
        rows += table.rows();
        writer.write(&key.replace(table))
    };
    match source.extension().is_some_and(|extension| ["csv", "tsv", "txt"].iter().any(|text| extension == *text)) {
        true => write(read_text_table(source)?)?,
        false => each_batch(source, write)?,
    }
    writer.finish()?;
    Ok(rows)
}

fn each_batch(source: &Path, mut write: impl FnMut(Table) -> Result<(), DataError>) -> Result<(), DataError> {
    let file = ParquetFile::open(source)?;
    let described = file.described()?;
    let all: Vec<usize> = (0..described.len()).collect();
    let mut batches = file.stream(&all, &[])?;
    while let Some(batch) = file.decode(|| Ok(batches.next().transpose()?))? {
        let column = |(index, described): (usize, &column::Described)| {
            column::column(described, &[batch.column(index).clone()])
                .map_err(|trouble| trouble.of(&file.name(), &described.name))
        };
        write(Table::new(described.iter().enumerate().map(column).collect::<Result<_, DataError>>()?)?)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{read_table, write_table};

    const SECRET: &[u8] = b"0123456789abcdef";

    fn key() -> PseudonymKey {
        PseudonymKey::of(SECRET, "a test").unwrap()
    }

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_name_has_one_pseudonym_in_every_table_and_run_and_another_under_another_key() {
        let [readings, meters] = ["meter_id", "replaces"]
            .map(|name| key().replace(Table::new(vec![Column::text(name, words(&["m1", "", "m2"]))]).unwrap()));
        let (one, other) = (readings.texts("meter_id").unwrap(), meters.texts("replaces").unwrap());
        assert_eq!(one, other);
        assert_eq!((one[1].as_str(), one[0].len()), ("", 21));
        assert!(one[0] != one[2] && !one[0].contains("m1"));
        let strange = PseudonymKey::of(b"another secret of some length", "a test").unwrap();
        assert_ne!(strange.pseudonym('m', "m1"), one[0]);
        assert_ne!(key().pseudonym('a', "m1")[1..], one[0][1..]);
    }

    #[test]
    fn the_pseudonym_is_the_keyed_hash_of_a_derived_key() {
        let derived = blake3::Hasher::new_derive_key(CONTEXT).update(SECRET).finalize();
        let hash = blake3::Hasher::new_keyed(derived.as_bytes()).update(b"mm1").finalize().to_string();
        assert_eq!(key().pseudonym('m', "m1"), format!("m{}", &hash[..20]));
    }

    #[test]
    fn files_keep_everything_but_names() {
        let folder = tempfile::tempdir().unwrap();
        let [source, target, secret] = ["r.parquet", "p.parquet", "key"].map(|name| folder.path().join(name));
        std::fs::write(&secret, [SECRET, b"\n"].concat()).unwrap();
        let table = Table::new(vec![
            Column::text("area_id", words(&["Elm Street"; 3])),
            Column { name: "meter_id".into(), unit: None, values: Values::Integer(vec![7, 8, 7]) },
            Column::text("lot_id", words(&["lot"; 3])),
            Column::float("energy_kwh", sigmatau_core::Unit::parse("kWh").unwrap(), vec![0.5, f64::NAN, 1.5]),
        ]);
        write_table(&source, &table.unwrap(), Metadata::default().with("customer", "Elm Street")).unwrap();
        assert_eq!(pseudonymise(&source, &target, &PseudonymKey::from_file(&secret).unwrap()).unwrap(), 3);
        let read = read_table(&target).unwrap();
        assert_eq!(read.texts("lot_id").unwrap(), words(&["lot"; 3]));
        assert_eq!(read.columns()[3].unit.as_ref().map(|unit| unit.symbol()), Some("kWh"));
        let meters = read.texts("meter_id").unwrap();
        assert!(meters[0] == meters[2] && meters[0] == key().pseudonym('m', "7"));
        let bytes = std::fs::read(&target).unwrap();
        let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
        assert!(!holds(b"Elm Street") && !holds(SECRET));
    }

    #[test]
    fn a_key_that_is_short_or_not_there_is_refused_and_none_is_shown() {
        let message = PseudonymKey::of(b"  short ", "the key").unwrap_err().to_string();
        assert!(message.starts_with("make pseudonyms by `the key`: it has 5 bytes, fewer than 16"), "{message}");
        assert!(PseudonymKey::from_environment("A_VARIABLE_THAT_NOBODY_SET").is_err());
        assert_eq!(format!("{:?}", key()), "PseudonymKey(…)");
    }

    #[test]
    fn a_table_without_names_is_refused_and_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let [source, target] = ["r.csv", "p.parquet"].map(|name| folder.path().join(name));
        std::fs::write(&source, "x,y\n1,2\n").unwrap();
        assert!(pseudonymise(&source, &target, &key()).unwrap_err().to_string().contains("area_id"));
        assert!(!target.exists());
    }
}
