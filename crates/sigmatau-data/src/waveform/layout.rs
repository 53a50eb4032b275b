//! What the columns of a table of waveforms mean, from their names, units and the options; nothing is guessed.

use super::{Channel, ChannelInfo, WaveformOptions};
use crate::DataError;
use crate::column::{Described, Storage};
use crate::error::Trouble;
use crate::rows::columns::Columns;
use crate::rows::rule::{ValueRule, Wholes};
use sigmatau_core::Unit;
use sigmatau_core::unit::Conversion;

/// The columns of a table of waveforms.
#[derive(Debug)]
pub(super) struct Layout {
    /// The column of names, in a long table.
    pub(super) key: Option<usize>,
    pub(super) time: Option<TimeColumn>,
    pub(super) channels: Vec<ChannelColumn>,
    /// The sampling rate in Hz as stated.
    pub(super) rate: Option<f64>,
}

/// A column of sampling instants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum TimeColumn {
    /// Whole numbers of ticks of so many seconds.
    Whole { column: usize, rule: Wholes, tick: f64 },
    /// Numbers in a unit of time.
    Real { column: usize, rule: ValueRule<Conversion> },
}

#[derive(Debug)]
pub(super) struct ChannelColumn {
    pub(super) column: usize,
    pub(super) rule: ValueRule<Conversion>,
    pub(super) info: ChannelInfo,
}

impl Layout {
    pub(super) fn new(file: &str, columns: &[Described], options: &WaveformOptions) -> Result<Self, DataError> {
        match options.rate.filter(|rate| !(*rate > 0.0 && rate.is_finite())) {
            Some(value) => Err(DataError::Option { option: "rate", value, unit: "Hz" }),
            None => Reader { columns: Columns { file, all: columns }, options }.layout(),
        }
    }
}

/// Reads the layout of one table.
struct Reader<'a> {
    columns: Columns<'a>,
    options: &'a WaveformOptions,
}

impl Reader<'_> {
    fn layout(&self) -> Result<Layout, DataError> {
        let key = self.columns.key(self.options.sensor.as_deref(), "sensor", "text, the names of the sensors,")?;
        let time = self.columns.role(self.options.time.as_deref(), "time")?;
        let time = time.map(|column| self.time(column)).transpose()?;
        let channels: Vec<ChannelColumn> =
            self.wanted()?.iter().map(|channel| self.channel(channel)).collect::<Result<_, _>>()?;
        let rate = self.rate(&channels)?;
        if rate.is_none() && time.is_none() {
            return Err(self.columns.about(channels[0].column, Trouble::NoRate));
        }
        Ok(Layout { key, time, channels, rate })
    }

    /// The channels that are stated, else the usual ones, which must be there.
    fn wanted(&self) -> Result<Vec<Channel>, DataError> {
        let WaveformOptions { channels, excitation, response, .. } = self.options;
        let unknown = |name| self.columns.all.iter().all(|column| column.name != name);
        let lacks = |stated: &Option<String>, usual| channels.is_empty() && stated.is_none() && unknown(usual);
        match lacks(excitation, "excitation") || lacks(response, "response") {
            true => Err(self.unnamed()),
            false => Ok(self.options.wanted()),
        }
    }

    fn unnamed(&self) -> DataError {
        let number = |column: &&Described| matches!(column.storage, Storage::Float | Storage::Scaled { .. });
        let names: Vec<String> =
            self.columns.all.iter().filter(number).map(|column| format!("`{}`", column.name)).collect();
        let seen = match names.as_slice() {
            [] => "no column holds numbers".to_owned(),
            names => format!("the columns {} may be meant", names.join(", ")),
        };
        DataError::Channels {
            file: self.columns.file.to_owned(),
            seen,
            advice: "name the columns of excitation and response",
        }
    }

    fn channel(&self, channel: &Channel) -> Result<ChannelColumn, DataError> {
        let column = self.columns.find(&channel.column)?;
        self::channel(column, &self.columns.all[column], channel).map_err(|trouble| self.columns.about(column, trouble))
    }

    fn time(&self, column: usize) -> Result<TimeColumn, DataError> {
        instants(column, &self.columns.all[column]).map_err(|trouble| self.columns.about(column, trouble))
    }

    /// The sampling rate, from the options or the field metadata of the channels, wherever it is stated the same.
    fn rate(&self, channels: &[ChannelColumn]) -> Result<Option<f64>, DataError> {
        let mut known = self.options.rate.map(|rate| (rate, "the option `rate`".to_owned()));
        for channel in channels {
            let column = &self.columns.all[channel.column];
            let refused = |trouble: Trouble| self.columns.about(channel.column, trouble);
            let Some(found) = written(column).map_err(refused)? else { continue };
            match &known {
                Some((stated, by)) if *stated != found => {
                    let (found, stated) = (found.to_string(), format!("{by} is {stated}"));
                    return Err(refused(Trouble::RateTwice { found, stated }));
                }
                Some(_) => {}
                None => known = Some((found, format!("that of column `{}`", column.name))),
            }
        }
        Ok(known.map(|(rate, _)| rate))
    }
}

/// The sampling rate that the field metadata `rate_hz`, or else `tau0_s`, states.
fn written(column: &Described) -> Result<Option<f64>, Trouble> {
    let (key, rate) = match (column.rate, column.tau0) {
        (Some(rate), _) => ("rate_hz", rate),
        (None, Some(tau0)) => ("tau0_s", 1.0 / tau0),
        (None, None) => return Ok(None),
    };
    if rate > 0.0 && rate.is_finite() {
        return Ok(Some(rate));
    }
    Err(Trouble::Number { key, text: column.rate.or(column.tau0).unwrap_or(rate).to_string() })
}

/// How the numbers of one column become samples in SI.
fn channel(index: usize, column: &Described, channel: &Channel) -> Result<ChannelColumn, Trouble> {
    let scaled = match column.storage {
        Storage::Float | Storage::Integer => None,
        Storage::Scaled { scale, offset } => Some((scale, offset)),
        _ => return Err(Trouble::Type { found: column.type_name().to_owned(), wanted: "a column of numbers" }),
    };
    let unit = stated_once(column, channel.unit.as_ref())?;
    let from = unit.clone().unwrap_or(Unit::ONE);
    let to = if unit.is_some() { from.coherent() } else { Unit::ONE };
    let way = from.conversion(&to)?;
    let step = scaled.map(|(scale, _)| (way.apply(scale) - way.apply(0.0)).abs());
    let info = ChannelInfo { name: column.name.clone(), unit: unit.map(|_| to), step };
    Ok(ChannelColumn { column: index, rule: ValueRule { scaled, way }, info })
}

/// The unit, from the options or the field metadata; both may state it if they agree.
fn stated_once(column: &Described, stated: Option<&Unit>) -> Result<Option<Unit>, Trouble> {
    match (column.parsed_unit()?, stated) {
        (Some(found), Some(stated)) if found != *stated => {
            Err(Trouble::UnitTwice { stated: stated.to_string(), found: found.to_string() })
        }
        (found, stated) => Ok(found.or_else(|| stated.cloned())),
    }
}

/// How a column tells the sampling instants.
fn instants(index: usize, column: &Described) -> Result<TimeColumn, Trouble> {
    let seconds = || column.parsed_unit()?.ok_or(Trouble::NoUnit)?.conversion(&Unit::SECOND).map_err(Trouble::from);
    match column.storage {
        Storage::Instant { nanoseconds } => {
            Ok(TimeColumn::Whole { column: index, rule: Wholes, tick: nanoseconds as f64 / 1e9 })
        }
        Storage::Integer => Ok(TimeColumn::Whole { column: index, rule: Wholes, tick: seconds()?.apply(1.0) }),
        Storage::Float => Ok(TimeColumn::Real { column: index, rule: ValueRule { scaled: None, way: seconds()? } }),
        Storage::Scaled { scale, .. } => {
            Ok(TimeColumn::Whole { column: index, rule: Wholes, tick: seconds()?.apply(scale) })
        }
        Storage::Text | Storage::Other(_) => {
            let found = column.type_name().to_owned();
            Err(Trouble::Type { found, wanted: "a timestamp or a number with a unit of time" })
        }
    }
}
