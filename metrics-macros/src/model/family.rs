//! One declaration of a `#[metrics]` module, decided.

use super::{check_label_charset, check_metric_name};
use crate::attribute::Kind;
use crate::check::check_buckets;
use crate::errors::Errors;
use crate::input::Declaration;
use crate::options::parse_bounds;
use proc_macro2::Span;
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::{Attribute, Expr, FnArg, Ident, Lit, LitInt, Meta, Pat, ReturnType, Type};

/// A family that a function hands out.
pub(crate) struct FamilyModel {
    pub(crate) name: String,
    pub(crate) help: String,
    pub(crate) kind: Kind,
    pub(crate) labels: Vec<LabelModel>,
    pub(crate) buckets: Option<Vec<f64>>,
    pub(crate) cap: Option<LitInt>,
}

/// One typed label.
pub(crate) struct LabelModel {
    pub(crate) argument: Ident,
    pub(crate) name: String,
    pub(crate) ty: Type,
    /// The type is text or an integer, whose values nobody can list.
    pub(crate) open: bool,
}

impl FamilyModel {
    /// Every label is a closed set.
    pub(crate) fn is_closed(&self) -> bool {
        !self.labels.iter().any(|label| label.open)
    }
}

/// Decides what a declaration stands for and takes our attributes out of it.
pub(crate) fn build_family(
    declaration: &mut Declaration,
    errors: &mut Errors,
) -> Option<FamilyModel> {
    let signature = &declaration.signature;
    let span = signature.ident.span();
    let name = signature.ident.unraw().to_string();
    let plain = signature.asyncness.is_none()
        && signature.constness.is_none()
        && signature.unsafety_is_plain()
        && signature.generics.params.is_empty();
    if !plain {
        let message = "a family is declared by a plain function; remove what stands around `fn`";
        errors.at(signature.fn_token.span, message);
    }
    let kind = parse_kind(&signature.output, span, errors)?;
    if let Err(message) = check_metric_name(&name, kind) {
        errors.at(span, message);
    }
    let help = help(&declaration.attributes);
    if help.is_none() {
        let message = format!("`{name}` has no help text; write it as a doc comment");
        errors.at(span, message);
    }
    let labels = parse_label_arguments(declaration, errors);
    let mut model = FamilyModel {
        name,
        help: help.unwrap_or_default(),
        kind,
        labels,
        buckets: None,
        cap: None,
    };
    declaration.attributes.retain(|attribute| {
        if attribute.path().is_ident("buckets") {
            take_buckets(&mut model, attribute, errors);
            false
        } else if attribute.path().is_ident("cap") {
            take_cap(&mut model, attribute, errors);
            false
        } else {
            true
        }
    });
    Some(model)
}

trait PlainUnsafety {
    fn unsafety_is_plain(&self) -> bool;
}

impl PlainUnsafety for syn::Signature {
    fn unsafety_is_plain(&self) -> bool {
        use quote::ToTokens as _;
        self.abi.is_none() && !crate::input::mentions(self.to_token_stream(), "unsafe")
    }
}

fn parse_kind(output: &ReturnType, span: Span, errors: &mut Errors) -> Option<Kind> {
    let kinds = [
        ("Counter", Kind::Counter),
        ("Gauge", Kind::Gauge),
        ("Histogram", Kind::Histogram),
    ];
    let message =
        "a family is a `Counter`, a `Gauge` or a `Histogram`; write one as the return type";
    let ReturnType::Type(_, returned) = output else {
        errors.at(span, message);
        return None;
    };
    let word = match &**returned {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    };
    let kind = kinds
        .iter()
        .find(|(name, _)| Some(*name) == word.as_deref());
    if kind.is_none() {
        errors.push(syn::Error::new_spanned(returned, message));
    }
    kind.map(|(_, kind)| *kind)
}

/// The doc comment as one line.
fn help(attributes: &[Attribute]) -> Option<String> {
    let docs = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"));
    let lines = docs.filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    // The first paragraph, as rustdoc's summary.
    let paragraph: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    (!paragraph.is_empty()).then(|| paragraph.join(" "))
}

fn parse_label_arguments(declaration: &Declaration, errors: &mut Errors) -> Vec<LabelModel> {
    let mut labels = Vec::new();
    for argument in &declaration.signature.inputs {
        let named = match argument {
            FnArg::Typed(typed) => match &*typed.pat {
                Pat::Ident(pattern) => Some((&pattern.ident, &*typed.ty)),
                _ => None,
            },
            FnArg::Receiver(_) => None,
        };
        let Some((argument, ty)) = named else {
            let message = "a label is a name and a type: `status: Status`";
            errors.push(syn::Error::new_spanned(argument, message));
            continue;
        };
        let name = argument.unraw().to_string();
        if let Err(message) = check_label_charset(&name) {
            errors.at(argument.span(), message);
        }
        labels.push(LabelModel {
            argument: argument.clone(),
            name,
            ty: ty.clone(),
            open: is_open(ty),
        });
    }
    labels
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

fn take_buckets(model: &mut FamilyModel, attribute: &Attribute, errors: &mut Errors) {
    let span = attribute
        .path()
        .segments
        .first()
        .map_or_else(Span::call_site, |s| s.ident.span());
    if model.kind != Kind::Histogram {
        errors.at(span, "`#[buckets]` is for a `Histogram`; remove it");
        return;
    }
    if model.buckets.is_some() {
        errors.at(span, "`#[buckets]` stands twice; give it once");
        return;
    }
    let parsed =
        attribute.parse_args_with(|input: ParseStream<'_>| parse_bounds(input, span, errors));
    if let Some(buckets) = errors.keep(parsed) {
        check_buckets(&buckets, errors);
        let bounds = buckets.bounds.into_iter().map(|(bound, _)| bound);
        model.buckets = Some(bounds.collect());
    }
}

fn take_cap(model: &mut FamilyModel, attribute: &Attribute, errors: &mut Errors) {
    let span = attribute
        .path()
        .segments
        .first()
        .map_or_else(Span::call_site, |s| s.ident.span());
    let message = "`#[cap]` takes the most series of the family: `#[cap(5000)]`";
    match attribute.parse_args::<LitInt>() {
        Ok(cap) if cap.base10_parse::<usize>().is_ok_and(|cap| cap > 0) => {
            if model.labels.is_empty() {
                errors.at(span, "`#[cap]` is for a family with labels; remove it");
            }
            model.cap = Some(cap);
        }
        Ok(cap) => errors.at(cap.span(), message),
        Err(_) => errors.at(span, message),
    }
}
