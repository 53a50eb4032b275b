//! Records written by earlier releases still open. A record, once it stands here, is never changed.

use sigmatau_core::Unit;
use sigmatau_data::{Record, Values, read_header};
use std::path::{Path, PathBuf};

fn record(version: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/museum").join(version).join("record.parquet")
}

#[test]
fn the_record_of_0_1_0_opens() {
    let path = record("0.1.0");
    let Record { header, table } = Record::read(&path).unwrap();
    assert_eq!(read_header(&path).unwrap(), header);
    assert_eq!((header.schema.as_str(), header.analysis.as_str(), header.revision), ("stability/1", "stability", 1));
    assert_eq!((header.step.as_str(), header.tool.as_str()), ("masers", "0.1.0"));
    assert_eq!(header.parameters, "estimators = [\"oadev\"]\n");
    assert_eq!((header.inputs[0].name.as_str(), header.inputs[0].licence.as_str()), ("masers.parquet", "CC0-1.0"));

    assert_eq!(table.texts("series").unwrap(), ["maser-1", "maser-1", "maser-2"]);
    assert_eq!(table.floats("tau_s").unwrap(), [1.0, 2.0, 1.0]);
    assert_eq!(table.integers("m").unwrap(), [1, 2, 1]);
    assert!(table.floats("deviation").unwrap()[1].is_nan());
    assert_eq!(table.column("tau_s").unwrap().unit, Some(Unit::SECOND));
    let drift = Values::Scaled { steps: vec![-3, 0, 7], scale: 1e-12, offset: 0.5 };
    assert_eq!(table.column("drift").unwrap().values, drift);
}
