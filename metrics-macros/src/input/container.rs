//! An `impl` block, a trait or an inline module: header and foreign items kept as
//! tokens, functions parsed.

use super::Function;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::discouraged::Speculative as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Token, Visibility, token};

/// What holds functions, in braces.
pub(crate) struct Container {
    pub(crate) attributes: Vec<Attribute>,
    /// Everything before the braces.
    pub(crate) header: TokenStream,
    pub(crate) kind: ContainerKind,
    /// The name that its functions are labelled with: the trait's, or the last
    /// segment of the implementing type's path. `None` for a module, whose path
    /// is a label of its own.
    pub(crate) name: Option<Ident>,
    pub(crate) inner_attributes: Vec<Attribute>,
    pub(crate) items: Vec<ContainerItem>,
    pub(crate) braces: Span,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContainerKind {
    Impl,
    Trait,
    Module,
}

/// An item of a container.
pub(crate) enum ContainerItem {
    Function(Box<Function>),
    /// A function that can't be measured, for it is `const` or has no body, or
    /// anything else. What is nested in it isn't looked at.
    Other(TokenStream),
    /// A function that can't be measured under attributes of ours, which stay to
    /// say so, and have these names.
    Refused(Vec<Ident>, TokenStream),
}

impl ContainerKind {
    /// The kind of container that starts here, after its attributes.
    pub(super) fn of(input: ParseStream<'_>) -> Option<Self> {
        let ahead = input.fork();
        ahead.parse::<Visibility>().ok()?;
        loop {
            let word = ahead.call(Ident::parse_any).ok()?;
            match word.to_string().as_str() {
                "unsafe" | "auto" | "default" | "const" => {}
                "impl" => return Some(Self::Impl),
                "trait" => return Some(Self::Trait),
                "mod" => return Some(Self::Module),
                _ => return None,
            }
        }
    }

    /// The name that functions are labelled with, which all but modules have.
    fn name(self, header: &[TokenTree]) -> syn::Result<Option<Ident>> {
        let name = match self {
            Self::Module => return Ok(None),
            Self::Trait => word_after_trait(header),
            Self::Impl => type_name(header),
        };
        let named = name.ok_or_else(|| {
            let message = "the type of this `impl` block has no name; annotate its methods instead";
            let first = header.first();
            syn::Error::new(first.map_or_else(Span::call_site, TokenTree::span), message)
        });
        named.map(Some)
    }
}

impl Container {
    /// Parses a container whose attributes were read already.
    pub(super) fn parse(
        attributes: Vec<Attribute>,
        kind: ContainerKind,
        input: ParseStream<'_>,
    ) -> syn::Result<Self> {
        // The body is what stands last: `impl Grid<{ 3 + 1 }>` has two pairs of
        // braces.
        let mut header = Vec::new();
        while !input.is_empty() && !is_last(input) {
            header.push(input.parse::<TokenTree>()?);
        }
        let name = kind.name(&header)?;
        if !input.peek(token::Brace) {
            let message = "what stands in another file can't be seen from here; \
                           annotate its functions instead";
            return Err(input.error(message));
        }
        let group: Group = input.parse()?;
        let (inner_attributes, items) = parse_items.parse2(group.stream())?;
        Ok(Self {
            attributes,
            header: header.into_iter().collect(),
            kind,
            name,
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

fn parse_items(input: ParseStream<'_>) -> syn::Result<(Vec<Attribute>, Vec<ContainerItem>)> {
    let inner = input.call(Attribute::parse_inner)?;
    let mut items = Vec::new();
    while !input.is_empty() {
        let attributes = input.call(Attribute::parse_outer)?;
        items.push(parse_item(&attributes, input)?);
    }
    Ok((inner, items))
}

fn parse_item(attributes: &[Attribute], input: ParseStream<'_>) -> syn::Result<ContainerItem> {
    if !Function::starts(input) {
        return Ok(ContainerItem::Other(parse_other(attributes, input)?));
    }
    let ahead = input.fork();
    if let Ok(function) = Function::parse(attributes.to_vec(), &ahead) {
        input.advance_to(&ahead);
        return Ok(ContainerItem::Function(Box::new(function)));
    }
    let ours = attributes
        .iter()
        .filter(|one| super::ours(one, None).is_some());
    let names: Vec<Ident> = ours
        .filter_map(|one| one.path().get_ident().cloned())
        .collect();
    let tokens = parse_other(attributes, input)?;
    Ok(if names.is_empty() {
        ContainerItem::Other(tokens)
    } else {
        ContainerItem::Refused(names, tokens)
    })
}

/// Everything up to the semicolon or the pair of braces that ends an item.
pub(super) fn parse_other(
    attributes: &[Attribute],
    input: ParseStream<'_>,
) -> syn::Result<TokenStream> {
    let mut tokens = quote::quote!(#(#attributes)*);
    let mut angles = Angles::default();
    let ahead = input.fork();
    ahead.parse::<Visibility>()?;
    // An import and a constant's value may hold braces.
    let mut up_to_semicolon = ahead.peek(Token![use]);
    while !input.is_empty() {
        let outside = angles.are_closed();
        let braces = outside && !up_to_semicolon && input.peek(token::Brace);
        let last = braces || input.peek(Token![;]);
        // In angle brackets it is a parameter's default, or an associated type.
        up_to_semicolon |= outside && input.peek(Token![=]);
        let token = input.parse::<TokenTree>()?;
        angles.pass(&token);
        tokens.extend([token]);
        if last {
            break;
        }
    }
    Ok(tokens)
}

/// Angle brackets, which aren't groups of tokens.
#[derive(Default)]
struct Angles {
    depth: usize,
    /// The `>` of `->` closes none.
    after_minus: bool,
}

impl Angles {
    fn are_closed(&self) -> bool {
        self.depth == 0
    }

    fn pass(&mut self, token: &TokenTree) {
        let character = match token {
            TokenTree::Punct(punct) => punct.as_char(),
            _ => ' ',
        };
        match character {
            '<' => self.depth += 1,
            '>' if !self.after_minus => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.after_minus = character == '-';
    }
}

/// The name in `pub unsafe trait Name<…>: … where …`.
fn word_after_trait(header: &[TokenTree]) -> Option<Ident> {
    let is_trait = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "trait");
    let at = header.iter().position(is_trait)?;
    match header.get(at + 1)? {
        TokenTree::Ident(name) => Some(name.clone()),
        TokenTree::Group(group) => first_name(group.stream()),
        _ => None,
    }
}

/// The last path segment of the type in `impl<…> Trait for a::Type<…> where …`,
/// outside of angle brackets.
fn type_name(header: &[TokenTree]) -> Option<Ident> {
    let mut angles = Angles::default();
    let mut name = None;
    let mut tokens = header.iter().peekable();
    while let Some(token) = tokens.next() {
        angles.pass(token);
        let outside = angles.are_closed();
        match token {
            // Further bounds of `dyn Repo + Send`.
            TokenTree::Punct(punct) if punct.as_char() == '+' && outside && name.is_some() => break,
            TokenTree::Ident(ident) if outside => {
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
            TokenTree::Group(group) if outside && group.delimiter() == Delimiter::None => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                name = type_name(&inner).or(name);
            }
            // `impl Trait for (A, B)` and the like: the first name inside.
            TokenTree::Group(group)
                if outside && name.is_none() && group.delimiter() != Delimiter::Brace =>
            {
                name = first_name(group.stream());
            }
            _ => {}
        }
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
    use super::{ContainerItem, ContainerKind, parse_items, type_name, word_after_trait};
    use proc_macro2::{TokenStream, TokenTree};
    use syn::parse::{ParseStream, Parser as _};

    fn header(header: &str) -> Vec<TokenTree> {
        let tokens: TokenStream = header.parse().expect("the header is Rust");
        tokens.into_iter().collect()
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
        for (written, expected) in cases {
            let name = type_name(&header(written)).map(|name| name.to_string());
            assert_eq!(name.as_deref(), Some(expected), "{written}");
        }
    }

    #[test]
    fn the_trait_is_found_in_any_header() {
        for written in [
            "trait Store",
            "pub(crate) unsafe trait Store<'a, T = u8>: Send + Other<Item = T> where T: Copy",
            "pub(in crate::a) auto trait Store",
        ] {
            let name = word_after_trait(&header(written)).map(|name| name.to_string());
            assert_eq!(name.as_deref(), Some("Store"), "{written}");
        }
    }

    #[test]
    fn containers_are_told_from_other_items() {
        let kind = |input: ParseStream<'_>| {
            let kind = ContainerKind::of(input);
            input.parse::<TokenStream>().map(|_| kind)
        };
        for (written, expected) in [
            ("unsafe impl A {}", Some(ContainerKind::Impl)),
            ("pub unsafe auto trait A {}", Some(ContainerKind::Trait)),
            ("pub(crate) mod a {}", Some(ContainerKind::Module)),
            ("unsafe extern \"C\" {}", None),
            ("const unsafe fn a() {}", None),
            ("const A: u8 = 1;", None),
            ("static MOD: u8 = 1;", None),
        ] {
            let found = kind.parse_str(written).expect("it is Rust");
            assert!(found == expected, "{written}");
        }
    }

    #[test]
    fn each_other_item_ends_before_the_next_function() {
        for item in [
            "use a::{b, c::{d}};",
            "pub(crate) use {a, b};",
            "struct A<T = u8> { t: T }",
            "struct A<const N: usize = { 1 + 2 }>;",
            "struct A<T: Iterator<Item = u8>>(T) where T: Copy;",
            "enum A { B = 1, C }",
            "union A { b: u8 }",
            "impl<T: Iterator<Item = u8>> A for B<T> { fn b() {} }",
            "impl A<{ 1 + 2 }> { fn b() {} }",
            "impl<T> A for T where T: Fn(u8) -> Vec<u8> { const B: u8 = 1; }",
            "trait A<T = u8>: B<Item = T> { fn b(); }",
            "mod a { fn b() {} }",
            "const A: u8 = { 1 };",
            "const A: [u8; 1] = B::<{ 1 }>::C[1 << 2..];",
            "static A: fn() -> u8 = || { 1 };",
            "type A<T = u8> = B<T>;",
            "type A: B<C = u8>;",
            "const fn a() -> impl Iterator<Item = u8> { b }",
            "fn a() -> Vec<u8> where Self: Sized;",
            "macro_rules! a { () => { fn b() {} } }",
            "macro_rules! a ( () => { fn b() {} } );",
            "a::b! { fn c() {} }",
            "extern crate a;",
            "unsafe extern \"C\" { fn a(); }",
        ] {
            let written = format!("{item} #[inline] pub fn last() {{}}");
            let (_, items) = parse_items.parse_str(&written).expect("they are items");
            let functions = items.iter().filter_map(|item| match item {
                ContainerItem::Function(function) => Some(function.name()),
                ContainerItem::Other(_) | ContainerItem::Refused(..) => None,
            });
            assert_eq!(functions.collect::<Vec<_>>(), ["last"], "{item}");
            assert_eq!(items.len(), 2, "{item}");
        }
    }
}
