//! The attribute `#[label(…)]` of derives.

use super::{Case, Slot};
use crate::errors::Errors;
use proc_macro2::Span;
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::{Attribute, Ident, LitStr, Path};

/// What `#[label(…)]` may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LabelKey {
    Text,
    Transparent,
    Other,
    RenameAll,
    Crate,
}

impl LabelKey {
    pub(crate) const OF_ENUM: [Self; 2] = [Self::RenameAll, Self::Crate];

    const fn name(self) -> &'static str {
        match self {
            Self::Text => "\"…\"",
            Self::Transparent => "transparent",
            Self::Other => "other",
            Self::RenameAll => "rename_all",
            Self::Crate => "crate",
        }
    }
}

/// The options of a type or a variant.
#[derive(Default)]
pub(crate) struct LabelOptions {
    pub(crate) label: Slot<Labelling>,
    pub(crate) case: Slot<Case>,
    pub(crate) krate: Slot<Path>,
}

/// Where the label comes from.
pub(crate) enum Labelling {
    Text(LitStr),
    /// `transparent`: from the only field.
    Transparent,
    /// `other`: it is that of errors that nobody labelled.
    Other,
}

/// Parses the `#[label(…)]` of a type or a variant, which may say what is
/// `taken` there; what is wrong goes to `errors`, and the rest is still read.
pub(crate) fn parse_label_options(
    attributes: &[Attribute],
    taken: &[LabelKey],
    errors: &mut Errors,
) -> LabelOptions {
    let mut options = LabelOptions::default();
    for attribute in attributes.iter().filter(|a| a.path().is_ident("label")) {
        let parsed = attribute.parse_args_with(|input: ParseStream<'_>| {
            if input.is_empty() {
                return Err(no_option(input.span(), taken));
            }
            super::parse_list(input, errors, |_| parse_option(&mut options, input, taken))
        });
        errors.keep(parsed);
    }
    options
}

fn parse_option(
    options: &mut LabelOptions,
    input: ParseStream<'_>,
    taken: &[LabelKey],
) -> syn::Result<()> {
    let span = input.span();
    if input.peek(LitStr) && taken.contains(&LabelKey::Text) {
        return fill_label(&mut options.label, span, Labelling::Text(input.parse()?));
    }
    if !input.peek(Ident::peek_any) {
        return Err(no_option(span, taken));
    }
    let key = input.call(Ident::parse_any)?;
    let word = key.to_string();
    let known = taken.iter().find(|known| known.name() == word);
    match known {
        Some(LabelKey::Transparent) => {
            super::no_value(input, &word)?;
            fill_label(&mut options.label, span, Labelling::Transparent)
        }
        Some(LabelKey::Other) => {
            super::no_value(input, &word)?;
            fill_label(&mut options.label, span, Labelling::Other)
        }
        Some(LabelKey::RenameAll) => super::fill(&mut options.case, span, &word, || {
            Case::parse(&super::value_of_text(input, &key)?)
        }),
        Some(LabelKey::Crate) => super::fill(&mut options.krate, span, &word, || {
            super::krate(input, &key)
        }),
        // The name of `Text` isn't a word.
        None | Some(LabelKey::Text) => {
            let hint = super::did_you_mean(&word, taken.iter().map(|key| key.name()));
            let message = format!(
                "unknown option `{word}`; {hint}expected {}",
                expected(taken)
            );
            Err(syn::Error::new(span, message))
        }
    }
}

/// A type or a variant has one label, whichever way it is given.
fn fill_label(slot: &mut Slot<Labelling>, key: Span, value: Labelling) -> syn::Result<()> {
    if slot.is_some() {
        let message = "the label is given already; remove one of the two";
        return Err(syn::Error::new(key, message));
    }
    *slot = Some(super::Given { key, value });
    Ok(())
}

fn no_option(span: Span, taken: &[LabelKey]) -> syn::Error {
    let message = format!("this is no option here; expected {}", expected(taken));
    syn::Error::new(span, message)
}

fn expected(taken: &[LabelKey]) -> String {
    let names: Vec<String> = taken
        .iter()
        .map(|key| format!("`{}`", key.name()))
        .collect();
    let one_of = if names.len() > 1 { "one of " } else { "" };
    format!("{one_of}{}", names.join(", "))
}
