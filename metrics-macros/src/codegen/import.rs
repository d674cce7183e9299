//! Imports of attributes that were absorbed by the outermost.
//!
//! An absorbed attribute is never resolved, so the compiler would call its
//! import unused. It is named once more, on an item that expands to nothing.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

const MARK: &str = "__absorbed";

/// ```text
/// #[counted(__absorbed)]
/// const _: () = ();
/// ```
pub(crate) fn import_marks<'a>(imports: impl IntoIterator<Item = &'a Ident>) -> TokenStream {
    let mark = Ident::new(MARK, Span::mixed_site());
    let marks = imports.into_iter().map(|import| {
        quote_spanned! {Span::mixed_site()=>
            #[#import(#mark)]
            const _: () = ();
        }
    });
    marks.collect()
}

/// Whether an attribute was put there by [`import_marks`].
pub(crate) fn is_import_mark(options: &TokenStream) -> bool {
    let mut tokens = options.clone().into_iter();
    let mark = tokens.next().is_some_and(|token| token.to_string() == MARK);
    mark && tokens.next().is_none()
}
