//! What holds functions: the header as written around the expanded items.

use crate::input::Container;
use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{ToTokens as _, quote};

/// The container with these items instead of its own.
pub(crate) fn container(container: &Container, items: &[TokenStream]) -> TokenStream {
    let Container {
        attributes,
        header,
        inner_attributes,
        ..
    } = container;
    let mut tokens = quote!(#(#attributes)* #header);
    let mut group = Group::new(Delimiter::Brace, quote!(#(#inner_attributes)* #(#items)*));
    group.set_span(container.braces);
    group.to_tokens(&mut tokens);
    tokens
}
