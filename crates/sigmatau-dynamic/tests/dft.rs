//! Transforms, products, ratios, polar forms and interpolation beside those of PyDynamic, and where it is wrong.

use nalgebra::DMatrix;
use sigmatau_dynamic::covariance::SpectralCovariance;
use sigmatau_dynamic::dft::{Frame, Polar, dft, idft};
use sigmatau_dynamic::interpolate::{Instants, Scheme, interpolate};
use sigmatau_dynamic::{Covariance, Signal, Spectrum, Variance};
use std::collections::BTreeMap;

const GOLDEN: &str = include_str!("golden/dft.csv");

/// The figures of one case, by their names.
struct Case(BTreeMap<&'static str, Vec<f64>>);

impl Case {
    fn named(case: &str) -> Self {
        let mut lists: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        for line in GOLDEN.lines().filter(|line| line.split(',').next() == Some(case)) {
            let cells: Vec<&str> = line.split(',').collect();
            lists.entry(cells[1]).or_default().push(cells[3].parse().unwrap());
        }
        Self(lists)
    }

    fn list(&self, name: &str) -> Vec<f64> {
        self.0[name].clone()
    }

    fn matrix(&self, name: &str) -> DMatrix<f64> {
        let list = &self.0[name];
        let size = (list.len() as f64).sqrt() as usize;
        DMatrix::from_row_slice(size, size, list)
    }

    fn signal(&self) -> Signal {
        Signal::new(self.list("x"), Covariance::Dense(self.matrix("ux"))).unwrap()
    }

    fn response(&self, length: usize) -> Spectrum {
        Spectrum::from_stacked(length, &self.list("response"), self.matrix("uh")).unwrap()
    }

    fn expect(&self, name: &str, found: &[f64]) {
        self.near(name, found, 1e-13);
    }

    fn near(&self, name: &str, found: &[f64], agreement: f64) {
        let expected = &self.0[name];
        assert_eq!(expected.len(), found.len(), "{name}");
        let largest = expected.iter().fold(0.0, |largest: f64, x| largest.max(x.abs()));
        let apart = expected.iter().zip(found).fold(0.0, |apart: f64, (a, b)| apart.max((a - b).abs()));
        assert!(apart <= agreement * largest, "{name}: {:e}", apart / largest);
    }

    fn expect_spectrum(&self, values: &str, covariance: &str, found: Spectrum) {
        self.expect(values, &found.stacked());
        self.expect(covariance, found.into_parts().1.into_dense().transpose().as_slice());
    }
}

/// Odd and even lengths alike.
fn cases() -> impl Iterator<Item = (usize, Case)> {
    [8, 9].into_iter().map(|length: usize| (length, Case::named(&length.to_string())))
}

#[test]
fn transform_and_its_inverse_agree() {
    for (_, case) in cases() {
        let spectrum = dft(&case.signal());
        case.expect_spectrum("spectrum", "us", spectrum.clone());
        let back = idft(spectrum);
        case.expect("back", back.values());
        case.expect("ub", back.covariance().to_dense().as_slice());
    }
}

#[test]
fn products_and_ratios_agree() {
    for (length, case) in cases() {
        let spectrum = || dft(&case.signal());
        case.expect_spectrum("product", "up", spectrum().times(case.response(length)).unwrap());
        case.expect_spectrum("ratio", "ur", spectrum().over(case.response(length)).unwrap());
    }
}

fn polar(length: usize, case: &Case) -> Polar {
    let covariance = SpectralCovariance::dense(length, case.matrix("uap")).unwrap();
    Polar::new(length, case.list("amplitude"), case.list("phase"), covariance).unwrap()
}

#[test]
fn amplitudes_and_phases_agree() {
    for (length, case) in cases() {
        let (spectrum, doubtful) = polar(length, &case).to_spectrum();
        assert!(doubtful.is_empty());
        case.expect_spectrum("cartesian", "uc", spectrum.clone());
        let back = spectrum.to_polar();
        case.expect("polar", &[back.amplitudes(), back.phases()].concat());
        case.near("upolar", back.covariance().clone().into_dense().as_slice(), 1e-12);
    }
}

#[test]
fn interpolation_agrees() {
    for word in ["previous", "nearest", "linear"] {
        let case = Case::named(word);
        let scheme = Scheme::ALL.iter().find(|(name, _)| *name == word).unwrap().1;
        let variances = case.list("uy").iter().map(|u| Variance(u * u)).collect();
        let signal = Signal::new(case.list("y"), Covariance::Independent(variances)).unwrap();
        let (stamps, at) = (Instants::exact(case.list("t")), Instants::exact(case.list("at")));
        let found = interpolate(&signal, &stamps, &at, scheme).unwrap();
        case.expect("new", found.values());
        case.expect("unew", &found.covariance().standard_uncertainties());
    }
}

/// `GUM_DFT` with zero padding returns variances alone. They are right, but bins are correlated, and taken as
/// independent they give the padded series the same variance everywhere: half of what the points have, and as much
/// behind them.
#[test]
fn padding_correlates_bins_where_the_peer_says_nothing() {
    for (length, case) in cases() {
        let noise = Covariance::White { variance: Variance(0.01), length };
        let signal = Signal::new(case.list("x"), noise).unwrap();
        let padded = Frame { length: Some(2 * length), ..Frame::default() }.dft(&signal).unwrap();
        case.expect("padded", &padded.stacked());
        let bins = padded.covariance().each_bin();
        let variances: Vec<f64> = bins.iter().map(|b| b.real).chain(bins.iter().map(|b| b.imaginary)).collect();
        case.expect("padded-variances", &variances);

        let entry = |k: usize, l: usize| padded.covariance().entry(k, l).amax();
        let pairs = (0..bins.len()).flat_map(|k| (0..k).map(move |l| (k, l)));
        let off = pairs.map(|(k, l)| entry(k, l)).fold(0.0, f64::max);
        assert!(off / bins[0].real > 0.6, "off-diagonal terms reach 63 % of the largest variance");

        let alone = SpectralCovariance::per_bin(2 * length, bins).unwrap();
        let alone = idft(Spectrum::new(2 * length, padded.values().to_vec(), alone).unwrap());
        let right = idft(padded);
        let [u_alone, u_right] = [alone, right].map(|signal| signal.covariance().standard_uncertainties());
        assert!((u_right[1] - 0.1).abs() < 1e-15 && u_right[length] < 1e-15);
        assert!((u_right[1] / u_alone[1] - 2f64.sqrt()).abs() < 0.1, "{}", u_right[1] / u_alone[1]);
    }
}

/// `AmpPhase2Time` returns an asymmetric covariance, and 8 points for 9.
#[test]
fn series_from_amplitudes_has_a_symmetric_covariance_where_the_peer_has_not() {
    for (length, case) in cases() {
        let theirs = case.matrix("wrong-time-from-polar");
        assert!((&theirs - theirs.transpose()).amax() > 0.05 * theirs.amax());
        let ours = idft(polar(length, &case).to_spectrum().0).covariance().to_dense();
        assert_eq!(ours.nrows(), length);
        assert!((&ours - ours.transpose()).amax() < 1e-15 * ours.amax());
    }
}

/// `GUM_iDFT` gives 8 points for a series of 9 unless told otherwise.
#[test]
fn odd_series_come_back_whole_where_the_peer_drops_a_point() {
    let case = Case::named("9");
    assert_eq!(case.list("wrong-default-points"), [8.0]);
    assert_eq!(idft(dft(&case.signal())).values().len(), 9);
}
