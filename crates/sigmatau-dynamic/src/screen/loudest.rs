//! The stretch of a channel with the largest variance, on which a spectrum and the step between codes are looked for:
//! the beginning of a record of a shock is all noise.

/// Samples of a stretch.
const STRETCH: usize = 1 << 13;

/// Stretches after which no louder one is looked for, to spare long records the work.
const STRETCHES: usize = 1 << 7;

/// The loudest stretch so far, and the one that is being filled.
#[derive(Clone, Debug, Default)]
pub(super) struct Loudest {
    loudest: Vec<f64>,
    variance: f64,
    filling: Vec<f64>,
    stretches: usize,
}

impl Loudest {
    /// Goes on with samples.
    pub(super) fn push(&mut self, mut samples: &[f64]) {
        while self.stretches < STRETCHES && !samples.is_empty() {
            let (now, later) = samples.split_at(samples.len().min(STRETCH - self.filling.len()));
            self.filling.extend_from_slice(now);
            if self.filling.len() == STRETCH {
                self.compare();
            }
            samples = later;
        }
    }

    /// Keeps the full stretch if it is louder. One with missing samples never is.
    fn compare(&mut self) {
        let variance = variance(&self.filling);
        if variance > self.variance {
            std::mem::swap(&mut self.loudest, &mut self.filling);
            self.variance = variance;
        }
        self.filling.clear();
        self.stretches += 1;
    }

    /// The samples of the loudest stretch; where none is full, those so far.
    pub(super) fn samples(&self) -> &[f64] {
        if self.loudest.is_empty() { &self.filling } else { &self.loudest }
    }
}

fn variance(samples: &[f64]) -> f64 {
    let mean = samples.iter().sum::<f64>() / samples.len() as f64;
    samples.iter().map(|sample| (sample - mean).powi(2)).sum::<f64>() / samples.len() as f64
}
