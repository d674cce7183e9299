//! The enum under `#[derive(LabelValue)]`, decided.

use crate::errors::Errors;
use crate::krate::Krate;
use proc_macro2::TokenStream;
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::{Attribute, Data, DeriveInput, Fields, Ident, LitStr, Path, Token};

/// A closed set: variants and their values.
pub(crate) struct LabelEnum {
    pub(crate) krate: Krate,
    pub(crate) ident: Ident,
    pub(crate) variants: Vec<(Ident, String)>,
}

/// What `#[label(…)]` on the enum says.
#[derive(Default)]
struct EnumOptions {
    rename: Option<Case>,
    krate: Option<Path>,
}

/// How variants become values.
#[derive(Clone, Copy)]
enum Case {
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

    fn apply(self, variant: &str) -> String {
        match self {
            Self::Snake => snake(variant),
            Self::ScreamingSnake => snake(variant).to_uppercase(),
            Self::Kebab => snake(variant).replace('_', "-"),
            Self::Pascal => variant.to_owned(),
            Self::Lower => variant.to_lowercase(),
            Self::Upper => variant.to_uppercase(),
            Self::Camel => {
                let mut characters = variant.chars();
                let first = characters.next().into_iter().flat_map(char::to_lowercase);
                first.chain(characters).collect()
            }
        }
    }
}

/// `HttpError2xx` is `http_error2xx`; runs of capitals stay together as one
/// word, so `HTTPError` is `http_error`.
fn snake(variant: &str) -> String {
    let characters: Vec<char> = variant.chars().collect();
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

/// Decides the values of an enum's variants.
pub(crate) fn build_label_enum(tokens: TokenStream, errors: &mut Errors) -> Option<LabelEnum> {
    let input: DeriveInput = errors.keep(syn::parse2(tokens))?;
    let Data::Enum(data) = &input.data else {
        let message =
            "a closed set of label values is an enum; derive it on an enum without fields";
        errors.at(input.ident.span(), message);
        return None;
    };
    if !input.generics.params.is_empty() {
        let message = "an enum of label values has no parameters; remove them";
        errors.push(syn::Error::new_spanned(&input.generics, message));
    }
    if data.variants.is_empty() {
        let message = "this enum has no variants, so it has no label value; add one";
        errors.at(input.ident.span(), message);
    }
    let options = parse_enum_options(&input.attrs, errors);
    let case = options.rename.unwrap_or(Case::Snake);
    let mut variants: Vec<(Ident, String)> = Vec::new();
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            let message = "a label value has no fields; their values would make the set open";
            errors.push(syn::Error::new_spanned(&variant.fields, message));
        }
        let renamed = parse_rename(&variant.attrs, errors);
        let value = renamed.unwrap_or_else(|| case.apply(&variant.ident.unraw().to_string()));
        if let Some((other, _)) = variants.iter().find(|(_, known)| *known == value) {
            let message = format!(
                "`{other}` has the value `{value}` already; rename one with `#[label(\"…\")]`"
            );
            errors.at(variant.ident.span(), message);
        }
        variants.push((variant.ident.clone(), value));
    }
    Some(LabelEnum {
        krate: Krate::from(options.krate),
        ident: input.ident,
        variants,
    })
}

fn parse_enum_options(attributes: &[Attribute], errors: &mut Errors) -> EnumOptions {
    let mut options = EnumOptions::default();
    for attribute in attributes.iter().filter(|a| a.path().is_ident("label")) {
        let parsed = attribute.parse_args_with(|input: ParseStream<'_>| {
            let key = input.call(Ident::parse_any)?;
            if key == "rename_all" {
                input.parse::<Token![=]>()?;
                let case: LitStr = input.parse()?;
                let known = Case::ALL.iter().find(|(name, _)| *name == case.value());
                let known = known.map(|(_, case)| *case);
                options.rename = Some(known.ok_or_else(|| {
                    let names = Case::ALL.map(|(name, _)| format!("`{name}`"));
                    let message = format!("unknown case; expected one of {}", names.join(", "));
                    syn::Error::new(case.span(), message)
                })?);
                Ok(())
            } else if key == "crate" {
                input.parse::<Token![=]>()?;
                options.krate = Some(Path::parse_mod_style(input)?);
                Ok(())
            } else {
                let message =
                    format!("unknown option `{key}`; expected one of `rename_all`, `crate`");
                Err(syn::Error::new(key.span(), message))
            }
        });
        errors.keep(parsed);
    }
    options
}

fn parse_rename(attributes: &[Attribute], errors: &mut Errors) -> Option<String> {
    let mut renamed = None;
    for attribute in attributes.iter().filter(|a| a.path().is_ident("label")) {
        let message = "a variant's label is a string literal: `#[label(\"…\")]`";
        match attribute.parse_args::<LitStr>() {
            Ok(value) => renamed = Some(value.value()),
            Err(error) => errors.at(error.span(), message),
        }
    }
    renamed
}

#[cfg(test)]
mod tests {
    use super::{Case, snake};

    #[test]
    fn variants_become_snake_case() {
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
