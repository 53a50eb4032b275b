//! The two ways to say how wrong a meter is: its error e, and the share κ of its registered energy that the balance
//! of its area lacks.

/// The error e = 1/(1+κ) − 1 of a meter whose true energy is (1+κ) times the registered one.
///
/// Exact landmarks: κ = 0 is a good meter; κ → ∞ one that registers nothing, e = −1; κ = −1 one whose energy never
/// passes the master meter, so that no error can be said: `NaN`.
///
/// ```
/// use sigmatau_meter::error::{error_of, lack_of};
/// assert!((error_of(1.5) + 0.6).abs() < 1e-15); // tampered: 60 % is missing
/// assert!((error_of(lack_of(0.02)) - 0.02).abs() < 1e-15);
/// assert!(error_of(-1.0).is_nan());
/// ```
pub fn error_of(lack: f64) -> f64 {
    if lack > -1.0 { -lack / (1.0 + lack) } else { f64::NAN }
}

/// The share κ = 1/(1+e) − 1 = −e/(1+e) of its registered energy that a meter of error e lacks; infinite for one that
/// registers nothing, e = −1.
pub fn lack_of(error: f64) -> f64 {
    match error {
        -1.0 => f64::INFINITY,
        error => -error / (1.0 + error),
    }
}

/// The standard uncertainty of the error from that of κ: u(e) = u(κ) / (1+κ)².
pub fn uncertainty_of_error(lack: f64, u: f64) -> f64 {
    u / ((1.0 + lack) * (1.0 + lack))
}
