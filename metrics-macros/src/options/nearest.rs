//! The known word that a misspelt one was probably meant to be.

/// What goes before “expected one of …”: a question, if a word is near.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known).map_or_else(String::new, |near| format!("did you mean `{near}`? "))
}

/// The nearest of the known words, the first one of several that are as near.
fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let most = word.chars().count().div_ceil(3);
    let near = known.into_iter().filter_map(|known| {
        let candidate = known.to_lowercase();
        let distance = distance(&word, &candidate);
        // `rename` is far from `rename_all`, but nothing else begins like it.
        if word.len() >= 3 && candidate.starts_with(&word) {
            return Some((distance.min(1), known));
        }
        (distance <= most).then_some((distance, known))
    });
    let nearest = near.min_by_key(|(distance, _)| *distance);
    nearest.map(|(_, known)| known)
}

/// How many letters have to be put in, left out, replaced, or exchanged with
/// their neighbour.
fn distance(from: &str, to: &str) -> usize {
    let from: Vec<char> = from.chars().collect();
    let to: Vec<char> = to.chars().collect();
    let mut rows = vec![vec![0; to.len() + 1]; from.len() + 1];
    for (at, row) in rows.iter_mut().enumerate() {
        row[0] = at;
    }
    for (at, cell) in rows[0].iter_mut().enumerate() {
        *cell = at;
    }
    for i in 1..=from.len() {
        for j in 1..=to.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(from[i - 1] != to[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            let neighbours = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
            if neighbours {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn letters_are_put_in_left_out_replaced_or_exchanged() {
        let cases = [
            ("", "name", 4),
            ("name", "name", 0),
            ("nam", "name", 1),
            ("namer", "name", 1),
            ("nane", "name", 1),
            ("nmae", "name", 1),
            ("amne", "name", 2),
        ];
        for (from, to, expected) in cases {
            assert_eq!(distance(from, to), expected, "{from} {to}");
            assert_eq!(distance(to, from), expected, "{to} {from}");
        }
    }

    #[test]
    fn a_word_is_near_if_a_third_of_it_is_wrong() {
        let known = ["labels", "name", "rename_all", "UPPERCASE", "sample"];
        let cases = [
            ("lables", Some("labels")),
            ("lbls", Some("labels")),
            ("label", Some("labels")),
            ("nam", Some("name")),
            ("rename", Some("rename_all")),
            ("upper_case", Some("UPPERCASE")),
            ("lambels", Some("labels")),
            ("re", None),
            ("total", None),
            ("x", None),
            ("", None),
        ];
        for (word, expected) in cases {
            assert_eq!(nearest(word, known), expected, "{word}");
        }
    }

    #[test]
    fn the_first_of_two_that_are_as_near_is_meant() {
        assert_eq!(nearest("read", ["reap", "lead"]), Some("reap"));
        assert_eq!(nearest("lead", ["reap", "lead"]), Some("lead"));
    }
}
