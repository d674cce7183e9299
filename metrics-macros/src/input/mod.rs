//! The annotated item, parsed as far as it has to be: bodies stay opaque.

mod block;
mod container;
mod function;
mod module;
mod shape;

pub(crate) use block::{Code, parse_block};
pub(crate) use container::{Container, ContainerItem, ContainerKind};
pub(crate) use function::{Function, is_elementary};
pub(crate) use module::{Declaration, Module, ModuleItem, parse_module};
pub(crate) use shape::{BoxedTail, Shape, ends_in_async_block};

use crate::attribute::{self, Attribute};
use crate::errors::Errors;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser as _};
use syn::spanned::Spanned as _;
use syn::{Attribute as SynAttribute, Meta, Path, Visibility};

/// What an attribute may stand on.
pub(crate) enum Item {
    Function(Box<Function>),
    Container(Box<Container>),
}

/// Parses a function, or what holds functions.
pub(crate) fn parse_item(tokens: TokenStream) -> syn::Result<Item> {
    let parser = |input: ParseStream<'_>| {
        let attributes = input.call(SynAttribute::parse_outer)?;
        if let Some(kind) = ContainerKind::of(input) {
            let container = Container::parse(attributes, kind, input)?;
            return Ok(Item::Container(Box::new(container)));
        }
        if !Function::starts(input) {
            return Err(unsupported(input));
        }
        let function = Function::parse(attributes, input)?;
        Ok(Item::Function(Box::new(function)))
    };
    parser.parse2(tokens)
}

/// The error for an item that is neither, on the word that names its kind.
fn unsupported(input: ParseStream<'_>) -> syn::Error {
    let ahead = input.fork();
    let _ = ahead.parse::<Visibility>();
    let message = "only a function, a method, an `impl` block, a trait or an inline module \
                   can be measured; move the attribute to one";
    ahead.error(message)
}

/// One of our attributes that stands on the same item.
pub(crate) struct Absorbed {
    pub(crate) attribute: &'static Attribute,
    pub(crate) options: TokenStream,
    /// Where it stands.
    pub(crate) span: Span,
    /// The name that it was imported under; absorbing it must not leave the
    /// import unused. `None` for the outermost, and for a longer path.
    pub(crate) import: Option<Ident>,
}

/// Takes our attributes out of `attributes`. One under another name isn't
/// seen, and nests; `krate` is the path that an attribute outside gave.
pub(crate) fn absorb(
    attributes: &mut Vec<SynAttribute>,
    krate: Option<&Path>,
    errors: &mut Errors,
) -> Vec<Absorbed> {
    let mut absorbed = Vec::new();
    for candidate in std::mem::take(attributes) {
        let Some(attribute) = ours(&candidate, krate) else {
            attributes.push(candidate);
            continue;
        };
        let span = candidate.path().span();
        let import = candidate.path().get_ident().cloned();
        let options = match candidate.meta {
            Meta::Path(_) => TokenStream::new(),
            Meta::List(list) => list.tokens,
            Meta::NameValue(pair) => {
                let name = attribute.name;
                let message = format!("`{name}` takes its options in parentheses: `#[{name}(…)]`");
                errors.at(pair.eq_token.span, message);
                TokenStream::new()
            }
        };
        absorbed.push(Absorbed {
            attribute,
            options,
            span,
            import,
        });
    }
    absorbed
}

/// The attribute of ours that this is: by its bare name, or by a path whose
/// crate could be ours under any name.
fn ours(candidate: &SynAttribute, krate: Option<&Path>) -> Option<&'static Attribute> {
    let segments = &candidate.path().segments;
    let last = segments.last()?;
    let ours = attribute::ALL
        .iter()
        .find(|known| last.ident == known.name)?;
    let first = segments.first()?;
    let given = krate.and_then(|krate| krate.segments.last());
    let given = given.is_some_and(|last| last.ident == first.ident);
    let by_path = given || first.ident == "metrics_runtime" || first.ident == "metrics_macros";
    (segments.len() == 1 || by_path).then_some(*ours)
}

/// Whether tokens mention this word at any depth.
pub(crate) fn mentions(tokens: TokenStream, word: &str) -> bool {
    mentions_any(tokens, &[word])
}

/// Whether tokens mention one of these words at any depth.
pub(crate) fn mentions_any(tokens: TokenStream, words: &[&str]) -> bool {
    any_token(tokens, &mut |token| match token {
        // Once: comparing an identifier makes a string of it.
        TokenTree::Ident(ident) => words.contains(&&*ident.to_string()),
        _ => false,
    })
}

/// Whether one of the tokens at any depth is such a one; groups aren't asked about.
pub(crate) fn any_token(tokens: TokenStream, is: &mut impl FnMut(&TokenTree) -> bool) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => any_token(group.stream(), is),
        token => is(&token),
    })
}

/// A span for generated tokens that points at the user's token.
pub(crate) fn located_at(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}
