//! What options can get wrong together, and values that break a rule.
//!
//! Each function adds every mistake that it finds, on the token that the user
//! must change.

use crate::attribute::{Block, Kind, Label, Record};
use crate::errors::Errors;
use crate::input::Function;
use crate::model::{Context, Layer, check_label_name, check_metric_name, check_prefix};
use crate::options::{Buckets, Given, LabelOption, Options};
use proc_macro2::Span;
use quote::ToTokens as _;
use std::cmp::Ordering;
use syn::{LitStr, Path};

/// Checks all attributes of one function.
pub(crate) fn check_layers(
    layers: &[Layer],
    function: &Function,
    context: Context<'_>,
    errors: &mut Errors,
) {
    for layer in layers {
        check_values(layer, errors);
        check_own_name(layer, errors);
        check_operation(layer, errors);
        check_model(layer, function, context, errors);
    }
    check_together(layers, errors);
}

/// Checks an attribute of an `impl` block, before it is given to the methods.
pub(crate) fn check_block(layer: &Layer, errors: &mut Errors) {
    let Options {
        operation,
        rows,
        skip,
        ..
    } = &layer.options;
    let name = layer.attribute.name;
    if let Some(operation) = operation {
        let word = operation.value;
        let message = format!("`{word}` is for a method; write `#[{name}({word})]` on each one");
        errors.at(operation.key, message);
    }
    if let Some(rows) = rows {
        errors.at(
            rows.key,
            "`rows` is for a method; give it beside its operation",
        );
    }
    if let Some(skip) = skip {
        errors.at(
            skip.key,
            format!("`skip` is for a method; remove `#[{name}]` instead"),
        );
    }
    if layer.attribute.block == Block::Defaults {
        // Methods only take these over, so nothing else would check them.
        check_values(layer, errors);
    }
}

/// Literals obey the rules of Prometheus.
fn check_values(layer: &Layer, errors: &mut Errors) {
    let options = &layer.options;
    let texts = [
        &options.help,
        &options.model,
        &options.name,
        &options.prefix,
    ];
    for given in texts.into_iter().flatten().filter(|given| is_blank(given)) {
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
    if buckets.bounds.is_empty() {
        errors.at(
            buckets.span,
            "there are no buckets; give at least one upper bound",
        );
    }
    // The runtime's limit: the cells of a histogram lie in one chunk.
    if let Some(&(_, span)) = buckets.bounds.get(500) {
        errors.at(span, "a histogram has at most 500 buckets; leave some out");
    }
    for &(bound, span) in &buckets.bounds {
        if !bound.is_finite() {
            errors.at(
                span,
                "a bucket's bound must be finite; `+Inf` is added by itself",
            );
        }
    }
    for pair in buckets.bounds.windows(2) {
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

/// What changes a family's description needs an own family: every plain use of
/// the attribute would contradict it.
fn check_own_name(layer: &Layer, errors: &mut Errors) {
    let options = &layer.options;
    let own = if layer
        .attribute
        .options
        .contains(&crate::options::Key::Prefix)
    {
        "prefix"
    } else {
        "name"
    };
    if options.name.is_some() || options.prefix.is_some() {
        return;
    }
    let spans: [(&str, Option<Span>); 4] = [
        ("labels", key(options.labels.as_ref())),
        ("buckets", key(options.buckets.as_ref())),
        ("help", key(options.help.as_ref())),
        ("sample", key(options.sample.as_ref())),
    ];
    for (option, span) in spans {
        if let Some(span) = span {
            let message = format!(
                "`{option}` needs an own `{own}`: other functions record into this family \
                 without it; add `{own} = \"…\"`"
            );
            errors.at(span, message);
        }
    }
}

fn key<T>(given: Option<&Given<T>>) -> Option<Span> {
    given.map(|given| given.key)
}

/// A function gives one of the attribute's operations, if it has any.
fn check_operation(layer: &Layer, errors: &mut Errors) {
    let known = layer.attribute.operations;
    if !known.is_empty() && layer.options.operation.is_none() {
        let name = layer.attribute.name;
        let words: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
        let message = format!(
            "`#[{name}]` on a function needs its operation: one of {}",
            words.join(", ")
        );
        errors.at(layer.span, message);
    }
}

/// A model is written, the block's type's, or `Self`'s.
fn check_model(layer: &Layer, function: &Function, context: Context<'_>, errors: &mut Errors) {
    let instruments = layer.attribute.instruments.iter();
    let mut labels = instruments.flat_map(|instrument| instrument.labels);
    let needed = labels.any(|label| *label == Label::Model);
    let known = layer.options.model.is_some() || context.type_name.is_some();
    if needed && !known && function.signature.receiver().is_none() {
        let name = layer.attribute.name;
        let message = format!(
            "the model can't be told without `self`; add `model = \"…\"`, \
             or `#[{name}]` on the `impl` block"
        );
        let span = key(layer.options.operation.as_ref());
        errors.at(span.unwrap_or(layer.span), message);
    }
}

/// What attributes on one function can't have together.
fn check_together(layers: &[Layer], errors: &mut Errors) {
    check_rows(layers, errors);
    check_sample(layers, errors);
    check_registry(layers, errors);
    let mut families: Vec<String> = Vec::new();
    for layer in layers {
        let options = &layer.options;
        let name = options.name.as_ref().map(|given| given.value.value());
        let prefix = options.prefix.as_ref().map(|given| given.value.value());
        let family = name
            .unwrap_or_else(|| format!("{}/{}", layer.attribute.name, prefix.unwrap_or_default()));
        if families.contains(&family) {
            let attribute = layer.attribute.name;
            let message = format!(
                "`#[{attribute}]` stands twice on this function with the same family; \
                 remove one, or give one another name"
            );
            let span = key(options.name.as_ref()).or(key(options.prefix.as_ref()));
            let span = span.or(key(options.operation.as_ref()));
            errors.at(span.unwrap_or(layer.span), message);
        }
        families.push(family);
    }
}

/// A call has one number of rows, whatever counts it.
fn check_rows(layers: &[Layer], errors: &mut Errors) {
    let counts_rows = |layer: &&Layer| {
        let mut instruments = layer.attribute.instruments.iter();
        instruments.any(|instrument| instrument.record == Record::Rows)
    };
    let counting = layers.iter().filter(counts_rows).count();
    let rows = layers.iter().find_map(|layer| layer.options.rows.as_ref());
    if let Some(rows) = rows.filter(|_| counting > 1) {
        let message = "`rows` would apply to every attribute that counts rows here; \
                       leave it away, or one of them";
        errors.at(rows.key, message);
    }
}

/// A call is timed or it isn't, whatever takes its time.
fn check_sample(layers: &[Layer], errors: &mut Errors) {
    let times = |layer: &&Layer| {
        let mut instruments = layer.attribute.instruments.iter();
        instruments.any(|instrument| instrument.record == Record::Duration)
    };
    let timing = layers.iter().filter(times).count();
    let mut samples = layers
        .iter()
        .filter_map(|layer| layer.options.sample.as_ref());
    if let Some(sample) = samples.next().filter(|_| timing > 1) {
        let message = "`sample` would apply to every attribute that times this function; \
                       leave it away, or the others";
        errors.at(sample.key, message);
    }
}

/// What one function records goes to one registry; it has one call site.
fn check_registry(layers: &[Layer], errors: &mut Errors) {
    let text = |path: &Path| path.to_token_stream().to_string();
    let registries = layers
        .iter()
        .filter_map(|layer| layer.options.registry.as_ref());
    let mut registries = registries.map(|given| (text(&given.value), given.key));
    let Some((first, _)) = registries.next() else {
        return;
    };
    if let Some((_, span)) = registries.find(|(registry, _)| *registry != first) {
        let message = format!(
            "another attribute of this function gives the registry `{first}`; name the same one"
        );
        errors.at(span, message);
    }
}

/// `skip` stands alone, and on a method of an annotated block.
pub(crate) fn check_skip(layer: &Layer, in_block: bool, errors: &mut Errors) {
    let Some(skip) = &layer.options.skip else {
        return;
    };
    let name = layer.attribute.name;
    if !in_block || layer.attribute.block == Block::Defaults {
        let message =
            format!("`skip` is for methods of an `impl` block under `#[{name}]`; remove it");
        errors.at(skip.key, message);
    } else if !layer.options.is_skip_alone() {
        let message = "`skip` leaves nothing to the other options; remove them or `skip`";
        errors.at(skip.key, message);
    }
}
