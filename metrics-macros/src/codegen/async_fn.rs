//! Async functions, which stay async: attributes that come after must see the
//! keyword, and the documentation too.

use super::{call_site, returned};
use crate::input::{Function, located_at, mentions_any};
use crate::model::CallSite;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};

/// ```text
/// __site!(…);
/// let (__out, __done) = measured(enter(&__SITE), async move { __returns!(Ret); body }).await;
/// __done.finish(__outcome!(&__out));
/// __out
/// ```
///
/// Where values of labels are evaluated, the call is entered before, since they
/// borrow what the body takes.
pub(super) fn wrapped(function: &Function, site: &CallSite) -> TokenStream {
    let krate = &site.krate;
    let span = Span::mixed_site();
    let declaration = call_site::site(site);
    let enter = call_site::enter(site);
    let finish = call_site::finish(site, &quote_spanned!(Span::mixed_site()=> &__out));
    let body = block(function, site, returned::annotation(function));
    // A borrow that doesn't live long enough is reported where it is returned.
    let out = Ident::new("__out", located_at(returned::span(function)));
    // The one lint that a wrapped body fires and a bare one doesn't.
    let returned = &function.signature.output;
    let futures = ["Future", "BoxFuture", "LocalBoxFuture", "JoinHandle"];
    let yields_future = mentions_any(returned.to_token_stream(), &futures);
    if site.arguments.is_empty() && !yields_future {
        // One expression costs the compiler less than three statements.
        return quote_spanned! {span=>
            #declaration
            let (__out, __done) = #krate::__private::measured(#enter, async move #body).await;
            __done.#finish;
            #out
        };
    }
    let allow = yields_future.then(|| quote!(#[allow(clippy::async_yields_async)]));
    quote_spanned! {span=>
        #declaration
        let __call = #enter;
        #allow
        let __future = async move #body;
        let (__out, __done) = #krate::__private::measured(__call, __future).await;
        __done.#finish;
        #out
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
pub(super) fn block(function: &Function, site: &CallSite, returned: Option<TokenStream>) -> Group {
    let edge = returned.map(|ty| edge(function, site, &ty));
    let mut body = edge.unwrap_or_default();
    body.extend(function.body.clone());
    let mut body = Group::new(Delimiter::Brace, body);
    body.set_span(braces(function));
    body
}

/// The braces of an async body, whose edition says when temporaries at the end are
/// dropped: the user's. Ours where the body has items of its own, since clippy
/// would find the edge before them.
pub(super) fn braces(function: &Function) -> Span {
    const ITEMS: [&str; 12] = [
        "const",
        "enum",
        "extern",
        "fn",
        "impl",
        "macro_rules",
        "mod",
        "static",
        "struct",
        "trait",
        "type",
        "use",
    ];
    let mut tokens = function.body.clone().into_iter();
    let has_items = tokens.any(|token| match token {
        // Once: comparing an identifier makes a string of it.
        TokenTree::Ident(word) => ITEMS.contains(&&*word.to_string()),
        _ => false,
    });
    if has_items {
        located_at(function.braces)
    } else {
        function.braces
    }
}

/// What tells an async block its type. It has the span of the written return
/// type, so that a mismatch points there.
pub(super) fn edge(function: &Function, site: &CallSite, returned: &TokenStream) -> TokenStream {
    let span = located_at(returned::span(function));
    let krate = path_at(site, span);
    quote_spanned!(span=> #krate::__returns!(#returned);)
}

/// The path of the runtime, as if it were written there.
pub(super) fn path_at(site: &CallSite, span: Span) -> TokenStream {
    let tokens = site.krate.to_token_stream().into_iter();
    let there = tokens.map(|mut token| {
        token.set_span(token.span().located_at(span));
        token
    });
    there.collect()
}
