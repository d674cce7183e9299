//! Async functions, which stay async: attributes that come after must see the
//! keyword, and the documentation too.

use super::{call_site, returned};
use crate::input::{Function, located_at, mentions};
use crate::model::CallSite;
use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};

/// ```text
/// __site!(…);
/// let __call = enter(&__SITE);
/// let __future = async move { __returns!(Ret); body };
/// let (__out, __done) = measured(__call, __future).await;
/// __done.finish(__reading!(&__out));
/// __out
/// ```
pub(super) fn wrapped(function: &Function, site: &CallSite) -> TokenStream {
    let krate = &site.krate;
    let span = Span::mixed_site();
    let declaration = call_site::site(site);
    let enter = call_site::enter(site);
    let reading = call_site::reading(site, &quote_spanned!(Span::mixed_site()=> &__out));
    let body = block(function, site, returned::annotation(function));
    // The one lint that a wrapped body fires and a bare one doesn't.
    let returned = &function.signature.output;
    let futures = ["Future", "BoxFuture", "LocalBoxFuture", "JoinHandle"];
    let mut futures = futures.into_iter();
    let yields_future = futures.any(|name| mentions(returned.to_token_stream(), name));
    let allow = yields_future.then(|| quote!(#[allow(clippy::async_yields_async)]));
    quote_spanned! {span=>
        #declaration
        let __call = #enter;
        #allow
        let __future = async move #body;
        let (__out, __done) = #krate::__private::measured(__call, __future).await;
        __done.finish(#reading);
        __out
    }
}

/// ```text
/// __site!(…);
/// let __call = enter(&__SITE);
/// let __future = async move { __returns!(Infallible); body };
/// match measured(__call, __future).await.0 {}
/// ```
///
/// `!` is no type argument on stable Rust, and has no value to look at.
pub(super) fn never_returning(function: &Function, site: &CallSite) -> TokenStream {
    let krate = &site.krate;
    let span = Span::mixed_site();
    let declaration = call_site::site(site);
    let enter = call_site::enter(site);
    let nothing = quote_spanned!(span=> ::core::convert::Infallible);
    let body = block(function, site, Some(nothing));
    quote_spanned! {span=>
        #declaration
        let __call = #enter;
        let __future = async move #body;
        match #krate::__private::measured(__call, __future).await.0 {}
    }
}

/// The body in its braces, told its type.
fn block(function: &Function, site: &CallSite, returned: Option<TokenStream>) -> Group {
    let krate = &site.krate;
    // What tells the block its type has the span of the written return type, so
    // that a mismatch points there.
    let edge = returned.map(|ty| {
        let span = located_at(returned::span(function));
        let krate = krate.to_token_stream().into_iter().map(|mut token| {
            token.set_span(token.span().located_at(span));
            token
        });
        let krate: TokenStream = krate.collect();
        quote_spanned!(span=> #krate::__returns!(#ty);)
    });
    let mut body = edge.unwrap_or_default();
    body.extend(function.body.clone());
    let mut body = Group::new(Delimiter::Brace, body);
    body.set_span(located_at(function.braces));
    body
}
