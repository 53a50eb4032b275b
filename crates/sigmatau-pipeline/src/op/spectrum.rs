//! Spectral densities of clocks.

use super::{Analysis, Input, Op, Subject, clock};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use rayon::prelude::*;
use sigmatau_core::nearest::did_you_mean;
use sigmatau_core::{Finding, Unit as Measure};
use sigmatau_data::clock::ClockSeries;
use sigmatau_data::{Column, DataError, Table, schema};
use sigmatau_spectrum::welch::{Detrend, Segmentation};
use sigmatau_spectrum::window::WINDOWS;
use sigmatau_stability::domain::{self, Density, Method, Quantity, Settings};

/// One-sided spectral densities with intervals, for every series of the dataset.
pub(super) static OP: Op = Op {
    name: "spectrum",
    title: "spectral densities S_y, S_x, S_φ and 𝓛(f) with intervals, by Welch or by octaves",
    subject: Subject::Clocks,
    revision: sigmatau_stability::REVISION,
    reads: Reads::Clocks,
    beside: &[],
    scope: Scope::Series,
    schema: &schema::spectrum::SCHEMA,
    parameters: &[&[
        Parameter::new("quantities", "densities: s_y, s_x, s_phi, l").or("[\"s_y\"]"),
        Parameter::new("method", "cascade: each octave resolved alike; welch: one resolution").or("\"cascade\""),
        Parameter::new("segment", "points of a segment, at least 4").or("512"),
        Parameter::new("overlap", "share of a segment that the next one has too, from 0 to below 1").or("0.5"),
        Parameter::new("window", "weights of a segment: hann, flat-top, blackman-harris …").or("\"hann\""),
        Parameter::new("detrend", "what is taken off a segment: none, constant or linear").or("\"linear\""),
        Parameter::new("confidence", "level of the two-sided intervals, between 0 and 1").or("0.95"),
        Parameter::new("nominal", "nominal frequency in Hz, for s_phi and l"),
    ]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(Spectrum(settings(section)?)))
}

fn settings(section: &Section<'_>) -> Result<Settings, DocumentError> {
    let nominal = section.positive("nominal")?;
    let quantities = quantities(section)?;
    if let Some(quantity) = quantities.iter().find(|quantity| quantity.needs_nominal() && nominal.is_none()) {
        let message = format!("`{}` depends on the nominal frequency: add nominal = 10e6 or the like", quantity.word());
        return Err(section.refuse_key("quantities", &message));
    }
    Ok(Settings {
        quantities,
        method: Method::ALL[section.one_of("method", "method", Method::ALL.map(|(word, _)| word))?].1,
        segmentation: segmentation(section)?,
        confidence: clock::confidence(section)?,
        nominal,
    })
}

fn quantities(section: &Section<'_>) -> Result<Vec<Quantity>, DocumentError> {
    let known = Quantity::ALL.map(Quantity::word);
    let named = |(line, word): (Option<usize>, String)| {
        let unknown = || section.refuse(line, &format!("there is no density `{word}`{}", did_you_mean(&word, &known)));
        Quantity::ALL.into_iter().find(|quantity| quantity.word() == word).ok_or_else(unknown)
    };
    let quantities: Vec<_> = section.texts("quantities")?.into_iter().map(named).collect::<Result<_, _>>()?;
    match quantities.is_empty() {
        true => Err(section.refuse_key("quantities", "name at least one density")),
        false => Ok(quantities),
    }
}

fn segmentation(section: &Section<'_>) -> Result<Segmentation, DocumentError> {
    let length = section.count("segment")?.unwrap_or(0);
    let share = section.number("overlap")?.unwrap_or(f64::NAN);
    if length < 4 {
        return Err(
            section.refuse_key("segment", &format!("a segment of {length} points is too short; take at least 4"))
        );
    }
    if !(0.0..1.0).contains(&share) {
        return Err(section.refuse_key("overlap", &format!("the overlap {share} must lie between 0 and below 1")));
    }
    Ok(Segmentation {
        window: WINDOWS[section.one_of("window", "window", WINDOWS.iter().map(|window| window.name))?],
        length,
        overlap: (share * length as f64) as usize,
        detrend: Detrend::ALL[section.one_of("detrend", "way to detrend", Detrend::ALL.map(|(word, _)| word))?].1,
    })
}

struct Spectrum(Settings);

impl Analysis for Spectrum {
    fn parameters(&self) -> String {
        let Settings { quantities, method, segmentation, confidence, nominal } = &self.0;
        let Segmentation { window, length, overlap, detrend } = segmentation;
        let words: Vec<String> = quantities.iter().map(|quantity| format!("\"{}\"", quantity.word())).collect();
        let nominal = nominal.map(|nominal| format!("nominal = {nominal:?}\n")).unwrap_or_default();
        format!(
            "quantities = [{}]\nmethod = \"{}\"\nsegment = {length}\noverlap = {}\nwindow = \"{}\"\n\
             detrend = \"{}\"\nconfidence = {confidence}\n{nominal}",
            words.join(", "),
            method.word(),
            *overlap as f64 / *length as f64,
            window.name,
            detrend.word()
        )
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let clocks = input.dataset.read(unit)?;
        let results: Vec<_> = clocks.par_iter().map(|clock| self.assess(clock)).collect();
        let mut rows = Vec::new();
        let mut findings = Vec::new();
        for (clock, (densities, remarks)) in clocks.iter().zip(results) {
            rows.extend(densities.into_iter().map(|density| (clock.name.as_str(), density)));
            findings.extend(clock.findings.iter().cloned());
            findings.extend(remarks.into_iter().map(|finding| finding.about(&clock.name)));
        }
        Ok((self.table(&rows), findings))
    }
}

impl Spectrum {
    /// The densities of one clock; none where its data were refused while they were read.
    fn assess(&self, clock: &ClockSeries) -> (Vec<Density>, Vec<Finding>) {
        match clock::data(clock) {
            Ok(data) => {
                let found = domain::analyse(&data, &self.0).expect("the segments were checked in the plan");
                (found.densities, found.findings)
            }
            Err(findings) => (Vec::new(), findings),
        }
    }

    fn table(&self, rows: &[(&str, Density)]) -> Table {
        let text = |name: &str, of: &dyn Fn(&str, &Density) -> String| {
            Column::text(name, rows.iter().map(|(series, density)| of(series, density)).collect())
        };
        let float = |name: &str, unit: Option<Measure>, of: &dyn Fn(&Density) -> f64| {
            let values = rows.iter().map(|(_, density)| of(density)).collect();
            Column { unit, ..Column::float(name, Measure::ONE, values) }
        };
        let columns = vec![
            text("series", &|series, _| series.to_owned()),
            text("quantity", &|_, density| density.quantity.word().to_owned()),
            float("frequency_hz", Measure::parse("Hz").ok(), &|density| density.frequency),
            float("density", None, &|density| density.density),
            float("lower", None, &|density| density.interval.map_or(f64::NAN, |ends| ends.lower)),
            float("upper", None, &|density| density.interval.map_or(f64::NAN, |ends| ends.upper)),
            float("density_db", None, &|density| 10.0 * density.density.log10()),
            float("confidence", Some(Measure::ONE), &|_| self.0.confidence),
            float("dof", Some(Measure::ONE), &|density| density.dof),
            text("method", &|_, _| self.0.method.word().to_owned()),
            text("window", &|_, _| self.0.segmentation.window.name.to_owned()),
        ];
        Table::new(columns).expect("every row fills every column")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use sigmatau_data::clock::ClockKind;

    fn spectrum(text: &str) -> Result<Spectrum, String> {
        let document = Document::parse(text, "a.toml").unwrap();
        let section = document.section().checked("the step", OP.parameters).unwrap();
        settings(&section).map(Spectrum).map_err(|error| error.to_string())
    }

    #[test]
    fn parameters_show_every_default_and_are_read_back() {
        let parameters = spectrum("").unwrap().parameters();
        assert_eq!(
            parameters,
            "quantities = [\"s_y\"]\nmethod = \"cascade\"\nsegment = 512\noverlap = 0.5\nwindow = \"hann\"\n\
             detrend = \"linear\"\nconfidence = 0.95\n"
        );
        assert_eq!(spectrum(&parameters).unwrap().parameters(), parameters);
        let stated = "quantities = [\"l\"]\nmethod = \"welch\"\nsegment = 100\noverlap = 0\nwindow = \"flat-top\"\n\
                      detrend = \"none\"\nconfidence = 0.683\nnominal = 10000000.0\n";
        assert_eq!(spectrum(stated).unwrap().parameters(), stated);
    }

    #[test]
    fn words_and_numbers_out_of_range_are_refused() {
        for (text, reason) in [
            ("quantities = []", "name at least one density"),
            ("quantities = [\"s_z\"]", "there is no density `s_z`; did you mean"),
            ("quantities = [\"l\"]", "`l` depends on the nominal frequency"),
            ("segment = 3", "a segment of 3 points is too short"),
            ("overlap = 1.0", "the overlap 1 must lie between 0 and below 1"),
            ("window = \"han\"", "there is no window `han`; did you mean `hann`"),
            ("method = \"welsh\"", "there is no method `welsh`; did you mean `welch`"),
            ("nominal = 0.0", "a positive number"),
        ] {
            let message = spectrum(text).err().expect(text);
            assert!(message.starts_with("a.toml, line 1: ") && message.contains(reason), "{text}: {message}");
        }
    }

    #[test]
    fn rows_have_the_columns_of_the_schema() {
        let spectrum = spectrum("quantities = [\"s_y\", \"l\"]\nsegment = 16\nnominal = 10e6\n").unwrap();
        let values = (0..200).map(|n| f64::from(n * n % 17)).collect();
        let (name, kind) = ("a".to_owned(), ClockKind::Phase);
        let clock = ClockSeries { name, kind, tau0: 1.0, start_ns: None, values, findings: Vec::new() };
        let (densities, findings) = spectrum.assess(&clock);
        assert_eq!(findings, []);
        let rows: Vec<_> = densities.into_iter().map(|density| ("a", density)).collect();
        let table = spectrum.table(&rows);
        schema::spectrum::SCHEMA.empty().append(table.clone()).expect("the same columns in the same units");
        let (linear, db) = (table.floats("density").unwrap(), table.floats("density_db").unwrap());
        assert!(linear.iter().zip(db).all(|(linear, db)| (10_f64.powf(db / 10.0) / linear - 1.0).abs() < 1e-12));
    }
}
