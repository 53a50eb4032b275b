//! Models fitted to responses from records of random excitation, whose neighbouring lines share what they tell.

use super::{CONFIDENCE, Case, Claim, within};
use sigmatau_dynamic::identify::{Between, identify};
use sigmatau_dynamic::method::{self, Method};
use sigmatau_dynamic::model::{Known, Model, Settings, Structure};
use sigmatau_dynamic::{Complex64, Response};
use sigmatau_spectrum::Gaussian;
use sigmatau_spectrum::Window;

/// y(n) = 0.5 x(n) + 0.6 y(n − 1) − 0.3 y(n − 2).
const TRUTH: [f64; 3] = [0.5, -0.6, 0.3];
const SEGMENT: usize = 128;
const SEGMENTS: usize = 40;
/// Frequencies over the sampling rate at which magnitude and phase of the model are looked at.
const ASKED: [f64; 2] = [0.05, 0.3];

/// The standard deviation of the noise where it is all on the excitation, of variance 1, or all on the response. That on
/// the excitation is small, so that the bias of H₂, which falls with the number of segments, hides in the uncertainty.
const NOISE: [f64; 2] = [0.1, 0.2];

/// A method with its window, and which share of the noise is on the excitation.
const CASES: [(&str, &str, f64); 5] =
    [("h1", "hann", 0.0), ("h1", "flat-top", 0.0), ("h2", "hann", 1.0), ("hv", "hann", 0.5), ("lpm", "hann", 0.0)];

pub(super) fn cases() -> Vec<Case> {
    CASES.into_iter().map(case).collect()
}

fn case((method, window, on_excitation): (&'static str, &'static str, f64)) -> Case {
    let parameters = structure().parameters().into_iter().map(|parameter| parameter.name);
    let at = ASKED.iter().flat_map(|place| ["magnitude", "phase"].map(|what| format!("{what} at {place} of the rate")));
    Case {
        part: "models",
        name: format!("discrete 0/2 from {SEGMENTS} segments by {method}, {window}"),
        of: parameters.chain(at).chain(["χ² of the right model".into()]).collect(),
        claim: Claim::Stated,
        trial: Box::new(move |stream| trial(method, window, on_excitation, stream)),
    }
}

fn structure() -> Structure {
    let settings = Settings { numerator: 0, denominator: 2, rate: Some(1.0), delay: false };
    Model::named("discrete").unwrap().structure(&settings).unwrap()
}

fn trial(method: &str, window: &str, on_excitation: f64, stream: u64) -> Vec<f64> {
    let response = measured(method, window, on_excitation, stream);
    let found = identify(&response, &structure(), Between::Neighbours).unwrap();
    let (known, likely) = (&found.known, f64::from(found.verdict.p_value >= 1.0 - CONFIDENCE));
    let parameters =
        TRUTH.iter().enumerate().map(|(place, truth)| within(known.values()[place] - truth, known.uncertainty(place)));
    parameters.chain(asked(known)).chain([likely]).collect()
}

fn asked(known: &Known) -> Vec<f64> {
    let (structure, lines) = (structure(), known.response(&ASKED).lines);
    let truths = ASKED.map(|frequency| structure.at(&TRUTH).value(frequency));
    let each = lines.iter().zip(truths).flat_map(|(line, truth): (_, Complex64)| {
        let magnitude = within(line.value.norm() - truth.norm(), line.magnitude_u());
        [magnitude, within((line.value / truth).arg(), line.phase_u())]
    });
    each.collect()
}

/// The response from one record.
fn measured(method: &str, window: &str, on_excitation: f64, stream: u64) -> Response {
    let mut draws = Gaussian::new(53, stream);
    let points = SEGMENT / 2 * (SEGMENTS + 1);
    let mut noise = |u: f64| -> Vec<f64> { draws.by_ref().take(points).map(|x| x * u).collect() };
    let (signal, input, output) =
        (noise(1.0), noise(NOISE[0] * on_excitation), noise(NOISE[1] * (1.0 - on_excitation)));
    let mut past = [0.0; 2];
    let response = signal.iter().zip(output).map(|(x, noise)| {
        let y = TRUTH[0] * x - TRUTH[1] * past[0] - TRUTH[2] * past[1];
        past = [y, past[0]];
        y + noise
    });
    let response: Vec<f64> = response.collect();
    let excitation: Vec<f64> = signal.iter().zip(input).map(|(x, noise)| x + noise).collect();
    let settings = method::Settings {
        segment: SEGMENT,
        window: Window::named(window).unwrap(),
        noise_ratio: Some((NOISE[1] / NOISE[0]).powi(2)),
        range: Some((8.0 / SEGMENT as f64, 0.5)),
        ..method::Settings::default()
    };
    let mut estimation = (Method::named(method).unwrap().begin)(&settings, 1.0).unwrap();
    estimation.push(&excitation, &response);
    estimation.finish()
}
