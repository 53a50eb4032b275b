//! Scores of laboratories against assigned values.

use super::columns::{Numbers, Of};
use super::consensus::{SETTINGS, no_consensus, settings, settings_toml};
use super::equivalence::{COVERAGE, coverage};
use super::laboratories::{COLUMNS, CORRELATIONS, Columns, Laboratory, Point};
use super::{Analysis, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::nearest::did_you_mean;
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_uncertainty::consensus::{CONSENSUSES, Consensus, Settings};
use sigmatau_uncertainty::robust::{ROBUSTS, Robust};
use sigmatau_uncertainty::score::{
    Performance, Stated, assigned_is_sure, difference_in_percent, e_n, z, z_prime, zeta,
};

/// z, z′, ζ and E_n of every laboratory.
pub(super) static OP: Op = Op {
    name: "scores",
    title: "scores of laboratories: z, z′, ζ and E_n against an assigned or a consensus value, shared parts taken out",
    subject: Subject::Uncertainty,
    revision: sigmatau_uncertainty::REVISION,
    reads: Reads::Rows,
    beside: &[CORRELATIONS],
    scope: Scope::Dataset,
    schema: &schema::scores::SCHEMA,
    parameters: &[
        &[
            Parameter::new("reference", "assigned value, or a column with it; `reference` if left out and there"),
            Parameter::new("u_reference", "its standard uncertainty or column; `u_reference` if left out and there"),
            Parameter::new("covariance", "covariance of result and assigned value, or column; likewise"),
            Parameter::new("method", "take the assigned value from the results, by a name of `list consensus`"),
            Parameter::new("sigma", "standard deviation for proficiency assessment, or column; no z if left out"),
            COVERAGE,
        ],
        COLUMNS,
        SETTINGS,
    ],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(scores(section)?))
}

fn scores(section: &Section<'_>) -> Result<Scores, DocumentError> {
    let kinds = [
        ("reference", Of::Value),
        ("u_reference", Of::Difference),
        ("covariance", Of::Difference),
        ("sigma", Of::Difference),
    ];
    let [reference, u, covariance, sigma] = kinds.map(|(key, of)| Ok((Numbers::read(section, key)?, of)));
    let method = section.text("method")?.map(|word| Assigned::named(section, &word)).transpose()?;
    if method.is_some() && section.has("reference") {
        return Err(section.refuse_key("method", "state either `reference` or `method`"));
    }
    let columns = Columns::read(section)?.with([reference?, u?, covariance?, sigma?]);
    Ok(Scores { method, columns, coverage: coverage(section)?, settings: settings(section)? })
}

struct Scores {
    method: Option<Assigned>,
    columns: Columns,
    coverage: f64,
    settings: Settings,
}

/// Where an assigned value comes from that is made of the results themselves.
#[derive(Clone, Copy)]
enum Assigned {
    Consensus(&'static Consensus),
    Robust(&'static Robust),
}

/// A result with what it is held against.
#[derive(Clone, Copy, Debug)]
struct Held {
    result: Stated,
    assigned: Stated,
    covariance: f64,
    sigma: f64,
}

impl Assigned {
    fn named(section: &Section<'_>, word: &str) -> Result<Self, DocumentError> {
        let consensus = CONSENSUSES.iter().find(|method| method.name == word).map(|method| Self::Consensus(method));
        let robust = || ROBUSTS.iter().find(|method| method.name == word).map(|method| Self::Robust(method));
        let names = CONSENSUSES.iter().map(|method| method.name).chain(ROBUSTS.iter().map(|method| method.name));
        let hint = || did_you_mean(word, &names.collect::<Vec<_>>());
        let unknown = || section.refuse_key("method", &format!("there is no method `{word}`{}", hint()));
        consensus.or_else(robust).ok_or_else(unknown)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Consensus(method) => method.name,
            Self::Robust(method) => method.name,
        }
    }
}

impl Analysis for Scores {
    fn parameters(&self) -> String {
        let method = self.method.map(|method| format!("method = \"{}\"\n", method.name())).unwrap_or_default();
        let (columns, settings) = (self.columns.toml(), settings_toml(&self.settings));
        format!("{method}coverage_factor = {:?}\n{columns}{settings}", self.coverage)
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let (points, mut findings) = self.columns.points(input, unit)?;
        let mut rows = Rows::of(OP.schema);
        for point in points {
            let (point, held, remarks) = self.held(point, input.beside[0]);
            findings.extend(remarks);
            for (laboratory, held) in point.laboratories.iter().zip(&held) {
                push(&mut rows, &point, laboratory, held);
                findings.extend(unsatisfactory(laboratory, held).map(|finding| finding.about(point.subject())));
            }
        }
        Ok((rows.table(), findings))
    }
}

impl Scores {
    /// The laboratories of a point that have scores, with what they are held against.
    fn held(&self, point: Point, correlations: Option<&Table>) -> (Point, Vec<Held>, Vec<Finding>) {
        match self.method {
            None => self.against_stated(point),
            Some(Assigned::Robust(method)) => self.against_robust(point, method),
            Some(Assigned::Consensus(method)) => self.against_consensus(&point, method, correlations),
        }
    }

    fn against_stated(&self, point: Point) -> (Point, Vec<Held>, Vec<Finding>) {
        let of = |laboratory: &Laboratory| {
            let [value, u, covariance, _] = laboratory.besides[..] else { unreachable!("the plan names four") };
            let or_none = |number: f64| if number.is_nan() { 0.0 } else { number };
            self.against(laboratory, [value, or_none(u), or_none(covariance)])
        };
        let (known, unknown): (Vec<_>, Vec<_>) =
            point.laboratories.iter().cloned().partition(|laboratory| laboratory.besides[0].is_finite());
        let finding = unknown.first().map(|laboratory| no_reference(laboratory, unknown.len()).about(point.subject()));
        let held = known.iter().map(of).collect();
        (Point { laboratories: known, ..point }, held, finding.into_iter().collect())
    }

    fn against_robust(&self, point: Point, method: &Robust) -> (Point, Vec<Held>, Vec<Finding>) {
        let values: Vec<f64> = point.laboratories.iter().map(|laboratory| laboratory.value).collect();
        let Some(found) = method.of(&values) else {
            let finding = no_consensus(&"take the robust mean of fewer than two laboratories").about(point.subject());
            return (Point { laboratories: Vec::new(), ..point }, Vec::new(), vec![finding]);
        };
        let of = |laboratory: &Laboratory| self.against(laboratory, [found.value, found.u(), 0.0]);
        let held = point.laboratories.iter().map(of).collect();
        (point, held, Vec::new())
    }

    fn against_consensus(
        &self,
        point: &Point,
        method: &Consensus,
        correlations: Option<&Table>,
    ) -> (Point, Vec<Held>, Vec<Finding>) {
        let (point, mut findings) = point.weighed();
        let refused = |error| no_consensus(&error).about(point.subject());
        let found = point.compared(correlations);
        match found.and_then(|comparison| method.of(&comparison, &self.settings).map_err(refused)) {
            Ok(found) => {
                let each = point.laboratories.iter().zip(&found.covariances);
                let of = |(laboratory, covariance): (&Laboratory, &f64)| {
                    self.against(laboratory, [found.value, found.u, *covariance])
                };
                let held = each.map(of).collect();
                (point, held, findings)
            }
            Err(finding) => {
                findings.push(finding);
                (Point { laboratories: Vec::new(), ..point }, Vec::new(), findings)
            }
        }
    }

    /// A laboratory against a value with its standard uncertainty and the covariance of both.
    fn against(&self, laboratory: &Laboratory, [value, u, covariance]: [f64; 3]) -> Held {
        let k = if laboratory.k.is_nan() { self.coverage } else { laboratory.k };
        Held {
            result: Stated { value: laboratory.value, u: laboratory.u, k },
            assigned: Stated { value, u, k: self.coverage },
            covariance,
            sigma: laboratory.besides[3],
        }
    }
}

impl Held {
    fn z(&self) -> f64 {
        z(self.result.value, self.assigned.value, self.sigma)
    }

    fn z_prime(&self) -> f64 {
        z_prime(self.result.value, &self.assigned, self.sigma)
    }

    fn e_n(&self) -> f64 {
        e_n(&self.result, &self.assigned, self.covariance)
    }

    /// The score that the laboratory is judged by: z where there is σ_pt, or z′ where the assigned value is not sure
    /// beside it, else E_n; nothing where it states no uncertainty either.
    fn judged(&self) -> Option<(&'static str, f64, Performance)> {
        match self.sigma {
            sigma if sigma > 0.0 && assigned_is_sure(self.assigned.u, sigma) => {
                Some(("z", self.z(), Performance::of_z(self.z())))
            }
            sigma if sigma > 0.0 => Some(("z_prime", self.z_prime(), Performance::of_z(self.z_prime()))),
            _ => Some(("e_n", self.e_n(), Performance::of_e_n(self.e_n()))).filter(|(_, score, _)| !score.is_nan()),
        }
    }
}

fn word(performance: Performance) -> &'static str {
    match performance {
        Performance::Satisfactory => "satisfactory",
        Performance::Questionable => "questionable",
        Performance::Unsatisfactory => "unsatisfactory",
    }
}

fn push(rows: &mut Rows, point: &Point, laboratory: &Laboratory, held: &Held) {
    let Held { result, assigned, covariance, sigma } = held;
    let judged = held.judged();
    let row: [Cell; 17] = [
        point.comparison.as_str().into(),
        point.point.as_str().into(),
        laboratory.name.as_str().into(),
        result.value.into(),
        result.u.into(),
        assigned.value.into(),
        assigned.u.into(),
        (*covariance).into(),
        (*sigma).into(),
        point.unit.as_str().into(),
        difference_in_percent(result.value, assigned.value).into(),
        held.z().into(),
        held.z_prime().into(),
        zeta(result, assigned, *covariance).into(),
        held.e_n().into(),
        judged.map_or("", |(score, ..)| score).into(),
        judged.map_or("", |(.., performance)| word(performance)).into(),
    ];
    rows.push(row);
}

fn unsatisfactory(laboratory: &Laboratory, held: &Held) -> Option<Finding> {
    let (name, score, performance) = held.judged()?;
    let severity = match performance {
        Performance::Satisfactory => return None,
        Performance::Questionable => Severity::Note,
        Performance::Unsatisfactory => Severity::Warning,
    };
    Some(Finding::new(
        severity,
        word(performance),
        format!("{} has a score {name} of {score:.2}", laboratory.name),
        "its result is farther from the assigned value than it should be",
        "look for an offset, a mix-up of units or samples, or for what its budget lacks",
    ))
}

fn no_reference(laboratory: &Laboratory, count: usize) -> Finding {
    Finding::new(
        Severity::Warning,
        "no-reference",
        format!("{count} laboratories, the first of them {}, have no assigned value", laboratory.name),
        "they have no scores",
        "state `reference`, or take it from the results with `method`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::laboratories::tests::point;
    use crate::op::planned;

    fn with_besides(besides: [f64; 4]) -> Point {
        let mut point = point(&[(10.5, 0.3), (11.5, 0.3)]);
        point.laboratories.iter_mut().for_each(|laboratory| laboratory.besides = besides.to_vec());
        point
    }

    #[test]
    fn parameters_show_every_default_and_are_read_back() {
        for text in ["", "method = \"algorithm-a\"", "reference = 10.0\nu_reference = \"u_ref\"\nsigma = 0.5"] {
            let parameters = planned(&OP, text, scores).unwrap().parameters();
            assert_eq!(planned(&OP, &parameters, scores).unwrap().parameters(), parameters);
        }
        assert!(planned(&OP, "method = \"medan\"", scores).err().unwrap().contains("did you mean `median`"));
        assert!(
            planned(&OP, "method = \"median\"\nreference = 1", scores)
                .err()
                .unwrap()
                .contains("either `reference` or `method`")
        );
    }

    #[test]
    fn the_score_that_counts_depends_on_what_is_known() {
        let scores = planned(&OP, "", scores).unwrap();
        let judged = |besides| scores.against_stated(with_besides(besides)).1[0].judged().unwrap();
        assert_eq!(judged([10.0, 0.1, 0.0, 0.5]), ("z", 1.0, Performance::Satisfactory));
        assert_eq!(judged([10.0, 0.4, 0.0, 0.3]), ("z_prime", 1.0, Performance::Satisfactory));
        let (name, e_n, _) = judged([10.0, 0.4, f64::NAN, f64::NAN]);
        assert!(name == "e_n" && (e_n - 0.5).abs() < 1e-15);
    }

    /// What both share through one standard makes the difference surer: ζ = 0.5/√(0.09 + 0.16 − 2·0.08).
    #[test]
    fn shared_parts_raise_the_scores() {
        let held = planned(&OP, "", scores).unwrap().against_stated(with_besides([10.0, 0.4, 0.08, f64::NAN])).1;
        assert!((zeta(&held[0].result, &held[0].assigned, held[0].covariance) - 0.5 / 0.3).abs() < 1e-14);
        assert!((held[0].e_n() - 0.25 / 0.3).abs() < 1e-14);
        assert_eq!(held[1].judged().unwrap().2, Performance::Unsatisfactory);
    }

    #[test]
    fn laboratories_without_an_assigned_value_are_remarked() {
        let (scored, _, findings) = planned(&OP, "", scores).unwrap().against_stated(with_besides([f64::NAN; 4]));
        assert_eq!((scored.laboratories.len(), &*findings[0].code), (0, "no-reference"));
    }

    /// The score of a member of the weighted mean has u² = u_i² − u_ref².
    #[test]
    fn a_consensus_value_brings_its_covariances() {
        let scores = planned(&OP, "method = \"weighted-mean\"", scores).unwrap();
        let held = scores.held(with_besides([f64::NAN; 4]), None).1;
        let zeta = zeta(&held[1].result, &held[1].assigned, held[1].covariance);
        assert!((zeta - 0.5 / (0.09_f64 - 0.045).sqrt()).abs() < 1e-13, "{zeta}");
    }
}
