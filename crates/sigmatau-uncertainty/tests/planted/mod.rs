//! Calibration histories that are sound, and faults that are planted in them, one kind for each check.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use sigmatau_uncertainty::chain::{Chain, Edges, Recall};
use sigmatau_uncertainty::check::table::{
    Block, Budgets, Calibrations, CheckStandards, Comparisons, Correlations, Lists, Logs, NO_WORD, Repeats,
};
use sigmatau_uncertainty::check::{Check, Report, Screening, Settings, Start};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const LABORATORIES: usize = 20;
const POINTS: usize = 2;
const YEARS: usize = 4;
const READINGS: usize = 10;
const CHECKS: usize = 60;
const RESULTS: usize = 5;
const LOG: usize = 128;
const DAY: i64 = 86_400_000_000_000;
const YEAR: i64 = 365 * DAY;

const U_REPEAT: f64 = 0.05;
const RESOLUTION: f64 = 0.01;
const U_INSTRUMENT: f64 = 0.03;
const U_SOURCE: f64 = 0.02;
const U_STANDARD: f64 = 0.02;
const LIMIT: f64 = 0.15;
const U_TIME: f64 = 1e-3;

/// Normal deviates of a seed.
pub(crate) struct Draws(ChaCha8Rng);

impl Draws {
    pub(crate) fn of(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    pub(crate) fn normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.0)
    }
}

/// Words and their places.
#[derive(Default)]
pub(crate) struct Words {
    pub(crate) all: Vec<String>,
    known: BTreeMap<String, u32>,
}

impl Words {
    pub(crate) fn place(&mut self, word: &str) -> u32 {
        *self.known.entry(word.to_owned()).or_insert_with(|| {
            self.all.push(word.to_owned());
            self.all.len() as u32 - 1
        })
    }
}

/// One row of calibrations with what belongs to it.
pub(crate) struct Row {
    pub(crate) laboratory: u32,
    pub(crate) instrument: u32,
    pub(crate) class: u32,
    pub(crate) point: u32,
    pub(crate) standard: u32,
    pub(crate) procedure: u32,
    pub(crate) operator: u32,
    pub(crate) quantity: u32,
    pub(crate) unit: u32,
    pub(crate) time: i64,
    pub(crate) submitted: i64,
    pub(crate) due: i64,
    pub(crate) value: f64,
    pub(crate) reference: f64,
    pub(crate) u: f64,
    pub(crate) u_reference: f64,
    pub(crate) u_c: f64,
    pub(crate) expanded_u: f64,
    pub(crate) k: f64,
    pub(crate) dof: f64,
    pub(crate) cmc: f64,
    pub(crate) accepted: u8,
    pub(crate) curvature: f64,
    pub(crate) repeats: Vec<f64>,
    /// u, dof, type A and readings of each component.
    pub(crate) budget: Vec<(f64, f64, u8, i64)>,
    pub(crate) correlations: Vec<(u32, u32, f64)>,
}

/// One check of a standard: laboratory, standard, value.
pub(crate) type Checked = (u32, u32, f64);

/// One edge of the chain.
#[derive(Clone)]
pub(crate) struct Edge {
    pub(crate) certificate: u32,
    pub(crate) parent: u32,
    pub(crate) root: u8,
    pub(crate) u: f64,
    pub(crate) contribution: f64,
    pub(crate) u_own: f64,
    pub(crate) issued: i64,
    pub(crate) until: i64,
}

/// What one instrument sent.
pub(crate) struct Log {
    pub(crate) instrument: u32,
    pub(crate) operator: u32,
    pub(crate) time: Vec<i64>,
    pub(crate) value: Vec<f64>,
    pub(crate) offset: Vec<f64>,
}

/// A whole dataset.
pub(crate) struct Data {
    pub(crate) draws: Draws,
    pub(crate) words: Words,
    pub(crate) instruments: usize,
    /// Rows of an instrument stand together, points and years in order.
    pub(crate) rows: Vec<Row>,
    pub(crate) checks: Vec<Checked>,
    /// Laboratory and deviation of each result, in u.
    pub(crate) results: Vec<(u32, f64)>,
    pub(crate) edges: Vec<Edge>,
    pub(crate) logs: Vec<Log>,
}

impl Data {
    /// Honest histories of instruments, which are shared out to the laboratories in turn.
    pub(crate) fn sound(seed: u64, instruments: usize) -> Self {
        let (draws, words) = (Draws::of(seed), Words::default());
        let mut data = Self {
            draws,
            words,
            instruments,
            rows: vec![],
            checks: vec![],
            results: vec![],
            edges: vec![],
            logs: vec![],
        };
        data.add_chain();
        let shares: Vec<f64> = (0..LABORATORIES * YEARS).map(|_| data.draws.normal()).collect();
        for instrument in 0..instruments {
            for place in 0..POINTS * YEARS {
                let row = data.row(instrument, place / YEARS, place % YEARS, &shares);
                data.rows.push(row);
            }
            let log = data.log(instrument);
            data.logs.push(log);
        }
        data.add_histories();
        data
    }

    /// The word of a laboratory.
    pub(crate) fn laboratory(&mut self, laboratory: usize) -> u32 {
        self.words.place(&format!("laboratory {laboratory}"))
    }

    /// The word of an instrument.
    pub(crate) fn instrument(&mut self, instrument: usize) -> u32 {
        self.words.place(&format!("meter {instrument}"))
    }

    fn standard(&mut self, laboratory: usize, year: usize) -> u32 {
        self.words.place(&format!("certificate {laboratory}/{year}"))
    }

    /// The rows of an instrument.
    pub(crate) fn rows_of(&mut self, instrument: usize) -> &mut [Row] {
        &mut self.rows[instrument * POINTS * YEARS..][..POINTS * YEARS]
    }

    fn add_chain(&mut self) {
        let nan = f64::NAN;
        let root = self.words.place("institute");
        self.edges.push(Edge {
            certificate: root,
            parent: NO_WORD,
            root: 1,
            u: 0.005,
            contribution: nan,
            u_own: 0.005,
            issued: 0,
            until: i64::MAX,
        });
        for (laboratory, year) in
            (0..LABORATORIES).flat_map(|laboratory| (0..YEARS).map(move |year| (laboratory, year)))
        {
            let certificate = self.standard(laboratory, year);
            let (issued, contribution) = (year as i64 * YEAR, 0.005);
            let u_own = (U_STANDARD * U_STANDARD - contribution * contribution).sqrt();
            self.edges.push(Edge {
                certificate,
                parent: root,
                root: 0,
                u: U_STANDARD,
                contribution,
                u_own,
                issued,
                until: issued + YEAR,
            });
        }
    }

    fn row(&mut self, instrument: usize, point: usize, year: usize, shares: &[f64]) -> Row {
        let laboratory = instrument % LABORATORIES;
        let nominal = 100.0 + 10.0 * point as f64;
        let type_a = U_REPEAT / (READINGS as f64).sqrt();
        let display = RESOLUTION / 12.0_f64.sqrt();
        let (u, u_reference) = (root(&[type_a, display, U_INSTRUMENT]), root(&[U_SOURCE, U_STANDARD]));
        let u_c = root(&[u, u_reference]);
        let value = rounded(nominal + u * self.draws.normal(), 1e-3);
        let reference =
            rounded(nominal + U_SOURCE * self.draws.normal() + U_STANDARD * shares[laboratory * YEARS + year], 1e-3);
        let repeats = (0..READINGS).map(|_| rounded(value + U_REPEAT * self.draws.normal(), RESOLUTION)).collect();
        let time = year as i64 * YEAR + DAY + (instrument % 300) as i64 * DAY;
        let late = 15.0 + (4.0 * self.draws.normal()).clamp(-12.0, 18.0);
        Row {
            laboratory: self.laboratory(laboratory),
            instrument: self.instrument(instrument),
            class: self.words.place("class 1"),
            point: self.words.place(&format!("point {point}")),
            standard: self.standard(laboratory, year),
            procedure: self.words.place("comparison"),
            operator: self.words.place(&format!("operator {laboratory}/{}", instrument / LABORATORIES % 2)),
            quantity: self.words.place("voltage"),
            unit: self.words.place("V"),
            time,
            submitted: time + (late * DAY as f64) as i64,
            due: time + 30 * DAY,
            value,
            reference,
            u,
            u_reference,
            u_c,
            expanded_u: rounded(2.0 * u_c, 1e-3),
            k: 2.0,
            dof: (READINGS as f64 - 1.0) * (u_c / type_a).powi(4),
            cmc: 0.08,
            accepted: u8::from((value - reference).abs() <= LIMIT),
            curvature: 0.01,
            repeats,
            budget: [type_a, display, U_INSTRUMENT, U_SOURCE, U_STANDARD]
                .map(|u| if u == type_a { (u, 9.0, 1, READINGS as i64) } else { (u, f64::INFINITY, 0, 0) })
                .to_vec(),
            correlations: if instrument.is_multiple_of(10) { vec![(3, 4, 0.0)] } else { Vec::new() },
        }
    }

    fn log(&mut self, instrument: usize) -> Log {
        let operator = self.words.place(&format!("reader {}", instrument % LABORATORIES));
        let start = YEARS as i64 * YEAR;
        Log {
            instrument: self.instrument(instrument),
            operator,
            time: (0..LOG as i64).map(|reading| start + reading * DAY / 96).collect(),
            value: (0..LOG).map(|_| rounded(100.0 + self.draws.normal(), RESOLUTION)).collect(),
            offset: (0..LOG).map(|_| U_TIME * self.draws.normal()).collect(),
        }
    }

    fn add_histories(&mut self) {
        for laboratory in 0..LABORATORIES {
            let (own, standard) = (self.laboratory(laboratory), self.words.place(&format!("standard {laboratory}")));
            let checks: Vec<Checked> = (0..CHECKS).map(|_| (own, standard, self.draws.normal())).collect();
            self.checks.extend(checks);
            let results: Vec<(u32, f64)> = (0..RESULTS).map(|_| (own, 2.0_f64.sqrt() * self.draws.normal())).collect();
            self.results.extend(results);
        }
    }

    /// What each check reports.
    pub(crate) fn screened(&self, checks: &[&'static Check], settings: Settings) -> Vec<Report> {
        self.screened_in(checks, settings, self.instruments)
    }

    /// The same, from blocks of so many instruments.
    pub(crate) fn screened_in(&self, checks: &[&'static Check], settings: Settings, instruments: usize) -> Vec<Report> {
        let mut screening = Screening::of(checks, Start { settings, chain: Some(Arc::new(self.chain())) });
        for (block, rows) in self.rows.chunks(instruments * POINTS * YEARS).enumerate() {
            push_calibrations(&mut screening, rows, (block * instruments * POINTS * YEARS) as u64);
        }
        self.push_rest(&mut screening);
        screening.finish(&|word| self.words.all.get(word as usize).map_or("", String::as_str))
    }

    fn chain(&self) -> Chain {
        let column = |of: fn(&Edge) -> f64| self.edges.iter().map(of).collect::<Vec<f64>>();
        let words = |of: fn(&Edge) -> u32| self.edges.iter().map(of).collect::<Vec<u32>>();
        let times = |of: fn(&Edge) -> i64| self.edges.iter().map(of).collect::<Vec<i64>>();
        let roots: Vec<u8> = self.edges.iter().map(|edge| edge.root).collect();
        let edges = Edges {
            certificate: &words(|edge| edge.certificate),
            parent: &words(|edge| edge.parent),
            root: &roots,
            u: &column(|edge| edge.u),
            contribution: &column(|edge| edge.contribution),
            u_own: &column(|edge| edge.u_own),
            issued: &times(|edge| edge.issued),
            valid_from: &times(|edge| edge.issued),
            valid_until: &times(|edge| edge.until),
        };
        Chain::of(&edges, &[] as &[Recall])
    }

    fn push_rest(&self, screening: &mut Screening) {
        let u_of_one = vec![1.0; self.checks.len()];
        let zeros = vec![0.0; self.checks.len()];
        screening.check_standards(
            &CheckStandards {
                laboratory: &self.checks.iter().map(|check| check.0).collect::<Vec<_>>(),
                standard: &self.checks.iter().map(|check| check.1).collect::<Vec<_>>(),
                value: &self.checks.iter().map(|check| check.2).collect::<Vec<_>>(),
                reference: &zeros,
                u: &u_of_one,
                ..CheckStandards::default()
            },
            0,
        );
        screening.comparisons(
            &Comparisons {
                comparison: &(0..self.results.len()).map(|row| (row % RESULTS) as u32).collect::<Vec<_>>(),
                laboratory: &self.results.iter().map(|result| result.0).collect::<Vec<_>>(),
                value: &self.results.iter().map(|result| result.1).collect::<Vec<_>>(),
                u: &u_of_one[..self.results.len()],
                reference: &zeros[..self.results.len()],
                u_reference: &u_of_one[..self.results.len()],
                ..Comparisons::default()
            },
            0,
        );
        for (place, log) in self.logs.iter().enumerate() {
            screening.logs(
                &Logs {
                    instrument: &[log.instrument; LOG],
                    time: &log.time,
                    value: &log.value,
                    resolution: &[RESOLUTION; LOG],
                    offset_s: &log.offset,
                    u_offset_s: &[U_TIME; LOG],
                    operator: &[log.operator; LOG],
                    ..Logs::default()
                },
                (place * LOG) as u64,
            );
        }
    }
}

fn push_calibrations(screening: &mut Screening, rows: &[Row], first_row: u64) {
    macro_rules! column {
        ($name:ident) => {
            &rows.iter().map(|row| row.$name).collect::<Vec<_>>()
        };
    }
    let same = |number: f64| vec![number; rows.len()];
    let budget = || rows.iter().flat_map(|row| &row.budget);
    let pairs = || rows.iter().flat_map(|row| &row.correlations);
    screening.calibrations(&Block {
        first_row,
        calibrations: Calibrations {
            laboratory: column!(laboratory),
            instrument: column!(instrument),
            class: column!(class),
            point: column!(point),
            standard: column!(standard),
            procedure: column!(procedure),
            operator: column!(operator),
            quantity: column!(quantity),
            unit: column!(unit),
            time: column!(time),
            submitted: column!(submitted),
            due: column!(due),
            value: column!(value),
            reference: column!(reference),
            u: column!(u),
            u_reference: column!(u_reference),
            u_standard: &same(U_STANDARD),
            u_c: column!(u_c),
            expanded_u: column!(expanded_u),
            k: column!(k),
            dof: column!(dof),
            cmc: column!(cmc),
            resolution: &same(RESOLUTION),
            u_repeat: &same(U_REPEAT),
            lower: &same(-LIMIT),
            upper: &same(LIMIT),
            accepted: column!(accepted),
            curvature: column!(curvature),
            ..Calibrations::default()
        },
        repeats: Lists {
            ends: &ends(rows, |row| row.repeats.len()),
            rows: Repeats { value: &rows.iter().flat_map(|row| row.repeats.clone()).collect::<Vec<_>>() },
        },
        budgets: Lists {
            ends: &ends(rows, |row| row.budget.len()),
            rows: Budgets {
                u: &budget().map(|part| part.0).collect::<Vec<_>>(),
                sensitivity: &budget().map(|_| 1.0).collect::<Vec<_>>(),
                dof: &budget().map(|part| part.1).collect::<Vec<_>>(),
                type_a: &budget().map(|part| part.2).collect::<Vec<_>>(),
                n: &budget().map(|part| part.3).collect::<Vec<_>>(),
                ..Budgets::default()
            },
        },
        correlations: Lists {
            ends: &ends(rows, |row| row.correlations.len()),
            rows: Correlations {
                first: &pairs().map(|pair| pair.0).collect::<Vec<_>>(),
                second: &pairs().map(|pair| pair.1).collect::<Vec<_>>(),
                coefficient: &pairs().map(|pair| pair.2).collect::<Vec<_>>(),
            },
        },
    });
}

fn ends(rows: &[Row], count: fn(&Row) -> usize) -> Vec<usize> {
    let mut end = 0;
    rows.iter()
        .map(|row| {
            end += count(row);
            end
        })
        .collect()
}

fn root(parts: &[f64]) -> f64 {
    parts.iter().map(|part| part * part).sum::<f64>().sqrt()
}

pub(crate) fn rounded(value: f64, step: f64) -> f64 {
    let per_unit = (1.0 / step).round();
    (value * per_unit).round() / per_unit
}

/// Plants the fault that a check is to find, in a tenth of the instruments or in two laboratories; says in whom.
pub(crate) fn plant(data: &mut Data, code: &str) -> BTreeSet<u32> {
    match code {
        "UNIT-DIM" => foreign_unit(data),
        "U-CALIBRATION" | "U-SCALE" | "MODE-SPLIT" | "CORR-NEGLECT" | "MISSING-NOT-RANDOM" => {
            in_laboratories(data, code)
        }
        "EN-PEER" | "EWMA/CUSUM" | "DIGIT-PREF" | "TRACE-COMPLETE" | "TRACE-INDATE" | "U-MONOTONE" => {
            in_histories(data, code)
        }
        _ => in_instruments(data, code),
    }
}

fn foreign_unit(data: &mut Data) -> BTreeSet<u32> {
    let foreign = data.words.place("A");
    data.rows[5].unit = foreign;
    BTreeSet::from([foreign])
}

fn in_instruments(data: &mut Data, code: &str) -> BTreeSet<u32> {
    let mut planted = BTreeSet::new();
    for instrument in (0..data.instruments).step_by(10) {
        planted.insert(data.instrument(instrument));
        spoil(data, instrument, code);
    }
    planted
}

fn spoil(data: &mut Data, instrument: usize, code: &str) {
    let log = &mut data.logs[instrument];
    match code {
        "TIME-MONO" => log.time[LOG / 2..].iter_mut().for_each(|time| *time -= DAY / 24),
        "UTC-SYNC" => log.offset.iter_mut().for_each(|offset| *offset += 6.0 * U_TIME),
        "DUP-BLOCK" if instrument.is_multiple_of(20) => log.value.copy_within(0..32, 64),
        // Turned upside down and scaled, as a forger might.
        "DUP-BLOCK" => (0..32).for_each(|reading| log.value[64 + reading] = 250.0 - 1.5 * log.value[reading]),
        _ => spoil_rows(data, instrument, code),
    }
}

fn spoil_rows(data: &mut Data, instrument: usize, code: &str) {
    let noise: Vec<f64> = (0..POINTS * YEARS * READINGS).map(|_| data.draws.normal()).collect();
    let rows = data.rows_of(instrument);
    let last = rows.len() - 1;
    match code {
        "SCHEMA-METRO" => rows[last].procedure = NO_WORD,
        "UNIT-SLIP" => rows[last].value *= 1000.0,
        "U-RECOMPUTE" => rows[last].u_c *= 0.7,
        "U-ROUND" => rows[last].expanded_u = 0.088_41,
        "K-CONSISTENT" => rows[last].dof = 4.0,
        "CMC-FLOOR" => rows[last].cmc = 0.1,
        "CORR-PSD" => rows[last].correlations = vec![(0, 1, -0.9), (0, 2, -0.9), (1, 2, -0.9)],
        "GUF-VALID" => rows[last].curvature = 0.5,
        "DOF-AUDIT" => rows[last].budget[0].1 = 50.0,
        "DRIFT-VS-U" => rows[last].value += 8.0 * rows[last].u_c,
        "OUTLIER-ROBUST" => rows[2].value += 8.0 * rows[2].u_c,
        "CONFORMITY-REDO" => rows[last].accepted = 1 - rows[last].accepted,
        "TOO-GOOD" => rows.iter_mut().for_each(|row| row.repeats = vec![row.value; READINGS]),
        "REPEAT-CHI2" => rows.iter_mut().zip(noise.chunks(READINGS)).for_each(|(row, noise)| {
            row.repeats = noise.iter().map(|z| rounded(row.value + 1.6 * U_REPEAT * z, RESOLUTION)).collect();
        }),
        "AUTOCORR" => rows.iter_mut().zip(noise.chunks(READINGS)).for_each(|(row, noise)| {
            row.repeats = correlated(noise).map(|z| rounded(row.value + U_REPEAT * z, RESOLUTION)).collect();
        }),
        _ => panic!("plant a fault for {code} in tests/planted"),
    }
}

/// Deviates that correlate by 0.8 with the one before.
fn correlated(noise: &[f64]) -> impl Iterator<Item = f64> + '_ {
    noise.iter().scan(None, |before, z| {
        let next = before.map_or(*z, |before| 0.8 * before + 0.6 * z);
        *before = Some(next);
        *before
    })
}

/// Laboratories 3 and 11.
fn in_laboratories(data: &mut Data, code: &str) -> BTreeSet<u32> {
    let planted: BTreeSet<u32> = [3, 11].map(|laboratory| data.laboratory(laboratory)).into();
    let hidden: Vec<f64> = (0..YEARS).map(|year| if year % 2 == 0 { 1.5 } else { -1.5 }).collect();
    let second: BTreeSet<u32> = [3, 11].map(|laboratory| data.words.place(&format!("operator {laboratory}/1"))).into();
    for (place, row) in data.rows.iter_mut().enumerate().filter(|(_, row)| planted.contains(&row.laboratory)) {
        let error = row.value - row.reference;
        match code {
            "U-CALIBRATION" if place % 3 == 0 => row.value += 3.0 * error,
            "U-SCALE" => row.value += 0.7 * error,
            "MODE-SPLIT" if second.contains(&row.operator) => row.value += 1.5 * row.u_c,
            "CORR-NEGLECT" => row.value += hidden[place % YEARS] * row.u_c,
            "MISSING-NOT-RANDOM" if error.abs() > 0.5 * LIMIT => row.submitted += 30 * DAY,
            _ => {}
        }
    }
    planted
}

fn in_histories(data: &mut Data, code: &str) -> BTreeSet<u32> {
    let standards = [3, 11].map(|laboratory| data.words.place(&format!("standard {laboratory}")));
    let readers = [3, 11].map(|laboratory| data.words.place(&format!("reader {laboratory}")));
    let certificates = [3, 11].map(|laboratory| data.standard(laboratory, YEARS - 1));
    let laboratories = [3, 11].map(|laboratory| data.laboratory(laboratory));
    let nowhere = data.words.place("nowhere");
    match code {
        "EN-PEER" => {
            data.results
                .iter_mut()
                .filter(|result| laboratories.contains(&result.0))
                .for_each(|result| result.1 += 8.0);
            laboratories.into()
        }
        "EWMA/CUSUM" => {
            let checks = data.checks.iter_mut().enumerate().filter(|(_, check)| standards.contains(&check.1));
            checks.filter(|(place, _)| place % CHECKS >= CHECKS / 2).for_each(|(_, check)| check.2 += 1.5);
            standards.into()
        }
        "DIGIT-PREF" => {
            let logs = data.logs.iter_mut().filter(|log| readers.contains(&log.operator));
            let values = logs.flat_map(|log| log.value.iter_mut().step_by(2));
            values.for_each(|value| *value = rounded(*value, 5.0 * RESOLUTION));
            readers.into()
        }
        _ => {
            let edges = data.edges.iter_mut().filter(|edge| certificates.contains(&edge.certificate));
            edges.for_each(|edge| match code {
                "TRACE-COMPLETE" => edge.parent = nowhere,
                "U-MONOTONE" => (edge.contribution, edge.u_own) = (1.2 * edge.u, 0.1 * edge.u),
                _ => edge.issued -= YEAR * 10,
            });
            let broken = |row: &&Row| code == "TRACE-COMPLETE" && certificates.contains(&row.standard);
            data.rows.iter().filter(broken).map(|row| row.instrument).chain(certificates).collect()
        }
    }
}
