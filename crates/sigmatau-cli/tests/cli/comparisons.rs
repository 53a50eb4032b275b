//! Results and comparisons on the command line: columns by name, units, what is shared.

use crate::workbench::Workbench;

/// The cells of a column of a document in CSV.
fn column(document: &str, name: &str) -> Vec<String> {
    let mut lines =
        document.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(',').collect::<Vec<_>>());
    let place = lines.next().unwrap().iter().position(|heading| heading.split(' ').next() == Some(name)).unwrap();
    lines.map(|cells| cells[place].to_owned()).collect()
}

fn numbers(document: &str, name: &str) -> Vec<f64> {
    column(document, name).iter().map(|cell| cell.parse().unwrap()).collect()
}

const METERS: &str = "meter,error [mV],u [uV]\n017,0.35,100\n018,0.60,100\n019,,100\n";

#[test]
fn items_are_judged_in_the_unit_of_their_values_or_in_the_one_that_is_named() {
    let bench = Workbench::new();
    bench.put("a.csv", METERS);
    for (limits, limit) in [("--lower -0.5 --upper 0.5", 0.5), ("--lower -500 --upper 500 --unit uV", 500.0)] {
        let request = format!("uncertainty conformity a.csv --value error --id meter {limits} --format csv");
        let said = bench.run(&request).exits(0).says(&["1 items, the first of them 019"]);
        let (risks, out) = (numbers(&said.out(), "specific_risk"), said.out());
        assert!((risks[0] - 0.066_807_201_268_858).abs() < 1e-9 && (risks[1] - 0.158_655_253_931_457).abs() < 1e-9);
        assert_eq!((column(&out, "verdict"), column(&out, "id")), (words(["pass", "fail"]), words(["017", "018"])));
        assert_eq!(numbers(&out, "upper"), [limit; 2]);
    }
    let request = "uncertainty conformity a.csv --value eror --lower -0.5 --upper 0.5";
    bench.run(request).says(&["did you mean `error`"]);
}

fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).into()
}

/// Where all uncertainties are the same, restricted maximum likelihood leaves τ² = s² − u²: the sums of Φ by Python's
/// `math.erfc`, out of the values alone.
#[test]
fn a_batch_tells_how_many_were_accepted_falsely() {
    let bench = Workbench::new();
    let rows: String = (0..200).map(|n| format!("{},0.1\n", 3.0 * (f64::from(n) / 199.0 - 0.5))).collect();
    bench.put("a.csv", format!("value,u\n{rows}"));
    let said = bench.run("uncertainty batch-risk a.csv --lower -0.5 --upper 0.5 --format csv").exits(0);
    let number = |name| numbers(&said.out(), name)[0];
    assert_eq!(number("items"), 200.0);
    assert_eq!(number("accepted"), 66.0);
    let expected = [
        ("expected_false_accepts", 4.736_757_586_526_588),
        ("expected_false_rejects", 5.952_952_792_614_912),
        ("expected_conforming", 67.216_195_206_088_3),
    ];
    for (name, expected) in expected {
        assert!((number(name) / expected - 1.0).abs() < 1e-9, "{name}: {}", number(name));
    }
    assert!((number("pfa") * 200.0 - number("expected_false_accepts")).abs() < 1e-9);
}

const LABORATORIES: &str = "laboratory,value [mg/kg],u [ug/kg]\na,10.0,300\nb,10.6,400\nc,10.2,500\n";

#[test]
fn shared_standards_make_differences_surer() {
    let bench = Workbench::new();
    bench.put("a.csv", LABORATORIES).put("shared.csv", "first,second,coefficient\na,b,0.9\n");
    let degrees = |options: &str| {
        let request =
            format!("uncertainty equivalence a.csv --method weighted-mean --bilateral yes {options} --format csv");
        let out = bench.run(&request).exits(0).out();
        let pairs = column(&out, "laboratory").into_iter().zip(column(&out, "other"));
        let place = pairs.into_iter().position(|pair| pair == ("a".into(), "b".into())).unwrap();
        assert_eq!(column(&out, "unit")[place], "mg/kg");
        numbers(&out, "u")[place]
    };
    assert!((degrees("") - 0.5).abs() < 1e-12);
    assert!((degrees("--correlations shared.csv") - (0.25_f64 - 2.0 * 0.9 * 0.12).sqrt()).abs() < 1e-9);
}

#[test]
fn consensus_and_scores_take_one_table() {
    let bench = Workbench::new();
    bench.put("a.csv", LABORATORIES);
    let out = bench.run("uncertainty consensus a.csv --methods weighted-mean --format csv").exits(0).out();
    let weights = [0.3_f64, 0.4, 0.5].map(|u| u.powi(-2));
    let mean = [10.0, 10.6, 10.2].iter().zip(weights).map(|(x, w)| x * w).sum::<f64>() / weights.iter().sum::<f64>();
    assert!((numbers(&out, "value")[0] - mean).abs() < 1e-9 && column(&out, "members") == ["a b c"]);
    let out = bench.run("uncertainty scores a.csv --reference 10 --u-reference 0.4 --format csv").exits(0).out();
    assert!((numbers(&out, "zeta")[1] - 0.6 / 0.32_f64.sqrt()).abs() < 1e-9);
    assert_eq!(column(&out, "performance"), ["satisfactory"; 3]);
}
