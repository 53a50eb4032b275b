//! The CPU time of the estimator on an area of 99 meters over 30 days of 15 min, the least of several turns in ms:
//! the whole solution, and what a day costs afterwards. `cargo run --release -p sigmatau-meter --example speed`

#![allow(clippy::print_stdout, reason = "it is what is asked for")]

#[path = "../tests/common/mod.rs"]
mod common;

use sigmatau_meter::Area;
use sigmatau_meter::daily::Frame;
use sigmatau_meter::prior::Prior;
use sigmatau_meter::solver::Solver;
use std::hint::black_box;

const DAYS: usize = 30;
const TURNS: usize = 5;

fn main() {
    let mut case = common::case("typical", 1, DAYS);
    let (prior, gls) = (Prior::default(), Solver::named("gls").expect("it is in the list"));
    println!("gls {:.1}", least(|| (gls.solve)(&case.area, &prior)));
    let frame = Frame::of(&case.area, &prior).expect("the area has a balance");
    let read = |area: &Area, intervals| frame.read(area, intervals).expect("it is the area of the frame");
    let whole = read(&case.area, 0..96 * DAYS);
    let last = 96 * (DAYS - 2)..96 * DAYS;
    case.area.master.supplied = case.area.master.supplied[last.clone()].to_vec();
    case.area.meters.iter_mut().for_each(|meter| meter.consumed = meter.consumed[last.clone()].to_vec());
    println!("a day {:.2}", least(|| whole.plus(&read(&case.area, 96..192))));
    println!("errors from the state {:.1}", least(|| frame.solution(&whole)));
}

/// The least CPU time of some turns on this thread, in ms.
fn least<T>(work: impl Fn() -> T) -> f64 {
    let turn = |_| {
        let before = milliseconds();
        black_box(work());
        milliseconds() - before
    };
    (0..TURNS).map(turn).fold(f64::INFINITY, f64::min)
}

/// The CPU time that this thread has had. Linux brings the figure up to date when the thread yields.
fn milliseconds() -> f64 {
    std::thread::yield_now();
    let line = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells it");
    line.split(' ').next().and_then(|word| word.parse::<f64>().ok()).expect("a time in ns") * 1e-6
}
