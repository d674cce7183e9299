//! What stands in `timed!("name", …)`: a block, a closure or another expression.

use super::Function;
use crate::errors::Errors;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::parse::{Parse as _, ParseStream, Parser as _};
use syn::{ExprClosure, LitStr, Token, Visibility};

/// The arguments of a function-like macro.
pub(crate) struct Block {
    /// The value of the label `function`.
    pub(crate) name: LitStr,
    /// The attribute's options.
    pub(crate) options: TokenStream,
    pub(crate) code: Code,
}

/// What is measured.
pub(crate) enum Code {
    /// `async { … }`
    Async(TokenStream),
    /// `|argument| …`
    Closure(Box<ExprClosure>),
    /// Anything else, such as `{ … }`.
    Expression(TokenStream),
}

impl Code {
    /// Whether it is run by polls.
    pub(crate) fn is_async(&self) -> bool {
        match self {
            Self::Async(_) => true,
            Self::Closure(closure) => {
                closure.asyncness.is_some() || matches!(&*closure.body, syn::Expr::Async(_))
            }
            Self::Expression(_) => false,
        }
    }
}

impl Code {
    /// As it was written.
    pub(crate) fn to_tokens(&self) -> TokenStream {
        match self {
            Self::Async(tokens) | Self::Expression(tokens) => tokens.clone(),
            Self::Closure(closure) => closure.to_token_stream(),
        }
    }
}

impl Function {
    /// A function of the shape that a block has, for what looks at functions.
    pub(crate) fn standing_for(block: &Block) -> Self {
        let asyncness = block.code.is_async().then(|| quote::quote!(async));
        let signature = syn::parse_quote!(#asyncness fn __block());
        Self {
            attributes: Vec::new(),
            visibility: Visibility::Inherited,
            default: None,
            signature,
            inner_attributes: Vec::new(),
            body: TokenStream::new(),
            braces: block.name.span(),
            stays_async: false,
        }
    }
}

/// Reads `"name", option, …, code`.
pub(crate) fn parse_block(tokens: TokenStream, errors: &mut Errors) -> Option<Block> {
    let parser = |input: ParseStream<'_>| {
        let message = "the first argument is the name, a string literal: \
                       `timed!(\"render\", { … })`";
        let name: LitStr = input
            .parse()
            .map_err(|error| syn::Error::new(error.span(), message))?;
        if name.value().trim().is_empty() {
            return Err(syn::Error::new(
                name.span(),
                "the name is empty; say what is measured",
            ));
        }
        let missing = "there is nothing to measure; put a block, a closure or a future \
                       after the name";
        if input.is_empty() {
            return Err(syn::Error::new(name.span(), missing));
        }
        input.parse::<Token![,]>()?;
        let mut options = TokenStream::new();
        let mut rest: Vec<TokenTree> = input.parse::<TokenStream>()?.into_iter().collect();
        while let Some(comma) = end_of_option(&rest) {
            options.extend(rest.drain(..=comma));
        }
        if matches!(rest.last(), Some(TokenTree::Punct(last)) if last.as_char() == ',') {
            rest.pop();
        }
        if rest.is_empty() {
            return Err(syn::Error::new(name.span(), missing));
        }
        let code = parse_code(rest)?;
        Ok(Block {
            name,
            options,
            code,
        })
    };
    errors.keep(parser.parse2(tokens))
}

/// Where the option at the start ends, if there is one: at a comma which
/// something follows. The commas of a closure's arguments are no such.
fn end_of_option(tokens: &[TokenTree]) -> Option<usize> {
    let starts_code = match tokens.first()? {
        TokenTree::Ident(word) => word == "move" || word == "async" || word == "static",
        TokenTree::Punct(punct) => punct.as_char() == '|',
        _ => false,
    };
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ',');
    let comma = tokens.iter().position(is_comma)?;
    // An option is a word by itself, with a value, or with a list in parentheses.
    let is_option = match tokens.get(1)? {
        TokenTree::Punct(punct) => matches!(punct.as_char(), ',' | '='),
        TokenTree::Group(group) => group.delimiter() == Delimiter::Parenthesis && comma == 2,
        _ => false,
    };
    (!starts_code && is_option && comma + 1 < tokens.len()).then_some(comma)
}

fn parse_code(tokens: Vec<TokenTree>) -> syn::Result<Code> {
    let word = |at: usize, word: &str| matches!(tokens.get(at), Some(TokenTree::Ident(ident)) if ident == word);
    let starts_closure = tokens
        .iter()
        .find(|token| !matches!(token, TokenTree::Ident(_)))
        .is_some_and(|token| matches!(token, TokenTree::Punct(p) if p.as_char() == '|'));
    let is_block = matches!(tokens.last(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace);
    let head = usize::from(word(0, "async")) + usize::from(word(1, "move"));
    let is_async = word(0, "async") && is_block && head + 1 == tokens.len();
    let tokens: TokenStream = tokens.into_iter().collect();
    if starts_closure {
        let closure = ExprClosure::parse.parse2(tokens)?;
        return Ok(Code::Closure(Box::new(closure)));
    }
    Ok(if is_async {
        Code::Async(tokens)
    } else {
        Code::Expression(tokens)
    })
}
