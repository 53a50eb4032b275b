//! Phase records of the Microchip (Symmetricom, TimingSolutions) 5120A and 5125A test sets and of the 53100A, as
//! text captured from their data port or from the TSERVE server.
//!
//! The instruments send one phase difference a line. TSERVE can put a time tag before it: a modified Julian
//! date, seconds from the first reading, or seconds from 1970 (`/timestamp`). What a terminal program
//! wrote before the first number is a heading; where it names the instrument, the file is
//! recognised by itself. Lines are read as in the `stable32` importer, findings included.
//!
//! The instruments can be set to send cycles of the input signal or seconds, and the file does not
//! say which: the unit must be stated, `s` or another unit of time, or `cycle` (also `1`) for cycles, which
//! become a time by the nominal frequency: x = φ/ν₀. Neither does it say the sampling interval.
//! Streams of frequency readings are read where the kind is stated. Binary records and spectra are not read.

use super::measurand::Measurand;
use super::{Form, ImportError, ImportOptions, Imported, Importer, stable32};
use crate::ClockKind;
use crate::clock::measure::cycle;
use sigmatau_core::Unit;

pub(super) static IMPORTER: Importer = Importer {
    name: "microchip",
    title: "phase records of the 5120A, 5125A and 53100A test sets",
    extensions: &["txt", "dat", "log"],
    reference: "53100A Phase Noise Analyzer User's Guide; Symmetricom 5120A Operations and Maintenance Manual",
    form: Form::Text { sniff, parse },
};

/// The names of the instruments.
const INSTRUMENTS: [&str; 5] = ["5115A", "5120A", "5125A", "53100A", "PhaseStation"];

/// Tells whether a line that is no number names an instrument and numbers follow.
fn sniff(head: &str) -> bool {
    let named = head.lines().any(|line| INSTRUMENTS.iter().any(|instrument| line.contains(instrument)));
    named && stable32::IMPORTER.form.fits(head)
}

fn parse(text: &str, file: &str, options: &ImportOptions) -> Result<Imported, ImportError> {
    stable32::read(text, file, options, &measurand(file, options)?)
}

fn measurand(file: &str, options: &ImportOptions) -> Result<Measurand, ImportError> {
    let unstated = || ImportError::Unstated {
        file: file.to_owned(),
        unstated: "it does not say whether the test set sent cycles or seconds",
        remedy: "the unit, `s` for seconds or `cycle` for cycles",
    };
    let unit = options.unit.clone().ok_or_else(unstated)?;
    match options.kind.unwrap_or(ClockKind::Phase) {
        ClockKind::Phase if unit == Unit::ONE => Measurand::new(file, ClockKind::Phase, cycle(), options),
        kind => Measurand::new(file, kind, unit, options),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::import;

    fn stated(unit: &str, nominal: Option<f64>) -> ImportOptions {
        ImportOptions { unit: Unit::parse(unit).ok(), nominal, tau0: Some(0.001), ..Default::default() }
    }

    const TEXT: &[u8] = b"# 5120A data port\n10.5\n10.75\n?\n11.25\n";

    #[test]
    fn cycles_become_times_by_the_nominal_frequency() {
        for unit in ["1", "cycle"] {
            let imported = import(TEXT, "a.txt", None, &stated(unit, Some(10e6))).unwrap();
            let column = imported.table.column("phase").unwrap();
            let phase = imported.table.floats("phase").unwrap();
            assert_eq!(
                (column.unit.clone(), phase[0], phase[1], phase[3]),
                (Some(Unit::SECOND), 1.05e-6, 1.075e-6, 1.125e-6)
            );
            assert_eq!((imported.tau0, imported.findings[0].subject.as_str()), (Some(0.001), "a.txt, line 4"));
        }
    }

    #[test]
    fn seconds_stay_as_they_are() {
        let imported = import(TEXT, "a.txt", None, &stated("s", None)).unwrap();
        assert_eq!(imported.table.floats("phase").unwrap()[0], 10.5);
    }

    #[test]
    fn time_tags_of_the_server_are_read() {
        let text = b"53100A via TSERVE\n60000.000000 1e-9\n60000.000012 2e-9\n60000.000023 3e-9\n";
        let imported = import(text, "a.txt", None, &stated("s", None)).unwrap();
        let time = imported.table.integers("time").unwrap();
        assert_eq!(time[1] - time[0], 1_036_800_000);
    }

    #[test]
    fn unit_and_nominal_frequency_have_to_be_stated() {
        let message = |options| import(TEXT, "a.txt", None, &options).unwrap_err().to_string();
        let expected = "import `a.txt`: it does not say whether the test set sent cycles or seconds; state the unit, \
                        `s` for seconds or `cycle` for cycles";
        assert_eq!(message(ImportOptions::default()), expected);
        assert!(message(stated("1", None)).ends_with("state `nominal`, a positive number of Hz"));
    }
}
