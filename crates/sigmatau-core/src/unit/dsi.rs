//! Units as digital certificates write them: the D-SI, names behind backslashes.
//!
//! `\milli\volt\second\tothe{2}\metre\tothe{-1}` is mV·s²/m. Every factor is `[\per][\prefix]\name[\tothe{n}]`
//! with a whole exponent; there are no parentheses. Names are all lower case, so that `\degreeCelsius` is
//! no unit and `\degreecelsius` is.
//!
//! Reference: SmartCom, D-SI, Digital System of Units, version 2.2.1, units by the SI brochure, 9th edition.

use super::{Unit, UnitError, split_exponent, words};
use crate::nearest::did_you_mean;
use std::iter::Peekable;

/// The names of a symbol; several where the D-SI writes it as a product. The first symbol of a name is the
/// one that it is read as.
#[rustfmt::skip]
const NAMES: &[(&str, &[&str])] = &[
    ("1", &["one"]), ("%", &["percent"]), ("ppm", &["ppm"]), ("m", &["metre"]), ("kg", &["kilogram"]),
    ("g", &["gram"]), ("s", &["second"]), ("min", &["minute"]), ("h", &["hour"]), ("d", &["day"]),
    ("A", &["ampere"]), ("K", &["kelvin"]), ("degC", &["degreecelsius"]), ("°C", &["degreecelsius"]),
    ("mol", &["mole"]), ("cd", &["candela"]), ("rad", &["radian"]), ("deg", &["degree"]), ("°", &["degree"]),
    ("arcmin", &["arcminute"]), ("′", &["arcminute"]), ("arcsec", &["arcsecond"]), ("″", &["arcsecond"]),
    ("sr", &["steradian"]), ("Hz", &["hertz"]), ("N", &["newton"]), ("Pa", &["pascal"]), ("bar", &["bar"]),
    ("J", &["joule"]), ("W", &["watt"]), ("V", &["volt"]), ("Ω", &["ohm"]), ("ohm", &["ohm"]), ("Ohm", &["ohm"]),
    ("S", &["siemens"]), ("C", &["coulomb"]), ("F", &["farad"]), ("H", &["henry"]), ("Wb", &["weber"]),
    ("T", &["tesla"]), ("lm", &["lumen"]), ("lx", &["lux"]), ("Bq", &["becquerel"]), ("Gy", &["gray"]),
    ("Sv", &["sievert"]), ("kat", &["katal"]), ("L", &["litre"]), ("l", &["litre"]), ("t", &["tonne"]),
    ("ha", &["hectare"]), ("VA", &["volt", "ampere"]), ("var", &["volt", "ampere"]), ("Wh", &["watt", "hour"]),
    ("VAh", &["volt", "ampere", "hour"]), ("varh", &["volt", "ampere", "hour"]),
];

/// The names of the prefixes; the first symbol of a name is the one that it is read as.
const PREFIXES: &[(&str, &str)] = &[
    ("da", "deca"),
    ("h", "hecto"),
    ("k", "kilo"),
    ("M", "mega"),
    ("G", "giga"),
    ("T", "tera"),
    ("P", "peta"),
    ("E", "exa"),
    ("d", "deci"),
    ("c", "centi"),
    ("m", "milli"),
    ("u", "micro"),
    ("µ", "micro"),
    ("μ", "micro"),
    ("n", "nano"),
    ("p", "pico"),
    ("f", "femto"),
    ("a", "atto"),
];

impl Unit {
    /// Reads a unit of the D-SI.
    ///
    /// ```
    /// use sigmatau_core::Unit;
    /// let sensitivity = Unit::from_dsi(r"\milli\volt\second\tothe{2}\metre\tothe{-1}")?;
    /// assert_eq!(sensitivity.symbol(), "mV·s^2·m^-1");
    /// let message = Unit::from_dsi(r"\degreeCelsius").unwrap_err().to_string();
    /// assert_eq!(
    ///     message,
    ///     r"read the D-SI unit `\degreeCelsius`: `\degreeCelsius` is none of its names; did you mean `degreecelsius`?"
    /// );
    /// # Ok::<(), sigmatau_core::UnitError>(())
    /// ```
    ///
    /// # Errors
    /// When a name is not known here or stands at a wrong place, or an exponent is not whole.
    pub fn from_dsi(text: &str) -> Result<Self, UnitError> {
        let refused = |problem: String| UnitError::Dsi { text: text.to_owned(), problem };
        let names = text.strip_prefix('\\').ok_or_else(|| refused("it begins with no `\\`".into()))?;
        let mut names = names.split('\\').peekable();
        let mut factors = Vec::new();
        while names.peek().is_some() {
            factors.push(read_factor(&mut names).map_err(refused)?);
        }
        Self::parse(&factors.join("·")).map_err(|error| refused(error.to_string()))
    }

    /// Writes the unit as one of the D-SI: factor by factor as it is written here.
    ///
    /// ```
    /// use sigmatau_core::Unit;
    /// assert_eq!(Unit::parse("V/m·s^-2")?.to_dsi()?, r"\volt\metre\tothe{-1}\second\tothe{2}");
    /// assert_eq!(Unit::parse("kWh")?.to_dsi()?, r"\kilo\watt\hour");
    /// # Ok::<(), sigmatau_core::UnitError>(())
    /// ```
    ///
    /// # Errors
    /// When a factor, such as `gn` or `cycle`, has no name there.
    pub fn to_dsi(&self) -> Result<String, UnitError> {
        let nameless = |word: &str| UnitError::Nameless { unit: self.symbol().to_owned(), word: word.to_owned() };
        let spell = |(word, sign)| spelled(word, sign).ok_or_else(|| nameless(word));
        let spelled: String = words(self.symbol()).map(spell).collect::<Result<_, _>>()?;
        Ok(if spelled.is_empty() { r"\one".to_owned() } else { spelled })
    }
}

/// Reads `[\per][\prefix]\name[\tothe{n}]` into our own spelling, such as `mV` or `s^-2`.
fn read_factor<'a>(names: &mut Peekable<impl Iterator<Item = &'a str>>) -> Result<String, String> {
    let sign = if names.next_if_eq(&"per").is_some() { -1 } else { 1 };
    let prefix = names.next_if(|name| prefix_of(name).is_some()).and_then(prefix_of).unwrap_or("");
    let symbol = symbol_of(names.next().ok_or("it ends before its last unit")?)?;
    let raised = names.next_if(|name| name.starts_with("tothe"));
    Ok(match sign * raised.map_or(Ok(1), exponent_of)? {
        1 => format!("{prefix}{symbol}"),
        exponent => format!("{prefix}{symbol}^{exponent}"),
    })
}

fn prefix_of(name: &str) -> Option<&'static str> {
    PREFIXES.iter().find(|(_, known)| *known == name).map(|(symbol, _)| *symbol)
}

fn symbol_of(name: &str) -> Result<&'static str, String> {
    let mut known: Vec<&str> = NAMES.iter().filter(|(_, names)| names.len() == 1).map(|(_, names)| names[0]).collect();
    known.dedup();
    let found = NAMES.iter().find(|(_, names)| *names == [name]).map(|(symbol, _)| *symbol);
    found.ok_or_else(|| format!("`\\{name}` is none of its names{}", did_you_mean(name, &known)))
}

fn exponent_of(name: &str) -> Result<i32, String> {
    let digits = name.strip_prefix("tothe{").and_then(|rest| rest.strip_suffix('}'));
    let exponent = digits.and_then(|digits| digits.parse::<i8>().ok());
    exponent.map(i32::from).ok_or_else(|| format!("`\\{name}` is no whole exponent, such as `\\tothe{{-2}}`"))
}

/// The names of one of our factors; nothing where it has none.
fn spelled(word: &str, sign: i32) -> Option<String> {
    let (symbol, exponent) = split_exponent(word);
    let (prefix, names) = named(symbol).map(|names| ("", names)).or_else(|| prefixed(symbol))?;
    let prefix = if prefix.is_empty() { String::new() } else { format!("\\{prefix}") };
    let raised = match sign * exponent {
        1 => String::new(),
        exponent => format!("\\tothe{{{exponent}}}"),
    };
    Some(prefix + &names.iter().map(|name| format!("\\{name}{raised}")).collect::<String>())
}

fn named(symbol: &str) -> Option<&'static [&'static str]> {
    NAMES.iter().find(|(known, _)| *known == symbol).map(|(_, names)| *names)
}

fn prefixed(symbol: &str) -> Option<(&'static str, &'static [&'static str])> {
    PREFIXES.iter().find_map(|(prefix, name)| Some((*name, named(symbol.strip_prefix(prefix)?)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_go_there_and_back() {
        for text in
            ["1", "%", "ppm", "kg", "mV·s²/m", "pC/m·s^2", "°C", "µs", "kWh", "Mvarh", "V/A", "deg", "lx", "1/s"]
        {
            let unit = Unit::parse(text).unwrap();
            let dsi = unit.to_dsi().unwrap();
            assert_eq!(Unit::from_dsi(&dsi).unwrap(), unit, "{dsi}");
            assert_eq!(Unit::from_dsi(&dsi).unwrap().to_dsi().unwrap(), dsi);
        }
    }

    #[test]
    fn every_name_is_a_unit() {
        for name in NAMES.iter().filter(|(_, names)| names.len() == 1).map(|(_, names)| names[0]) {
            let dsi = format!("\\{name}");
            assert_eq!(Unit::from_dsi(&dsi).unwrap().to_dsi().unwrap(), dsi);
        }
    }

    #[test]
    fn published_units_are_read() {
        let read = |dsi: &str| Unit::from_dsi(dsi).unwrap();
        assert_eq!(read(r"\volt\milli\volt\tothe{-1}\volt"), Unit::parse("V·V/mV").unwrap());
        assert_eq!(read(r"\metre\per\second\tothe{2}"), Unit::parse("m/s^2").unwrap());
        assert_eq!(read(r"\second\tothe{-1}").to_dsi().unwrap(), r"\second\tothe{-1}");
    }

    #[test]
    fn what_is_no_unit_is_refused_with_the_reason() {
        let refused = |dsi: &str| Unit::from_dsi(dsi).unwrap_err().to_string();
        assert!(refused(r"\degreeCelsius").contains("did you mean `degreecelsius`"));
        assert!(refused("V/(m/s^2)").ends_with(r"it begins with no `\`"));
        assert!(refused(r"\volt\tothe{0.5}").contains("no whole exponent"));
        assert!(refused(r"\kilo").ends_with("it ends before its last unit"));
        assert!(refused(r"\kilo\day").contains("`kd` is not a unit"));
    }

    #[test]
    fn units_without_a_name_are_refused() {
        let message = Unit::parse("gn/Hz").unwrap().to_dsi().unwrap_err().to_string();
        assert_eq!(message, "write `gn/Hz` as a D-SI unit: `gn` has no name there; convert the values to SI first");
    }
}
