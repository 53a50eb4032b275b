//! Frames and states as one column of numbers, for tables.

use super::{Frame, State};
use crate::information::Information;
use crate::loss::{Common, Habits, Layout};
use crate::noise::Autoregression;
use crate::prior::Prior;
use nalgebra::{DMatrix, DVector};

impl Frame {
    /// Everything in one column, each list behind its length.
    pub fn column(&self) -> Vec<f64> {
        let flag = |flag: bool| f64::from(u8::from(flag));
        let Layout { load, common, open, unmetered, daily } = self.layout;
        let common = common.map_or([f64::NAN; 2], |common| [common.whole, common.phase]);
        let Prior { spread, wide, share, mean } = self.prior;
        let mut column =
            vec![self.meters as f64, self.step as f64, flag(self.feeds_in), self.precision, self.inflation];
        column.extend([self.master, load, common[0], common[1], flag(open), flag(unmetered), daily as f64]);
        column.extend([spread, wide, share, mean]);
        let strangers = self.strangers.iter().map(|meter| *meter as f64).collect();
        let terms = self.terms.iter().flat_map(|(mean, deviation)| [*mean, *deviation]).collect();
        let Habits { ripples, remote } = self.habits.clone();
        let remote = remote.into_iter().map(|remote| remote.unwrap_or(f64::NAN)).collect();
        for list in [ripples, remote, self.whitening.coefficients.clone(), strangers, terms] {
            column.push(list.len() as f64);
            column.extend(list);
        }
        column
    }

    /// Reads back [`Frame::column`]; nothing where the column is none.
    pub fn from_column(values: &[f64]) -> Option<Self> {
        let mut left = Left(values);
        let (meters, step, feeds_in) = (left.count()?, left.count()? as i64, left.flag()?);
        let (precision, inflation, master) = (left.number()?, left.number()?, left.number()?);
        let (load, whole, phase) = (left.number()?, left.number()?, left.number()?);
        let common = (!whole.is_nan()).then_some(Common { whole, phase });
        let layout = Layout { load, common, open: left.flag()?, unmetered: left.flag()?, daily: left.count()? };
        let prior = Prior { spread: left.number()?, wide: left.number()?, share: left.number()?, mean: left.number()? };
        let (ripples, remote, coefficients) = (left.list()?, left.list()?, left.list()?);
        let remote: Vec<Option<f64>> =
            remote.into_iter().map(|remote| Some(remote).filter(|remote| !remote.is_nan())).collect();
        let strangers: Vec<usize> = left.list()?.into_iter().map(|meter| meter as usize).collect();
        let terms: Vec<(f64, f64)> = left.list()?.chunks_exact(2).map(|term| (term[0], term[1])).collect();
        let whitening = Autoregression { coefficients };
        let is_sound = left.0.is_empty()
            && [ripples.len(), remote.len()] == [meters; 2]
            && strangers.iter().all(|meter| *meter < meters);
        is_sound.then_some(Self {
            meters,
            step,
            feeds_in,
            layout,
            habits: Habits { ripples, remote },
            whitening,
            precision,
            inflation,
            master,
            strangers,
            prior,
            terms,
        })
    }
}

impl State {
    /// Everything in one column: the number of intervals and of meters, energies and readings, η, and the lower half of Λ
    /// by columns.
    pub fn column(&self) -> Vec<f64> {
        let matrix = &self.information.matrix;
        let lower =
            (0..matrix.ncols()).flat_map(|column| (column..matrix.nrows()).map(move |row| matrix[(row, column)]));
        let head = [self.intervals, self.energies.len() as f64];
        let known = head.iter().chain(&self.energies).chain(&self.readings).chain(self.information.vector.iter());
        known.copied().chain(lower).collect()
    }

    /// Reads back [`State::column`]; nothing where the column is none.
    pub fn from_column(values: &[f64]) -> Option<Self> {
        let mut left = Left(values);
        let (intervals, meters) = (left.number()?, left.count()?);
        let (energies, readings) = (left.take(meters)?.to_vec(), left.take(meters)?.to_vec());
        let size = (0..=left.0.len()).find(|size| size + size * (size + 1) / 2 >= left.0.len())?;
        let vector = DVector::from_column_slice(left.take(size)?);
        let lower = left.take(size * (size + 1) / 2).filter(|_| left.0.is_empty())?;
        let mut matrix = DMatrix::zeros(size, size);
        let places = (0..size).flat_map(|column| (column..size).map(move |row| (row, column)));
        places.zip(lower).for_each(|(place, value)| matrix[place] = *value);
        matrix.fill_upper_triangle_with_lower_triangle();
        Some(Self { information: Information { matrix, vector }, intervals, energies, readings })
    }
}

/// What is left of a column.
struct Left<'a>(&'a [f64]);

impl<'a> Left<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [f64]> {
        let (taken, left) = self.0.split_at_checked(count)?;
        self.0 = left;
        Some(taken)
    }

    fn number(&mut self) -> Option<f64> {
        self.take(1).map(|number| number[0])
    }

    fn count(&mut self) -> Option<usize> {
        self.number().filter(|number| *number >= 0.0 && number.fract() == 0.0).map(|number| number as usize)
    }

    fn flag(&mut self) -> Option<bool> {
        self.number().filter(|number| [0.0, 1.0].contains(number)).map(|number| number == 1.0)
    }

    fn list(&mut self) -> Option<Vec<f64>> {
        let count = self.count()?;
        self.take(count).map(<[f64]>::to_vec)
    }
}
