//! Blocks, closures and other expressions.

use super::call_site;
use crate::input::Code;
use crate::model::CallSite;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote_spanned};
use syn::{Expr, ExprClosure, ReturnType};

pub(crate) fn block(code: &Code, site: &CallSite) -> TokenStream {
    let declaration = call_site::site(site);
    let measured = match code {
        Code::Async(future) => of_future(future, site),
        Code::Expression(expression) => of_expression(expression, &ReturnType::Default, site),
        Code::Closure(closure) => of_closure(closure, site),
    };
    quote_spanned!(Span::mixed_site()=> { #declaration #measured })
}

/// ```text
/// measured_with(enter(&__SITE), async { … }, |__out, __done| …)
/// ```
fn of_future(future: &TokenStream, site: &CallSite) -> TokenStream {
    let krate = &site.krate;
    let span = Span::mixed_site();
    let enter = call_site::enter(site);
    let finish = call_site::finish(site, &quote_spanned!(span=> __out));
    quote_spanned! {span=>
        #krate::__private::measured_with(
            #enter,
            #future,
            |__out, __done| __done.#finish,
        )
    }
}

/// ```text
/// measured_call(enter(&__SITE), || expression, |__out, __guard| …)
/// ```
fn of_expression(expression: &TokenStream, returned: &ReturnType, site: &CallSite) -> TokenStream {
    let krate = &site.krate;
    let span = Span::mixed_site();
    let enter = call_site::enter(site);
    let finish = call_site::finish(site, &quote_spanned!(span=> __out));
    quote_spanned! {span=>
        #krate::__private::measured_call(
            #enter,
            || #returned #expression,
            |__out, __guard| __guard.#finish,
        )
    }
}

/// ```text
/// move |argument| { measured_call(…, || body, …) }
/// async |argument| measured_with(…, async { body }, …).await
/// |argument| measured_with(…, async move { … }, …)
/// ```
fn of_closure(closure: &ExprClosure, site: &CallSite) -> TokenStream {
    let span = Span::mixed_site();
    let body = closure.body.to_token_stream();
    let measured = match &*closure.body {
        _ if closure.asyncness.is_some() => {
            let future = of_future(&quote_spanned!(span=> async { #body }), site);
            quote_spanned!(span=> #future.await)
        }
        Expr::Async(_) => of_future(&body, site),
        _ => of_expression(&body, &closure.output, site),
    };
    let mut closure = closure.clone();
    closure.body = Box::new(Expr::Verbatim(quote_spanned!(span=> { #measured })));
    closure.into_token_stream()
}
