use super::*;

/// JCGM 100, H.2, as a document.
const IMPEDANCE: &str = r#"
model = """
R [ohm] = V / I * cos(phi)
X [ohm] = V / I * sin(phi)
"""
[input.V]
unit = "V"
observations = [5.007, 4.994, 5.005, 4.990, 4.999]
ensemble = "simultaneous"
[input.I]
unit = "mA"
observations = [19.663, 19.639, 19.640, 19.685, 19.678]
ensemble = "simultaneous"
[input.phi]
unit = "rad"
column = "phi"
u_column = "u_phi"
dof = 4
[[correlation]]
between = ["phi", "V"]
coefficient = 0.86
[[source]]
name = "bridge"
standard_uncertainty = 1e-4
sensitivity = { V = 1.0, I = -0.5 }
"#;

/// A measurand of one input with these lines.
fn input(lines: &str) -> Result<Spread, String> {
    let text = format!("model = \"y = x\"\n[input.x]\nunit = \"V\"\n{lines}\n");
    let read = Measurand::parse(&text, "m.toml").map_err(|error| error.to_string())?;
    Ok(read.inputs.into_iter().next().unwrap().spread)
}

#[test]
fn every_part_of_a_document_arrives() {
    let measurand = Measurand::parse(IMPEDANCE, "m.toml").unwrap();
    assert!(measurand.model.contains("X [ohm]"));
    assert_eq!(measurand.model_line, Some(2));
    let symbols: Vec<&str> = measurand.inputs.iter().map(|input| input.symbol.as_str()).collect();
    assert_eq!(symbols, ["V", "I", "phi"]);
    assert_eq!(measurand.inputs[1].unit.symbol(), "mA");
    assert_eq!(measurand.inputs[0].spread, Spread::Observed);
    assert_eq!(measurand.inputs[0].ensemble.as_deref(), Some("simultaneous"));
    assert_eq!(measurand.inputs[2].dof, Some(Given::Number(4.0)));
    assert_eq!(measurand.correlations, [Correlated { between: (0, 2), coefficient: 0.86 }]);
    assert_eq!(measurand.sources[0].sensitivities, [(0, 1.0), (1, -0.5)]);
    assert_eq!(measurand.columns(), ["phi", "u_phi"]);
}

#[test]
fn every_distribution_is_read_by_its_own_keys() {
    let number = Given::Number;
    let cases = [
        ("value = 1\ndistribution = \"constant\"", Spread::Constant),
        ("value = 1\nstandard_uncertainty = 2", Spread::Normal { standard_uncertainty: number(2.0) }),
        (
            "value = 1\nexpanded_uncertainty = 3\ncoverage_factor = 2",
            Spread::Expanded { expanded_uncertainty: number(3.0), coverage_factor: 2.0 },
        ),
        (
            "column = \"x\"\nexpanded_column = \"U\"\ncoverage_factor = 2",
            Spread::Expanded { expanded_uncertainty: Given::Column("U".into()), coverage_factor: 2.0 },
        ),
        ("value = 1\ndistribution = \"t\"\nscale = 2\ndof = 3", Spread::Student { scale: 2.0, dof: 3.0 }),
        ("value = 1\ndistribution = \"rectangular\"\nhalf_width = 2", Spread::Rectangular { half_width: 2.0 }),
        (
            "value = 1\ndistribution = \"ctrap\"\nhalf_width = 2\ninexactness = 1",
            Spread::CurvilinearTrapezoid { half_width: 2.0, inexactness: 1.0 },
        ),
        ("value = 1\ndistribution = \"triangular\"\nhalf_width = 2", Spread::Triangular { half_width: 2.0 }),
        (
            "value = 1\ndistribution = \"trapezoidal\"\nhalf_width = 2\nshape = 0.5",
            Spread::Trapezoidal { half_width: 2.0, shape: 0.5 },
        ),
        ("value = 1\ndistribution = \"arcsine\"\nhalf_width = 2", Spread::Arcsine { half_width: 2.0 }),
        ("value = 1\ndistribution = \"exponential\"", Spread::Exponential),
        ("distribution = \"gamma\"\nshape = 2\nscale = 3", Spread::Gamma { shape: 2.0, scale: 3.0 }),
        ("value = 1\ndistribution = \"samples\"\nsamples = [-1, 1]", Spread::Samples(vec![-1.0, 1.0])),
        (
            "value = 1\ndistribution = \"histogram\"\nedges = [0, 1, 3]\nweights = [1, 2]",
            Spread::Histogram { edges: vec![0.0, 1.0, 3.0], weights: vec![1.0, 2.0] },
        ),
    ];
    for (lines, expected) in cases {
        assert_eq!(input(lines).unwrap(), expected, "{lines}");
    }
}

#[test]
fn the_estimate_of_a_gamma_distribution_is_its_mean() {
    let text = "model = \"y = x\"\n[input.x]\nunit = \"1\"\ndistribution = \"gamma\"\nshape = 2\nscale = 3\n";
    assert_eq!(Measurand::parse(text, "m.toml").unwrap().inputs[0].estimate, Estimated::Value(6.0));
}

#[test]
fn statements_of_makers_keep_their_sizes_apart() {
    let lines = "column = \"v\"\n[[input.x.term]]\nof_reading = 2e-4\ndigits = 2\nresolution = 0.001\n\
                 means = \"half_width\"\ndistribution = \"rectangular\"\n[[input.x.term]]\nof_span = 1e-4\nspan = 10\n\
                 absolute = 0.5\nmeans = \"expanded_uncertainty\"\ncoverage_factor = 2";
    let Spread::Terms(terms) = input(lines).unwrap() else { panic!("no terms") };
    let none = || Term {
        of_reading: 0.0,
        of_span: 0.0,
        span: 0.0,
        digits: 0.0,
        resolution: 0.0,
        absolute: 0.0,
        means: Meaning::Rectangular,
    };
    let first = Term { of_reading: 2e-4, digits: 2.0, resolution: 0.001, ..none() };
    let means = Meaning::ExpandedUncertainty { coverage_factor: 2.0 };
    assert_eq!(terms, [first, Term { of_span: 1e-4, span: 10.0, absolute: 0.5, means, ..none() }]);
}

#[test]
fn numbers_that_could_be_confused_are_refused_with_the_right_key() {
    let belongs = "to which `standard_uncertainty` does not belong; write";
    let cases = [
        (
            "t",
            format!(
                "[input.x] has a t distribution, {belongs} `scale`, which is not its standard deviation, and `dof`"
            ),
        ),
        ("rectangular", format!("[input.x] has a rectangular distribution, {belongs} `half_width`")),
        ("arcsine", format!("[input.x] has an arcsine distribution, {belongs} `half_width`")),
        ("ctrap", format!("has a ctrap distribution, {belongs} `half_width` and `inexactness`")),
        ("trapezoidal", format!("{belongs} `half_width` and `shape`")),
        ("exponential", format!("{belongs} nothing: its mean is the value")),
        ("gamma", format!("{belongs} `shape` and `scale`")),
        ("samples", format!("{belongs} `samples`")),
        ("histogram", format!("{belongs} `edges` and `weights`")),
        ("constant", format!("{belongs} nothing: it is known exactly")),
    ];
    for (word, expected) in cases {
        let message = input(&format!("value = 1\nstandard_uncertainty = 2\ndistribution = \"{word}\"")).unwrap_err();
        assert!(message.starts_with("m.toml, line 5: ") && message.contains(&expected), "{message}");
    }
}

#[test]
fn every_mistake_in_an_input_is_told_with_its_line() {
    let cases = [
        (
            "value = 1\nstandard_uncertainity = 1",
            "line 5: [input.x] has no key `standard_uncertainity`; did you mean `standard_uncertainty`",
        ),
        ("value = 1\nstandard_uncertainty = -1", "line 5: `standard_uncertainty` is -1; it has to be at least 0"),
        (
            "value = 1\nstandard_uncertainty = 1\nu_column = \"u\"",
            "line 6: state either `standard_uncertainty` or `u_column`",
        ),
        (
            "value = 1\nstandard_uncertainty = 1\nexpanded_uncertainty = 2\ncoverage_factor = 2",
            "line 6: a standard uncertainty is stated as well",
        ),
        (
            "value = 1\nstandard_uncertainty = 1\nexpanded_column = \"U\"\ncoverage_factor = 2",
            "line 6: a standard uncertainty is stated as well",
        ),
        (
            "value = 1\nstandard_uncertainty = 1\ncoverage_factor = 2",
            "line 6: a standard uncertainty has no coverage factor",
        ),
        ("value = 1\nexpanded_uncertainty = 1", "[input.x] needs the key `coverage_factor`"),
        (
            "value = 1\nexpanded_uncertainty = 1\ncoverage_factor = 0",
            "`coverage_factor` of [input.x] must be a positive number",
        ),
        ("value = 1\ndistribution = \"normal\"", "[input.x] needs the key `standard_uncertainty`"),
        ("value = 1\ndistribution = \"norml\"", "line 5: there is no distribution `norml`; did you mean `normal`"),
        (
            "value = 1\nhalf_width = 1",
            "line 5: [input.x] has a `half_width` of what? State `distribution`: `rectangular`, `ctrap`, `triangular`, `trapezoidal`, `arcsine`",
        ),
        ("value = 1", "says nothing of its uncertainty; state `standard_uncertainty`"),
        ("standard_uncertainty = 1", "[input.x] needs the key `value`"),
        ("value = 1\ncolumn = \"v\"\nstandard_uncertainty = 1", "line 5: an estimate is stated as well; drop `column`"),
        ("value = 1\ndistribution = \"t\"\nscale = 1", "[input.x] needs the key `dof`"),
        ("value = 1\ndistribution = \"t\"\nscale = 1\ndof = 0", "`dof` of [input.x] must be a positive number"),
        (
            "value = 1\ndistribution = \"t\"\nscale = 1\ndof = 3\ndof_column = \"d\"",
            "line 8: the `dof` of a t distribution is a number",
        ),
        ("value = 1\nstandard_uncertainty = 1\ndof = -2", "`dof` of [input.x] must be a positive number"),
        ("value = 1\nstandard_uncertainty = 1\ndof = 2\ndof_column = \"d\"", "state either `dof` or `dof_column`"),
        (
            "value = 1\ndistribution = \"constant\"\ndof = 2",
            "what is known exactly has no degrees of freedom; drop `dof`",
        ),
        (
            "value = 1\ndistribution = \"ctrap\"\nhalf_width = 1\ninexactness = 2",
            "line 7: `inexactness` is 2; it has to be from 0 to 1",
        ),
        (
            "value = 1\ndistribution = \"trapezoidal\"\nhalf_width = 1\nshape = 2",
            "`shape` is 2; it has to be from 0 to 1",
        ),
        ("value = 0\ndistribution = \"exponential\"", "the mean of an exponential distribution is above 0"),
        (
            "value = 6\ndistribution = \"gamma\"\nshape = 2\nscale = 3",
            "the estimate of a gamma distribution is shape · scale; drop `value`",
        ),
        ("value = 1\ndistribution = \"samples\"\nsamples = [1]", "`samples` lists two deviations"),
        (
            "value = 1\ndistribution = \"histogram\"\nedges = [1, 0]\nweights = [1]",
            "`edges` lists the ends of the bins",
        ),
        ("value = 1\ndistribution = \"histogram\"\nedges = [0, 1]\nweights = [1, 1]", "there are 2 weights for 1 bins"),
        (
            "value = 1\ndistribution = \"histogram\"\nedges = [0, 1]\nweights = [0]",
            "weights are not negative, and not all 0",
        ),
        ("observations = [1]", "line 4: one observation tells no scatter"),
        (
            "observations = [1, 2]\nstandard_uncertainty = 1",
            "line 5: the observations tell the distribution; drop `standard_uncertainty`",
        ),
        ("observations = [1, 2]\ndof = 1", "the degrees of freedom of observations are n - 1; drop `dof`"),
        ("observations = [1, \"a\"]", "`observations` of [input.x] must be a list of numbers"),
        ("value = \"one\"\nstandard_uncertainty = 1", "`value` of [input.x] must be a number"),
    ];
    for (lines, expected) in cases {
        let message = input(lines).unwrap_err();
        assert!(message.contains(expected), "{lines}: {message}");
    }
}

#[test]
fn every_mistake_in_a_statement_is_told_with_its_line() {
    let cases = [
        ("of_reading = 1", "[[input.x.term]] needs the key `means`"),
        ("means = \"half_width\"\ndistribution = \"arcsine\"", "[[input.x.term]] needs the key `of_reading`"),
        ("of_reading = 1\nmeans = \"limits\"", "line 7: there is no meaning `limits`"),
        ("of_reading = -1\nmeans = \"standard_uncertainty\"", "line 6: `of_reading` is -1; it has to be at least 0"),
        ("of_span = 1\nmeans = \"standard_uncertainty\"", "needs the key `span`"),
        ("absolute = 1\nspan = 1\nmeans = \"standard_uncertainty\"", "line 7: `span` says nothing without `of_span`"),
        ("digits = 1\nmeans = \"standard_uncertainty\"", "needs the key `resolution`"),
        ("absolute = 1\nmeans = \"expanded_uncertainty\"", "needs the key `coverage_factor`"),
        ("absolute = 1\nmeans = \"half_width\"", "needs the key `distribution`"),
        (
            "absolute = 1\nmeans = \"half_width\"\ncoverage_factor = 2",
            "line 8: `coverage_factor` does not belong to a half width",
        ),
        (
            "absolute = 1\nmeans = \"half_width\"\ndistribution = \"normal\"",
            "there is no distribution of a half width `normal`",
        ),
        ("of_rdg = 1", "line 6: [[input.x.term]] has no key `of_rdg`"),
    ];
    for (lines, expected) in cases {
        let message = input(&format!("column = \"v\"\n[[input.x.term]]\n{lines}")).unwrap_err();
        assert!(message.contains(expected), "{lines}: {message}");
    }
    let both = input("column = \"v\"\nhalf_width = 1\n[[input.x.term]]\nabsolute = 1").unwrap_err();
    assert!(both.contains("line 5: the terms say all that is known; drop `half_width`"), "{both}");
}

#[test]
fn every_mistake_around_the_inputs_is_told_with_its_line() {
    let cases = [
        ("model = \"\"\"", "modle = \"\"\"", "line 2: the measurand has no key `modle`; did you mean `model`?"),
        ("unit = \"mA\"", "unit = \"mAmp\"", "line 11: failed to read the unit `mAmp`"),
        ("[\"phi\", \"V\"]", "[\"phy\", \"V\"]", "line 20: there is no input `phy`; did you mean `phi`?"),
        ("[\"phi\", \"V\"]", "[\"V\", \"V\"]", "an input is correlated with itself by 1"),
        ("[\"phi\", \"V\"]", "[\"V\"]", "`between` names two inputs"),
        ("[\"phi\", \"V\"]", "[\"I\", \"V\"]", "the correlation of these two follows from their observations"),
        ("coefficient = 0.86", "coefficient = 1.86", "line 21: a correlation coefficient lies between -1 and 1"),
        ("coefficient = 0.86", "", "[[correlation]] needs the key `coefficient`"),
        (
            "[[source]]",
            "[[correlation]]\nbetween = [\"V\", \"phi\"]\ncoefficient = 0.1\n[[source]]",
            "line 23: these two inputs are correlated above",
        ),
        ("19.685, 19.678]", "19.685]", "the ensemble `simultaneous` has 5 observations of `V` and 4 of `I`"),
        (
            "standard_uncertainty = 1e-4",
            "standard_uncertainty = -1e-4",
            "line 24: a standard uncertainty is not negative",
        ),
        ("{ V = 1.0, I", "{ V = 1.0, J", "line 25: there is no input `J`"),
        ("name = \"bridge\"", "", "[[source]] needs the key `name`"),
        ("sensitivity = {", "sensitivty = {", "[[source]] has no key `sensitivty`; did you mean `sensitivity`"),
    ];
    for (from, to, expected) in cases {
        assert!(IMPEDANCE.contains(from), "{from}");
        let message = Measurand::parse(&IMPEDANCE.replacen(from, to, 1), "m.toml").unwrap_err().to_string();
        assert!(message.contains(expected), "{to}: {message}");
    }
    let missing = |text: &str| Measurand::parse(text, "m.toml").unwrap_err().to_string();
    assert!(missing("model = \"y = x\"").contains("the measurand needs the key `input`"));
    assert!(missing("[input.x]\nunit = \"V\"\nvalue = 1\nstandard_uncertainty = 1").contains("needs the key `model`"));
    assert!(missing("model = \"y = x\"\ninput = 3").contains("write each input as [input.SYMBOL]"));
}
