//! What options can get wrong together, and values that break a rule.
//!
//! Each function adds every mistake that it finds, on the token that the user
//! must change.

mod health_check;
mod shape;
mod together;
mod value;

pub(crate) use health_check::check_health_check;
pub(crate) use shape::fitting;
pub(crate) use value::check_buckets;

use crate::attribute::{Block, Default, Instrument, Record};
use crate::errors::Errors;
use crate::input::Function;
use crate::model::{Context, Layer};
use crate::options::{Key, LabelValue, Options, key_of};
use shape::check_shape;
use together::check_together;
use value::check_values;

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
        check_texts(layer, function, context, errors);
        check_creation(layer, errors);
        check_hit(layer, errors);
        check_in_progress(layer, errors);
        check_shape(layer, function, errors);
    }
    check_together(layers, errors);
}

/// Checks an attribute of an `impl` block, a trait or a module, before it is given
/// to the functions there.
pub(crate) fn check_container(layer: &Layer, errors: &mut Errors) {
    let Options {
        operation, skip, ..
    } = &layer.options;
    let name = layer.attribute.name;
    if let Some(operation) = operation {
        let word = operation.value;
        let message = format!("`{word}` is for a function; write `#[{name}({word})]` on each one");
        errors.at(operation.key, message);
    }
    for of_method in [Key::Rows, Key::Created, Key::Hit] {
        if let Some(span) = layer.options.key_of(of_method) {
            let option = of_method.name();
            let message = format!("`{option}` is for a function; give it beside its operation");
            errors.at(span, message);
        }
    }
    if let Some(skip) = skip {
        errors.at(
            skip.key,
            format!("`skip` is for a function in here; remove `#[{name}]` instead"),
        );
    }
    if layer.attribute.block == Block::Defaults {
        // Functions only take these over, so nothing else would check them.
        check_values(layer, errors);
    }
}

/// What changes a family's description needs an own family: every plain use of
/// the attribute would contradict it.
fn check_own_name(layer: &Layer, errors: &mut Errors) {
    let options = &layer.options;
    let own = if layer.attribute.options.contains(&Key::Prefix) {
        "prefix"
    } else {
        "name"
    };
    if options.name.is_some() || options.prefix.is_some() {
        return;
    }
    for changing in [
        Key::Labels,
        Key::Buckets,
        Key::Help,
        Key::Sample,
        Key::Error,
    ] {
        if let Some(span) = options.key_of(changing) {
            let option = changing.name();
            let message = format!(
                "`{option}` needs an own `{own}`: other functions record into this family \
                 without it; add `{own} = \"…\"`"
            );
            errors.at(span, message);
        }
    }
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

/// Values of labels are written, or can be told.
fn check_texts(layer: &Layer, function: &Function, context: Context<'_>, errors: &mut Errors) {
    let attribute = layer.attribute.name;
    for text in layer.attribute.texts {
        let name = text.name;
        if layer.options.text(name).is_some() {
            continue;
        }
        let receiver = function.signature.receiver().is_some();
        let message = match text.default {
            Default::Word(_) | Default::Function => continue,
            Default::Model if context.model.is_some() || receiver => continue,
            Default::Model => format!(
                "the {name} can't be told without `self`; add `{name} = \"…\"`, \
                 or `#[{attribute}]` on the `impl` block"
            ),
            Default::None => format!(
                "which {name}? add `{name} = \"…\"`, here or in `#[{attribute}]` \
                 on the `impl` block"
            ),
        };
        let span = key_of(layer.options.operation.as_ref());
        errors.at(span.unwrap_or(layer.span), message);
    }
}

/// The instruments of a function.
fn instruments(layer: &Layer) -> impl Iterator<Item = &'static Instrument> {
    let operation = layer.options.operation.as_ref();
    let operation = operation.map(|given| given.value);
    layer.attribute.instruments_of(operation)
}

/// Whether a call has made something is asked, and told.
fn check_creation(layer: &Layer, errors: &mut Errors) {
    let asked = instruments(layer).any(|instrument| instrument.record.is_of_creation());
    match (&layer.options.created, &layer.options.operation) {
        (None, Some(operation)) if asked => {
            let word = operation.value;
            let message = format!(
                "`{word}` counts what it has made apart from what it has found made; \
                 add `created = |ret| …`, which says whether it is made"
            );
            errors.at(operation.key, message);
        }
        (Some(created), Some(operation)) if !asked => {
            let word = operation.value;
            let message = format!("`created` says nothing of `{word}`; it is for `upsert`");
            errors.at(created.key, message);
        }
        _ => {}
    }
}

/// What a hit is, is asked.
fn check_hit(layer: &Layer, errors: &mut Errors) {
    let asked = instruments(layer).any(|instrument| instrument.record.is_of_hits());
    if let (Some(hit), Some(operation)) = (&layer.options.hit, &layer.options.operation)
        && !asked
    {
        let word = operation.value;
        let message = format!("`hit` says nothing of `{word}`; it is for `get`");
        errors.at(hit.key, message);
    }
}

/// What is in progress has returned nothing yet.
fn check_in_progress(layer: &Layer, errors: &mut Errors) {
    let alone = instruments(layer).all(|instrument| instrument.record == Record::InProgress);
    let labels = layer.options.labels.iter();
    for label in labels.flat_map(|given| &given.value) {
        if alone && matches!(label.value, LabelValue::Returned(_)) {
            let message = "what is in progress has returned nothing yet; \
                           give an expression of arguments instead of a closure";
            errors.at(label.key.span(), message);
        }
    }
}

/// `skip` stands alone, and on a function in an annotated container.
pub(crate) fn check_skip(layer: &Layer, inside: bool, errors: &mut Errors) {
    let Some(skip) = &layer.options.skip else {
        return;
    };
    let name = layer.attribute.name;
    if !inside || layer.attribute.block == Block::Defaults {
        let message = format!(
            "`skip` is for what stands in an `impl` block, a trait or a module \
             under `#[{name}]`; remove it"
        );
        errors.at(skip.key, message);
    } else if layer.options.written > 1 {
        let message = "`skip` leaves nothing to the other options; remove them or `skip`";
        errors.at(skip.key, message);
    }
}
