//! Functions that return their future instead of being async.

use super::{body_group, call_site, returned};
use crate::input::{BoxedTail, Function};
use crate::model::CallSite;
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::quote_spanned;

/// What looks at the output of the future. The written type of the output
/// stands here too, since methods are looked up on it.
fn classify(function: &Function, site: &CallSite) -> TokenStream {
    let span = Span::mixed_site();
    let reading = call_site::reading(site, &quote_spanned!(span=> __out));
    let output = returned::output(function);
    let output = output.map(|output| quote_spanned!(span=> : &#output));
    quote_spanned!(span=> |__out #output| #reading)
}

/// The async block, told the type of its output as the box around it would.
fn typed_block(function: &Function, site: &CallSite, block: &TokenStream) -> TokenStream {
    let Some(output) = returned::output(function) else {
        return block.clone();
    };
    let krate = &site.krate;
    let mut tokens: Vec<TokenTree> = block.clone().into_iter().collect();
    if let Some(TokenTree::Group(body)) = tokens.pop() {
        let span = Span::mixed_site();
        let mut content = quote_spanned!(span=> #krate::__returns!(#output););
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
/// Box::pin(measured_with(__guard.into_call(), async move { … }, |__out| __reading!(__out)))
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
    let classify = classify(function, site);
    let future = typed_block(function, site, future);
    quote_spanned! {Span::mixed_site()=>
        #declaration
        let __guard = #krate::__private::PlainGuard::new(#enter);
        #prefix
        #pin(#krate::__private::measured_with(__guard.into_call(), #future, #classify))
    }
}

/// ```text
/// __site!(…);
/// let __guard = Guard::new(enter(&__SITE));
/// let __future = call(move || -> Ret { body });
/// measured_with(__guard.into_call(), __future, |__out| __reading!(__out))
/// ```
pub(super) fn wrapped(function: &Function, site: &CallSite, boxed: bool) -> TokenStream {
    let krate = &site.krate;
    let span = Span::mixed_site();
    let declaration = call_site::site(site);
    let enter = call_site::enter(site);
    let classify = classify(function, site);
    let returned = returned::annotation(function);
    let returned = returned.map(|ty| quote_spanned!(span=> -> #ty));
    let body = body_group(function);
    let measured = quote_spanned!(span=>
        #krate::__private::measured_with(__guard.into_call(), __future, #classify)
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
