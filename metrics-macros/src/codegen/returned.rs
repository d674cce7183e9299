//! The written return type, as an annotation inside the body.

use crate::input::{Function, located_at};
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote_spanned};
use std::iter::Peekable;
use syn::ReturnType;
use syn::spanned::Spanned as _;

/// The return type with every `impl Trait` left to inference, and `()` where
/// none is written; `None` where nothing is known.
pub(super) fn annotation(function: &Function) -> Option<TokenStream> {
    let ReturnType::Type(_, returned) = &function.signature.output else {
        return Some(quote_spanned!(located_at(span(function))=> ()));
    };
    let inferred = infer_opaque(returned.to_token_stream());
    let text = inferred.to_string();
    (text != "_").then_some(inferred)
}

/// The written output of a returned future: `T` in `Future<Output = T>`.
pub(super) fn output(function: &Function) -> Option<TokenStream> {
    associated(function, "Output")
}

/// The written item of a returned stream: `T` in `Stream<Item = T>`.
pub(super) fn item(function: &Function) -> Option<TokenStream> {
    associated(function, "Item")
}

fn associated(function: &Function, name: &str) -> Option<TokenStream> {
    let written = function.returned()?.to_token_stream();
    find_associated(written, name).map(infer_opaque)
}

/// What follows `name =`, up to the comma or bracket that ends it.
fn find_associated(tokens: TokenStream, name: &str) -> Option<TokenStream> {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                if let Some(found) = find_associated(group.stream(), name) {
                    return Some(found);
                }
            }
            TokenTree::Ident(ident) if ident == name => {
                let equals = tokens.next();
                let equals = matches!(equals, Some(TokenTree::Punct(p)) if p.as_char() == '=');
                return equals.then(|| up_to_end(&mut tokens).into_iter().collect());
            }
            _ => {}
        }
    }
    None
}

/// Takes the tokens of a type, up to the comma or bracket that ends it.
fn up_to_end(tokens: &mut Peekable<impl Iterator<Item = TokenTree>>) -> Vec<TokenTree> {
    let mut taken = Vec::new();
    let mut depth = 0_usize;
    let mut after_minus = false;
    while let Some(next) = tokens.peek() {
        if let TokenTree::Punct(punct) = next {
            match punct.as_char() {
                '<' => depth += 1,
                '>' if after_minus => {}
                ',' | '>' if depth == 0 => break,
                '>' => depth -= 1,
                _ => {}
            }
            after_minus = punct.as_char() == '-';
        } else {
            after_minus = false;
        }
        taken.extend(tokens.next());
    }
    taken
}

/// Where the return type is written.
pub(super) fn span(function: &Function) -> Span {
    match &function.signature.output {
        ReturnType::Type(_, returned) => returned.span(),
        ReturnType::Default => function.signature.ident.span(),
    }
}

/// Puts `_` for `impl Trait + …`, up to the comma or bracket that ends it.
fn infer_opaque(tokens: TokenStream) -> TokenStream {
    let mut inferred = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) if ident == "impl" => {
                inferred.extend([TokenTree::from(Ident::new("_", ident.span()))]);
                up_to_end(&mut tokens);
            }
            TokenTree::Group(group) => {
                let inner = infer_opaque(group.stream());
                let mut replaced = Group::new(group.delimiter(), inner);
                replaced.set_span(group.span());
                inferred.extend([TokenTree::from(replaced)]);
            }
            other => inferred.extend([other]),
        }
    }
    inferred
}

#[cfg(test)]
mod tests {
    use super::infer_opaque;
    use proc_macro2::TokenStream;

    #[test]
    fn opaque_types_are_left_to_inference() {
        let cases = [
            ("impl Iterator<Item = (u8, u8)> + 'a", "_"),
            ("Result<impl Fn(u8) -> Vec<u8>, E>", "Result<_, E>"),
            ("(impl A, Option<impl B<C>>)", "(_, Option<_>)"),
            ("Vec<u8>", "Vec<u8>"),
        ];
        for (written, expected) in cases {
            let tokens: TokenStream = written.parse().expect("the type is Rust");
            let expected: TokenStream = expected.parse().expect("the type is Rust");
            assert_eq!(infer_opaque(tokens).to_string(), expected.to_string());
        }
    }
}
