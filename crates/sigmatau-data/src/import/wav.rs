//! Sampled sound in RIFF WAVE files: linear PCM of 8 to 32 bits, or floats of 32 bits, of any number of channels.
//!
//! A sample is a share of full scale: whole numbers are divided by 2^(bits − 1). Where the unit is stated, full scale is
//! one of that unit. The channels are named `channel_1`, `channel_2` and so on. A file that ends before its last sample
//! is read up to there.

use super::waveform::{malformed, rate, record};
use super::{Form, ImportError, ImportOptions, Imported, Importer};
use crate::{Column, Values};
use hound::{Sample, SampleFormat, WavReader, WavSpec};
use sigmatau_core::{Finding, Severity, Unit};

pub(super) static IMPORTER: Importer = Importer {
    name: "wav",
    title: "sampled sound: linear PCM or floats",
    extensions: &["wav"],
    reference: "RIFF WAVE, IBM and Microsoft, Multimedia Programming Interface and Data Specifications 1.0",
    form: Form::Binary { sniff, parse },
};

fn sniff(bytes: &[u8]) -> bool {
    bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WAVE")
}

fn parse(bytes: &[u8], file: &str, options: &ImportOptions) -> Result<Imported, ImportError> {
    let reader = WavReader::new(bytes).map_err(|error| malformed(file, 1, error.to_string()))?;
    let spec = reader.spec();
    let declared = reader.len() as usize / usize::from(spec.channels.max(1));
    let (channels, read) = match spec.sample_format {
        SampleFormat::Int => {
            let scale = 2_f64.powi(1 - i32::from(spec.bits_per_sample));
            let scaled = |steps| Values::Scaled { steps, scale, offset: 0.0 };
            channels::<i32, _>(reader, spec, i64::from, scaled, options)
        }
        SampleFormat::Float => channels::<f32, _>(reader, spec, f64::from, Values::Float, options),
    };
    if read == 0 {
        return Err(malformed(file, 1, "the file ends without a sample"));
    }
    let findings = truncated(read, declared).map(|finding| finding.about(file));
    record(channels, file, rate(file, Some(f64::from(spec.sample_rate)), options)?, findings.into_iter().collect())
}

/// The columns of the channels and the number of samples of each.
fn channels<S: Sample, V: Copy>(
    reader: WavReader<&[u8]>,
    spec: WavSpec,
    widen: impl Fn(S) -> V,
    values: impl Fn(Vec<V>) -> Values,
    options: &ImportOptions,
) -> (Vec<Column>, usize) {
    let samples: Vec<V> = reader.into_samples::<S>().map_while(Result::ok).map(widen).collect();
    let count = usize::from(spec.channels);
    let whole = samples.len() / count;
    let channel = |channel: usize| Column {
        name: format!("channel_{}", channel + 1),
        unit: Some(options.unit.clone().unwrap_or(Unit::ONE)),
        values: values(samples[..whole * count].iter().skip(channel).step_by(count).copied().collect()),
    };
    ((0..count).map(channel).collect(), whole)
}

fn truncated(read: usize, declared: usize) -> Option<Finding> {
    let finding = Finding::new(
        Severity::Warning,
        "truncated",
        format!("the file ends after {read} of {declared} samples"),
        "the record is shorter than it was made",
        "copy the file again",
    );
    (read < declared).then_some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::import;

    fn written(spec: WavSpec, write: impl Fn(&mut hound::WavWriter<&mut std::io::Cursor<Vec<u8>>>)) -> Vec<u8> {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let mut writer = hound::WavWriter::new(&mut bytes, spec).unwrap();
        write(&mut writer);
        writer.finalize().unwrap();
        bytes.into_inner()
    }

    fn pcm(bits: u16, samples: &[i32]) -> Vec<u8> {
        let spec =
            WavSpec { channels: 2, sample_rate: 48_000, bits_per_sample: bits, sample_format: SampleFormat::Int };
        written(spec, |writer| samples.iter().for_each(|sample| writer.write_sample(*sample).unwrap()))
    }

    fn read(bytes: &[u8], options: &ImportOptions) -> Imported {
        import(bytes, "shaker.wav", None, options).unwrap()
    }

    fn numbers(imported: &Imported, channel: &str) -> Vec<f64> {
        imported.table.column(channel).unwrap().values.to_floats().unwrap().into_owned()
    }

    #[test]
    fn samples_are_shares_of_full_scale_at_every_depth() {
        for bits in [8, 16, 24, 32] {
            let full = 1_i64 << (bits - 1);
            let samples = [(full - 1) as i32, 1, 0, -1];
            let imported = read(&pcm(bits, &samples), &ImportOptions::default());
            let (one, other) = (numbers(&imported, "channel_1"), numbers(&imported, "channel_2"));
            assert_eq!((one[0], one[1]), ((full - 1) as f64 / full as f64, 0.0), "{bits}");
            assert_eq!(other, [1.0 / full as f64, -1.0 / full as f64], "{bits}");
            assert_eq!(
                (imported.rate, imported.table.texts("sensor").unwrap()[0].as_str()),
                (Some(48_000.0), "shaker")
            );
        }
    }

    #[test]
    fn floats_are_read_and_the_unit_is_that_of_full_scale() {
        let spec = WavSpec { channels: 1, sample_rate: 1000, bits_per_sample: 32, sample_format: SampleFormat::Float };
        let bytes = written(spec, |writer| [0.5_f32, -2.0, 0.25].iter().for_each(|x| writer.write_sample(*x).unwrap()));
        let imported = read(&bytes, &ImportOptions { unit: Unit::parse("Pa").ok(), ..Default::default() });
        assert_eq!(numbers(&imported, "channel_1"), [0.5, -2.0, 0.25]);
        assert_eq!(imported.table.column("channel_1").unwrap().unit.as_ref().map(Unit::symbol), Some("Pa"));
        assert!(imported.findings.is_empty());
    }

    #[test]
    fn a_file_that_ends_early_is_read_up_to_there() {
        let bytes = pcm(16, &[1, 2, 3, 4, 5, 6, 7, 8]);
        let imported = read(&bytes[..bytes.len() - 3], &ImportOptions::default());
        assert_eq!(
            (imported.table.rows(), imported.findings[0].seen.as_str()),
            (3, "the file ends after 3 of 4 samples")
        );
    }

    #[test]
    fn another_stated_rate_is_refused_with_both() {
        let options = ImportOptions { rate: Some(44_100.0), ..Default::default() };
        let message = import(&pcm(16, &[1, 2]), "a.wav", None, &options).unwrap_err().to_string();
        assert!(message.contains("its sampling rate is 48000 Hz, but 44100 Hz is stated"), "{message}");
    }

    #[test]
    fn other_files_are_refused() {
        let message = import(b"RIFF\x04\0\0\0WAVE", "a.wav", None, &ImportOptions::default()).unwrap_err().to_string();
        assert!(message.starts_with("import `a.wav`, line 1: "), "{message}");
    }
}
