//! `impl` blocks: the header as written around the expanded items.

use crate::input::ImplBlock;
use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{ToTokens as _, quote};

pub(crate) fn impl_block(block: &ImplBlock, items: &[TokenStream]) -> TokenStream {
    let ImplBlock {
        attributes,
        header,
        inner_attributes,
        ..
    } = block;
    let mut tokens = quote!(#(#attributes)* #header);
    let mut group = Group::new(Delimiter::Brace, quote!(#(#inner_attributes)* #(#items)*));
    group.set_span(block.braces);
    group.to_tokens(&mut tokens);
    tokens
}
