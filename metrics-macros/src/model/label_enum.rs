//! The enum under `#[derive(LabelValue)]`, decided.

use crate::errors::Errors;
use crate::krate::Krate;
use crate::options::{Case, LabelKey, Labelling, parse_label_options};
use proc_macro2::TokenStream;
use syn::ext::IdentExt as _;
use syn::{Data, DeriveInput, Fields, Ident};

/// A closed set: variants and their values.
pub(crate) struct LabelEnum {
    pub(crate) krate: Krate,
    pub(crate) ident: Ident,
    pub(crate) variants: Vec<(Ident, String)>,
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
    let options = parse_label_options(&input.attrs, &LabelKey::OF_ENUM, errors);
    let case = options.case.map_or(Case::Snake, |given| given.value);
    let mut variants: Vec<(Ident, String)> = Vec::new();
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            let message = "a label value has no fields; their values would make the set open";
            errors.push(syn::Error::new_spanned(&variant.fields, message));
        }
        let options = parse_label_options(&variant.attrs, &[LabelKey::Text], errors);
        let value = match options.label.map(|given| given.value) {
            Some(Labelling::Text(text)) => text.value(),
            _ => case.apply(&variant.ident.unraw().to_string()),
        };
        if let Some((other, _)) = variants.iter().find(|(_, known)| *known == value) {
            let message = format!(
                "`{other}` has the value `{value}` already; rename one with `#[label(\"…\")]`"
            );
            errors.at(variant.ident.span(), message);
        }
        variants.push((variant.ident.clone(), value));
    }
    Some(LabelEnum {
        krate: Krate::from(options.krate.map(|given| given.value)),
        ident: input.ident,
        variants,
    })
}
