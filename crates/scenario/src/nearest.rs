//! What somebody probably meant who wrote a name wrong.

/// The candidate that `name` is a likely misspelling of: at most two edits away, and fewer than
/// half of its letters.
pub fn nearest<'a>(name: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let name = name.to_lowercase();
    let is_about_as_long = |candidate: &&&str| candidate.len().abs_diff(name.len()) <= 2;
    candidates
        .iter()
        .filter(is_about_as_long)
        .map(|candidate| (edits(&name, &candidate.to_lowercase()), *candidate))
        .filter(|(edits, candidate)| *edits <= 2 && edits * 2 <= candidate.len() + 1)
        .min()
        .map(|(_, candidate)| candidate)
}

/// How many letters must be put in, left out, changed or swapped with their neighbour to make `b`
/// of `a` (the optimal string alignment distance).
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = vec![];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let change = last[j] + usize::from(from != to);
            let mut least = change.min(last[j + 1] + 1).min(row[j] + 1);
            let is_swapped = i > 0 && j > 0 && *from == b[j - 1] && a[i - 1] == *to;
            if is_swapped {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_understood_and_another_word_is_not() {
        let kinds = ["pty", "tcp", "stdio"];
        assert_eq!(nearest("tpc", &kinds), Some("tcp"));
        // A swap is one slip, and not two letters that are wrong.
        assert_eq!(nearest("dorp", &["down", "drop"]), Some("drop"));
        assert_eq!(nearest("PTY", &kinds), Some("pty"));
        assert_eq!(nearest("IP CLOS", &["IP CLOSE"]), Some("IP CLOSE"));
        assert_eq!(nearest("stdin", &kinds), Some("stdio"));
        assert_eq!(nearest("serial", &kinds), None);
        assert_eq!(nearest("", &kinds), None);
    }
}
