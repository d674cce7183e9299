//! `#[health_check]`.

use crate::input::located_at;
use crate::model::HealthCheck;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

/// Beside the function, which stays as it is; a constant without a name, so that
/// nothing is declared where it stands.
///
/// ```text
/// const _: () = {
///     __health_check!(
///         __CHECK metrics_runtime::global(), "database",
///         Some("readiness"), [Some(500_000_000), None], true,
///         Made::Async(|| boxed(database()))
///     );
/// };
/// ```
pub(crate) fn health_check(check: &HealthCheck) -> TokenStream {
    let span = Span::mixed_site();
    let HealthCheck {
        krate,
        registry,
        name,
        group,
        times,
        critical,
        function,
        is_async,
        returned,
    } = check;
    let registry = registry.as_ref().map_or_else(
        || quote_spanned!(span=> #krate::global()),
        |path| quote_spanned!(span=> &#path),
    );
    let group = option(group.as_ref().map(|group| quote_spanned!(span=> #group)));
    let times = times.map(|nanos| option(nanos.map(|nanos| quote_spanned!(span=> #nanos))));
    let (kind, report) = if *is_async {
        ("Async", "boxed")
    } else {
        ("Blocking", "reported")
    };
    let kind = Ident::new(kind, span);
    // At the type, where it is reported that it doesn't say how a check does.
    let at = located_at(*returned);
    let report = Ident::new(report, at);
    let mut function = function.clone();
    function.set_span(function.span().located_at(*returned));
    let called = quote_spanned!(at=> #krate::health::__private::#report(#function()));
    quote_spanned! {span=>
        const _: () = {
            #krate::__health_check!(
                __CHECK #registry, #name, #group, [#(#times),*], #critical,
                #krate::health::__private::Made::#kind(|| #called)
            );
        };
    }
}

fn option(value: Option<TokenStream>) -> TokenStream {
    let span = Span::mixed_site();
    let some = value.map(|value| quote_spanned!(span=> ::core::option::Option::Some(#value)));
    some.unwrap_or_else(|| quote_spanned!(span=> ::core::option::Option::None))
}
