//! Logs of the TAPR TICC timestamping and time interval counter.
//!
//! Lines that are empty or begin with `#` are its banner and configuration; one of them says the mode:
//! `# timestamp …` or `# time interval A->B …`. Every other line is a number of seconds and a word:
//!
//! - timestamp mode: `104.897846731231 chA`, the instant of a pulse of channel A or B on the time scale of the
//!   reference. There is one series for each channel. Its time counts the pulses, one each τ₀ (1 s where
//!   no sampling interval is stated), and its phase is what the instant is later than that: a pulse that
//!   never came is a gap, and a slow clock may drift by any number of periods. The mode for TimeLab adds
//!   a channel C, which stands for B - A, and may write channels without `ch`; both are read.
//! - interval mode: `0.000000012345 TI(A->B)`, the time from the pulse of A to that of B. The series is named
//!   `TI(A->B)`; nothing says when a measurement was, so the sampling interval must be stated.
//!
//! The first line with a number decides on the mode. Logs in period and debug mode are refused. Instants are
//! read exactly, to 1 ps, since f64 could not hold them after an hour.

use super::epoch::{self, SECOND_NS};
use super::measurand::Measurand;
use super::points::{Point, Points};
use super::remarks::{Remarks, Trouble, excerpt};
use super::{Form, ImportError, ImportOptions, Imported, Importer, number};
use std::collections::BTreeMap;

pub(super) static IMPORTER: Importer = Importer {
    name: "ticc",
    title: "TAPR TICC logs: timestamps or time intervals",
    extensions: &["ticc", "log", "txt"],
    reference: "J. Ackermann, TAPR TICC Timestamping Counter, firmware of 2016 to 2020",
    form: Form::Text { sniff, parse },
};

static BAD_LINE: Trouble = Trouble {
    code: "bad-line",
    matters: "the measurement was left out",
    advice: "look for a serial line that lost characters, or a log that was joined from two modes",
};

/// Picoseconds in a second.
const SECOND_PS: i128 = 1_000_000_000_000;

/// Longer than any counter runs, 30 years: an instant beyond it is a damaged number.
const LONGEST_PS: i128 = 1_000_000_000 * SECOND_PS;

/// What a line of measurement says.
#[derive(Clone, Copy)]
enum Reading<'a> {
    Instant { channel: &'a str, ps: i128 },
    Interval { name: &'a str, seconds: f64 },
}

impl<'a> Reading<'a> {
    /// The reading of a line; nothing where it is none.
    fn of(line: &'a str) -> Option<Self> {
        let mut words = line.split_ascii_whitespace();
        let (value, name) = (words.next()?, words.next()?);
        let channel = name.strip_prefix("ch").unwrap_or(name);
        match channel.as_bytes() {
            [b'A'..=b'Z'] => {
                let ps = epoch::exact(value, SECOND_PS).filter(|ps| ps.abs() < LONGEST_PS)?;
                Some(Self::Instant { channel, ps })
            }
            _ if name.starts_with("TI(") => Some(Self::Interval { name, seconds: number(value)? }),
            _ => None,
        }
    }

    fn is_instant(self) -> bool {
        matches!(self, Self::Instant { .. })
    }
}

/// Tells whether the banner is there, or of the lines that are no comments at least half are readings.
fn sniff(head: &str) -> bool {
    let measured: Vec<&str> = measurements(head).map(|(_, line)| line).collect();
    let readings = measured.iter().filter(|line| Reading::of(line).is_some()).count();
    readings > 0 && (head.contains("TICC") || 2 * readings >= measured.len())
}

/// Every line that is no comment, with its number.
fn measurements(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

fn parse(text: &str, file: &str, options: &ImportOptions) -> Result<Imported, ImportError> {
    let format_error =
        |line, problem: &str| ImportError::Format { file: file.to_owned(), line, problem: problem.to_owned() };
    if let Some(line) = text.lines().position(other_mode) {
        return Err(format_error(line + 1, "this log is in period or debug mode; log timestamps or time intervals"));
    }
    let Some(first) = measurements(text).find_map(|(_, line)| Reading::of(line)) else {
        return Err(format_error(text.lines().count().max(1), "the file ends without a timestamp or time interval"));
    };
    let mut remarks = Remarks::new(file);
    let mut log = Log::new(options.tau0);
    let begun = measurements(text).skip_while(|(_, line)| Reading::of(line).is_none());
    for (index, line) in begun {
        match Reading::of(line).filter(|reading| reading.is_instant() == first.is_instant()) {
            Some(reading) => log.push(reading),
            None => remarks.line(&BAD_LINE, index, || format!("`{}` can't be read", excerpt(line))),
        }
    }
    if first.is_instant() {
        log.points.sort(&mut remarks);
    }
    let table = log.points.table(&Measurand::PHASE, first.is_instant());
    let tau0 = options.tau0.filter(|_| !first.is_instant());
    Ok(Imported { table, time_scale: options.time_scale.clone(), tau0, rate: None, findings: remarks.finish() })
}

/// Tells whether a line of the banner announces numbers that are neither instants nor intervals.
fn other_mode(line: &str) -> bool {
    line.starts_with("# period (") || line.starts_with("# time1 time2")
}

/// The readings so far.
struct Log {
    points: Points,
    /// The nominal time between two pulses in ps.
    step: i128,
    /// The number of the last pulse of each channel, and its instant in ps.
    last: BTreeMap<String, (i128, i128)>,
}

impl Log {
    fn new(tau0: Option<f64>) -> Self {
        let stated = tau0.filter(|tau0| *tau0 > 0.0).map_or(0, |tau0| (tau0 * SECOND_PS as f64).round() as i128);
        let step = if stated > 0 { stated } else { SECOND_PS };
        Self { points: Points::default(), step, last: BTreeMap::new() }
    }

    fn push(&mut self, reading: Reading<'_>) {
        match reading {
            Reading::Interval { name, seconds } => {
                self.points.push(name, Point { time: 0, value: seconds, uncertainty: f64::NAN });
            }
            Reading::Instant { channel, ps } => self.push_instant(channel, ps),
        }
    }

    /// Counts the pulses on from the last one of the channel, so that the phase may grow beyond a period.
    fn push_instant(&mut self, channel: &str, ps: i128) {
        let (count, before) = self.last.get(channel).copied().unwrap_or((0, 0));
        let count = count + rounded(ps - before, self.step);
        self.last.insert(channel.to_owned(), (count, ps));
        let time = (count * self.step / (SECOND_PS / i128::from(SECOND_NS))) as i64;
        let value = (ps - count * self.step) as f64 / SECOND_PS as f64;
        self.points.push(&format!("ch{channel}"), Point { time, value, uncertainty: f64::NAN });
    }
}

/// The whole number nearest to a quotient.
fn rounded(ps: i128, step: i128) -> i128 {
    (2 * ps + step).div_euclid(2 * step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::import;

    fn read(text: &str, tau0: Option<f64>) -> Imported {
        let options = ImportOptions { tau0, ..Default::default() };
        import(text.as_bytes(), "ticc.log", None, &options).unwrap()
    }

    #[test]
    fn timestamps_become_the_phase_of_each_channel() {
        let text = "# TAPR TICC Timestamping Counter\n# timestamp (seconds with 12 decimal places)\n\
                    3.000000000100 chA\n3.000000000001 chB\n4.000000000200 chA\n5.999999999000 chA\n";
        let imported = read(text, None);
        assert_eq!(imported.table.texts("series").unwrap(), ["chA", "chA", "chA", "chB"]);
        assert_eq!(imported.table.integers("time").unwrap(), [3, 4, 6, 3].map(|seconds| seconds * SECOND_NS));
        assert_eq!(imported.table.floats("phase").unwrap(), [100e-12, 200e-12, -1e-9, 1e-12]);
        assert_eq!((imported.tau0, imported.findings.len()), (None, 0));
    }

    #[test]
    fn picoseconds_survive_months_of_uptime() {
        let imported = read("12345678.000000000001 chA\n12345679.000000000003 chA\n12345680.000000000002 chA\n", None);
        assert_eq!(imported.table.floats("phase").unwrap(), [1e-12, 3e-12, 2e-12]);
    }

    #[test]
    fn slow_clock_drifts_beyond_a_period_without_a_jump() {
        let lines: String = (0..10).map(|k| format!("{:.12} chA\n", f64::from(k) * 1.3)).collect();
        let imported = read(&lines, Some(1.0));
        let phase = imported.table.floats("phase").unwrap();
        for (k, x) in phase.iter().enumerate() {
            assert!((x - 0.3 * k as f64).abs() < 1e-9, "{k}: {x}");
        }
    }

    #[test]
    fn sampling_interval_sets_the_nominal_pulses() {
        let imported = read("0.100000000007 chA\n0.200000000008 chA\n0.300000000009 chA\n", Some(0.1));
        assert_eq!(imported.table.floats("phase").unwrap(), [7e-12, 8e-12, 9e-12]);
        assert_eq!(imported.table.integers("time").unwrap(), [100_000_000, 200_000_000, 300_000_000]);
    }

    #[test]
    fn intervals_are_read_as_they_are() {
        let text = "#time interval A->B (seconds)\n+0.000000012345 TI(A->B)\n-0.000000000001 TI(A->B)\n0.5 TI(A->B)\n";
        let imported = read(text, Some(1.0));
        assert_eq!(imported.table.floats("phase").unwrap(), [1.2345e-8, -1e-12, 0.5]);
        assert!(imported.table.integers("time").is_none());
        assert_eq!(imported.tau0, Some(1.0));
    }

    #[test]
    fn channels_of_the_mode_for_timelab_are_read() {
        let imported = read(
            "# TICC\n1.000000000001 A\n1.000000000003 B\n0.000000000002chC (B-A)\n1.000000000002 chC (B-A)\n",
            None,
        );
        assert_eq!(imported.table.texts("series").unwrap(), ["chA", "chB", "chC"]);
        assert_eq!(imported.findings[0].subject, "ticc.log, line 4");
    }

    #[test]
    fn broken_lines_are_findings() {
        let imported = read("1.0 chA\n2.0 chA\n3.0c\n0.1 TI(A->B)\n4.0 chA\n", None);
        let subjects: Vec<&str> = imported.findings.iter().map(|finding| finding.subject.as_str()).collect();
        assert_eq!(subjects, ["ticc.log, line 3", "ticc.log, line 4"]);
    }

    #[test]
    fn other_modes_are_refused() {
        let refused =
            |text: &[u8]| import(text, "a.log", Some("ticc"), &ImportOptions::default()).unwrap_err().to_string();
        assert!(
            refused(b"# TAPR TICC\n# period (seconds)\n1.0 chA\n").contains("line 2: this log is in period or debug")
        );
        assert!(refused(b"# TAPR TICC\n").contains("line 1: the file ends without a timestamp"));
    }
}
