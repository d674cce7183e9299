//! Expansions, one generator for each shape of function.
//!
//! Everything is spanned `mixed_site`: locals can't collide with the user's,
//! and paths are rooted. Generated code holds no `unsafe` block and no
//! `#[allow]` but one that a future as a return value needs.

mod async_fn;
mod awaited;
mod block;
mod call_site;
mod container;
mod error_label;
mod future_fn;
mod health_check;
mod import;
mod label_value;
mod metrics_mod;
mod returned;
mod stream_fn;
mod sync_fn;

pub(crate) use block::block;
pub(crate) use container::container;
pub(crate) use error_label::error_label;
pub(crate) use health_check::health_check;
pub(crate) use import::{import_marks, import_marks_of_module, is_import_mark};
pub(crate) use label_value::label_value;
pub(crate) use metrics_mod::{handle_fn, metrics_mod};

use crate::input::{Function, Shape};
use crate::model::CallSite;
use proc_macro2::{Delimiter, Group, TokenStream};
use quote::ToTokens;

/// The function, recording what its site says.
pub(crate) fn function(function: &Function, site: &CallSite) -> TokenStream {
    let shape = function.shape();
    if matches!(shape, Shape::Async)
        && let Some(function) = awaited::function(function, site)
    {
        return function;
    }
    let body = match shape {
        Shape::Sync => sync_fn::wrapped(function, site),
        Shape::InPlace => sync_fn::in_place(function, site),
        Shape::Async => async_fn::wrapped(function, site),
        Shape::AsyncNever => async_fn::never_returning(function, site),
        Shape::BoxedTail(tail) => future_fn::boxed_tail(function, &tail, site),
        Shape::Future { boxed } => future_fn::wrapped(function, site, boxed),
        Shape::Stream { boxed } => stream_fn::wrapped(function, site, boxed),
        Shape::AsyncStream { boxed } => stream_fn::made_by_future(function, site, boxed),
    };
    let inner = &function.inner_attributes;
    let mut tokens = function.head();
    let mut group = Group::new(Delimiter::Brace, quote::quote!(#(#inner)* #body));
    // The function's own braces, so that what the compiler says of the body's
    // end still points there.
    group.set_span(function.braces);
    group.to_tokens(&mut tokens);
    tokens
}

/// The user's body in braces of its own, with their span: its edition says when
/// temporaries at the end are dropped.
fn body_group(function: &Function) -> Group {
    let mut group = Group::new(Delimiter::Brace, function.body.clone());
    group.set_span(function.braces);
    group
}
