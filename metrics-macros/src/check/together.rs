//! What attributes on one function can't have together.

use super::instruments;
use crate::attribute::{Instrument, Record};
use crate::errors::Errors;
use crate::model::Layer;
use crate::options::{Key, key_of};
use proc_macro2::Span;
use quote::ToTokens as _;
use syn::Path;

/// What attributes on one function can't have together.
pub(super) fn check_together(layers: &[Layer], errors: &mut Errors) {
    check_rows(layers, errors);
    check_found(layers, errors);
    check_sample(layers, errors);
    check_registry(layers, errors);
    for of_call in [Key::When, Key::Outcome] {
        check_of_call(layers, of_call, errors);
    }
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
            let span = key_of(options.name.as_ref()).or(key_of(options.prefix.as_ref()));
            let span = span.or(key_of(options.operation.as_ref()));
            errors.at(span.unwrap_or(layer.span), message);
        }
        families.push(family);
    }
}

/// A call has one number of rows, whatever counts it.
fn check_rows(layers: &[Layer], errors: &mut Errors) {
    let counts_rows =
        |layer: &&Layer| instruments(layer).any(|instrument| instrument.record.is_of_rows());
    let counting = layers.iter().filter(counts_rows).count();
    let rows = layers.iter().find_map(|layer| layer.options.rows.as_ref());
    if let Some(rows) = rows.filter(|_| counting > 1) {
        let message = "`rows` would apply to every attribute that counts rows here; \
                       leave it away, or one of them";
        errors.at(rows.key, message);
    }
}

/// A call has found something or made something, whoever asks.
fn check_found(layers: &[Layer], errors: &mut Errors) {
    let asks = |layer: &&Layer| {
        instruments(layer)
            .any(|instrument| instrument.record.is_of_hits() || instrument.record.is_of_creation())
    };
    for layer in layers.iter().filter(asks).skip(1) {
        let message = "another attribute of this function asks what it has found or made already; \
                       leave one of them away";
        let span = key_of(layer.options.operation.as_ref());
        errors.at(span.unwrap_or(layer.span), message);
    }
}

/// What is said of the call as a whole is said the same by all attributes that
/// record it: one of them must not decide for the others.
fn check_of_call(layers: &[Layer], of_call: Key, errors: &mut Errors) {
    let concerned =
        |layer: &&Layer| of_call == Key::When || instruments(layer).any(Instrument::is_by_outcome);
    let said = |layer: &Layer| {
        let options = &layer.options;
        let given = if of_call == Key::When {
            &options.when
        } else {
            &options.outcome
        };
        given
            .as_ref()
            .map(|given| (given.key, given.value.to_token_stream().to_string()))
    };
    let said: Vec<_> = layers.iter().filter(concerned).map(said).collect();
    let Some((span, text)) = said.iter().flatten().next() else {
        return;
    };
    let same = |other: &Option<(Span, String)>| other.as_ref().is_some_and(|(_, t)| t == text);
    if !said.iter().all(same) {
        let option = of_call.name();
        let message = format!(
            "`{option}` would apply to every attribute of this function; \
             give all of them the same one"
        );
        errors.at(*span, message);
    }
}

/// A call is timed or it isn't, whatever takes its time.
fn check_sample(layers: &[Layer], errors: &mut Errors) {
    let times =
        |layer: &&Layer| instruments(layer).any(|instrument| instrument.record == Record::Duration);
    let timing = layers.iter().filter(times).count();
    let mut samples = layers
        .iter()
        .filter_map(|layer| layer.options.sample.as_ref());
    if let Some(sample) = samples.next().filter(|_| timing > 1) {
        let message = "`sample` would apply to every attribute that times this function; \
                       leave it away, or the others";
        errors.at(sample.key, message);
    }
    let busy = layers.iter().find_map(|layer| layer.options.busy.as_ref());
    let chance = layers.iter().any(|layer| layer.options.sample.is_some());
    if let Some(busy) = busy.filter(|_| chance) {
        let message = "`busy` needs the duration of every call, which `sample` leaves to chance; \
                       remove one of the two";
        errors.at(busy.key, message);
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
