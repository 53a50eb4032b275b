//! Propagation beside GTC: values, uncertainties and degrees of freedom, with correlations and ensembles.

use crate::jet::{Formula, IMPEDANCE, POLAR};
use sigmatau_uncertainty::propagation::{Inputs, Quantity, Settings, propagate};
use sigmatau_uncertainty::{Correlation, Function};

const DECAY: Formula<4, 1> = Formula(|[a, b, t, c]| [a * (-b * t).exp() + c.ln()]);
const RATIO: Formula<4, 2> = Formula(|[x, s, a, m]| [a * x / s + m, x - s]);
const GAUGE: Formula<6, 1> =
    Formula(|[l_s, d, alpha, theta, d_alpha, d_theta]| [l_s + d - l_s * (d_alpha * theta + alpha * d_theta)]);

fn function(name: &str) -> &'static dyn Function {
    match name {
        "impedance" => &IMPEDANCE,
        "polar" => &POLAR,
        "decay" => &DECAY,
        "ratio" => &RATIO,
        "gauge" => &GAUGE,
        other => panic!("no function `{other}`"),
    }
}

fn numbers(cell: &str) -> Vec<f64> {
    cell.split_whitespace().map(|word| word.parse().unwrap()).collect()
}

fn places(cell: &str) -> Vec<Vec<f64>> {
    cell.split_whitespace().map(|word| word.split(':').map(|part| part.parse().unwrap()).collect()).collect()
}

fn inputs(estimates: &str, uncertainties: &str, dofs: &str, pairs: &str, ensembles: &str) -> Inputs {
    let known = numbers(estimates).into_iter().zip(numbers(uncertainties)).zip(numbers(dofs));
    let quantities: Vec<Quantity> = known.map(|((x, u), dof)| Quantity::normal("x", x, u).with_dof(dof)).collect();
    let pairs: Vec<(usize, usize, f64)> = places(pairs).iter().map(|p| (p[0] as usize, p[1] as usize, p[2])).collect();
    let correlation = Correlation::of_pairs(quantities.len(), &pairs).unwrap();
    let ensemble = |places: &Vec<f64>| places.iter().map(|place| *place as usize).collect();
    let ensembles: Vec<Vec<usize>> = places(ensembles).iter().map(ensemble).collect();
    Inputs::new(quantities, correlation).unwrap().with_ensembles(&ensembles).unwrap()
}

#[test]
fn values_uncertainties_and_degrees_of_freedom_agree_with_gtc() {
    let mut compared = 0;
    for line in include_str!("../golden/propagation.csv").lines().skip(2) {
        let cells: Vec<&str> = line.split(',').collect();
        let [name, x, u, dofs, pairs, ensembles, expected @ ..] = cells.as_slice() else {
            panic!("nine cells in `{line}`")
        };
        let inputs = inputs(x, u, dofs, pairs, ensembles);
        let results = propagate(function(name), &inputs, &Settings::default()).unwrap();
        for (output, found) in results.outputs.iter().enumerate() {
            let found = [found.value, found.standard_uncertainty, found.dof.unwrap()];
            for (found, expected) in found.into_iter().zip(expected.iter().map(|cell| numbers(cell)[output])) {
                assert!(found == expected || (found / expected - 1.0).abs() < 1e-12, "{found:e} {expected:e}: {line}");
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 210);
}
