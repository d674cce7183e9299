//! Labels of a declaration: its arguments, by name and type.

use super::check_label_charset;
use crate::errors::Errors;
use syn::ext::IdentExt as _;
use syn::{FnArg, Ident, Pat, Signature, Type};

/// One typed label.
pub(crate) struct LabelModel {
    pub(crate) argument: Ident,
    pub(crate) name: String,
    pub(crate) ty: Type,
    /// The type is text or an integer, whose values nobody can list.
    pub(crate) open: bool,
}

/// The labels in the order of their names; those of a tuple stand in its
/// place.
pub(super) fn parse_label_arguments(signature: &Signature, errors: &mut Errors) -> Vec<LabelModel> {
    let mut labels = Vec::new();
    for argument in &signature.inputs {
        let parsed = match argument {
            FnArg::Typed(typed) => parse_labels(&typed.pat, &typed.ty, &mut labels),
            FnArg::Receiver(receiver) => Err(no_label(receiver)),
        };
        errors.keep(parsed);
    }
    for label in &labels {
        if let Err(message) = check_label_charset(&label.name) {
            errors.at(label.argument.span(), message);
        }
    }
    labels
}

fn no_label(tokens: impl quote::ToTokens) -> syn::Error {
    let message = "a label is a name and a type: `status: Status`";
    syn::Error::new_spanned(tokens, message)
}

fn parse_labels(pattern: &Pat, ty: &Type, labels: &mut Vec<LabelModel>) -> syn::Result<()> {
    match (pattern, ty) {
        // What a `macro_rules` macro has passed on.
        (_, Type::Group(group)) => parse_labels(pattern, &group.elem, labels),
        (_, Type::Paren(paren)) => parse_labels(pattern, &paren.elem, labels),
        (Pat::Paren(paren), _) => parse_labels(&paren.pat, ty, labels),
        (Pat::Tuple(patterns), Type::Tuple(types)) if !patterns.elems.is_empty() => {
            let (names, values) = (patterns.elems.len(), types.elems.len());
            if names != values {
                let message =
                    format!("the tuple has {names} names for {values} values; name each of them");
                return Err(syn::Error::new_spanned(pattern, message));
            }
            let mut both = patterns.elems.iter().zip(&types.elems);
            both.try_for_each(|(pattern, ty)| parse_labels(pattern, ty, labels))
        }
        (Pat::Tuple(_), Type::Tuple(_)) => Err(no_label(pattern)),
        (Pat::Tuple(_), _) => Err(syn::Error::new_spanned(
            ty,
            "the labels of a tuple are read from its type; write the tuple out: `(Status, Method)`",
        )),
        (Pat::Ident(_), Type::Tuple(_)) => Err(syn::Error::new_spanned(
            pattern,
            "one name can't stand for the labels of a tuple; \
             name each of them: `(status, method): (Status, Method)`",
        )),
        (Pat::Ident(name), _) => {
            labels.push(LabelModel {
                argument: name.ident.clone(),
                name: name.ident.unraw().to_string(),
                ty: ty.clone(),
                open: is_open(ty),
            });
            Ok(())
        }
        _ => Err(no_label(pattern)),
    }
}

/// Text and integers; every other type must be a closed set.
fn is_open(ty: &Type) -> bool {
    const OPEN: [&str; 15] = [
        "str", "String", "char", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32",
        "i64", "i128", "isize",
    ];
    match ty {
        Type::Reference(reference) => is_open(&reference.elem),
        Type::Path(path) => {
            let last = path.path.segments.last();
            last.is_some_and(|last| OPEN.iter().any(|open| last.ident == open))
        }
        _ => false,
    }
}
