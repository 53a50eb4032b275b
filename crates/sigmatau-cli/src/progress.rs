//! The display of a run: a bar on standard error when it is a terminal, nothing otherwise.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sigmatau_pipeline::{Event, Listener, Recorder};

/// Shows events as a bar, and hands them on to a recorder.
pub(crate) struct Progress {
    bar: ProgressBar,
    recorder: Option<Recorder>,
}

impl Progress {
    /// A display on standard error; `quiet` keeps it silent.
    pub(crate) fn new(quiet: bool, recorder: Option<Recorder>) -> Self {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(None, target);
        let style = ProgressStyle::with_template("{prefix:>24} {bar:32} {pos}/{len} {wide_msg}");
        bar.set_style(style.expect("the template is well formed"));
        Self { bar, recorder }
    }

    /// Takes the bar off the screen.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn show(&self, what: &str, done: usize, of: usize) {
        self.bar.set_length(of as u64);
        self.bar.set_position(done as u64);
        self.bar.set_prefix(what.to_owned());
    }
}

impl Listener for Progress {
    fn hear(&self, event: &Event<'_>) {
        match event {
            Event::Generating { dataset, done, of } => self.show(&format!("generating {dataset}"), *done, *of),
            Event::StepStarted { step, units } => self.show(step, 0, *units),
            Event::UnitFinished { unit, .. } => {
                self.bar.set_message((*unit).to_owned());
                self.bar.inc(1);
            }
            _ => {}
        }
        if let Some(recorder) = &self.recorder {
            recorder.hear(event);
        }
    }
}
