//! Imports of attributes that were absorbed by the outermost.
//!
//! An absorbed attribute is never resolved, so the compiler would call its
//! import unused. It is named once more, on an item that expands to nothing.

use crate::krate::Krate;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use std::collections::BTreeSet;

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

/// The marks of what was absorbed inside of an annotated module, which stand at
/// its end. Nothing has to be imported there for an attribute to be absorbed, so
/// that the name may be unknown, and it isn't told by tokens what `use super::*`
/// brings in: an import of ours resolves it then, which as a glob gives way to
/// the user's, and after another glob isn't looked at.
///
/// ```text
/// #[counted(__absorbed)]
/// const _: () = ();
/// use ::metrics_runtime::__private::attribute::*;
/// ```
pub(crate) fn import_marks_of_module(imports: &BTreeSet<Ident>, krate: &Krate) -> TokenStream {
    if imports.is_empty() {
        return TokenStream::new();
    }
    let marks = import_marks(imports);
    quote_spanned! {Span::mixed_site()=>
        #marks
        use #krate::__private::attribute::*;
    }
}

/// Whether an attribute was put there by [`import_marks`].
pub(crate) fn is_import_mark(options: &TokenStream) -> bool {
    let mut tokens = options.clone().into_iter();
    let mark = tokens.next().is_some_and(|token| token.to_string() == MARK);
    mark && tokens.next().is_none()
}
