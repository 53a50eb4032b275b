//! Models of sensors beside the lines that they were fitted to.

use super::identify::{Models, PARAMETERS, models};
use super::{Analysis, Input, Op, Subject, lines};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Section};
use rayon::prelude::*;
use sigmatau_core::Finding;
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_dynamic::identify::Identified;
use sigmatau_dynamic::{Complex64, Line, Response};

/// The fit of `identify` line by line: what was measured, the model, and what is left.
pub(super) static OP: Op = Op {
    name: "residuals",
    title: "model of a sensor beside the lines that it was fitted to, with what is left in standard uncertainties",
    subject: Subject::Dynamic,
    revision: sigmatau_dynamic::REVISION,
    reads: Reads::Record(&schema::response::SCHEMA),
    beside: &[],
    scope: Scope::Dataset,
    schema: &schema::fit::SCHEMA,
    parameters: &[PARAMETERS],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(Residuals(models(section)?)))
}

struct Residuals(Models);

impl Analysis for Residuals {
    fn parameters(&self) -> String {
        self.0.parameters()
    }

    /// Remarks on the fit are those of `identify`, and not told again.
    fn compute(&self, input: &Input<'_>, _whole: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let responses = lines::responses(&input.dataset.table()?);
        let fits: Vec<_> = responses.par_iter().map(|(_, response)| self.0.fit(response)).collect();
        let mut rows = Rows::of(OP.schema);
        for ((sensor, response), fit) in responses.iter().zip(fits) {
            if let Ok(fit) = fit {
                push(&mut rows, sensor, response, &fit);
            }
        }
        Ok((rows.table(), Vec::new()))
    }
}

fn push(rows: &mut Rows, sensor: &str, response: &Response, fit: &Identified) {
    let frequencies: Vec<f64> = fit.residuals.iter().map(|residual| residual.frequency).collect();
    let mut used = response.lines.iter().filter(|line| line.value.is_finite());
    for residual in &fit.residuals {
        let measured = residual.fitted + residual.difference;
        let line = used.find(|line| line.frequency == residual.frequency && near(line.value, measured));
        if let Some(line) = line {
            push_line(rows, sensor, "measured", line, parts(line, residual.difference));
        }
    }
    let model = fit.known.structure().model().name;
    for line in &fit.known.response(&frequencies).lines {
        push_line(rows, sensor, model, line, [f64::NAN; 2]);
    }
}

/// Whether two values differ by rounding alone.
fn near(one: Complex64, other: Complex64) -> bool {
    (one - other).norm() <= 1e-9 * (one.norm() + other.norm())
}

/// A difference along and across the value of a line, each over the standard uncertainty there.
fn parts(line: &Line, difference: Complex64) -> [f64; 2] {
    [Complex64::ONE, Complex64::I].map(|turn| {
        let direction = line.value * turn / line.value.norm();
        (difference * direction.conj()).re / line.covariance.along(direction)
    })
}

fn push_line(rows: &mut Rows, sensor: &str, source: &str, line: &Line, [along, across]: [f64; 2]) {
    let known = |number: f64| if number.is_finite() { number } else { f64::NAN };
    let row: [Cell; 9] = [
        sensor.into(),
        source.into(),
        line.frequency.into(),
        line.value.norm().into(),
        line.magnitude_u().into(),
        line.value.arg().into(),
        known(line.phase_u()).into(),
        known(along).into(),
        known(across).into(),
    ];
    rows.push(row);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use sigmatau_dynamic::Bivariate;

    /// Three lines of a gain of 2 with the uncertainty 0.1, the middle one 0.1 too large and turned by 0.05 rad.
    #[test]
    fn residuals_are_in_standard_uncertainties_along_and_across_the_value() {
        let off = Complex64::from_polar(2.1, 0.05);
        let line = |k: usize| Line {
            frequency: k as f64,
            value: if k == 50 { off } else { Complex64::new(2.0, 0.0) },
            covariance: Bivariate::circular(0.01),
            coherence: f64::NAN,
            dof: f64::INFINITY,
        };
        let measured = Response { lines: (1..=100).map(line).collect(), ..Response::default() };
        let document = Document::parse("model = \"rational\"", "a.toml").unwrap();
        let section = document.section().checked("the step", OP.parameters).unwrap();
        let fit = models(&section).unwrap().fit(&measured).unwrap();
        let mut table = Rows::of(OP.schema);
        push(&mut table, "a", &measured, &fit);
        let table = table.table();
        let [along, across, magnitude] =
            ["residual_along", "residual_across", "magnitude"].map(|name| table.floats(name).unwrap());
        let gain = magnitude[150];
        assert_eq!((table.rows(), table.texts("source").unwrap()[99].as_str()), (200, "measured"));
        assert!((along[49] - (2.1 - gain * 0.05_f64.cos()) / 0.1).abs() < 1e-9, "{}", along[49]);
        assert!((across[49] - gain * 0.05_f64.sin() / 0.1).abs() < 1e-9, "{}", across[49]);
        assert!(along[150].is_nan() && (gain - 2.0).abs() < 0.01);
    }
}
