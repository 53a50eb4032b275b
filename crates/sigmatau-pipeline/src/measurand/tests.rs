use super::*;
use sigmatau_core::Cancel;
use sigmatau_uncertainty::montecarlo::{self, Shape};
use sigmatau_uncertainty::propagation::{Order, Settings, propagate};

fn read(text: &str) -> Result<Measurement, String> {
    Measurement::read("m", text, "m.toml").map_err(|error| error.to_string())
}

fn input(symbol: &str, lines: &str) -> String {
    format!("[input.{symbol}]\nunit = \"1\"\n{lines}\n")
}

#[test]
fn what_the_model_gets_wrong_is_named_at_its_line() {
    let wrong =
        |model: &str| read(&format!("{model}\n{}", input("V", "value = 1\nstandard_uncertainty = 1"))).unwrap_err();
    assert_eq!(
        wrong("# a comment\nmodel = \"y = Vx\""),
        "m.toml, line 2: `Vx` is neither an input, an earlier line nor a constant; did you mean `V`?, at column 5 of the model"
    );
    assert!(wrong("model = \"\"\"\ny = V\nz = W\n\"\"\"").starts_with("m.toml, line 3: `W`"));
    assert!(wrong("model = \"\"\"y = V\nz = W\"\"\"").starts_with("m.toml, line 2: `W`"));
}

#[test]
fn numbers_in_columns_are_for_tables() {
    let error =
        read(&format!("model = \"y = x\"\n{}", input("x", "column = \"v\"\nstandard_uncertainty = 1"))).unwrap_err();
    assert!(error.starts_with("m.toml, line 2: [input.x] takes a number from the column `v`"), "{error}");
}

#[test]
fn correlations_that_no_quantities_have_are_refused() {
    let inputs = ["a", "b", "c"].map(|symbol| input(symbol, "value = 1\nstandard_uncertainty = 1")).concat();
    let pair = |a: &str, b: &str| format!("[[correlation]]\nbetween = [\"{a}\", \"{b}\"]\ncoefficient = -0.9\n");
    let error =
        read(&format!("model = \"y = a + b + c\"\n{inputs}{}{}{}", pair("a", "b"), pair("b", "c"), pair("a", "c")));
    assert!(error.unwrap_err().contains("the smallest eigenvalue is -8.000e-1"));
}

#[test]
fn fractions_of_readings_want_a_zero_that_means_nothing_is_there() {
    let terms = "[[input.t.term]]\nof_reading = 0.01\nmeans = \"standard_uncertainty\"\n";
    let of = |unit: &str| format!("model = \"y = t\"\n[input.t]\nunit = \"{unit}\"\nvalue = 20\n{terms}");
    assert!(read(&of("degC")).unwrap_err().contains("whose 0 is one of convention"));
    assert!((read(&of("K")).unwrap().inputs[0].standard_uncertainty() - 0.2).abs() < 1e-15);
}

/// Two rectangular inputs, fully correlated by a source besides: no copula says that, a source does.
const SHARED: &str = "model = \"y = a + b\"\n\
    [input.a]\nunit = \"mV\"\nvalue = 1\ndistribution = \"rectangular\"\nhalf_width = 3\n\
    [input.b]\nunit = \"mV\"\nvalue = 2\ndistribution = \"constant\"\n\
    [[source]]\nname = \"standard\"\nstandard_uncertainty = 2\nsensitivity = { a = 1, b = 0.5 }\n";

#[test]
fn a_source_counts_once_in_propagation_and_in_monte_carlo() {
    let measurement = read(SHARED).unwrap();
    let exact = 1e-3 * (3.0_f64 + 9.0).sqrt();
    let law = propagate(&measurement.function, &measurement.knowledge, &Settings::default()).unwrap();
    assert!((law.outputs[0].standard_uncertainty / exact - 1.0).abs() < 1e-14);
    assert_eq!(law.outputs[0].budget.lines[0].symbol, "standard");
    let settings = montecarlo::Settings { shapes: vec![Shape::Symmetric], ..Default::default() };
    let drawn =
        montecarlo::run(&measurement.function, &measurement.draws().unwrap(), &settings, &Cancel::new()).unwrap();
    let u = drawn.outputs[0].standard_uncertainty;
    assert!((u.value - exact).abs() < 4.0 * u.uncertainty, "{u:?}");
}

#[test]
fn sources_leave_degrees_of_freedom_justified() {
    let text = SHARED.replace("half_width = 3", "half_width = 3\ndof = 5");
    let measurement = read(&text).unwrap();
    let law = propagate(&measurement.function, &measurement.knowledge, &Settings::default()).unwrap();
    // u² = 3 + 9 of which 3 has five degrees of freedom.
    assert!((law.outputs[0].dof.unwrap() - 144.0 / (9.0 / 5.0)).abs() < 1e-9);
}

/// JCGM 102:2011, 9.4: the indications of JCGM 100:2008, H.2 with a sixth.
const IMPEDANCE: &str = "model = \"\"\"\nR [ohm] = V / I * cos(phi)\nX [ohm] = V / I * sin(phi)\nZ [ohm] = V / I\n\"\"\"\n\
    [input.V]\nunit = \"V\"\nobservations = [5.007, 4.994, 5.005, 4.990, 4.999, 4.999]\nensemble = \"e\"\n\
    [input.I]\nunit = \"mA\"\nobservations = [19.663, 19.639, 19.640, 19.685, 19.678, 19.661]\nensemble = \"e\"\n\
    [input.phi]\nunit = \"rad\"\nobservations = [1.0456, 1.0438, 1.0468, 1.0428, 1.0433, 1.0445]\nensemble = \"e\"\n";

#[test]
fn joint_observations_are_a_multivariate_t() {
    let measurement = read(IMPEDANCE).unwrap();
    let law = propagate(&measurement.function, &measurement.knowledge, &Settings::default()).unwrap();
    for (output, wanted) in law.outputs.iter().zip([0.058_049_0, 0.241_342_7, 0.192_967_6]) {
        assert!((output.standard_uncertainty - wanted).abs() < 5e-8 && (output.dof.unwrap() - 5.0).abs() < 1e-9);
    }
    let settings = montecarlo::Settings { shapes: vec![Shape::Symmetric], ..Default::default() };
    let drawn =
        montecarlo::run(&measurement.function, &measurement.draws().unwrap(), &settings, &Cancel::new()).unwrap();
    // Half of a t distribution with three degrees of freedom lies within 0.764892 of its scale, 95 % within 3.182446.
    for (output, law) in drawn.outputs.iter().zip(&law.outputs) {
        let end = 3.182_446 * (5.0_f64 / 3.0).sqrt() * law.standard_uncertainty;
        let high = output.intervals[0].high;
        assert!((high.value - law.value - end).abs() < 4.0 * high.uncertainty + 1e-3 * end, "{high:?}");
    }
    let few = read(
        &IMPEDANCE
            .replace(", 4.990, 4.999, 4.999]", "]")
            .replace(", 19.685, 19.678, 19.661]", "]")
            .replace(", 1.0428, 1.0433, 1.0445]", "]"),
    );
    assert!(few.unwrap().draws().unwrap_err().to_string().contains("takes more observations than inputs"));
}

#[test]
fn rows_and_single_measurements_agree_in_every_spread() {
    let spreads = [
        "value = 2\nstandard_uncertainty = 0.1\ndof = 7",
        "value = 2\nexpanded_uncertainty = 0.3\ncoverage_factor = 2.5",
        "value = 2\ndistribution = \"t\"\nscale = 0.1\ndof = 9",
        "value = 2\ndistribution = \"triangular\"\nhalf_width = 0.3",
        "value = 2\ndistribution = \"exponential\"",
        "distribution = \"gamma\"\nshape = 4\nscale = 0.5",
        "value = 2\ndistribution = \"samples\"\nsamples = [-0.1, 0.2, -0.1]",
        "observations = [1.9, 2.0, 2.2]",
        "value = 2\n[[input.x.term]]\nof_reading = 0.02\ndigits = 2\nresolution = 0.01\nmeans = \"half_width\"\n\
         distribution = \"rectangular\"\n[[input.x.term]]\nabsolute = 0.1\nmeans = \"expanded_uncertainty\"\ncoverage_factor = 2",
    ];
    for spread in spreads {
        let text = format!("model = \"y [mV] = x\"\n{}", input("x", spread).replace("unit = \"1\"", "unit = \"mV\""));
        let single = read(&text).unwrap();
        let law =
            propagate(&single.function, &single.knowledge, &Settings { order: Order::First, ..Default::default() });
        let law = &law.unwrap().outputs[0];
        let rows = RowMeasurement::read(&text, "m.toml").unwrap();
        let column = [0.0];
        let mut results = sigmatau_uncertainty::propagation::RowResults::default();
        rows.rows(&Settings::default()).unwrap().worker().propagate(&[&column], &mut results).unwrap();
        let row = &results.outputs[0];
        let near = |found: f64, wanted: f64| (found / wanted - 1.0).abs() < 1e-13;
        assert!(
            near(row.value[0], law.value) && near(row.standard_uncertainty[0], law.standard_uncertainty),
            "{spread}"
        );
        assert!(row.dof[0] == law.dof.unwrap() || near(row.dof[0], law.dof.unwrap()), "{spread}");
    }
}
