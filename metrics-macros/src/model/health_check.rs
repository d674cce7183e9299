//! The function under `#[health_check]`, decided.

use crate::input::Function;
use crate::krate::Krate;
use crate::options::Options;
use proc_macro2::{Ident, Span};
use syn::Path;
use syn::spanned::Spanned;

/// A function that is called in the background.
pub(crate) struct HealthCheck {
    pub(crate) krate: Krate,
    /// The static, if it isn't the global one.
    pub(crate) registry: Option<Path>,
    pub(crate) name: String,
    pub(crate) group: Option<String>,
    /// Timeout and interval in nanoseconds, if they aren't the runtime's.
    pub(crate) times: [Option<u64>; 2],
    pub(crate) critical: bool,
    pub(crate) function: Ident,
    pub(crate) is_async: bool,
    /// Where it says what it returns.
    pub(crate) returned: Span,
}

/// Decides how a function is called.
pub(crate) fn build_health_check(function: &Function, options: Options) -> HealthCheck {
    let name = options.name.map(|given| given.value.value());
    let ident = &function.signature.ident;
    HealthCheck {
        krate: Krate::from(options.krate.map(|given| given.value)),
        registry: options.registry.map(|given| given.value),
        name: name.unwrap_or_else(|| function.name()),
        group: options.group.map(|given| given.value.value()),
        times: [options.timeout, options.interval].map(|given| given.map(|given| given.value)),
        critical: options.critical.is_none_or(|given| given.value),
        function: ident.clone(),
        is_async: function.signature.asyncness.is_some(),
        returned: function.returned().map_or(ident.span(), Spanned::span),
    }
}
