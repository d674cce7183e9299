//! A `#[metrics]` module: declarations of families among other items.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Ident, Signature, Token, Visibility};

/// An inline module.
pub(crate) struct Module {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    pub(crate) inner_attributes: Vec<Attribute>,
    pub(crate) items: Vec<ModuleItem>,
    pub(crate) braces: Span,
}

/// An item of a `#[metrics]` module.
pub(crate) enum ModuleItem {
    /// `pub fn orders_total(status: Status) -> Counter;`
    Declaration(Box<Declaration>),
    Other(TokenStream),
}

/// A function without a body: it declares a family.
pub(crate) struct Declaration {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
}

/// Parses the module under `#[metrics]`.
pub(crate) fn parse_module(tokens: TokenStream) -> syn::Result<Module> {
    let parser = |input: ParseStream<'_>| {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        if !input.peek(Token![mod]) {
            return Err(input.error("expected a module: `#[metrics] mod shop { … }`"));
        }
        input.parse::<Token![mod]>()?;
        let name = input.parse()?;
        if input.peek(Token![;]) {
            let message = "a module in a file of its own can't be seen here; \
                           write its declarations in braces";
            return Err(input.error(message));
        }
        let group: Group = input.parse()?;
        let (inner_attributes, items) = parse_items.parse2(group.stream())?;
        Ok(Module {
            attributes,
            visibility,
            name,
            inner_attributes,
            items,
            braces: group.span(),
        })
    };
    parser.parse2(tokens)
}

fn parse_items(input: ParseStream<'_>) -> syn::Result<(Vec<Attribute>, Vec<ModuleItem>)> {
    let inner = input.call(Attribute::parse_inner)?;
    let mut items = Vec::new();
    while !input.is_empty() {
        let attributes = input.call(Attribute::parse_outer)?;
        let declaration = super::parse_ahead(input, |ahead| {
            let visibility = ahead.parse()?;
            let signature = ahead.parse()?;
            ahead.parse::<Token![;]>()?;
            Ok((visibility, signature))
        });
        items.push(match declaration {
            Some((visibility, signature)) => ModuleItem::Declaration(Box::new(Declaration {
                attributes,
                visibility,
                signature,
            })),
            None => ModuleItem::Other(super::impl_block::parse_other(&attributes, input)?),
        });
    }
    Ok((inner, items))
}

impl ModuleItem {
    /// `use super::…`: the user has brought the types of labels in.
    pub(crate) fn uses_super(&self) -> bool {
        let Self::Other(tokens) = self else {
            return false;
        };
        let mut words = tokens.clone().into_iter().filter_map(|token| match token {
            TokenTree::Ident(ident) => Some(ident.to_string()),
            _ => None,
        });
        words.by_ref().any(|word| word == "use") && words.next().as_deref() == Some("super")
    }
}
