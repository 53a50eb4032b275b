//! Transducers held against wideband accuracy classes.

use super::{Analysis, Input, Op, Subject, lines};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_dynamic::transducer::wideband::{Band, BandDecision};
use sigmatau_dynamic::transducer::{Limits, RatioError, Rule, Transfer, Verdict};

/// Verdicts on accuracy classes, for every sensor of a `response` table.
pub(super) static OP: Op = Op {
    name: "transducer-class",
    title: "wideband accuracy class of instrument transformers (IEC 61869-1): verdict for each band of frequencies",
    subject: Subject::Dynamic,
    revision: sigmatau_dynamic::REVISION,
    reads: Reads::Record(&schema::response::SCHEMA),
    beside: &[],
    scope: Scope::Dataset,
    schema: &schema::transducer_class::SCHEMA,
    parameters: &[&[
        Parameter::new("ratio", "rated ratio of output to input, in the unit of the response"),
        Parameter::new("class", "accuracy class; its limits are at hand for 0.1-WB2").or("\"0.1-WB2\""),
        Parameter::new(
            "bands",
            "limits of another class, four numbers a band: above Hz, up to Hz, ratio error in %, displacement in deg",
        )
        .or("[]"),
        Parameter::new("rated_hz", "rated frequency in Hz").or("50.0"),
        Parameter::new("guard", "guard band in standard uncertainties; 0 decides by the value alone").or("2.0"),
    ]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(classes(section)?))
}

fn classes(section: &Section<'_>) -> Result<Classes, DocumentError> {
    let ratio = section.positive("ratio")?.ok_or_else(|| section.missing("ratio"))?;
    let rated = section.positive("rated_hz")?.unwrap_or(f64::NAN);
    let guard = section.number("guard")?.unwrap_or(f64::NAN);
    if guard < 0.0 {
        return Err(section.refuse_key("guard", &format!("the guard band {guard} must not be negative")));
    }
    let bands = section.numbers("bands")?;
    let limits = limits(section, rated, &bands)?;
    Ok(Classes { limits, bands, ratio, rated, rule: Rule { guard } })
}

fn limits(section: &Section<'_>, rated: f64, bands: &[f64]) -> Result<Limits, DocumentError> {
    let class = section.required("class")?;
    if bands.is_empty() {
        return Limits::published(&class, rated)
            .map_err(|error| section.refuse_key("class", &format!("failed to {error}")));
    }
    let rows = bands.chunks_exact(4);
    let sound = |band: &[f64]| 0.0 <= band[0] && band[0] < band[1] && band[2] > 0.0 && band[3] > 0.0;
    if !rows.remainder().is_empty() || !rows.clone().all(sound) {
        let message = "write each band as four numbers: above Hz, up to Hz, ratio error in %, displacement in deg";
        return Err(section.refuse_key("bands", message));
    }
    let bands = rows.map(|band| Band::symmetric(band[0], band[1], band[2], band[3])).collect();
    Ok(Limits { class, origin: "the bands that were given".to_owned(), bands })
}

struct Classes {
    limits: Limits,
    /// The bands that were typed.
    bands: Vec<f64>,
    ratio: f64,
    /// In Hz.
    rated: f64,
    rule: Rule,
}

impl Analysis for Classes {
    fn parameters(&self) -> String {
        let Self { limits, bands, ratio, rated, rule } = self;
        format!(
            "ratio = {ratio:?}\nclass = \"{}\"\nbands = {bands:?}\nrated_hz = {rated:?}\nguard = {:?}\n",
            limits.class, rule.guard
        )
    }

    fn compute(&self, input: &Input<'_>, _whole: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let mut rows = Rows::of(OP.schema);
        let mut findings = Vec::new();
        for (sensor, response) in lines::responses(&input.dataset.table()?) {
            let transfer = Transfer::of_response(&sensor, &response);
            let decision = self.limits.decide(&transfer.ratio_errors(self.ratio), self.rule);
            decision.bands.iter().for_each(|band| self.push(&mut rows, &sensor, band));
            let remarks = decision.bands.iter().filter_map(|band| self.remark(band));
            let remarks = transfer.findings.iter().cloned().chain(remarks).chain(decision.findings);
            findings.extend(remarks.map(|finding| finding.about(&sensor)));
        }
        Ok((rows.table(), findings))
    }
}

impl Classes {
    fn push(&self, rows: &mut Rows, sensor: &str, decided: &BandDecision) {
        let worst = |of: fn(&[RatioError; 2]) -> f64| decided.worst.as_ref().map_or(f64::NAN, of);
        let band = decided.band;
        let row: [Cell; 13] = [
            sensor.into(),
            self.limits.class.as_str().into(),
            band.above.into(),
            band.up_to.into(),
            (decided.lines as i64).into(),
            worst(|[ratio, _]| 100.0 * ratio.ratio).into(),
            worst(|[ratio, _]| 100.0 * ratio.covariance.real.sqrt()).into(),
            (100.0 * band.ratio[1]).into(),
            worst(|[_, phase]| phase.phase.to_degrees()).into(),
            worst(|[_, phase]| phase.covariance.imaginary.sqrt().to_degrees()).into(),
            band.phase.map_or(f64::NAN, |limits| limits[1].to_degrees()).into(),
            decided.p_conform.into(),
            decided.verdict.word().into(),
        ];
        rows.push(row);
    }

    /// What is to be said of a band that was measured and does not pass.
    fn remark(&self, decided: &BandDecision) -> Option<Finding> {
        let [ratio, phase] = decided.worst?;
        let (severity, code, matters, advice) = match decided.verdict {
            Verdict::Pass => return None,
            Verdict::Undecided => (
                Severity::Warning,
                "class-undecided",
                "a limit is nearer than the guard band, and conformity can't be stated",
                "measure with less uncertainty",
            ),
            Verdict::Fail => (
                Severity::Failure,
                "class-failed",
                "the transducer does not conform to the class in this band",
                "correct for its response, or claim a wider class",
            ),
        };
        let Band { above, up_to, .. } = decided.band;
        let seen = format!(
            "{} above {above} Hz up to {up_to} Hz: ratio error {:+.3} % at {} Hz, displacement {:+.3}° at {} Hz",
            self.limits.class,
            100.0 * ratio.ratio,
            ratio.frequency,
            phase.phase.to_degrees(),
            phase.frequency
        );
        Some(Finding::new(severity, code, seen, matters, advice))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::lines::tests::table;
    use crate::op::planned;

    /// A transducer of the ratio 0.01 with these errors in per cent at 1 kHz, 8 kHz and 20 kHz, known to 0.01 %.
    fn decided(percent: [f64; 3]) -> (Vec<BandDecision>, Classes) {
        let classes = planned(&OP, "ratio = 0.01", classes).unwrap();
        let rows = [(1e3, percent[0]), (8e3, percent[1]), (20e3, percent[2])];
        let rows = rows.map(|(frequency, percent)| ("CT", frequency, 0.01 * (1.0 + percent / 100.0), 1e-6, "h1"));
        let (sensor, response) = &lines::responses(&table(&rows))[0];
        let errors = Transfer::of_response(sensor, response).ratio_errors(classes.ratio);
        (classes.limits.decide(&errors, classes.rule).bands, classes)
    }

    #[test]
    fn parameters_show_every_default_and_are_read_back() {
        let parameters = planned(&OP, "ratio = 0.01", classes).unwrap().parameters();
        assert_eq!(planned(&OP, &parameters, classes).unwrap().parameters(), parameters);
        OP.parameters[0]
            .iter()
            .for_each(|key| assert!(parameters.contains(&format!("{} = ", key.name)), "{}", key.name));
    }

    #[test]
    fn words_and_numbers_out_of_range_are_refused() {
        for (text, reason) in [
            ("", "needs the key `ratio`"),
            ("ratio = 1\nclass = \"0.2-WB2\"", "the limits at hand are those of 0.1-WB2"),
            ("ratio = 1\nbands = [50, 3000, 1]", "four numbers"),
            ("ratio = 1\nbands = [3000, 50, 1, 1]", "four numbers"),
            ("ratio = 1\nguard = -1", "must not be negative"),
        ] {
            let message = planned(&OP, text, classes).err().unwrap();
            assert!(message.contains(reason), "{text}: {message}");
        }
    }

    /// The limits are 1 %, 2 % and 5 %, the guard band 0.02 %.
    #[test]
    fn verdicts_follow_limits_and_guard_band() {
        let (bands, classes) = decided([0.97, 1.99, 5.1]);
        assert_eq!(bands.iter().map(|band| band.verdict.word()).collect::<Vec<_>>(), ["pass", "undecided", "fail"]);
        let severities: Vec<_> = bands.iter().filter_map(|band| classes.remark(band)).map(|f| f.severity).collect();
        assert_eq!(severities, [Severity::Warning, Severity::Failure]);
        let mut rows = Rows::of(OP.schema);
        bands.iter().for_each(|band| classes.push(&mut rows, "CT", band));
        let table = rows.table();
        assert!((table.floats("ratio_error_pct").unwrap()[0] - 0.97).abs() < 1e-9);
        assert!((table.floats("ratio_limit_pct").unwrap()[2] - 5.0).abs() < 1e-12);
        assert!((table.floats("displacement_limit_deg").unwrap()[1] - 2.0).abs() < 1e-12);
    }

    #[test]
    fn bands_of_ones_own_are_taken() {
        let classes =
            planned(&OP, "ratio = 1\nclass = \"ours\"\nbands = [50, 3000, 0.5, 1, 3000, 9000, 2, 3]", classes).unwrap();
        assert_eq!(classes.limits.bands[1], Band::symmetric(3000.0, 9000.0, 2.0, 3.0));
        assert_eq!(classes.limits.class, "ours");
    }
}
