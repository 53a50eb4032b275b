//! What a meter makes of the energy that passes it.

use super::MINUTES;

/// The power in W below which a meter does not count.
const STARTING: f64 = 4.6;
/// Joules of a kilowatt-hour.
const KWH: f64 = 3.6e6;

/// A meter as it was drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Device {
    /// The error on the first day.
    pub(super) gain: f64,
    /// What the error gains in a day.
    pub(super) drift: f64,
    /// How late the meter reads its register, in s.
    pub(super) late: f64,
    /// The step of the register in kWh.
    pub(super) resolution: f64,
    pub(super) fault: Fault,
}

/// What befell a meter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fault {
    None,
    /// Registers nothing from this minute on.
    Dead {
        from: usize,
    },
    /// Registers this share from a minute on.
    Tampered {
        from: usize,
        share: f64,
    },
}

/// The registers of a meter, read at the end of each interval, in kWh.
pub(super) struct Readings {
    /// The register at the start, and at the end of each interval.
    pub(super) register: Vec<f64>,
    /// The energy that passed, in kWh, while the meter was read.
    pub(super) passed: f64,
    /// What it registered, in kWh.
    pub(super) registered: f64,
}

impl Device {
    /// Reads the register of power in W, minute by minute, every so many minutes. It stands at `first` in the beginning.
    pub(super) fn read(&self, watts: impl Iterator<Item = f64>, step: usize, first: f64) -> Readings {
        let (mut register, mut passed) = (vec![0.0], 0.0);
        for (minute, watts) in watts.enumerate() {
            passed += watts * 60.0 / KWH;
            let counted = if watts < STARTING { 0.0 } else { watts };
            let energy = counted * (1.0 + self.error(minute)) * 60.0 / KWH;
            register.push(register[minute] + energy);
        }
        let minutes = register.len() - 1;
        let read = |end: usize| {
            let at = ((end * step) as f64 + self.late / 60.0).clamp(0.0, minutes as f64);
            let (whole, part) = (at as usize, at.fract());
            let exact = register[whole] + part * (register[(whole + 1).min(minutes)] - register[whole]);
            self.shown(first + exact)
        };
        let registered = register[minutes];
        Readings { register: (0..=minutes / step).map(read).collect(), passed, registered }
    }

    fn error(&self, minute: usize) -> f64 {
        let sound = self.gain + self.drift * minute as f64 / MINUTES as f64;
        match self.fault {
            Fault::Dead { from } if minute >= from => -1.0,
            Fault::Tampered { from, share } if minute >= from => share * (1.0 + sound) - 1.0,
            _ => sound,
        }
    }

    fn shown(&self, energy: f64) -> f64 {
        (energy / self.resolution).floor() * self.resolution
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: Device = Device { gain: 0.02, drift: 0.0, late: 0.0, resolution: 0.01, fault: Fault::None };

    #[test]
    fn steps_of_the_register_do_not_add_up() {
        let readings = SOUND.read((0..MINUTES).map(|_| 333.0), 15, 7.0);
        let total = readings.register[readings.register.len() - 1] - readings.register[0];
        assert!((total - 0.333 * 24.0 * 1.02).abs() < 0.01 && readings.register.len() == 97);
        assert!((readings.registered / readings.passed - 1.02).abs() < 1e-12);
    }

    #[test]
    fn a_dead_meter_keeps_its_register() {
        let dead = Device { fault: Fault::Dead { from: 720 }, ..SOUND };
        let readings = dead.read((0..MINUTES).map(|_| 500.0), 60, 0.0);
        assert_eq!(readings.register[12], readings.register[24]);
    }

    #[test]
    fn little_power_is_not_counted() {
        assert_eq!(SOUND.read((0..60).map(|_| 3.0), 15, 0.0).registered, 0.0);
    }
}
