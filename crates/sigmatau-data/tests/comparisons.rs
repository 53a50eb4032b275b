//! The published comparisons among the reference datasets: their files are those that the manifests describe, and give the
//! figures that others have found from them.

use sigmatau_data::schema::comparisons;
use sigmatau_data::{Content, Manifest, Table, read_typed};
use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../datasets/reference").join(name)
}

fn results(name: &str) -> Table {
    let manifest = Manifest::read(&folder(name).join("dataset.toml")).unwrap();
    let Content::Files(files) = &manifest.content else { panic!("{name} has files") };
    manifest.inputs().unwrap();
    read_typed(&files[0].path, &comparisons::SCHEMA).unwrap()
}

/// The weighted mean, its standard uncertainty and χ².
fn weighted(values: &[f64], u: &[f64]) -> (f64, f64, f64) {
    let weight: f64 = u.iter().map(|u| u.powi(-2)).sum();
    let mean = values.iter().zip(u).map(|(value, u)| value / (u * u)).sum::<f64>() / weight;
    let chi_squared = values.iter().zip(u).map(|(value, u)| ((value - mean) / u).powi(2)).sum();
    (mean, weight.powf(-0.5), chi_squared)
}

/// Equal to half a unit of the last digit.
fn agrees(found: (f64, f64, f64), expected: (f64, f64, f64)) {
    let close = |found: f64, expected: f64, half: f64| (found - expected).abs() <= half;
    let (mean, u) = (close(found.0, expected.0, 5e-10), close(found.1, expected.1, 5e-10));
    assert!(mean && u && close(found.2, expected.2, 5e-7), "{found:?} {expected:?}");
}

/// Weighted mean, u and χ² by metRology 0.9-29-2.
#[test]
fn lead_in_wine_has_the_published_weighted_mean() {
    let table = results("ccqm-k30");
    let column = |name: &str| table.floats(name).unwrap();
    let u: Vec<f64> = column("expanded_u").iter().zip(column("k")).map(|(expanded, k)| expanded / k).collect();
    agrees(weighted(column("value"), &u), (2.894_377_174, 0.008_174_362, 912.474_034));
}

/// Weighted mean and χ² by metRology 0.9-29-2.
#[test]
fn the_vaporisation_of_cadmium_has_the_published_weighted_mean() {
    let table = results("cadmium");
    let (mean, u, chi_squared) = weighted(table.floats("value").unwrap(), table.floats("u").unwrap());
    agrees((mean, u, chi_squared), (26.886_919_754, u, 22.631_075));
}

#[test]
fn creosote_has_nine_means_about_the_published_median() {
    let mut means = results("creosote").floats("value").unwrap().to_vec();
    means.sort_by(f64::total_cmp);
    assert_eq!((means.len(), means[4]), (9, 20.3));
}
