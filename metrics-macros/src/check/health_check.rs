//! What a health check can't be.

use crate::errors::Errors;
use crate::input::Function;
use crate::options::{Given, Options};
use proc_macro2::Span;
use quote::ToTokens as _;

/// Longest name of a check or a group, in bytes; as the runtime has it.
const LONGEST_NAME: usize = 64;

/// A millisecond and a day, in nanoseconds; as the runtime has them.
const TIMES: std::ops::RangeInclusive<u64> = 1_000_000..=86_400_000_000_000;

/// Checks the options of a health check, and the function that it is to call.
pub(crate) fn check_health_check(options: &Options, function: &Function, errors: &mut Errors) {
    if let Some(skip) = &options.skip {
        let message = "a check is not skipped; remove `#[health_check]` instead";
        errors.at(skip.key, message);
    }
    match &options.name {
        Some(Given { value, .. }) => check_name(&value.value(), value.span(), errors),
        None => check_name(&function.name(), function.signature.ident.span(), errors),
    }
    if let Some(Given { value, .. }) = &options.group {
        check_name(&value.value(), value.span(), errors);
    }
    for given in [&options.timeout, &options.interval].into_iter().flatten() {
        check_time(given, errors);
    }
    check_function(options, function, errors);
}

/// The name is a label and the group stands in a path, so both are short words.
fn check_name(name: &str, span: Span, errors: &mut Errors) {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    if !(1..=LONGEST_NAME).contains(&name.len()) || !name.bytes().all(allowed) {
        let message = format!(
            "`{name}` can't be the name of a check or a group; \
             use 1 to 64 letters, digits, `_`, `-` and `.`"
        );
        errors.at(span, message);
    }
}

/// A check that rests for no time would do nothing else.
fn check_time(given: &Given<u64>, errors: &mut Errors) {
    if !TIMES.contains(&given.value) {
        let message = "the times of a check are 1 ms to 1 day; choose one of those";
        errors.at(given.key, message);
    }
}

/// It is called by itself, in the background.
fn check_function(options: &Options, function: &Function, errors: &mut Errors) {
    let signature = &function.signature;
    if !signature.inputs.is_empty() {
        let message = "a check is called without arguments; \
                       take what it needs from a static, or add the check in code";
        errors.push(syn::Error::new_spanned(&signature.inputs, message));
    }
    if !signature.generics.params.is_empty() {
        let message = "a check is called without parameters; remove them";
        errors.push(syn::Error::new_spanned(&signature.generics, message));
    }
    let mut qualifiers = signature.to_token_stream().into_iter();
    let is_unsafe = |token: &proc_macro2::TokenTree| token.to_string() == "unsafe";
    let before_name = |token: &proc_macro2::TokenTree| token.to_string() != "fn";
    let unsafety = qualifiers.by_ref().take_while(before_name).find(is_unsafe);
    if let Some(unsafety) = unsafety {
        let message = "an `unsafe` function isn't called by itself; call it in a safe one";
        errors.at(unsafety.span(), message);
    }
    if let Some(blocking) = options.blocking.as_ref()
        && signature.asyncness.is_some()
    {
        let message = "`blocking` is for functions that aren't async; remove it";
        errors.at(blocking.key, message);
    }
}
