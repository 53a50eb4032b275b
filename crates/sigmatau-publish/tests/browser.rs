//! Pages in a real browser: light, dark and on paper. Skipped, and said so, where there is no Chromium.

#[path = "demo/records.rs"]
mod records;

use sigmatau_core::Severity;
use sigmatau_data::Record;
use sigmatau_publish::{Language, Publication, Remark, format, publish};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const QUIET: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=1280,1800",
];
const LIGHT: &str = "--blink-settings=preferredColorScheme=1";
const DARK: &str = "--blink-settings=preferredColorScheme=0";

#[expect(clippy::print_stderr, reason = "a test that did not run says so")]
fn browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path)
        .flat_map(|folder| BROWSERS.map(|name| folder.join(name)))
        .find(|file| file.is_file());
    if found.is_none() {
        eprintln!("skipped: no Chromium on the PATH, pages were not looked at in a browser");
    }
    found
}

/// Writes the page of this record into the folder of test results and returns its place.
fn page(name: &str, title: &str, language: Language, record: Record) -> PathBuf {
    let remark = |severity, code, subject, seen| Remark {
        severity,
        code,
        subject,
        seen,
        matters: "terms that touch a missing point are dropped",
        advice: "look for outages of the counter",
    };
    let findings = [
        remark(Severity::Note, "even-grid", "", "the record is even with τ₀ = 1 s"),
        remark(Severity::Warning, "gap", "maser-1", "3 of 86401 points are missing"),
        remark(Severity::Failure, "too-short", "gps-2", "7 points, 9 are needed"),
    ];
    let records = [record];
    let publication =
        Publication { findings: &findings, language, complete: "records/", ..Publication::new(title, &records) };
    let mut html = Vec::new();
    publish(format::named("html").unwrap(), &publication, &mut html).unwrap();
    written(name, &html)
}

fn written(name: &str, html: &[u8]) -> PathBuf {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&file, html).unwrap();
    file
}

/// Lets the browser make `result` from the page.
fn shot(browser: &Path, page: &Path, scheme: &str, result: &Path) {
    let profile = tempfile::tempdir().unwrap();
    let task = if result.extension().is_some_and(|end| end == "pdf") { "print-to-pdf" } else { "screenshot" };
    let status = Command::new(browser)
        .args(QUIET)
        .args([scheme, "--no-pdf-header-footer"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("--{task}={}", result.display()))
        .arg(page)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
}

/// The picture as bytes of its pixels.
fn pixels(png: &Path) -> Vec<u8> {
    let mut reader = png::Decoder::new(std::io::BufReader::new(File::open(png).unwrap())).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    pixels
}

/// The share of pixel bytes that differ from the corner of the picture.
fn drawn(pixels: &[u8]) -> f64 {
    let corner = pixels[0];
    pixels.iter().filter(|byte| byte.abs_diff(corner) > 40).count() as f64 / pixels.len() as f64
}

fn picture(browser: &Path, page: &Path, scheme: &str, ending: &str) -> Vec<u8> {
    let picture = page.with_extension(ending);
    shot(browser, page, scheme, &picture);
    pixels(&picture)
}

#[test]
fn page_is_drawn_on_light_and_dark_screens() {
    let Some(browser) = browser() else { return };
    let page = page("laboratory.html", "Clock ensemble, week 31 of 2026", Language::English, records::laboratory());
    let (light, dark) = (picture(&browser, &page, LIGHT, "light.png"), picture(&browser, &page, DARK, "dark.png"));
    assert!(light[0] > 240 && dark[0] < 40, "papers are {} and {}", light[0], dark[0]);
    assert!(drawn(&light) > 0.01 && drawn(&dark) > 0.01, "drawn are {} and {}", drawn(&light), drawn(&dark));
}

#[test]
fn blank_page_counts_as_not_drawn() {
    let Some(browser) = browser() else { return };
    let page = written("blank.html", b"<!DOCTYPE html><title>blank</title>");
    assert_eq!(drawn(&picture(&browser, &page, LIGHT, "png")), 0.0);
}

#[test]
fn fleet_is_drawn_with_chinese_labels() {
    let Some(browser) = browser() else { return };
    let page = page("fleet.html", "星载原子钟稳定度", Language::Chinese, records::fleet(75));
    assert!(drawn(&picture(&browser, &page, LIGHT, "light.png")) > 0.01);
}

#[test]
fn page_prints() {
    let Some(browser) = browser() else { return };
    let page = page("printed.html", "Clock ensemble, week 31 of 2026", Language::English, records::laboratory());
    let pdf = page.with_extension("pdf");
    shot(&browser, &page, DARK, &pdf);
    let bytes = fs::read(pdf).unwrap();
    assert!(bytes.starts_with(b"%PDF") && bytes.len() > 20_000, "{} bytes", bytes.len());
}
