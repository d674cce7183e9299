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
/// let __future = async move { if false { return never::<Ret>(); } body };
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
    // The dead edge tells the block its type without a lint; its span makes a
    // mismatch point at the written return type.
    let edge = returned::annotation(function).map(|ty| {
        let span = located_at(returned::span(function));
        quote_spanned!(span=> if false { return #krate::__private::never::<#ty>(); })
    });
    let mut body = edge.unwrap_or_default();
    body.extend(function.body.clone());
    let mut body = Group::new(Delimiter::Brace, body);
    body.set_span(located_at(function.braces));
    // The one lint that a wrapped body fires and a bare one doesn't.
    let returned = &function.signature.output;
    let yields_future = mentions(returned.to_token_stream(), "Future");
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
