//! Importers on files: small samples, mutated samples, and real data where they are at hand.

use sigmatau_core::Unit;
use sigmatau_data::import::{ClockKind, IMPORTERS, ImportOptions, Imported, Records, import, import_file};
use sigmatau_spectrum::Gaussian;
use std::path::{Path, PathBuf};

fn samples(format: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples").join(format)
}

fn sample(format: &str, file: &str, options: &ImportOptions) -> Imported {
    import_file(&samples(format).join(file), None, options).unwrap()
}

fn stated(kind: ClockKind, unit: &str) -> ImportOptions {
    ImportOptions { kind: Some(kind), unit: Some(Unit::parse(unit).unwrap()), ..Default::default() }
}

#[test]
fn every_importer_has_a_sample_that_it_detects_and_reads() {
    for importer in IMPORTERS {
        let folder = samples(importer.name);
        let files = std::fs::read_dir(&folder).unwrap_or_else(|_| panic!("no sample of {}", importer.name));
        for file in files {
            let path = file.unwrap().path();
            let options = stated(
                if path.extension().is_some_and(|e| e == "frd") { ClockKind::Frequency } else { ClockKind::Phase },
                "s",
            );
            let options =
                if options.kind == Some(ClockKind::Frequency) { stated(ClockKind::Frequency, "1") } else { options };
            let named = import_file(&path, Some(importer.name), &options).unwrap();
            assert_eq!(import_file(&path, None, &options).unwrap(), named, "{}", path.display());
        }
    }
}
