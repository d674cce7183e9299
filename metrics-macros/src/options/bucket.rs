//! `buckets = [0.01, 0.1, 1.0]`

use super::parse_list;
use crate::errors::Errors;
use proc_macro2::Span;
use syn::parse::ParseStream;
use syn::{Lit, Token, bracketed};

/// Bounds as written, each with its literal's span.
#[derive(Clone)]
pub(crate) struct Buckets {
    /// The brackets.
    pub(crate) span: Span,
    pub(crate) bounds: Vec<(f64, Span)>,
}

/// Reads the list in brackets.
pub(super) fn parse_buckets(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Buckets> {
    let content;
    let brackets = bracketed!(content in input);
    parse_bounds(&content, brackets.span.join(), errors)
}

/// Reads the list; `span` is what stands around it.
pub(crate) fn parse_bounds(
    input: ParseStream<'_>,
    span: Span,
    errors: &mut Errors,
) -> syn::Result<Buckets> {
    let mut bounds = Vec::new();
    parse_list(input, errors, |_| {
        bounds.push(parse_bound(input)?);
        Ok(())
    })?;
    Ok(Buckets { span, bounds })
}

fn parse_bound(input: ParseStream<'_>) -> syn::Result<(f64, Span)> {
    let refuse =
        |span| syn::Error::new(span, "a bucket's bound is a number literal, such as `0.25`");
    let start = input.span();
    let negative = input.parse::<Option<Token![-]>>()?.is_some();
    let literal: Lit = input.parse().map_err(|_| refuse(start))?;
    let bound: f64 = match &literal {
        Lit::Float(float) => float.base10_parse()?,
        Lit::Int(int) => int
            .base10_digits()
            .parse()
            .map_err(|_| refuse(int.span()))?,
        other => return Err(refuse(other.span())),
    };
    Ok((if negative { -bound } else { bound }, literal.span()))
}
