//! `buckets = [0.01, 0.1, 1.0]`, a series, or native buckets.

use super::native::{Native, parse_native, starts_native};
use super::parse_list;
use super::series::{parse_series, starts_series};
use crate::errors::Errors;
use proc_macro2::Span;
use syn::parse::ParseStream;
use syn::{Lit, Token, bracketed, token};

/// Buckets as written.
#[derive(Clone)]
pub(crate) enum Buckets {
    Listed {
        /// The brackets, or the word that stands for a series.
        span: Span,
        /// Each with its literal's span.
        bounds: Vec<(f64, Span)>,
    },
    Native(Native),
}

/// What the option takes.
pub(super) const TAKES: &str = "a list of numbers or a series: `buckets = [0.01, 0.1, 1.0]`, \
     `exponential(0.01, 2.0, 10)` or `linear(0.1, 0.2, 10)`; or `native`";

/// Whether a value of the option starts here.
pub(super) fn starts(input: ParseStream<'_>) -> bool {
    input.peek(token::Bracket) || starts_native(input) || starts_series(input)
}

/// Reads the value of the option.
pub(super) fn parse_buckets(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Buckets> {
    if starts_native(input) {
        return parse_native(input);
    }
    if starts_series(input) {
        return parse_series(input);
    }
    let content;
    let brackets = bracketed!(content in input);
    parse_list_of_bounds(&content, brackets.span.join(), errors)
}

/// Reads what stands in the parentheses of `#[buckets(…)]`, whose span this is.
pub(crate) fn parse_bounds(
    input: ParseStream<'_>,
    span: Span,
    errors: &mut Errors,
) -> syn::Result<Buckets> {
    let buckets = if starts_native(input) {
        parse_native(input)?
    } else if starts_series(input) {
        parse_series(input)?
    } else {
        return parse_list_of_bounds(input, span, errors);
    };
    input.parse::<Option<Token![,]>>()?;
    if !input.is_empty() {
        let message = match buckets {
            Buckets::Listed { .. } => "a series gives all bounds; remove what follows it",
            Buckets::Native(_) => "`native` gives all buckets; remove what follows it",
        };
        return Err(input.error(message));
    }
    Ok(buckets)
}

fn parse_list_of_bounds(
    input: ParseStream<'_>,
    span: Span,
    errors: &mut Errors,
) -> syn::Result<Buckets> {
    let mut bounds = Vec::new();
    parse_list(input, errors, |_| {
        bounds.push(parse_bound(input)?);
        Ok(())
    })?;
    Ok(Buckets::Listed { span, bounds })
}

pub(super) fn parse_bound(input: ParseStream<'_>) -> syn::Result<(f64, Span)> {
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
