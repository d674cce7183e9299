//! An `impl` block: header and foreign items kept as tokens, functions parsed.

use super::Function;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Token};

/// An `impl` block.
pub(crate) struct ImplBlock {
    pub(crate) attributes: Vec<Attribute>,
    /// Everything before the braces.
    pub(crate) header: TokenStream,
    /// The last segment of the implementing type's path.
    pub(crate) type_name: Ident,
    pub(crate) inner_attributes: Vec<Attribute>,
    pub(crate) items: Vec<ImplItem>,
    pub(crate) braces: Span,
}

/// An item of an `impl` block.
pub(crate) enum ImplItem {
    Function(Box<Function>),
    /// A constant, a type, a macro call, or a function that can't be measured.
    Other(TokenStream),
}

impl ImplBlock {
    /// Parses a block whose attributes were read already.
    pub(super) fn parse(attributes: Vec<Attribute>, input: ParseStream<'_>) -> syn::Result<Self> {
        // The body is what stands last: `impl Grid<{ 3 + 1 }>` has two pairs of
        // braces.
        let mut header = Vec::new();
        while !input.is_empty() && !is_last(input) {
            header.push(input.parse::<TokenTree>()?);
        }
        let type_name = type_name(&header).ok_or_else(|| {
            let message = "the type of this `impl` block has no name; annotate its methods instead";
            syn::Error::new(
                header.first().map_or_else(Span::call_site, TokenTree::span),
                message,
            )
        })?;
        let group: Group = input.parse()?;
        let (inner_attributes, items) = parse_items.parse2(group.stream())?;
        Ok(Self {
            attributes,
            header: header.into_iter().collect(),
            type_name,
            inner_attributes,
            items,
            braces: group.span(),
        })
    }
}

/// Whether one token is left.
fn is_last(input: ParseStream<'_>) -> bool {
    let rest = input.cursor().token_tree();
    rest.is_some_and(|(_, after)| after.eof())
}

fn parse_items(input: ParseStream<'_>) -> syn::Result<(Vec<Attribute>, Vec<ImplItem>)> {
    let inner = input.call(Attribute::parse_inner)?;
    let mut items = Vec::new();
    while !input.is_empty() {
        let attributes = input.call(Attribute::parse_outer)?;
        if Function::starts(input) {
            let function = Function::parse_or_keep(attributes, input)?;
            items.push(function);
        } else {
            items.push(ImplItem::Other(parse_other(&attributes, input)?));
        }
    }
    Ok((inner, items))
}

impl Function {
    /// A function of a block; a `const fn` is left alone unless it is
    /// annotated itself.
    fn parse_or_keep(attributes: Vec<Attribute>, input: ParseStream<'_>) -> syn::Result<ImplItem> {
        let annotated = attributes
            .iter()
            .any(|attribute| super::ours(attribute, None).is_some());
        let ahead = input.fork();
        match Self::parse(attributes.clone(), &ahead) {
            Err(_) if !annotated => Ok(ImplItem::Other(parse_other(&attributes, input)?)),
            _ => Self::parse(attributes, input).map(|f| ImplItem::Function(Box::new(f))),
        }
    }
}

/// Everything up to a semicolon or a pair of braces.
pub(super) fn parse_other(
    attributes: &[Attribute],
    input: ParseStream<'_>,
) -> syn::Result<TokenStream> {
    let mut tokens = quote::quote!(#(#attributes)*);
    while !input.is_empty() {
        let end = input.peek(Token![;]) || input.peek(syn::token::Brace);
        // A constant's value may be a block; its end is the semicolon.
        let value = input.peek(Token![=]);
        tokens.extend([input.parse::<TokenTree>()?]);
        if value {
            while !input.is_empty() && !input.peek(Token![;]) {
                tokens.extend([input.parse::<TokenTree>()?]);
            }
        } else if end {
            break;
        }
    }
    Ok(tokens)
}

/// The last path segment of the type in `impl<…> Trait for a::Type<…> where …`,
/// outside of angle brackets.
fn type_name(header: &[TokenTree]) -> Option<Ident> {
    let mut depth = 0_usize;
    let mut after_minus = false;
    let mut name = None;
    let mut tokens = header.iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) => {
                match punct.as_char() {
                    '<' => depth += 1,
                    // Further bounds of `dyn Repo + Send`.
                    '+' if depth == 0 && name.is_some() => break,
                    // Not the arrow of `Fn() -> T`.
                    '>' if !after_minus => depth = depth.saturating_sub(1),
                    _ => {}
                }
                after_minus = punct.as_char() == '-';
                continue;
            }
            TokenTree::Ident(ident) if depth == 0 => {
                if ident == "where" {
                    break;
                }
                let higher_ranked = matches!(
                    tokens.peek(),
                    Some(TokenTree::Punct(punct)) if punct.as_char() == '<'
                );
                if ident == "for" && !higher_ranked {
                    name = None;
                } else if !["impl", "unsafe", "dyn", "mut", "for", "const"]
                    .iter()
                    .any(|w| ident == w)
                {
                    name = Some(ident.clone());
                }
            }
            // A type that came through a macro's `$of:ty`.
            TokenTree::Group(group) if depth == 0 && group.delimiter() == Delimiter::None => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                name = type_name(&inner).or(name);
            }
            // `impl Trait for (A, B)` and the like: the first name inside.
            TokenTree::Group(group)
                if depth == 0 && name.is_none() && group.delimiter() != Delimiter::Brace =>
            {
                name = first_name(group.stream());
            }
            _ => {}
        }
        after_minus = false;
    }
    name
}

fn first_name(tokens: TokenStream) -> Option<Ident> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(ident) => Some(ident),
        TokenTree::Group(group) => first_name(group.stream()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::type_name;
    use proc_macro2::{TokenStream, TokenTree};

    fn name(header: &str) -> Option<String> {
        let tokens: TokenStream = header.parse().expect("the header is Rust");
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        type_name(&tokens).map(|name| name.to_string())
    }

    #[test]
    fn the_type_is_found_in_any_header() {
        let cases = [
            ("impl UserRepository", "UserRepository"),
            (
                "impl<T: Clone + Into<u64>> Repo<T> for a::Pg<T> where T: Copy",
                "Pg",
            ),
            ("impl<F: Fn(u8) -> Vec<u8>> Store<F>", "Store"),
            ("impl<'a> Trait for &'a mut b::Users", "Users"),
            ("unsafe impl Send for X", "X"),
            ("impl<F> Trait for F where F: for<'a> Fn(&'a u8) -> u8", "F"),
            ("impl Trait for [Orders]", "Orders"),
            ("impl dyn Repo + Send + Sync", "Repo"),
            ("impl Grid<{ 3 + 1 }>", "Grid"),
        ];
        for (header, expected) in cases {
            assert_eq!(name(header).as_deref(), Some(expected), "{header}");
        }
    }
}
