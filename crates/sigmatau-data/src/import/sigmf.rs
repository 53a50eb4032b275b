//! SigMF recordings: samples in a `.sigmf-data` file, described by the JSON in the `.sigmf-meta` file beside it.
//!
//! Of the description are read `global`: `core:datatype`, which is `r` or `c` for real or complex samples, `f32`, `f64`, or
//! `i` or `u` with 8, 16 or 32 bits, and `_le` or `_be` for the order of bytes; `core:sample_rate` in Hz;
//! `core:num_channels`, 1 where it is left out; and the number of `captures`. The channels are named `channel_1`,
//! `channel_2` and so on, the parts of complex ones `channel_1_re` and `channel_1_im`. Whole numbers are
//! numbers of steps, to which the format gives no unit; a unit that is stated is that of one step, or of a float.

use super::waveform::{malformed, rate, record};
use super::{Form, ImportError, ImportOptions, Imported, Importer};
use crate::{Column, Values};
use serde_json::Value;
use sigmatau_core::{Finding, Severity, Unit};
use std::borrow::Cow;
use std::path::Path;

pub(super) static IMPORTER: Importer = Importer {
    name: "sigmf",
    title: "samples with a description beside them",
    extensions: &["sigmf-meta"],
    reference: "Signal Metadata Format specification 1.0",
    form: Form::Described { sniff, beside, parse },
};

/// The largest number of channels that is read.
const CHANNELS: u64 = 1 << 16;

/// The description of the samples, where these are named.
pub(super) fn described(path: &Path) -> Cow<'_, Path> {
    match path.extension().is_some_and(|extension| extension == "sigmf-data") {
        true => Cow::Owned(path.with_extension("sigmf-meta")),
        false => Cow::Borrowed(path),
    }
}

fn sniff(head: &str) -> bool {
    head.trim_start().starts_with('{') && head.contains("\"core:datatype\"")
}

fn beside(file: &str) -> String {
    Path::new(file).with_extension("sigmf-data").to_string_lossy().into_owned()
}

/// A way to store a number.
struct Number {
    word: &'static str,
    /// Bytes.
    width: usize,
    whole: bool,
    /// Reads so many bytes, the lowest first.
    read: fn(&[u8]) -> f64,
}

const fn float(word: &'static str, width: usize, read: fn(&[u8]) -> f64) -> Number {
    Number { word, width, whole: false, read }
}

const fn integer(word: &'static str, width: usize, read: fn(&[u8]) -> f64) -> Number {
    Number { word, width, whole: true, read }
}

static NUMBERS: &[Number] = &[
    float("f32", 4, |b| f64::from(f32::from_le_bytes([b[0], b[1], b[2], b[3]]))),
    float("f64", 8, |b| f64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]])),
    integer("i32", 4, |b| f64::from(i32::from_le_bytes([b[0], b[1], b[2], b[3]]))),
    integer("i16", 2, |b| f64::from(i16::from_le_bytes([b[0], b[1]]))),
    integer("i8", 1, |b| f64::from(b[0] as i8)),
    integer("u32", 4, |b| f64::from(u32::from_le_bytes([b[0], b[1], b[2], b[3]]))),
    integer("u16", 2, |b| f64::from(u16::from_le_bytes([b[0], b[1]]))),
    integer("u8", 1, |b| f64::from(b[0])),
];

/// The type of the samples.
struct Datatype {
    /// The endings of the names of the parts of a sample.
    parts: &'static [&'static str],
    number: &'static Number,
    big_endian: bool,
}

fn parse(text: &str, samples: &[u8], file: &str, options: &ImportOptions) -> Result<Imported, ImportError> {
    let described: Value =
        serde_json::from_str(text).map_err(|error| malformed(file, error.line(), error.to_string()))?;
    let global = &described["global"];
    let datatype = datatype(global, file)?;
    let lanes = lanes(global, &datatype, file)?;
    let frame = lanes * datatype.number.width;
    if samples.len() < frame {
        return Err(malformed(file, 1, format!("`{}` ends without a sample", beside(file))));
    }
    let unit = options.unit.clone().unwrap_or(Unit::ONE);
    let channel = |lane| {
        let (name, values) = (datatype.name(lane), datatype.lane(samples, frame, lane));
        Column { name, unit: Some(unit.clone()), values }
    };
    let findings = [joined(&described), torn(samples.len(), frame)].into_iter().flatten();
    let found = global["core:sample_rate"].as_f64().filter(|rate| *rate > 0.0);
    let rate = rate(file, found, options)?;
    record((0..lanes).map(channel).collect(), file, rate, findings.map(|finding| finding.about(file)).collect())
}

fn datatype(global: &Value, file: &str) -> Result<Datatype, ImportError> {
    let name = global["core:datatype"].as_str().unwrap_or_default();
    let problem = || format!("`core:datatype` is `{name}`, which is no type such as `rf32_le` or `ci16_le`");
    Datatype::named(name).ok_or_else(|| malformed(file, 1, problem()))
}

/// The number of interleaved lanes: of channels, or of their parts.
fn lanes(global: &Value, datatype: &Datatype, file: &str) -> Result<usize, ImportError> {
    let channels = global["core:num_channels"].as_u64().unwrap_or(1);
    let known = Some(channels as usize).filter(|_| (1..=CHANNELS).contains(&channels));
    let problem = || format!("`core:num_channels` is {channels}; 1 to {CHANNELS} channels can be read");
    known.map(|channels| channels * datatype.parts.len()).ok_or_else(|| malformed(file, 1, problem()))
}

impl Datatype {
    /// The type of this name, such as `ci16_le`.
    fn named(name: &str) -> Option<Self> {
        let (kind, order) = name.split_once('_').unwrap_or((name, "le"));
        let (parts, word): (&'static [&'static str], &str) = match kind.strip_prefix('c') {
            Some(word) => (&["_re", "_im"], word),
            None => (&[""], kind.strip_prefix('r')?),
        };
        let number = NUMBERS.iter().find(|number| number.word == word)?;
        let big_endian = match order {
            "le" => false,
            "be" => true,
            _ => return None,
        };
        Some(Self { parts, number, big_endian })
    }

    /// The name of one of the interleaved lanes.
    fn name(&self, lane: usize) -> String {
        format!("channel_{}{}", lane / self.parts.len() + 1, self.parts[lane % self.parts.len()])
    }

    /// The numbers of one of the interleaved lanes.
    fn lane(&self, samples: &[u8], frame: usize, lane: usize) -> Values {
        let width = self.number.width;
        let numbers = samples.chunks_exact(frame).map(|frame| self.number(&frame[lane * width..][..width]));
        match self.number.whole {
            true => Values::Scaled { steps: numbers.map(|number| number as i64).collect(), scale: 1.0, offset: 0.0 },
            false => Values::Float(numbers.collect()),
        }
    }

    fn number(&self, bytes: &[u8]) -> f64 {
        let mut ordered = [0; 8];
        let ordered = &mut ordered[..bytes.len()];
        ordered.copy_from_slice(bytes);
        if self.big_endian {
            ordered.reverse();
        }
        (self.number.read)(ordered)
    }
}

fn joined(described: &Value) -> Option<Finding> {
    let captures = described["captures"].as_array().map_or(0, Vec::len);
    let finding = Finding::new(
        Severity::Warning,
        "captures",
        format!("the recording has {captures} captures"),
        "they were joined as if one followed the other without a gap",
        "import each capture on its own",
    );
    (captures > 1).then_some(finding)
}

fn torn(bytes: usize, frame: usize) -> Option<Finding> {
    let finding = Finding::new(
        Severity::Warning,
        "truncated",
        format!("{} bytes are left behind the last whole sample", bytes % frame),
        "the recording was cut off, or its type or number of channels is another one",
        "copy the file of samples again, and check `core:datatype` and `core:num_channels`",
    );
    (!bytes.is_multiple_of(frame)).then_some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{import, import_file};

    fn meta(datatype: &str, channels: u64) -> String {
        format!(
            "{{\"global\": {{\"core:datatype\": \"{datatype}\", \"core:sample_rate\": 1e6, \"core:num_channels\": {channels}, \
             \"core:version\": \"1.0.0\"}}, \"captures\": [{{\"core:sample_start\": 0}}], \"annotations\": []}}"
        )
    }

    fn read(datatype: &str, channels: u64, samples: &[u8]) -> Result<Imported, String> {
        let options = ImportOptions::default();
        parse(&meta(datatype, channels), samples, "bench.sigmf-meta", &options).map_err(|error| error.to_string())
    }

    fn numbers(imported: &Imported, channel: &str) -> Vec<f64> {
        imported.table.column(channel).unwrap().values.to_floats().unwrap().into_owned()
    }

    #[test]
    fn every_type_of_samples_is_read_in_both_orders() {
        let cases: [(&str, &[u8], &[u8]); 8] = [
            ("f32", &(-2.5_f32).to_le_bytes(), &(-2.5_f32).to_be_bytes()),
            ("f64", &(-2.5_f64).to_le_bytes(), &(-2.5_f64).to_be_bytes()),
            ("i32", &(-70_000_i32).to_le_bytes(), &(-70_000_i32).to_be_bytes()),
            ("i16", &(-300_i16).to_le_bytes(), &(-300_i16).to_be_bytes()),
            ("i8", &(-3_i8).to_le_bytes(), &(-3_i8).to_be_bytes()),
            ("u32", &4_000_000_000_u32.to_le_bytes(), &4_000_000_000_u32.to_be_bytes()),
            ("u16", &60_000_u16.to_le_bytes(), &60_000_u16.to_be_bytes()),
            ("u8", &[200], &[200]),
        ];
        let expected = [-2.5, -2.5, -70_000.0, -300.0, -3.0, 4e9, 60_000.0, 200.0];
        for ((word, little, big), expected) in cases.into_iter().zip(expected) {
            for (order, bytes) in [("le", little), ("be", big)] {
                let imported = read(&format!("r{word}_{order}"), 1, bytes).unwrap();
                assert_eq!(numbers(&imported, "channel_1"), [expected], "{word} {order}");
                assert_eq!(imported.rate, Some(1e6));
            }
        }
    }

    #[test]
    fn channels_and_parts_are_interleaved() {
        let bytes: Vec<u8> = (0..8_i16).flat_map(i16::to_le_bytes).collect();
        let imported = read("ci16_le", 2, &bytes).unwrap();
        let names = ["channel_1_re", "channel_1_im", "channel_2_re", "channel_2_im"];
        assert_eq!(
            names.map(|name| numbers(&imported, name)),
            [[0.0, 4.0], [1.0, 5.0], [2.0, 6.0], [3.0, 7.0]].map(Vec::from)
        );
        assert_eq!(numbers(&read("ri16_le", 2, &bytes).unwrap(), "channel_2"), [1.0, 3.0, 5.0, 7.0]);
    }

    #[test]
    fn bytes_behind_the_last_sample_are_told() {
        let imported = read("rf32_le", 1, &[0; 14]).unwrap();
        assert_eq!(
            (imported.table.rows(), imported.findings[0].seen.as_str()),
            (3, "2 bytes are left behind the last whole sample")
        );
    }

    #[test]
    fn mistakes_are_told() {
        assert!(read("rf31_le", 1, &[0; 8]).unwrap_err().contains("`core:datatype` is `rf31_le`"));
        assert!(read("rf32_me", 1, &[0; 8]).unwrap_err().contains("no type such as"));
        assert!(read("rf32_le", 0, &[0; 8]).unwrap_err().contains("`core:num_channels` is 0"));
        assert!(read("rf32_le", 1, &[0; 3]).unwrap_err().contains("`bench.sigmf-data` ends without a sample"));
    }

    #[test]
    fn the_samples_must_stand_beside_their_description() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bench.sigmf-meta");
        std::fs::write(&path, meta("ru8", 1)).unwrap();
        let message = import_file(&path, None, &ImportOptions::default()).unwrap_err().to_string();
        assert!(message.contains("its samples are in `bench.sigmf-data`, which can't be read"), "{message}");
        std::fs::write(folder.path().join("bench.sigmf-data"), [1, 2, 3]).unwrap();
        for name in ["bench.sigmf-meta", "bench.sigmf-data"] {
            let imported = import_file(&folder.path().join(name), None, &ImportOptions::default()).unwrap();
            assert_eq!(numbers(&imported, "channel_1"), [1.0, 2.0, 3.0], "{name}");
        }
        let message = import(meta("ru8", 1).as_bytes(), "a.sigmf-meta", None, &ImportOptions::default()).unwrap_err();
        assert!(message.to_string().contains("only the bytes of one file were given"), "{message}");
    }
}
