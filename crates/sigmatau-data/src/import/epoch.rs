//! Instants as whole nanoseconds since 1970-01-01T00:00:00 of their own time scale, 86 400 s a day.
//!
//! No leap second is counted and none is looked up: a scale is a name, not a conversion. The range
//! of 64 bits reaches from 1678 to 2262.

pub(crate) const SECOND_NS: i64 = 1_000_000_000;
pub(crate) const DAY_NS: i64 = 86_400 * SECOND_NS;
/// The modified Julian date of 1970-01-01.
const MJD_OF_ORIGIN: i64 = 40_587;

/// The instant of a civil date plus nanoseconds into the day; nothing where the date does not exist.
pub(crate) fn civil(year: i64, month: i64, day: i64, ns: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let length = lengths.get(usize::try_from(month - 1).ok()?)?;
    if !(1..=*length).contains(&day) || !(1600..2400).contains(&year) {
        return None;
    }
    days(year, month, day).checked_mul(DAY_NS)?.checked_add(ns)
}

/// Days since 1970-01-01 in the Gregorian calendar, the year counted from March.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

/// Reads `2026-01-31T12:00:00.5`, the `T` or a space between date and time, a final `Z` allowed.
pub(crate) fn parse_civil(text: &str) -> Option<i64> {
    let text = text.trim().trim_end_matches('Z');
    let (date, time) = text.split_once(['T', ' ']).unwrap_or((text, "00:00:00"));
    let [year, month, day] = numbers(date, '-')?;
    let (minutes, seconds) = time.rsplit_once(':')?;
    let [hour, minute] = numbers(minutes, ':')?;
    civil(year, month, day, time_of_day(hour, minute, seconds)?)
}

/// The days from 1970-01-01 to a date such as `2026-01-31`, or to an instant such as `2026-01-31T12:00:00`.
///
/// ```
/// use sigmatau_data::import::day_of;
/// assert_eq!((day_of("1970-01-02T12:00:00"), day_of("2025-02-29")), (Some(1.5), None));
/// ```
pub fn day_of(text: &str) -> Option<f64> {
    Some(parse_civil(text)? as f64 / DAY_NS as f64)
}

/// Nanoseconds into the day; nothing where the clock does not show such a time.
pub(crate) fn time_of_day(hour: i64, minute: i64, seconds: &str) -> Option<i64> {
    let seconds = decimal(seconds, SECOND_NS)?;
    let shown = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..=60 * SECOND_NS).contains(&seconds);
    shown.then_some((hour * 60 + minute) * 60 * SECOND_NS + seconds)
}

/// Reads a modified Julian date with any number of decimals.
pub(crate) fn parse_mjd(text: &str) -> Option<i64> {
    decimal(text, DAY_NS)?.checked_sub(MJD_OF_ORIGIN * DAY_NS)
}

/// Reads a decimal number of units of `unit_ns` each, exactly, rounded to whole nanoseconds.
/// A number with an exponent goes through a float.
pub(crate) fn decimal(text: &str, unit_ns: i64) -> Option<i64> {
    match is_decimal(text) {
        true => i64::try_from(exact(text, i128::from(unit_ns))?).ok(),
        false => rounded(super::number(text)? * unit_ns as f64),
    }
}

/// Reads a decimal number without exponent as a whole number of steps, of which `per_unit` make one unit.
pub(crate) fn exact(text: &str, per_unit: i128) -> Option<i128> {
    let (sign, digits) = signed(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.get(..15).unwrap_or(fraction);
    let parse = |digits: &str| if digits.is_empty() { Some(0) } else { digits.parse::<i128>().ok() };
    let power = 10_i128.pow(u32::try_from(fraction.len()).ok()?);
    let part = (parse(fraction)? * per_unit + power / 2) / power;
    let total = parse(whole)?.checked_mul(per_unit)?.checked_add(part)?;
    is_decimal(text).then_some(sign * total)
}

/// Tells whether a text is digits with at most one point among them.
fn is_decimal(text: &str) -> bool {
    let (_, digits) = signed(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) && whole.len() + fraction.len() > 0
}

fn signed(text: &str) -> (i128, &str) {
    let positive = || (1, text.strip_prefix('+').unwrap_or(text));
    text.strip_prefix('-').map_or_else(positive, |digits| (-1, digits))
}

fn rounded(ns: f64) -> Option<i64> {
    (ns.abs() < i64::MAX as f64).then(|| ns.round() as i64)
}

fn numbers<const N: usize>(text: &str, between: char) -> Option<[i64; N]> {
    let numbers: Option<Vec<i64>> = text.split(between).map(|part| part.parse().ok()).collect();
    numbers?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn civil_dates_count_days_from_1970() {
        assert_eq!(parse_civil("1970-01-01T00:00:00"), Some(0));
        assert_eq!(parse_civil("2026-01-01 00:00:00.25Z"), Some(1_767_225_600 * SECOND_NS + SECOND_NS / 4));
        assert_eq!(parse_civil("2000-02-29"), Some(951_782_400 * SECOND_NS));
        assert_eq!(parse_civil("1900-02-29"), None);
        assert_eq!(parse_civil("2026-13-01"), None);
        assert_eq!(parse_civil("2026-01-01T24:00:00"), None);
    }

    #[test]
    fn modified_julian_dates_keep_every_nanosecond() {
        assert_eq!(parse_mjd("40587"), Some(0));
        assert_eq!(parse_mjd("61041.00000000000001"), Some(20_454 * DAY_NS + 1));
        assert_eq!(parse_mjd("40586.5"), Some(-DAY_NS / 2));
        assert_eq!(parse_mjd("4.0587e4"), Some(0));
    }

    #[test]
    fn what_is_no_number_is_no_instant() {
        for text in ["", "-", ".", "1.2.3", "--1", "abc", "9e99", "99999999999999999999999999999999999999999"] {
            assert_eq!(decimal(text, SECOND_NS), None, "{text}");
        }
    }
}
