//! The spelling of a label's value that comes from a name.

use super::did_you_mean;
use syn::LitStr;

/// How a name in the source becomes a label's value.
#[derive(Clone, Copy)]
pub(crate) enum Case {
    Snake,
    ScreamingSnake,
    Kebab,
    Camel,
    Pascal,
    Lower,
    Upper,
}

impl Case {
    const ALL: [(&'static str, Self); 7] = [
        ("snake_case", Self::Snake),
        ("SCREAMING_SNAKE_CASE", Self::ScreamingSnake),
        ("kebab-case", Self::Kebab),
        ("camelCase", Self::Camel),
        ("PascalCase", Self::Pascal),
        ("lowercase", Self::Lower),
        ("UPPERCASE", Self::Upper),
    ];

    /// The case that a literal names.
    pub(super) fn parse(name: &LitStr) -> syn::Result<Self> {
        let known = Self::ALL.iter().find(|(known, _)| *known == name.value());
        let known = known.map(|(_, case)| *case);
        known.ok_or_else(|| {
            let names = Self::ALL.map(|(name, _)| name);
            let hint = did_you_mean(&name.value(), names);
            let names = names.map(|name| format!("`{name}`")).join(", ");
            let message = format!("unknown case; {hint}expected one of {names}");
            syn::Error::new(name.span(), message)
        })
    }

    pub(crate) fn apply(self, name: &str) -> String {
        match self {
            Self::Snake => snake(name),
            Self::ScreamingSnake => snake(name).to_uppercase(),
            Self::Kebab => snake(name).replace('_', "-"),
            Self::Pascal => name.to_owned(),
            Self::Lower => name.to_lowercase(),
            Self::Upper => name.to_uppercase(),
            Self::Camel => {
                let mut characters = name.chars();
                let first = characters.next().into_iter().flat_map(char::to_lowercase);
                first.chain(characters).collect()
            }
        }
    }
}

/// `HttpError2xx` is `http_error2xx`; runs of capitals stay together as one
/// word, so `HTTPError` is `http_error`.
fn snake(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, character) in characters.iter().enumerate() {
        if character.is_uppercase() {
            let before = at.checked_sub(1).and_then(|at| characters.get(at));
            let after_small = before.is_some_and(|c| c.is_lowercase() || c.is_ascii_digit());
            let before_small = characters.get(at + 1).is_some_and(|c| c.is_lowercase());
            let within = before.is_some_and(|c| c.is_uppercase());
            if after_small || within && before_small {
                out.push('_');
            }
        }
        out.extend(character.to_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Case, snake};

    #[test]
    fn names_become_snake_case() {
        let cases = [
            ("Success", "success"),
            ("NotFound", "not_found"),
            ("HTTPError", "http_error"),
            ("Http2", "http2"),
            ("A", "a"),
            ("IO", "io"),
        ];
        for (variant, value) in cases {
            assert_eq!(snake(variant), value);
        }
    }

    #[test]
    fn other_cases_follow_serde() {
        assert_eq!(Case::Kebab.apply("NotFound"), "not-found");
        assert_eq!(Case::Camel.apply("NotFound"), "notFound");
        assert_eq!(Case::ScreamingSnake.apply("NotFound"), "NOT_FOUND");
        assert_eq!(Case::Upper.apply("NotFound"), "NOTFOUND");
    }
}
