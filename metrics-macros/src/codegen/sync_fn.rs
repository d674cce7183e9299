//! Functions that aren't async.

use super::{body_group, call_site, returned};
use crate::input::Function;
use crate::model::CallSite;
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

/// ```text
/// __site!(…);
/// let __guard = Guard::new(enter(&__SITE));
/// let __out = call(move || -> Ret { body });
/// __guard.finish(__outcome!(&__out));
/// __out
/// ```
pub(super) fn wrapped(function: &Function, site: &CallSite) -> TokenStream {
    let krate = &site.krate;
    let span = Span::mixed_site();
    let declaration = call_site::site(site);
    let enter = call_site::enter(site);
    let finish = call_site::finish(site, &quote_spanned!(Span::mixed_site()=> &__out));
    let returned = returned::annotation(function);
    let returned = returned.map(|ty| quote_spanned!(span=> -> #ty));
    let body = body_group(function);
    quote_spanned! {span=>
        #declaration
        let __guard = #krate::__private::Guard::new(#enter);
        let __out = #krate::__private::call(move || #returned #body);
        __guard.#finish;
        __out
    }
}

/// ```text
/// __site!(…);
/// let __guard = PlainGuard::new(enter(&__SITE));
/// body
/// ```
pub(super) fn in_place(function: &Function, site: &CallSite) -> TokenStream {
    let krate = &site.krate;
    let span = Span::mixed_site();
    let declaration = call_site::site(site);
    let enter = call_site::enter(site);
    // In braces of its own: another attribute, unseen, may have put a site of
    // the same name there.
    let body = body_group(function);
    quote_spanned! {span=>
        #declaration
        let __guard = #krate::__private::PlainGuard::new(#enter);
        #body
    }
}
