//! Fits 10 000 resonances of 50 lines each, `time` it: `cargo run --release --example ten_thousand_sensors`.
#![expect(clippy::print_stdout, reason = "the face of an example")]

use sigmatau_dynamic::identify::identify_each;
use sigmatau_dynamic::model::{Model, Settings};
use sigmatau_dynamic::{Bivariate, Complex64, Response};
use sigmatau_spectrum::Gaussian;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let delay = std::env::args().any(|word| word == "delay");
    let structure = Model::named("second-order")?.structure(&Settings { delay, ..Settings::default() })?;
    let frequencies: Vec<f64> = (1..=50).map(|k| 100.0 * f64::from(k)).collect();
    let truth = |sensor: u64| [0.2, 0.02 + 1e-6 * sensor as f64, 3000.0 + 0.1 * sensor as f64, 1e-4];
    let response = |sensor: u64| -> Response {
        let mut noise = Gaussian::new(1, sensor);
        let mut response = structure.response(&truth(sensor)[..structure.parameters().len()], &frequencies);
        for line in &mut response.lines {
            line.value += 1e-3 * Complex64::new(noise.draw(), noise.draw());
            line.covariance = Bivariate::circular(1e-6);
        }
        response
    };
    let responses: Vec<Response> = (0..10_000).map(response).collect();
    let found = identify_each(&responses, &structure).into_iter().collect::<Result<Vec<_>, _>>()?;
    let off = |(sensor, found): (usize, &sigmatau_dynamic::identify::Identified)| {
        ((found.known.values()[2] - truth(sensor as u64)[2]) / found.known.uncertainty(2)).powi(2)
    };
    let mean = found.iter().enumerate().map(off).sum::<f64>() / found.len() as f64;
    println!("{} sensors; f0 is off by {:.3} standard uncertainties (root mean square)", found.len(), mean.sqrt());
    Ok(())
}
