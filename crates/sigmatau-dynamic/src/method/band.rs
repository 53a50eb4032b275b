//! Saying which frequencies are meant.

/// How many bands are named.
const NAMED: usize = 4;

/// The bands of neighbouring lines, by rising frequency, for which `meant` holds: `10 Hz to 20 Hz, 50 Hz`; nothing
/// where it holds for none.
pub(super) fn named<'a, L: 'a>(
    lines: impl IntoIterator<Item = &'a L>,
    frequency: impl Fn(&L) -> f64,
    meant: impl Fn(&L) -> bool,
) -> Option<String> {
    let mut bands: Vec<(f64, f64)> = Vec::new();
    let mut open = false;
    for line in lines {
        let now = meant(line);
        match (now, open, bands.last_mut()) {
            (true, true, Some(band)) => band.1 = frequency(line),
            (true, ..) => bands.push((frequency(line), frequency(line))),
            _ => {}
        }
        open = now;
    }
    let words: Vec<String> = bands.iter().take(NAMED).map(word).collect();
    let more = bands.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more bands") } else { String::new() };
    (!bands.is_empty()).then(|| words.join(", ") + &rest)
}

fn word(&(low, high): &(f64, f64)) -> String {
    if low == high { format!("{low} Hz") } else { format!("{low} Hz to {high} Hz") }
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn neighbours_make_one_band() {
        let of = |meant: fn(&u32) -> bool| named(&(0..20).collect::<Vec<u32>>(), |n| f64::from(*n), meant);
        assert_eq!(of(|_| false), None);
        assert_eq!(of(|n| (3..6).contains(n) || *n == 9).unwrap(), "3 Hz to 5 Hz, 9 Hz");
        assert_eq!(of(|n| n % 2 == 0).unwrap(), "0 Hz, 2 Hz, 4 Hz, 6 Hz and 6 more bands");
    }
}
