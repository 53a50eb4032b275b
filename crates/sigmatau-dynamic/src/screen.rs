//! What a record looks like before anything is estimated from it: missing, dead, clipped and coarse channels, and
//! excitation up to the Nyquist frequency.
//!
//! What is remarkable about the extremes of a channel is in `screen/extreme.rs`, the step between its codes in
//! `screen/step.rs`, the share of its power near the Nyquist frequency in `screen/band.rs`.

mod band;
mod extreme;
mod loudest;
mod step;

use extreme::Extreme;
use loudest::Loudest;
use sigmatau_core::{Finding, Severity};

/// Fewer levels than this between the extremes, and rounding shows.
const LEVELS: f64 = 256.0;

/// The share of clipped samples from which on the response is not to be relied upon.
const CLIPPED: f64 = 1e-3;

/// The screen of a record, as its samples come; the first channel is the excitation.
///
/// Takes O(n) steps, a few operations for each sample, and 160 KiB for each channel. How the samples are divided
/// among calls changes nothing.
///
/// Findings: `missing` (warning), `no-data` and `constant` (failures), `clipped` (warning, from one sample in a thousand
/// on failure), `coarse` and `aliasing` (warnings).
///
/// ```
/// use sigmatau_dynamic::screen::Screen;
/// let tone = |k: u32| (f64::from(k) * 0.05).sin();
/// let excitation: Vec<f64> = (0..5000).map(tone).collect();
/// let response: Vec<f64> = excitation.iter().map(|x| (2.0 * x).clamp(-1.5, 1.5)).collect();
/// let mut screen = Screen::new(&["shaker", "sensor"]);
/// screen.push(&[&excitation, &response]);
/// let findings = screen.finish();
/// assert_eq!((findings.len(), &*findings[0].code, findings[0].subject.as_str()), (1, "clipped", "sensor"));
/// ```
#[derive(Clone, Debug)]
pub struct Screen {
    channels: Vec<Channel>,
}

/// What is kept of one channel.
#[derive(Clone, Debug)]
struct Channel {
    name: String,
    samples: u64,
    missing: u64,
    top: Extreme,
    bottom: Extreme,
    loudest: Loudest,
}

impl Screen {
    /// Begins with no samples of the channels of these names.
    pub fn new(names: &[&str]) -> Self {
        Self { channels: names.iter().map(|name| Channel::new(name)).collect() }
    }

    /// Goes on with equally many samples of every channel, `NaN` where one is missing.
    ///
    /// # Panics
    /// When there are not as many channels as names, or they differ in length.
    pub fn push(&mut self, channels: &[&[f64]]) {
        assert_eq!(channels.len(), self.channels.len(), "every channel has its name");
        assert!(channels.iter().all(|samples| samples.len() == channels[0].len()), "the channels are equally long");
        self.channels.iter_mut().zip(channels).for_each(|(channel, samples)| channel.push(samples));
    }

    /// What is remarkable about the samples so far, each remark about the name of its channel.
    pub fn finish(self) -> Vec<Finding> {
        let excitation = self.channels.first().and_then(|channel| channel.aliasing());
        let findings = self.channels.iter().flat_map(Channel::findings).chain(excitation);
        findings.collect()
    }
}

/// The screen of a record at hand: its channels by name, the excitation first. Where they differ in length, the remark
/// `unequal-lengths` (warning) says so and the samples that all have are screened.
///
/// ```
/// use sigmatau_dynamic::screen::screen;
/// let findings = screen(&[("shaker", &[0.0, 1.0, 0.5]), ("sensor", &[0.0, 2.0])]);
/// assert_eq!(findings[0].seen, "the channels differ in their number of samples: `shaker` has 3, `sensor` has 2");
/// ```
pub fn screen(channels: &[(&str, &[f64])]) -> Vec<Finding> {
    let names: Vec<&str> = channels.iter().map(|(name, _)| *name).collect();
    let shortest = channels.iter().map(|(_, samples)| samples.len()).min().unwrap_or(0);
    let common: Vec<&[f64]> = channels.iter().map(|(_, samples)| &samples[..shortest]).collect();
    let mut screen = Screen::new(&names);
    screen.push(&common);
    unequal(channels, shortest).into_iter().chain(screen.finish()).collect()
}

fn unequal(channels: &[(&str, &[f64])], shortest: usize) -> Option<Finding> {
    let longest = channels.iter().map(|(_, samples)| samples.len()).max().unwrap_or(0);
    let lengths: Vec<String> =
        channels.iter().map(|(name, samples)| format!("`{name}` has {}", samples.len())).collect();
    let finding = Finding::new(
        Severity::Warning,
        "unequal-lengths",
        format!("the channels differ in their number of samples: {}", lengths.join(", ")),
        format!("{} samples without a partner were left out", longest - shortest),
        "look for a channel that stopped early, or for channels of different records",
    );
    (shortest != longest).then_some(finding)
}

impl Channel {
    fn new(name: &str) -> Self {
        let (top, bottom) = (Extreme::top(), Extreme::bottom());
        Self { name: name.to_owned(), samples: 0, missing: 0, top, bottom, loudest: Loudest::default() }
    }

    fn push(&mut self, samples: &[f64]) {
        self.samples += samples.len() as u64;
        self.missing += samples.iter().filter(|sample| !sample.is_finite()).count() as u64;
        self.top.push(samples);
        self.bottom.push(samples);
        self.loudest.push(samples);
    }

    fn findings(&self) -> Vec<Finding> {
        let findings = match self.samples - self.missing {
            0 => vec![self.nothing_there()],
            _ if self.top.value() == self.bottom.value() => vec![self.dead()],
            _ => [self.lacking(), self.clipped(), self.coarse()].into_iter().flatten().collect(),
        };
        findings.into_iter().map(|finding| finding.about(&self.name)).collect()
    }

    fn nothing_there(&self) -> Finding {
        Finding::new(
            Severity::Failure,
            "no-data",
            format!("none of {} samples is there", self.samples),
            "no response can be estimated",
            "check the column and the cable",
        )
    }

    fn dead(&self) -> Finding {
        Finding::new(
            Severity::Failure,
            "constant",
            format!("every sample is {:e}", self.top.value()),
            "a channel that does not move shows no response",
            "check the sensor, its supply and the cable",
        )
    }

    fn lacking(&self) -> Option<Finding> {
        let finding = Finding::new(
            Severity::Warning,
            "missing",
            format!("{} of {} samples are missing or infinite", self.missing, self.samples),
            "segments that touch one of them are left out",
            "look for drop-outs of the digitizer",
        );
        (self.missing > 0).then_some(finding)
    }

    fn clipped(&self) -> Option<Finding> {
        let (top, bottom) = (self.top.plateau(), self.bottom.plateau());
        let share = (top + bottom) as f64 / self.samples as f64;
        let sides =
            [(top, self.top.value()), (bottom, self.bottom.value())].into_iter().filter(|(count, _)| *count > 0);
        let sides: Vec<String> = sides.map(|(count, value)| format!("{count} at {value:e}")).collect();
        let finding = Finding::new(
            if share < CLIPPED { Severity::Warning } else { Severity::Failure },
            "clipped",
            format!(
                "{} samples stand at the extremes ({}), {:.2} % of all",
                top + bottom,
                sides.join(", "),
                100.0 * share
            ),
            "what was cut off is missing in the magnitude and stands as harmonics at other frequencies",
            "record again with a larger range or a smaller excitation",
        );
        (top + bottom > 0).then_some(finding)
    }

    fn coarse(&self) -> Option<Finding> {
        let step = step::step(self.loudest.samples())?;
        let levels = ((self.top.value() - self.bottom.value()) / step).round() + 1.0;
        let finding = Finding::new(
            Severity::Warning,
            "coarse",
            format!("the samples are whole multiples of {step:e} and span {levels} of them"),
            format!("rounding adds noise of {:.1e}, which is white only for lively signals", step / 12_f64.sqrt()),
            "record with a smaller range, and state the step of the digitizer",
        );
        (levels < LEVELS).then_some(finding)
    }

    /// The remark that the excitation reaches up to the Nyquist frequency.
    fn aliasing(&self) -> Option<Finding> {
        let share = band::upper_share(self.loudest.samples())?;
        let finding = Finding::new(
            Severity::Warning,
            "aliasing",
            format!("{:.0} % of the power lies in the uppermost fifth below the Nyquist frequency", 100.0 * share),
            "if the excitation goes on beyond, it is folded back and the response is wrong at every frequency it falls on",
            "filter before the digitizer, sample faster, or narrow the excitation to 0.8 of the Nyquist frequency",
        );
        (share > band::SUSPICIOUS).then(|| finding.about(&self.name))
    }
}

#[cfg(test)]
mod tests;
