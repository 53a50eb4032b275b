//! Two-way satellite time and frequency transfer: the data files of Recommendation ITU-R TF.1153.
//!
//! Lines that begin with `*` are the header; one of them names the columns, `EARTH-STAT` and `STTIME` among
//! them. Every other line reports a session in 20 words:
//!
//! ```text
//! LOC REM LI MJD STTIME NTL TW DRMS SMP ATL REFDELAY RSIG CI S CALR ESDVAR ESIG TMP HUM PRES
//! ```
//!
//! that is the local and the remote earth station, the satellite link, day and start (`hhmmss`, UTC), nominal
//! length in s, the fitted value TW of the time interval counter at the middle of the session in s, and
//! REFDELAY in s, by which the transmitted pulse is behind the reference of the laboratory; the rest is
//! about quality, calibration and weather and is passed over, so a line may end before it. A number of
//! nothing but nines is missing.
//!
//! There is one series for each local station, remote station and link. Its phase is the half of the link
//! that a station knows by itself,
//!
//! x = TW/2 + REFDELAY,
//!
//! so that the series of the station minus the series of its partner over the same link is the difference of
//! their references, up to calibration. The calibration value CALR and the variation ESDVAR of the earth
//! station's delay are **not** applied: which of them count depends on the calibration switch S of both
//! stations. A note says where a file states any. Only results of a quadratic fit are read, not individual
//! 1-s values, nor combined data, which already are differences (S = 5 and 6, which is a finding).

use super::epoch::{self, SECOND_NS};
use super::measurand::Measurand;
use super::points::{Point, Points};
use super::remarks::{Remarks, Trouble, excerpt};
use super::{Form, ImportError, ImportOptions, Imported, Importer, number};
use sigmatau_core::{Finding, Severity};

pub(super) static IMPORTER: Importer = Importer {
    name: "twstft",
    title: "ITU-R TF.1153: two-way satellite time transfer",
    extensions: &["tw", "itu"],
    reference: "Recommendation ITU-R TF.1153, annex on the data format",
    form: Form::Text { sniff, parse },
};

static BAD_SESSION: Trouble = Trouble {
    code: "bad-session",
    matters: "the session was left out",
    advice: "compare the line with the format; was the file cut or edited?",
};

static COMBINED: Trouble = Trouble {
    code: "combined-session",
    matters: "its value is a difference of two stations, not the reading of one, so it was left out",
    advice: "import the files of both stations with individual data",
};

fn sniff(head: &str) -> bool {
    head.lines().any(|line| line.starts_with('*') && line.contains("EARTH-STAT") && line.contains("STTIME"))
}

fn parse(text: &str, file: &str, _options: &ImportOptions) -> Result<Imported, ImportError> {
    let mut remarks = Remarks::new(file);
    let mut points = Points::default();
    let mut corrected = 0;
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !is_header(line)) {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        match session(&words) {
            _ if words.get(13).is_some_and(|switch| ["5", "6"].contains(switch)) => {
                remarks.line(&COMBINED, index + 1, || format!("`{}`", excerpt(line)));
            }
            Some((name, point)) => {
                corrected += usize::from(has_correction(&words));
                points.push(&name, point);
            }
            None => remarks.line(&BAD_SESSION, index + 1, || format!("`{}` can't be read", excerpt(line))),
        }
    }
    if points.is_empty() {
        let problem = "the file ends without a session that can be read".to_owned();
        return Err(ImportError::Format { file: file.to_owned(), line: text.lines().count().max(1), problem });
    }
    points.sort(&mut remarks);
    uncorrected(corrected).into_iter().for_each(|finding| remarks.push(finding.about(file)));
    let time_scale = Some("UTC".to_owned());
    let table = points.table(&Measurand::PHASE, true);
    Ok(Imported { table, time_scale, tau0: None, rate: None, findings: remarks.finish() })
}

fn is_header(line: &str) -> bool {
    line.trim().is_empty() || line.starts_with('*')
}

/// Name of the series and half of the link; nothing where the words are no session.
fn session(words: &[&str]) -> Option<(String, Point)> {
    let [local, remote, link, mjd, start, length, tw, _, _, _, delay, ..] = words else { return None };
    let whole = |range: std::ops::Range<usize>| start.get(range)?.parse::<i64>().ok();
    let of_day = epoch::time_of_day(whole(0..2)?, whole(2..4)?, start.get(4..6).filter(|_| start.len() == 6)?)?;
    let half = i64::from(length.parse::<u32>().ok()?) * (SECOND_NS / 2);
    let time = epoch::parse_mjd(mjd)?.checked_add(of_day)?.checked_add(half)?;
    let value = 0.5 * reading(tw)? + reading(delay)?;
    Some((format!("{local} {remote} {link}"), Point { time, value, uncertainty: f64::NAN }))
}

/// A number; `NaN` where it is written as nothing but nines.
fn reading(word: &str) -> Option<f64> {
    if is_missing(word) { Some(f64::NAN) } else { number(word) }
}

fn is_missing(word: &str) -> bool {
    let digits = word.trim_start_matches(['+', '-']).replace('.', "");
    digits.len() >= 5 && digits.bytes().all(|byte| byte == b'9')
}

/// Tells whether the session states a calibration value or a variation of the delay other than 0.
fn has_correction(words: &[&str]) -> bool {
    let stated = |word: &&&str| !is_missing(word) && number(word).is_some_and(|value| value != 0.0);
    [words.get(14), words.get(15)].iter().flatten().any(stated)
}

fn uncorrected(sessions: usize) -> Option<Finding> {
    let seen = format!("{sessions} sessions state CALR or ESDVAR, which were not applied");
    let matters = "the difference to the partner is shifted by them";
    let advice = "apply them as the calibration switches of both stations say";
    (sessions > 0).then(|| Finding::new(Severity::Note, "calibration", seen, matters, advice))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::import;

    const HEAD: &str = "* TWAAA58.000\n* FORMAT    01\n* LAB       AAA\n*\n\
        * EARTH-STAT  LI  MJD  STTIME NTL        TW        DRMS SMP ATL     REFDELAY     RSIG  CI S    CALR     ESDVAR   ESIG TMP HUM PRES\n\
        * LOC    REM           hhmmss  s         s          ns       s         s          ns            ns        ns      ns degC  %  mbar\n";

    const ONE: &str = " AAA01  BBB01 02 40587 000100 119 +0.250000000000 0.412 120 119 +0.000001000000 0.100 999 9 999999999 999999999 99999   21   45 1013\n";

    fn read(text: &str) -> Imported {
        import(text.as_bytes(), "twaaa40.587", None, &ImportOptions::default()).unwrap()
    }

    #[test]
    fn half_the_link_stands_at_the_middle_of_the_session() {
        let imported = read(&format!("{HEAD}{ONE}"));
        assert_eq!(imported.table.texts("series").unwrap(), ["AAA01 BBB01 02"]);
        assert_eq!(imported.table.integers("time").unwrap(), [60_000_000_000 + 59_500_000_000]);
        assert_eq!(imported.table.floats("phase").unwrap(), [0.125 + 1e-6]);
        assert_eq!((imported.time_scale.as_deref(), &*imported.findings[0].code), (Some("UTC"), "short"));
    }

    #[test]
    fn difference_of_the_partners_is_the_difference_of_their_references() {
        // The reference of A is 3 µs ahead of that of B, both pulses leave 1 µs and 2 µs behind, the way takes 0.25 s.
        let (lead, behind, way) = (3e-6, [1e-6, 2e-6], 0.25);
        let difference_of_pulses = lead - behind[0] + behind[1];
        let readings = [way + difference_of_pulses, way - difference_of_pulses];
        let line = |names: &str, k: usize| {
            format!("{names} 02 40587 000100 119 {:+.12} 0.4 120 119 {:+.12}\n", readings[k], behind[k])
        };
        let imported = read(&format!("{HEAD}{}{}", line("A B", 0), line("B A", 1)));
        let phase = imported.table.floats("phase").unwrap();
        assert!((phase[0] - phase[1] - lead).abs() < 1e-15, "{phase:?}");
    }

    #[test]
    fn broken_sessions_are_findings_with_their_lines() {
        let missing = ONE.replace("+0.250000000000", "99999999999999");
        let combined = ONE.replace(" 999 9 ", " 999 5 ");
        let calibrated = ONE.replace("999999999 999999999", "    7.200     0.000");
        let text = format!("{HEAD}{}{missing}{combined}{calibrated}", ONE.replace("000100", "240100"));
        let imported = read(&text);
        let codes: Vec<&str> = imported.findings.iter().map(|finding| &*finding.code).collect();
        assert_eq!(codes, ["bad-session", "combined-session", "duplicate", "calibration", "short"]);
        assert_eq!(imported.findings[0].subject, "twaaa40.587, line 7");
        let phase = imported.table.floats("phase").unwrap();
        assert_eq!((phase.len(), phase[0].is_nan()), (2, true));
    }

    #[test]
    fn file_without_sessions_is_refused() {
        let message = import(HEAD.as_bytes(), "a.tw", None, &ImportOptions::default()).unwrap_err().to_string();
        assert_eq!(message, "import `a.tw`, line 6: the file ends without a session that can be read");
    }
}
