//! Async functions that return their future instead of staying async, where nobody
//! can tell: half of the compiler's work on an async function is the second future
//! that measuring the first one takes.

use super::{async_fn, call_site, returned};
use crate::attribute::Record;
use crate::input::{Function, is_elementary, located_at, mentions, mentions_any};
use crate::model::CallSite;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::{Attribute, FnArg, Pat, PatIdent, ReceiverKind, ReturnType, Safety, Type, Visibility};

/// ```text
/// fn price(cart: Cart) -> impl Future<Output = Ret> {
///     __site!(…);
///     Awaited { meter: await_timed(&__SITE), told: __told!(Ret), future: async move {
///         let _ = &cart;
///         __returns!(Ret);
///         body
///     } }
/// }
/// ```
///
/// `None` where the function has to stay async: an attribute below may look for the
/// keyword, more is read from what the function is given or returns, or an argument isn't
/// used. Documentation has the function as it was written.
pub(super) fn function(function: &Function, site: &CallSite) -> Option<TokenStream> {
    let arguments = arguments(function)?;
    if !is_outcome_only(site) || !is_plain(function) {
        return None;
    }
    let krate = &site.krate;
    let span = Span::mixed_site();
    // Of the edition of this crate, so that the future captures all lifetimes, and
    // where the type is written.
    let here = located_at(returned::span(function));
    let output = match &function.signature.output {
        ReturnType::Type(_, output) => output.to_token_stream(),
        ReturnType::Default => quote_spanned!(here=> ()),
    };
    let declaration = call_site::site(site);
    let meter = call_site::meter(site);
    let told = match &function.signature.output {
        ReturnType::Type(..) => quote_spanned!(span=> #krate::__told!(#output)),
        ReturnType::Default => quote_spanned!(span=> #krate::__private::ByNothing),
    };
    let mut body = held(function, &arguments)?;
    body.extend(async_fn::block(function, site, returned::annotation(function)).stream());
    let mut block = Group::new(Delimiter::Brace, body);
    block.set_span(async_fn::braces(function));
    // Where the type is written, too: a borrow that doesn't live long enough is reported
    // where it is returned.
    let krate = async_fn::path_at(site, here);
    let mut fields = Group::new(
        Delimiter::Brace,
        quote_spanned!(span=> meter: #meter, told: #told, future: async move #block),
    );
    fields.set_span(here);
    let measured = quote_spanned!(here=> #krate::__private::Awaited #fields);
    let mut measured = Group::new(
        Delimiter::Brace,
        quote_spanned!(span=> #declaration #measured),
    );
    measured.set_span(function.braces);
    let mut head = function.clone();
    head.signature.asyncness = None;
    let future = quote_spanned!(here=> -> impl ::core::future::Future<Output = #output>);
    head.signature.output = syn::parse2(future).ok()?;
    let head = head.head();
    if matches!(function.visibility, Visibility::Inherited) {
        return Some(quote!(#head #measured));
    }
    let written = function.to_item(&TokenStream::new());
    Some(quote_spanned! {span=>
        #[cfg(doc)]
        #written
        #[cfg(not(doc))]
        #head #measured
    })
}

/// Whether a call says its outcome and nothing else, which its type decides.
fn is_outcome_only(site: &CallSite) -> bool {
    let is_query = |record| matches!(record, Record::Queries);
    site.arguments.is_empty()
        && site.returned.is_empty()
        && site.wrappers.is_empty()
        && site.outcome.is_none()
        && site.rows.is_none()
        && site.found.is_none()
        && site.when.is_none()
        && !site.metrics.iter().any(|metric| is_query(metric.record))
}

/// Whether nobody who comes after looks for the keyword, and what the function
/// returns can be named twice.
fn is_plain(function: &Function) -> bool {
    let signature = &function.signature;
    let written = signature.output.to_token_stream();
    // A future of a future is one that a lint is told of.
    let unnamed = [
        "impl",
        "Future",
        "BoxFuture",
        "LocalBoxFuture",
        "JoinHandle",
    ];
    !function.stays_async
        && function.attributes.iter().all(is_inert)
        && function.inner_attributes.is_empty()
        && function.default.is_none()
        && matches!(signature.safety, Safety::Default)
        && signature.abi.is_none()
        && !mentions_any(written, &unnamed)
}

/// Whether an attribute is the compiler's, and means the same on either.
fn is_inert(attribute: &Attribute) -> bool {
    const INERT: [&str; 10] = [
        "allow",
        "cfg",
        "clippy",
        "cold",
        "deny",
        "deprecated",
        "doc",
        "forbid",
        "inline",
        "warn",
    ];
    let first = attribute.path().segments.first();
    first.is_some_and(|first| INERT.iter().any(|inert| first.ident == inert))
}

/// The names of the arguments that the future has to own; `None` if one of them has
/// no simple name.
fn arguments(function: &Function) -> Option<Vec<(&PatIdent, &Type)>> {
    let mut named = Vec::new();
    for input in &function.signature.inputs {
        match input {
            FnArg::Receiver(receiver) => {
                let borrowed = matches!(receiver.kind, ReceiverKind::Reference(..));
                if !borrowed || !receiver.attrs.is_empty() {
                    return None;
                }
            }
            FnArg::Typed(argument) => match &*argument.pat {
                Pat::Ident(name)
                    if name.by_ref.is_none()
                        && name.subpat.is_none()
                        && argument.attrs.is_empty() =>
                {
                    named.push((name, &*argument.ty));
                }
                _ => return None,
            },
        }
    }
    Some(named)
}

/// What makes the future own each argument as a whole, as that of an async function
/// does: a block takes what it mentions, and of a struct only those fields. What is
/// mentioned first is dropped first, and of arguments that is the last.
///
/// `None` where the body doesn't mention one: to be held it would have to be used, and no
/// lint would find it unused.
fn held(function: &Function, arguments: &[(&PatIdent, &Type)]) -> Option<TokenStream> {
    let span = Span::mixed_site();
    let is_used = |name: &PatIdent| mentions(function.body.clone(), &name.ident.to_string());
    if !arguments.iter().all(|(name, _)| is_used(name)) {
        return None;
    }
    let in_parts = arguments.iter().rev().filter(|(_, ty)| !is_elementary(ty));
    let in_parts: Vec<&Ident> = in_parts.map(|(name, _)| &name.ident).collect();
    Some(match &in_parts[..] {
        [] => TokenStream::new(),
        [one] => quote_spanned!(span=> let _ = &#one;),
        all => quote_spanned!(span=> let _ = (#(&#all),*);),
    })
}
