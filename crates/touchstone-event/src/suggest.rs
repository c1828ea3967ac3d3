//! Guesses for error messages: which of these names did the user mean?

use crate::schema::Field;

/// The column that most likely holds `field`, if any looks like it.
#[must_use]
pub fn column_for<'a>(field: Field, wanted: &str, columns: &'a [String]) -> Option<&'a str> {
    let same = columns.iter().find(|c| c.trim().eq_ignore_ascii_case(wanted));
    let known =
        || field.foreign_names().iter().find_map(|name| columns.iter().find(|c| c.trim().eq_ignore_ascii_case(name)));
    let part = || columns.iter().find(|c| wanted.len() > 2 && c.to_ascii_lowercase().contains(wanted));
    same.or_else(known)
        .or_else(part)
        .map(String::as_str)
        .or_else(|| closest(wanted, columns.iter().map(String::as_str)))
}

/// The name within two edits of `wanted` (one for short names) that is closest; the first on ties.
pub fn closest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = if wanted.chars().count() <= 4 { 1 } else { 2 };
    names
        .filter(|n| n.len() <= 64)
        .map(|n| (edits(wanted, n), n))
        .filter(|&(d, _)| d <= allowed)
        .min_by_key(|&(d, _)| d)
        .map(|(_, n)| n)
}

/// Levenshtein distance.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_what_was_meant() {
        let columns = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        assert_eq!(column_for(Field::Actor, "actor", &columns(&["Actor", "x"])), Some("Actor"));
        assert_eq!(column_for(Field::Actor, "actor", &columns(&["x", "user_id"])), Some("user_id"));
        assert_eq!(column_for(Field::Target, "target", &columns(&["x", "tagret"])), Some("tagret"));
        assert_eq!(column_for(Field::Ts, "ts", &columns(&["x", "zzzzzz"])), None);
    }
}
