//! All errors of one expansion, reported at once.

use proc_macro2::{Span, TokenStream};
use std::fmt::Display;

/// Collects errors; must be asked for them before it goes away.
#[derive(Default)]
pub(crate) struct Errors {
    found: Option<syn::Error>,
}

impl Errors {
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.found {
            Some(found) => found.combine(error),
            None => self.found = Some(error),
        }
    }

    /// Adds an error at the token that the user must change.
    pub(crate) fn at(&mut self, span: Span, message: impl Display) {
        self.push(syn::Error::new(span, message));
    }

    /// The value, or its error put to the others.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_none()
    }

    /// The errors as `compile_error!` items.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.found
            .map(|found| found.to_compile_error())
            .unwrap_or_default()
    }
}
