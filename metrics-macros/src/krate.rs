//! The path of the runtime crate.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Path;

/// Where the runtime is found: `crate = path`, else `::metrics_runtime`.
#[derive(Clone, Default)]
pub(crate) struct Krate(Option<Path>);

impl From<Option<Path>> for Krate {
    fn from(path: Option<Path>) -> Self {
        Self(path)
    }
}

impl ToTokens for Krate {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match &self.0 {
            Some(path) => path.to_tokens(tokens),
            None => tokens.extend(quote_spanned!(Span::mixed_site()=> ::metrics_runtime)),
        }
    }
}
