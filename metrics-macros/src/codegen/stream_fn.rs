//! Functions that return a stream.

use super::{async_fn, body_group, call_site, returned};
use crate::input::Function;
use crate::model::CallSite;
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

/// ```text
/// measured_stream(call, stream, |__item| __outcome!(__item))
/// ```
fn measured(function: &Function, site: &CallSite, call: &TokenStream, boxed: bool) -> TokenStream {
    let krate = &site.krate;
    let span = Span::mixed_site();
    let item = returned::item(function);
    let item = item.map(|item| quote_spanned!(span=> : &#item));
    let measured = quote_spanned! {span=>
        #krate::__private::measured_stream(
            #call.into_call(),
            __stream,
            |__item #item| #krate::__outcome!(__item),
        )
    };
    if boxed {
        quote_spanned!(span=> ::std::boxed::Box::pin(#measured))
    } else {
        measured
    }
}

/// ```text
/// __site!(…);
/// let __guard = Guard::new(enter(&__SITE));
/// let __stream = call(move || -> Ret { body });
/// measured_stream(__guard.into_call(), __stream, |__item| __outcome!(__item))
/// ```
pub(super) fn wrapped(function: &Function, site: &CallSite, boxed: bool) -> TokenStream {
    let krate = &site.krate;
    let span = Span::mixed_site();
    let declaration = call_site::site(site);
    let enter = call_site::enter(site);
    let returned = returned::annotation(function);
    let returned = returned.map(|ty| quote_spanned!(span=> -> #ty));
    let body = body_group(function);
    let measured = measured(function, site, &quote_spanned!(span=> __guard), boxed);
    quote_spanned! {span=>
        #declaration
        let __guard = #krate::__private::Guard::new(#enter);
        let __stream = #krate::__private::call(move || #returned #body);
        #measured
    }
}

/// ```text
/// __site!(…);
/// let __call = enter(&__SITE);
/// let __future = async move { body };
/// let (__stream, __done) = measured(__call, __future).await;
/// measured_stream(__done.into_call(), __stream, |__item| __outcome!(__item))
/// ```
pub(super) fn made_by_future(function: &Function, site: &CallSite, boxed: bool) -> TokenStream {
    let krate = &site.krate;
    let span = Span::mixed_site();
    let declaration = call_site::site(site);
    let enter = call_site::enter(site);
    let body = async_fn::block(function, site, returned::annotation(function));
    let measured = measured(function, site, &quote_spanned!(span=> __done), boxed);
    quote_spanned! {span=>
        #declaration
        let __call = #enter;
        let __future = async move #body;
        let (__stream, __done) = #krate::__private::measured(__call, __future).await;
        #measured
    }
}
