//! The table of kernels: fixed pieces of work of some 10⁸ instructions (half of it to seven times as many) on one thread.
//!
//! One entry per file in the folder `kernel/`, except that every estimator is a kernel by being in its
//! own table. Making the input is at most a twentieth of the work. The counts of instructions that
//! `scripts/instructions` holds a change against are in `benches/instructions.txt`.

use sigmatau_stability::ESTIMATORS;

mod chi_squared;
mod edf;
mod estimator;
mod identify;
mod noise;
mod screen;
mod sine;
mod unit;

/// A named piece of work.
pub struct Kernel {
    /// What it is called, such as `oadev` or `oadev-gaps`.
    pub name: String,
    /// Does the work.
    pub run: Box<dyn Fn()>,
}

/// The kernels that stand for themselves.
static OTHERS: &[(&str, fn())] = &[
    ("identify", identify::whole),
    ("identify-gaps", identify::gaps),
    ("noise-white", noise::white),
    ("noise-flicker", noise::flicker),
    ("edf", edf::greenhall_riley),
    ("edf-exact", edf::exact),
    ("chi-squared", chi_squared::quantiles),
    ("unit", unit::parse),
    ("screen", screen::screen),
    ("sine-three", sine::three),
    ("sine-four", sine::four),
];

/// Every kernel: each estimator, each with overlap once more with gaps, and the others.
pub fn kernels() -> Vec<Kernel> {
    let whole = ESTIMATORS.iter().map(|estimator| estimator::kernel(estimator, false));
    let overlapping = ESTIMATORS.iter().filter(|estimator| estimator.model.overlapping());
    let gaps = overlapping.map(|estimator| estimator::kernel(estimator, true));
    let others = OTHERS.iter().map(|(name, run)| Kernel { name: (*name).to_owned(), run: Box::new(run) });
    whole.chain(gaps).chain(others).collect()
}

/// Repeats work whose result nobody looks at.
fn repeat<T>(times: usize, work: impl Fn() -> T) {
    (0..times).for_each(|_| drop(std::hint::black_box(work())));
}
