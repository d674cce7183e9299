//! Functions that return their future instead of being async.

use super::{body_group, call_site, returned};
use crate::input::Function;
use crate::model::CallSite;
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

/// What looks at the output of the future.
fn classify(site: &CallSite) -> TokenStream {
    let reading = call_site::reading(site, &quote_spanned!(Span::mixed_site()=> __out));
    quote_spanned!(Span::mixed_site()=> |__out| #reading)
}

/// ```text
/// __site!(…);
/// let __guard = PlainGuard::new(enter(&__SITE));
/// prefix
/// Box::pin(measured_with(__guard.into_call(), async move { … }, |__out| __reading!(__out)))
/// ```
pub(super) fn boxed_tail(tail: &crate::input::BoxedTail, site: &CallSite) -> TokenStream {
    let krate = &site.krate;
    let crate::input::BoxedTail {
        prefix,
        pin,
        future,
    } = tail;
    let declaration = call_site::site(site);
    let enter = call_site::enter(site);
    let classify = classify(site);
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
    let classify = classify(site);
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
