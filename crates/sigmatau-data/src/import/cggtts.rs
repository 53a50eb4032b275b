//! CGGTTS files, version 2E: tracks of navigation satellites as receivers of time laboratories report them.
//!
//! The header is a list of lines `KEY = value` that begins with `CGGTTS` and ends with the line
//! `CKSUM = hh`; spaces beside the values vary between receivers. `LAB` names the laboratory, `INT DLY`,
//! `SYS DLY` or `TOT DLY`, `CAB DLY` and `REF DLY` the delays in ns, which the receiver has already
//! applied: they are remarked and change nothing. The checksum is the sum of the characters up to and
//! with `CKSUM = `, modulo 256; some receivers count the line ends and some do not, and both are taken.
//!
//! There follow an empty line, a line of column names that begins with `SAT`, a line of units, and one
//! line a track of 21 words, or of 24 where the delay of the ionosphere was measured with two frequencies:
//!
//! ```text
//! SAT CL MJD STTIME TRKL ELV AZTH REFSV SRSV REFSYS SRSYS DSG IOE MDTR SMDT MDIO SMDI [MSIO SMSI ISG] FR HC FRC CK
//! ```
//!
//! Start (`hhmmss`, UTC) and length are in s, angles in 0.1°, times in 0.1 ns, slopes in 0.1 ps/s; a number
//! of nothing but nines, as many as the column has, is missing. `CK` is the sum of the characters
//! before it, modulo 256, in hexadecimal. A track whose checksum or a word of which is wrong is left out.
//!
//! The table has the columns of [`schema::tracks`](crate::schema::tracks): one series for each station,
//! satellite and code, its phase REFSYS at the middle of the track. So it is a table of clocks for
//! `stability`, and a table of tracks for `time-transfer`.
//!
//! The parser is our own: the `cggtts` crate reads a file whole or not at all, refuses the headers of
//! some receivers for their spaces, and brings some 80 packages along where one table is wanted.

use super::epoch::{self, SECOND_NS};
use super::remarks::{Remarks, Trouble, excerpt};
use super::{Form, ImportError, ImportOptions, Imported, Importer, stem};
use crate::{Column, Table};
use sigmatau_core::{Finding, Severity, Unit};

pub(super) static IMPORTER: Importer = Importer {
    name: "cggtts",
    title: "CGGTTS 2E: GNSS tracks of a time laboratory",
    extensions: &["cggtts"],
    reference: "P. Defraigne, G. Petit, CGGTTS-Version 2E: an extended standard for GNSS Time Transfer, Metrologia 52, 2015",
    form: Form::Text { sniff, parse },
};

static BAD_CHECKSUM: Trouble = Trouble {
    code: "bad-checksum",
    matters: "a character was changed or a number overran its column, so the track was left out",
    advice: "compare the line with the file that the receiver wrote",
};

static BAD_TRACK: Trouble = Trouble {
    code: "bad-track",
    matters: "the track was left out",
    advice: "compare the line with the format; was the file cut or edited?",
};

fn sniff(head: &str) -> bool {
    head.lines().next().is_some_and(|first| first.starts_with("CGGTTS") && first.contains("GENERIC DATA FORMAT"))
}

fn parse(text: &str, file: &str, _options: &ImportOptions) -> Result<Imported, ImportError> {
    let mut remarks = Remarks::new(file);
    let header = Header::read(text, file, &mut remarks)?;
    let mut tracks = Vec::new();
    for (index, line) in text.lines().enumerate().skip(header.lines).filter(|(_, line)| !is_heading(line)) {
        match Track::read(line.trim_end()) {
            Ok(track) => tracks.push(track),
            Err(trouble) => remarks.line(trouble, index + 1, || format!("`{}`", excerpt(line))),
        }
    }
    if tracks.is_empty() {
        let problem = "the file ends without a track that can be read";
        return Err(format_error(file, text.lines().count(), problem));
    }
    tracks.sort_by_key(|track| (track.satellite, track.code, track.time));
    let time_scale = Some("UTC".to_owned());
    Ok(Imported {
        table: table(&header.station, &tracks),
        time_scale,
        tau0: None,
        rate: None,
        findings: remarks.finish(),
    })
}

/// An empty line, the names of the columns or their units.
fn is_heading(line: &str) -> bool {
    line.trim().is_empty() || line.starts_with("SAT ") || line.trim_start().starts_with("hhmmss")
}

fn format_error(file: &str, line: usize, problem: &str) -> ImportError {
    ImportError::Format { file: file.to_owned(), line: line.max(1), problem: problem.to_owned() }
}

/// What the header says.
struct Header {
    station: String,
    /// The number of lines up to and with the checksum.
    lines: usize,
}

impl Header {
    fn read(text: &str, file: &str, remarks: &mut Remarks<'_>) -> Result<Self, ImportError> {
        let value = |line: &str| line.split_once('=').map_or("", |(_, value)| value).trim().to_owned();
        let first = text.lines().next().unwrap_or_default();
        if !sniff(text) || value(first) != "2E" {
            let problem = "this is not the first line of a CGGTTS file of version 2E; export that version";
            return Err(format_error(file, 1, problem));
        }
        let Some(last) = text.lines().position(|line| line.starts_with("CKSUM")) else {
            return Err(format_error(file, text.lines().count(), "the file ends within the header"));
        };
        let keyed = |key: &str| text.lines().take(last).find(|line| line.starts_with(key)).map(value);
        let station = keyed("LAB").filter(|lab| !lab.is_empty()).unwrap_or_else(|| stem(file).to_owned());
        delays(text.lines().take(last)).into_iter().for_each(|finding| remarks.push(finding.about(file)));
        checksum(text, last).into_iter().for_each(|finding| remarks.push(finding.about(file)));
        Ok(Self { station, lines: last + 1 })
    }
}

/// The note that says which delays the receiver applied.
fn delays<'a>(header: impl Iterator<Item = &'a str>) -> Option<Finding> {
    let words = |line: &str| line.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    let stated: Vec<String> = header.filter(|line| line.contains("DLY =")).map(words).collect();
    let (matters, advice) = (
        "the receiver has applied them; a wrong one shifts every difference to another station",
        "compare them with the latest calibration of the receiver",
    );
    (!stated.is_empty()).then(|| Finding::new(Severity::Note, "delays", stated.join("; "), matters, advice))
}

/// The remark that the header does not sum up to its checksum in line `last`.
fn checksum(text: &str, last: usize) -> Option<Finding> {
    let end: usize = text.split_inclusive('\n').take(last).map(str::len).sum();
    let (before, line) = text.split_at(end);
    let stated = line.lines().next().and_then(|line| line.split_once('=')).map_or("", |(_, stated)| stated.trim());
    let all = || before.bytes().chain("CKSUM = ".bytes());
    let sums = [
        sum(all().filter(|byte| !matches!(byte, b'\r' | b'\n'))),
        sum(all().filter(|byte| *byte != b'\r')),
        sum(all()),
    ];
    let agrees = u8::from_str_radix(stated, 16).is_ok_and(|stated| sums.contains(&stated));
    let seen = || format!("the header says that its checksum is `{}`, but it is {:02X}", excerpt(stated), sums[0]);
    let matters = "a line of the header was changed, perhaps a delay or the name of the laboratory";
    let finding = || Finding::new(Severity::Warning, "bad-header", seen(), matters, "fetch the file again");
    (!agrees).then(finding)
}

/// The sum of characters modulo 256.
fn sum(bytes: impl Iterator<Item = u8>) -> u8 {
    bytes.fold(0, u8::wrapping_add)
}

/// A number of a track: its place in the line, how many there are in one unit, and the digits of its
/// column, which are all 9 where it is missing.
struct Measure {
    column: &'static str,
    unit: &'static str,
    place: usize,
    per_unit: f64,
    digits: usize,
}

const fn measure(column: &'static str, unit: &'static str, place: usize, per_unit: f64, digits: usize) -> Measure {
    Measure { column, unit, place, per_unit, digits }
}

/// Where the line tells that the delay of the ionosphere was measured.
const IONOSPHERE: std::ops::Range<usize> = 17..20;
/// The words of a line with a measured delay of the ionosphere.
const WORDS: usize = 24;

#[rustfmt::skip]
static MEASURES: [Measure; 15] = [
    measure("phase",         "s",    9, 1e10, 10),
    measure("track_s",       "s",    4, 1.0,  10),
    measure("elevation_deg", "deg",  5, 10.0, 3),
    measure("azimuth_deg",   "deg",  6, 10.0, 4),
    measure("refsv_s",       "s",    7, 1e10, 10),
    measure("srsv",          "1",    8, 1e13, 5),
    measure("srsys",         "1",   10, 1e13, 5),
    measure("dsg_s",         "s",   11, 1e10, 4),
    measure("mdtr_s",        "s",   13, 1e10, 4),
    measure("smdt",          "1",   14, 1e13, 3),
    measure("mdio_s",        "s",   15, 1e10, 4),
    measure("smdi",          "1",   16, 1e13, 3),
    measure("msio_s",        "s",   17, 1e10, 4),
    measure("smsi",          "1",   18, 1e13, 3),
    measure("isg_s",         "s",   19, 1e10, 3),
];

/// One track.
struct Track<'a> {
    satellite: &'a str,
    code: &'a str,
    class: &'a str,
    /// The middle in ns.
    time: i64,
    /// The numbers in the order of `MEASURES`.
    numbers: [f64; MEASURES.len()],
    /// Issue of the ephemeris, frequency channel, hardware channel.
    counts: [i64; 3],
}

impl<'a> Track<'a> {
    fn read(line: &'a str) -> Result<Self, &'static Trouble> {
        let words = words(line).ok_or(&BAD_TRACK)?;
        let stated = u8::from_str_radix(words[WORDS - 1], 16).ok();
        if stated != line.len().checked_sub(2).map(|end| sum(line.bytes().take(end))) {
            return Err(&BAD_CHECKSUM);
        }
        Self::of(&words).ok_or(&BAD_TRACK)
    }

    fn of(words: &[&'a str; WORDS]) -> Option<Self> {
        let mut numbers = [f64::NAN; MEASURES.len()];
        for (number, measure) in numbers.iter_mut().zip(&MEASURES) {
            *number = measure.value(words[measure.place])?;
        }
        let count = |place: usize| words[place].parse().ok();
        let counts = [count(12)?, count(20)?, count(21)?];
        let time = start(words[2], words[3])?.checked_add(half(words[4])?)?;
        Some(Self { satellite: words[0], code: words[22], class: words[1], time, numbers, counts })
    }
}

/// The words of a line, those of the ionosphere empty where it was not measured.
fn words(line: &str) -> Option<[&str; WORDS]> {
    let mut words: Vec<&str> = line.split_ascii_whitespace().collect();
    if words.len() == WORDS - IONOSPHERE.len() {
        words.splice(IONOSPHERE.start..IONOSPHERE.start, IONOSPHERE.map(|_| ""));
    }
    words.try_into().ok()
}

impl Measure {
    /// The number in its unit; `NaN` where it is missing, nothing where the word is no whole number.
    fn value(&self, word: &str) -> Option<f64> {
        let digits = word.trim_start_matches(['+', '-']);
        let nines = digits.len() >= self.digits && digits.bytes().all(|byte| byte == b'9');
        if word.is_empty() || nines {
            return Some(f64::NAN);
        }
        word.parse().ok().map(|steps: i64| steps as f64 / self.per_unit)
    }
}

/// The instant of a day and a time `hhmmss`.
fn start(mjd: &str, time: &str) -> Option<i64> {
    let whole = |part: Option<&str>| part?.parse::<i64>().ok();
    let (hour, minute) = (whole(time.get(0..2))?, whole(time.get(2..4))?);
    let of_day = epoch::time_of_day(hour, minute, time.get(4..6).filter(|_| time.len() == 6)?)?;
    epoch::parse_mjd(mjd)?.checked_add(of_day)
}

/// Half the length of a track in ns.
fn half(seconds: &str) -> Option<i64> {
    seconds.parse::<u32>().ok().map(|seconds| i64::from(seconds) * (SECOND_NS / 2))
}

fn table(station: &str, tracks: &[Track<'_>]) -> Table {
    let text = |name: &str, word: fn(&Track<'_>) -> String| Column::text(name, tracks.iter().map(word).collect());
    let unit = |symbol: &str| Unit::parse(symbol).expect("tracks are in known units");
    let whole = |name: &str, place: usize| {
        Column::integer(name, Unit::ONE, tracks.iter().map(|track| track.counts[place]).collect())
    };
    let number = |(place, measure): (usize, &Measure)| {
        Column::float(measure.column, unit(measure.unit), tracks.iter().map(|track| track.numbers[place]).collect())
    };
    let series = tracks.iter().map(|track| format!("{station} {} {}", track.satellite, track.code)).collect();
    let mut numbers = MEASURES.iter().enumerate().map(number);
    let mut columns = vec![
        Column::text("series", series),
        Column::integer("time", unit("ns"), tracks.iter().map(|track| track.time).collect()),
    ];
    columns.extend(numbers.by_ref().take(1));
    columns.push(Column::text("station", vec![station.to_owned(); tracks.len()]));
    columns.push(text("satellite", |track| track.satellite.to_owned()));
    columns.push(text("code", |track| track.code.to_owned()));
    columns.push(text("class", |track| track.class.to_owned()));
    columns.extend(numbers.by_ref().take(7));
    columns.push(whole("ioe", 0));
    columns.extend(numbers);
    columns.extend([whole("fr", 1), whole("hc", 2)]);
    Table::new(columns).expect("every track fills every column, and each has its own name")
}

#[cfg(test)]
mod tests;
