//! Records from files, and the CPU time of work on them, which Linux tells.

use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::io::Read;

/// Returns the first `points` numbers of a file of little-endian `f64`.
///
/// # Errors
/// When the file cannot be read or holds fewer.
pub fn read(file: &str, points: usize) -> Result<Vec<f64>, std::io::Error> {
    let mut bytes = vec![0; 8 * points];
    File::open(file)?.read_exact(&mut bytes)?;
    Ok(bytes.as_chunks().0.iter().map(|eight| f64::from_le_bytes(*eight)).collect())
}

/// Returns the CPU time of `work` on this thread, in s.
///
/// # Errors
/// When the system does not tell it.
pub fn time<T>(work: impl Fn() -> T) -> Result<String, Box<dyn Error>> {
    let before = nanoseconds()?;
    black_box(work());
    Ok(format!("{:.9}", (nanoseconds()? - before) as f64 * 1e-9))
}

/// The CPU time that this thread has had. Linux brings the figure up to date when the thread yields.
fn nanoseconds() -> Result<u64, Box<dyn Error>> {
    std::thread::yield_now();
    let line = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(line.split(' ').next().unwrap_or_default().parse()?)
}
