//! What a function of another shape can't have.

use super::instruments;
use crate::attribute::Instrument;
use crate::errors::Errors;
use crate::input::{Function, Shape};
use crate::model::Layer;
use crate::options::{Key, LabelValue, key_of};
use syn::Type;

/// Options that a function of another shape can't have.
pub(super) fn check_shape(layer: &Layer, function: &Function, errors: &mut Errors) {
    let options = &layer.options;
    let shape = &function.shape();
    if let Some(busy) = options.busy.as_ref().filter(|_| !is_polled(shape)) {
        let message = "`busy` is for functions whose polls can be timed: async ones, \
                       or those that return a future or a stream; remove it";
        errors.at(busy.key, message);
    }
    if let Some(stream) = options.stream.as_ref().filter(|_| !is_stream(shape)) {
        let message = "`stream` is for functions that return a stream, \
                       as `impl Stream<Item = …>`; remove it";
        errors.at(stream.key, message);
    }
    let unseen = match shape {
        Shape::AsyncNever => "it never returns",
        Shape::InPlace => match function.returned() {
            _ if function.tracks_caller() => "it is `#[track_caller]`",
            Some(Type::Never(_)) => "it never returns",
            _ => "it returns a closure",
        },
        Shape::Stream { .. } | Shape::AsyncStream { .. } => "it returns a stream",
        Shape::Sync | Shape::Async | Shape::BoxedTail(_) | Shape::Future { .. } => return,
    };
    let refuse = |what: &str| {
        format!(
            "{what} looks at the value that the function returns, which can't be seen \
             here, since {unseen}; remove it"
        )
    };
    for looking in [Key::Outcome, Key::Error, Key::Rows, Key::Created, Key::Hit] {
        if let Some(span) = options.key_of(looking) {
            errors.at(span, refuse(&format!("`{}`", looking.name())));
        }
    }
    let labels = options.labels.iter().flat_map(|given| &given.value);
    for label in labels {
        if matches!(label.value, LabelValue::Returned(_)) {
            errors.at(label.key.span(), refuse("the closure of this label"));
        }
    }
    let by_success = |instrument: &Instrument| instrument.record.is_by_success();
    if matches!(shape, Shape::InPlace) && function.may_fail() && instruments(layer).any(by_success)
    {
        let name = layer.attribute.name;
        let span = key_of(options.operation.as_ref()).unwrap_or(layer.span);
        errors.at(span, refuse(&format!("`#[{name}]`")));
        return;
    }
    if let Some(operation) = &options.operation
        && options.hit.is_none()
        && instruments(layer).any(|instrument| instrument.record.is_of_hits())
    {
        errors.at(operation.key, refuse(&format!("`{}`", operation.value)));
    }
}

/// What of a container's attribute applies to a function of this shape: its polls
/// and items are recorded where there are any.
pub(crate) fn fitting(layer: &Layer, shape: &Shape) -> Layer {
    let mut layer = layer.clone();
    layer.options.busy = layer.options.busy.filter(|_| is_polled(shape));
    layer.options.stream = layer.options.stream.filter(|_| is_stream(shape));
    layer
}

const fn is_polled(shape: &Shape) -> bool {
    !matches!(shape, Shape::Sync | Shape::InPlace)
}

const fn is_stream(shape: &Shape) -> bool {
    matches!(shape, Shape::Stream { .. } | Shape::AsyncStream { .. })
}
