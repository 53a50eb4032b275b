//! Answers an unknown name with the known ones that it was probably meant to be.

/// Returns up to three of `known` that resemble `word`, the most alike first.
///
/// Resemblance is Damerau–Levenshtein similarity, case ignored; names below 0.5 are left out.
///
/// ```
/// assert_eq!(sigmatau_core::nearest("oadv", ["adev", "oadev", "mtie"]), ["oadev", "adev"]);
/// ```
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let word = word.to_lowercase();
    let mut scored: Vec<(f64, &str)> = known
        .into_iter()
        .map(|name| (strsim::normalized_damerau_levenshtein(&word, &name.to_lowercase()), name))
        .filter(|(score, _)| *score >= 0.5)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}

/// Writes the resemblances as the tail of a message: `; did you mean "oadev" or "adev"?`, or,
/// where nothing resembles the word, the whole list.
///
/// ```
/// use sigmatau_core::nearest::did_you_mean;
/// assert_eq!(did_you_mean("phse", &["phase", "frequency"]), "; did you mean `phase`?");
/// assert_eq!(did_you_mean("xyz", &["phase", "frequency"]), "; known are `phase`, `frequency`");
/// ```
pub fn did_you_mean(word: &str, known: &[&str]) -> String {
    let quote =
        |names: &[&str], between: &str| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(between);
    match nearest(word, known.iter().copied()).as_slice() {
        [] if known.is_empty() => String::new(),
        [] => format!("; known are {}", quote(known, ", ")),
        alike => format!("; did you mean {}?", quote(alike, " or ")),
    }
}
