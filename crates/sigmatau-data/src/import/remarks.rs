//! Findings about single lines, counted so that a broken file does not drown its reader.

use sigmatau_core::{Finding, Severity};

/// How many lines are named for each kind of trouble.
const NAMED: usize = 10;

/// A kind of trouble with lines.
pub(super) struct Trouble {
    pub(super) code: &'static str,
    pub(super) matters: &'static str,
    pub(super) advice: &'static str,
}

/// The findings about one file.
pub(super) struct Remarks<'a> {
    file: &'a str,
    findings: Vec<Finding>,
    counted: Vec<(&'static Trouble, usize)>,
}

impl<'a> Remarks<'a> {
    pub(super) fn new(file: &'a str) -> Self {
        Self { file, findings: Vec::new(), counted: Vec::new() }
    }

    /// Remarks on a line, counted from 1; beyond the first few it is only counted.
    pub(super) fn line(&mut self, trouble: &'static Trouble, line: usize, seen: impl FnOnce() -> String) {
        if self.count(trouble) <= NAMED {
            let finding = Finding::new(Severity::Warning, trouble.code, seen(), trouble.matters, trouble.advice);
            self.findings.push(finding.about(format!("{}, line {line}", self.file)));
        }
    }

    /// Remarks on the whole file.
    pub(super) fn push(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    fn count(&mut self, trouble: &'static Trouble) -> usize {
        let known = self.counted.iter().position(|(counted, _)| counted.code == trouble.code);
        let place = known.unwrap_or_else(|| {
            self.counted.push((trouble, 0));
            self.counted.len() - 1
        });
        self.counted[place].1 += 1;
        self.counted[place].1
    }

    /// The findings, with one more for each kind of trouble that has lines which were not named.
    pub(super) fn finish(mut self) -> Vec<Finding> {
        for (trouble, count) in self.counted.iter().filter(|(_, count)| *count > NAMED) {
            let seen = format!("{} more lines like the {NAMED} above", count - NAMED);
            let finding = Finding::new(Severity::Warning, trouble.code, seen, trouble.matters, trouble.advice);
            self.findings.push(finding.about(self.file));
        }
        self.findings
    }
}

/// A text at most as long as a message can bear.
pub(super) fn excerpt(line: &str) -> String {
    let line = line.trim_end();
    if line.chars().count() <= 60 { line.to_owned() } else { line.chars().take(57).chain("...".chars()).collect() }
}
