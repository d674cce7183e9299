//! Functions that return their future instead of being async.

use super::{async_fn, body_group, call_site, returned};
use crate::input::{BoxedTail, Function, ends_in_async_block, located_at};
use crate::model::CallSite;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::quote_spanned;

/// What ends the call with a look at the future's output, whose type is written
/// here where no block was told it, since methods are looked up on it.
fn finish(output: Option<TokenStream>, site: &CallSite) -> TokenStream {
    let span = Span::mixed_site();
    let finish = call_site::finish(site, &quote_spanned!(span=> __out));
    let output = output.map(|output| quote_spanned!(span=> : &#output));
    quote_spanned!(span=> |__out #output, __done| __done.#finish)
}

/// The tokens, which end in an async block, with that told the type of its output
/// as the function's return type would.
fn typed_block(function: &Function, site: &CallSite, block: &TokenStream) -> TokenStream {
    let Some(output) = returned::output(function) else {
        return block.clone();
    };
    let mut tokens: Vec<TokenTree> = block.clone().into_iter().collect();
    if let Some(TokenTree::Group(body)) = tokens.pop() {
        let mut content = async_fn::edge(function, site, &output);
        content.extend(body.stream());
        let mut typed = Group::new(Delimiter::Brace, content);
        typed.set_span(body.span());
        tokens.push(TokenTree::from(typed));
    }
    tokens.into_iter().collect()
}

/// ```text
/// __site!(…);
/// let __guard = PlainGuard::new(enter(&__SITE));
/// prefix
/// Box::pin(measured_with(__guard.into_call(), async move { … }, |__out, __done| …))
/// ```
pub(super) fn boxed_tail(function: &Function, tail: &BoxedTail, site: &CallSite) -> TokenStream {
    let krate = &site.krate;
    let BoxedTail {
        prefix,
        pin,
        future,
    } = tail;
    let declaration = call_site::site(site);
    let enter = call_site::enter(site);
    let finish = finish(None, site);
    let future = typed_block(function, site, future);
    quote_spanned! {Span::mixed_site()=>
        #declaration
        let __guard = #krate::__private::PlainGuard::new(#enter);
        #prefix
        #pin(#krate::__private::measured_with(__guard.into_call(), #future, #finish))
    }
}

/// ```text
/// __site!(…);
/// let __guard = Guard::new(enter(&__SITE));
/// let __future = call(move || -> Ret { body });
/// measured_with(__guard.into_call(), __future, |__out: &Output, __done| …)
/// ```
///
/// A body that ends in `async { … }` is told its output there.
pub(super) fn wrapped(function: &Function, site: &CallSite, boxed: bool) -> TokenStream {
    let krate = &site.krate;
    let span = Span::mixed_site();
    let declaration = call_site::site(site);
    let enter = call_site::enter(site);
    let returned = returned::annotation(function);
    let returned = returned.map(|ty| quote_spanned!(span=> -> #ty));
    let mut body = body_group(function);
    let told = !boxed && ends_in_async_block(&function.body);
    if told {
        let typed = typed_block(function, site, &function.body);
        let mut group = Group::new(Delimiter::Brace, typed);
        group.set_span(body.span());
        body = group;
    }
    let finish = finish(returned::output(function).filter(|_| !told), site);
    // What is no future is reported where one is written.
    let future = Ident::new("__future", located_at(returned::span(function)));
    let measured = quote_spanned!(span=>
        #krate::__private::measured_with(__guard.into_call(), #future, #finish)
    );
    let measured = if boxed {
        quote_spanned!(span=> ::std::boxed::Box::pin(#measured))
    } else {
        measured
    };
    quote_spanned! {span=>
        #declaration
        let __guard = #krate::__private::Guard::new(#enter);
        let __future = #krate::__private::call(move || #returned #body);
        #measured
    }
}
