//! Readings of an area as they arrived, before anything is left out or mended.

use crate::Phase;

/// What an area sent.
#[derive(Clone, Debug, Default)]
pub struct RawArea {
    /// The name of the area.
    pub id: String,
    /// Its meters, the master meter among them.
    pub meters: Vec<RawMeter>,
}

/// What is known of a meter, and what it sent. A column that it did not send is empty, a value that is missing `NaN`.
#[derive(Clone, Debug, Default)]
pub struct RawMeter {
    /// What is known of it.
    pub about: About,
    /// When each reading was stamped, in seconds since 1970 UTC, in the order of arrival.
    pub times: Vec<i64>,
    /// Energy that flowed towards the customers in the interval, in kWh.
    pub energy: Vec<f64>,
    /// Energy that flowed back in the interval, in kWh.
    pub exported: Vec<f64>,
    /// The register of the energy towards the customers, in kWh.
    pub register: Vec<f64>,
    /// Voltage in V.
    pub voltage: Vec<f64>,
    /// Current in A.
    pub current: Vec<f64>,
}

/// What the table of meters says of one.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    /// The name of the meter.
    pub id: String,
    /// Whether it is the master meter of its area.
    pub is_master: bool,
    /// The phases that it hangs on.
    pub phase: Phase,
    /// The class index, such as 1 or 2; `NaN` where it is not known.
    pub class_index: f64,
    /// The limit of its error in service in %; `NaN` where it is not known.
    pub limit: f64,
    /// The lot that it belongs to.
    pub lot: String,
    /// Whether its customer feeds in.
    pub feeds_in: bool,
    /// The meter that it replaced.
    pub replaces: String,
    /// In service from here, in seconds since 1970 UTC.
    pub from: i64,
    /// In service until here.
    pub until: i64,
    /// Digits of the register before the decimal point, 0 where they are not known.
    pub register_digits: u32,
    /// What the register is multiplied by.
    pub multiplier: f64,
}

impl Default for About {
    fn default() -> Self {
        Self {
            id: String::new(),
            is_master: false,
            phase: Phase::Unknown,
            class_index: f64::NAN,
            limit: f64::NAN,
            lot: String::new(),
            feeds_in: false,
            replaces: String::new(),
            from: i64::MIN,
            until: i64::MAX,
            register_digits: 0,
            multiplier: 1.0,
        }
    }
}
