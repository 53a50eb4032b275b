//! What the ops on frequency responses share: the lines of each sensor, out of the rows of a record.

use sigmatau_core::{Finding, Severity};
use sigmatau_data::Table;
use sigmatau_dynamic::{Bivariate, Complex64, Line, Response};

/// The responses of a `response` table in the order in which their sensors first appear.
///
/// Lines of one sensor by several methods make one response; see the op `merge` for putting them together.
pub(super) fn responses(table: &Table) -> Vec<(String, Response)> {
    let sensors = table.texts("sensor").expect("the schema has it");
    let number = |name| table.floats(name).expect("the schema has it");
    let [frequency, real, imaginary] = ["frequency_hz", "real", "imag"].map(number);
    let [u_real, u_imaginary, cross] = ["u_real", "u_imag", "cov_real_imag"].map(number);
    let [coherence, dof] = ["coherence", "dof"].map(number);
    let line = |row: usize| Line {
        frequency: frequency[row],
        value: Complex64::new(real[row], imaginary[row]),
        covariance: Bivariate { real: u_real[row].powi(2), imaginary: u_imaginary[row].powi(2), cross: cross[row] },
        coherence: coherence[row],
        dof: dof[row],
    };
    let mut responses: Vec<(String, Response)> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for (row, sensor) in sensors.iter().enumerate() {
        let place = *places.entry(sensor.as_str()).or_insert_with(|| {
            responses.push((sensor.clone(), Response::default()));
            responses.len() - 1
        });
        responses[place].1.lines.push(line(row));
    }
    for (_, response) in &mut responses {
        response.lines.sort_by(|a, b| a.frequency.total_cmp(&b.frequency));
    }
    responses
}

/// The lines that have a value and an uncertainty, and a remark about the others.
pub(super) fn assessable(response: &Response) -> (Response, Option<Finding>) {
    let known = |line: &&Line| line.value.is_finite() && line.covariance.power().is_finite();
    let lines: Vec<Line> = response.lines.iter().filter(known).copied().collect();
    let (all, left) = (response.lines.len(), response.lines.len() - lines.len());
    let remark = (left > 0).then(|| {
        Finding::new(
            Severity::Warning,
            "unknown-lines",
            format!("{left} of {all} lines of the response have no value or no uncertainty"),
            "they are left out",
            "excite the sensor there, or leave those lines out of the response by `range`",
        )
    });
    (Response { lines, findings: Vec::new() }, remark)
}
