//! Frames and states of areas as they stand in a table.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sigmatau_core::{Finding, Severity};
use sigmatau_data::Table;
use sigmatau_data::schema::Cell;
use sigmatau_meter::daily::{Frame, State};

/// What is kept of an area.
#[derive(Clone)]
pub(in crate::op) struct Kept {
    pub(in crate::op) area: String,
    pub(in crate::op) meters: Vec<String>,
    /// Beginning and end in seconds since 1970 UTC.
    pub(in crate::op) span: (i64, i64),
    pub(in crate::op) frame: Frame,
    pub(in crate::op) state: State,
}

const NANOSECONDS: i64 = 1_000_000_000;

impl Kept {
    /// Reads a row of a table of states; nothing where it is damaged.
    pub(in crate::op) fn read(states: &Table, row: usize) -> Option<Self> {
        let word = |name| states.texts(name).map(|words| words[row].as_str());
        let seconds = |name| states.integers(name).map(|times| times[row].div_euclid(NANOSECONDS));
        let meters: Vec<String> = word("meters")?.split('\t').map(str::to_owned).collect();
        let frame = Frame::from_column(&unpacked(word("frame")?)?).filter(|frame| frame.meters() == meters.len())?;
        let state = State::from_column(&unpacked(word("information_form")?)?).filter(|state| frame.suits(state))?;
        Some(Self {
            area: word("area")?.to_owned(),
            meters,
            span: (seconds("from_utc")?, seconds("to_utc")?),
            frame,
            state,
        })
    }

    pub(super) fn row(&self) -> [Cell; 7] {
        let Self { area, meters, span, frame, state } = self;
        [
            area.as_str().into(),
            meters.join("\t").into(),
            state.intervals().into(),
            (span.0 * NANOSECONDS).into(),
            (span.1 * NANOSECONDS).into(),
            packed(&frame.column()).into(),
            packed(&state.column()).into(),
        ]
    }

    /// The same with another state, over this time too.
    pub(super) fn with(&self, state: State, span: (i64, i64)) -> Self {
        Self { state, span: (self.span.0.min(span.0), self.span.1.max(span.1)), ..self.clone() }
    }
}

fn packed(numbers: &[f64]) -> String {
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    STANDARD.encode(bytes)
}

fn unpacked(word: &str) -> Option<Vec<f64>> {
    let bytes = STANDARD.decode(word).ok()?;
    let (numbers, rest) = bytes.as_chunks::<8>();
    rest.is_empty().then(|| numbers.iter().map(|number| f64::from_le_bytes(*number)).collect())
}

/// That a row of states can't be read.
pub(in crate::op) fn unreadable() -> Finding {
    Finding::new(
        Severity::Failure,
        "state-damaged",
        "its row in the table of states is damaged",
        "nothing is said of its meters",
        "begin anew with some weeks of readings",
    )
}
