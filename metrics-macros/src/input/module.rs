//! A `#[metrics]` module: declarations of families among other items.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use syn::parse::discouraged::Speculative as _;
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

/// Parses the module under `#[metrics]`; `None` for one in a file of its own,
/// which the compiler refuses by itself.
pub(crate) fn parse_module(tokens: TokenStream) -> syn::Result<Option<Module>> {
    let parser = |input: ParseStream<'_>| {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        if !input.peek(Token![mod]) {
            return Err(input.error("expected a module: `#[metrics] mod shop { … }`"));
        }
        input.parse::<Token![mod]>()?;
        let name = input.parse()?;
        if input.parse::<Option<Token![;]>>()?.is_some() {
            return Ok(None);
        }
        let group: Group = input.parse()?;
        let (inner_attributes, items) = parse_items.parse2(group.stream())?;
        Ok(Some(Module {
            attributes,
            visibility,
            name,
            inner_attributes,
            items,
            braces: group.span(),
        }))
    };
    parser.parse2(tokens)
}

fn parse_items(input: ParseStream<'_>) -> syn::Result<(Vec<Attribute>, Vec<ModuleItem>)> {
    let inner = input.call(Attribute::parse_inner)?;
    let mut items = Vec::new();
    while !input.is_empty() {
        let attributes = input.call(Attribute::parse_outer)?;
        let ahead = input.fork();
        let declaration = parse_declaration(&ahead).ok();
        if declaration.is_some() {
            input.advance_to(&ahead);
        }
        items.push(match declaration {
            Some((visibility, signature)) => ModuleItem::Declaration(Box::new(Declaration {
                attributes,
                visibility,
                signature,
            })),
            None => ModuleItem::Other(super::container::parse_other(&attributes, input)?),
        });
    }
    Ok((inner, items))
}

fn parse_declaration(input: ParseStream<'_>) -> syn::Result<(Visibility, Signature)> {
    let visibility = input.parse()?;
    let signature = input.parse()?;
    input.parse::<Token![;]>()?;
    Ok((visibility, signature))
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
