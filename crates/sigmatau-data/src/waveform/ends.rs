//! Where the channels of a record end: a channel that was stopped early goes on with missing samples.

use super::ChannelInfo;
use sigmatau_core::{Finding, Severity};

/// The number of samples of each channel, missing ones at the end not counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ends(pub(super) Vec<usize>);

impl Ends {
    pub(super) fn of(channels: &[Vec<f64>]) -> Self {
        Self(channels.iter().map(|samples| end(samples)).collect())
    }

    /// The number of samples that all channels have.
    pub(super) fn shortest(&self) -> usize {
        self.0.iter().copied().min().unwrap_or(0)
    }

    /// The remark that channels differ in length, if they do.
    pub(super) fn remark(&self, channels: &[ChannelInfo]) -> Option<Finding> {
        let (shortest, longest) = (self.shortest(), self.0.iter().copied().max().unwrap_or(0));
        let lengths: Vec<String> =
            channels.iter().zip(&self.0).map(|(channel, end)| format!("`{}` has {end}", channel.name)).collect();
        let finding = Finding::new(
            if shortest == 0 { Severity::Failure } else { Severity::Warning },
            "unequal-lengths",
            format!("the channels differ in their number of samples: {}", lengths.join(", ")),
            format!("{} samples without a partner were left out", longest - shortest),
            "look for a channel that stopped early, or for channels of different records in one table",
        );
        (shortest != longest).then_some(finding)
    }
}

/// The place behind the last sample that is there.
pub(super) fn end(samples: &[f64]) -> usize {
    samples.iter().rposition(|sample| !sample.is_nan()).map_or(0, |last| last + 1)
}
