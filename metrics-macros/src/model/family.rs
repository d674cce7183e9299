//! One declaration of a `#[metrics]` module, decided.

use super::BucketModel;
use super::check_metric_name;
use super::label_argument::{LabelModel, parse_label_arguments};
use super::unit::{check_unit_of_name, parse_base_unit};
use crate::attribute::Kind;
use crate::check::check_buckets;
use crate::errors::Errors;
use crate::input::Declaration;
use crate::options::parse_bounds;
use proc_macro2::Span;
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::{Attribute, Expr, Ident, Lit, LitInt, Meta, ReturnType, Type};

/// A family that a function hands out.
pub(crate) struct FamilyModel {
    pub(crate) name: String,
    pub(crate) help: String,
    pub(crate) kind: Kind,
    pub(crate) labels: Vec<LabelModel>,
    pub(crate) buckets: Option<BucketModel>,
    pub(crate) cap: Option<LitInt>,
    /// A base unit, which the name ends in.
    pub(crate) unit: Option<&'static str>,
    /// Whether it may be recorded into over HTTP.
    pub(crate) remote: bool,
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
    let labels = parse_label_arguments(signature, errors);
    let mut model = FamilyModel {
        name,
        help: help.unwrap_or_default(),
        kind,
        labels,
        buckets: None,
        cap: None,
        unit: None,
        remote: false,
    };
    let mut taken: Vec<&str> = Vec::new();
    declaration.attributes.retain(|attribute| {
        let known = OWN.iter();
        let mut known = known.filter(|(name, _)| attribute.path().is_ident(name));
        let Some((name, take)) = known.next() else {
            return true;
        };
        if taken.contains(name) {
            let message = format!("`#[{name}]` stands twice; give it once");
            errors.at(span_of(attribute), message);
        } else {
            take(&mut model, attribute, errors);
        }
        taken.push(name);
        false
    });
    if let Some(unit) = model.unit {
        if let Err(message) = check_unit_of_name(&model.name, unit) {
            errors.at(span, message);
        }
        if model.kind == Kind::Histogram && unit == "seconds" {
            // Kept as whole nanoseconds.
            model.kind = Kind::Duration;
        }
    }
    Some(model)
}

/// Our attributes on a declaration.
const OWN: [(&str, Take); 4] = [
    ("buckets", take_buckets),
    ("cap", take_cap),
    ("remote", take_remote),
    ("unit", take_unit),
];

type Take = fn(&mut FamilyModel, &Attribute, &mut Errors);

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
        ("InProgress", Kind::InProgress),
    ];
    let message = "a family is a `Counter`, a `Gauge`, a `Histogram` or an `InProgress`; \
                   write one as the return type";
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

/// The name of an attribute.
fn span_of(attribute: &Attribute) -> Span {
    let mut segments = attribute.path().segments.iter();
    segments
        .next()
        .map_or_else(Span::call_site, |first| first.ident.span())
}

fn take_buckets(model: &mut FamilyModel, attribute: &Attribute, errors: &mut Errors) {
    let span = span_of(attribute);
    if model.kind != Kind::Histogram {
        errors.at(span, "`#[buckets]` is for a `Histogram`; remove it");
        return;
    }
    let parsed =
        attribute.parse_args_with(|input: ParseStream<'_>| parse_bounds(input, span, errors));
    if let Some(buckets) = errors.keep(parsed) {
        check_buckets(&buckets, errors);
        model.buckets = Some(BucketModel::of(&buckets));
    }
}

fn take_cap(model: &mut FamilyModel, attribute: &Attribute, errors: &mut Errors) {
    let span = span_of(attribute);
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

fn take_remote(model: &mut FamilyModel, attribute: &Attribute, errors: &mut Errors) {
    let span = span_of(attribute);
    if attribute.meta.require_path_only().is_err() {
        errors.at(span, "`#[remote]` takes no options; write it by itself");
    } else if model.kind == Kind::InProgress {
        // Its starts and ends are two numbers, which nobody may add to alone.
        let message = "`#[remote]` is for a `Counter`, a `Gauge` or a `Histogram`; remove it";
        errors.at(span, message);
    } else {
        model.remote = true;
    }
}

fn take_unit(model: &mut FamilyModel, attribute: &Attribute, errors: &mut Errors) {
    let Ok(word) = attribute.parse_args::<Ident>() else {
        let message = "`#[unit]` takes the name of a base unit: `#[unit(seconds)]`";
        errors.at(span_of(attribute), message);
        return;
    };
    match parse_base_unit(&word.to_string()) {
        Ok(unit) => model.unit = Some(unit),
        Err(message) => errors.at(word.span(), message),
    }
}
