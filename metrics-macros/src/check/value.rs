//! Values that break a rule of Prometheus.

use crate::attribute::{Kind, Label};
use crate::errors::Errors;
use crate::model::{Layer, check_label_name, check_metric_name, check_prefix};
use crate::options::{Buckets, Given, LabelOption};
use std::cmp::Ordering;
use syn::LitStr;

/// Literals obey the rules of Prometheus.
pub(super) fn check_values(layer: &Layer, errors: &mut Errors) {
    let options = &layer.options;
    let texts = [&options.help, &options.name, &options.prefix];
    let texts = texts.into_iter().flatten();
    let texts = texts.chain(options.texts.iter().map(|(_, given)| given));
    for given in texts.filter(|given| is_blank(given)) {
        errors.at(
            given.value.span(),
            "this text is empty; write what it stands for",
        );
    }
    if let Some(name) = options.name.as_ref().filter(|given| !is_blank(given)) {
        let kind = layer.attribute.instruments.first().map(|first| first.kind);
        let kind = kind.unwrap_or(Kind::Counter);
        if let Err(message) = check_metric_name(&name.value.value(), kind) {
            errors.at(name.value.span(), message);
        }
    }
    if let Some(prefix) = options.prefix.as_ref().filter(|given| !is_blank(given))
        && let Err(message) = check_prefix(&prefix.value.value())
    {
        errors.at(prefix.value.span(), message);
    }
    if let Some(labels) = &options.labels {
        check_labels(layer, &labels.value, errors);
    }
    if let Some(buckets) = &options.buckets {
        check_buckets(&buckets.value, errors);
    }
}

fn is_blank(text: &Given<LitStr>) -> bool {
    text.value.value().trim().is_empty()
}

/// Labels have valid names, and each name stands once.
fn check_labels(layer: &Layer, labels: &[LabelOption], errors: &mut Errors) {
    let built_in = layer.attribute.instruments.iter();
    let built_in = built_in.flat_map(|instrument| instrument.labels);
    let built_in: Vec<&str> = built_in
        .filter(|label: &&Label| label.survives_own_name())
        .map(|label| label.name())
        .collect();
    let mut names: Vec<String> = Vec::new();
    if layer.options.error.is_some() {
        names.push("error".to_owned());
    }
    for label in labels {
        let name = label.name();
        let span = label.key.span();
        if let Err(message) = check_label_name(&name) {
            errors.at(span, message);
        } else if built_in.contains(&name.as_str()) {
            errors.at(
                span,
                format!(
                    "the label `{name}` is filled in already; remove it or choose another name"
                ),
            );
        } else if names.contains(&name) {
            errors.at(
                span,
                format!("the label `{name}` stands twice; name each label once"),
            );
        }
        names.push(name);
    }
}

/// Bounds are finite and rise; `+Inf` is implied.
pub(crate) fn check_buckets(buckets: &Buckets, errors: &mut Errors) {
    // Those of `native` are checked where they are read.
    let Buckets::Listed { span, bounds } = buckets else {
        return;
    };
    if bounds.is_empty() {
        errors.at(*span, "there are no buckets; give at least one upper bound");
    }
    // The runtime's limit: the cells of a histogram lie in one chunk.
    if let Some(&(_, span)) = bounds.get(500) {
        errors.at(span, "a histogram has at most 500 buckets; leave some out");
    }
    for &(bound, span) in bounds {
        if !bound.is_finite() {
            errors.at(
                span,
                "a bucket's bound must be finite; `+Inf` is added by itself",
            );
        }
    }
    for pair in bounds.windows(2) {
        let ((before, _), (bound, span)) = (pair[0], pair[1]);
        if bound.partial_cmp(&before).is_some_and(Ordering::is_eq) {
            errors.at(
                span,
                format!("the bound `{bound}` stands twice; give each one once"),
            );
        } else if bound < before {
            errors.at(
                span,
                format!("the bound `{bound}` comes after `{before}`; sort them"),
            );
        }
    }
}
