//! What somebody probably meant who wrote a name wrong.

/// The candidate that `name` is a likely misspelling of: at most two edits away, and fewer than
/// half of its letters.
pub fn nearest<'a>(name: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let name = name.to_lowercase();
    candidates
        .iter()
        .map(|candidate| (edits(&name, candidate), *candidate))
        .filter(|(edits, candidate)| *edits <= 2 && edits * 2 <= candidate.len() + 1)
        .min()
        .map(|(_, candidate)| candidate)
}

/// How many letters must be put in, left out or changed (Levenshtein) to make `b` of `a`.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let change = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_understood_and_another_word_is_not() {
        let kinds = ["pty", "tcp", "stdio"];
        assert_eq!(nearest("tpc", &kinds), Some("tcp"));
        assert_eq!(nearest("PTY", &kinds), Some("pty"));
        assert_eq!(nearest("stdin", &kinds), Some("stdio"));
        assert_eq!(nearest("serial", &kinds), None);
        assert_eq!(nearest("", &kinds), None);
    }
}
