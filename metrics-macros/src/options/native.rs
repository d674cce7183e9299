//! `buckets = native` and `buckets = native(factor = 1.1, max = 160)`.

use super::bucket::{Buckets, parse_bound};
use super::did_you_mean;
use super::given::{Given, Slot};
use proc_macro2::Span;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Ident, LitInt, Token, token};

/// The buckets of a native histogram.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Native {
    /// The most by which a bound is above the one before.
    pub(crate) factor: f64,
    /// The most buckets that are served.
    pub(crate) max: u32,
}

/// The runtime's defaults, which are those of its `NativeBuckets`.
const DEFAULT: Native = Native {
    factor: 1.1,
    max: 160,
};

const TAKES: &str = "`native` takes a factor and the most buckets, or nothing: \
     `native(factor = 1.1, max = 160)`";

pub(super) fn starts_native(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    ahead
        .call(Ident::parse_any)
        .is_ok_and(|word| word == "native")
}

/// Reads `native`, with or without arguments.
pub(super) fn parse_native(input: ParseStream<'_>) -> syn::Result<Buckets> {
    input.call(Ident::parse_any)?;
    let native = if input.peek(token::Paren) {
        let arguments: proc_macro2::Group = input.parse()?;
        parse_arguments.parse2(arguments.stream())?
    } else {
        DEFAULT
    };
    Ok(Buckets::Native(native))
}

fn parse_arguments(input: ParseStream<'_>) -> syn::Result<Native> {
    let (mut factor, mut max): (Slot<f64>, Slot<u32>) = (None, None);
    while !input.is_empty() {
        let refuse = |span| syn::Error::new(span, TAKES);
        let word = input
            .call(Ident::parse_any)
            .map_err(|_| refuse(input.span()))?;
        let key = word.span();
        input
            .parse::<Token![=]>()
            .map_err(|_| syn::Error::new(key, TAKES))?;
        match &*word.to_string() {
            "factor" => fill(&mut factor, &word, parse_factor(input)?)?,
            "max" => fill(&mut max, &word, parse_max(input)?)?,
            other => {
                let hint = did_you_mean(other, ["factor", "max"]);
                let message =
                    format!("`native` has no `{other}`; {hint}expected one of `factor`, `max`");
                return Err(syn::Error::new(key, message));
            }
        }
        if !input.is_empty() {
            input
                .parse::<Token![,]>()
                .map_err(|_| refuse(input.span()))?;
        }
    }
    Ok(Native {
        factor: factor.map_or(DEFAULT.factor, |given| given.value),
        max: max.map_or(DEFAULT.max, |given| given.value),
    })
}

fn fill<T>(slot: &mut Slot<T>, word: &Ident, value: T) -> syn::Result<()> {
    if slot.is_some() {
        let message = format!("`{word}` stands twice; give it once");
        return Err(syn::Error::new(word.span(), message));
    }
    let key = word.span();
    *slot = Some(Given { key, value });
    Ok(())
}

fn parse_factor(input: ParseStream<'_>) -> syn::Result<f64> {
    let (factor, span) = parse_bound(input)?;
    if factor > 1.0 && factor.is_finite() {
        return Ok(factor);
    }
    let message = "the factor of `native` is above 1; give a greater one, such as `1.1`";
    Err(syn::Error::new(span, message))
}

fn parse_max(input: ParseStream<'_>) -> syn::Result<u32> {
    let span: Span = input.span();
    let max = input.parse().and_then(|max: LitInt| max.base10_parse());
    let message = "how many buckets there are at most is a whole number from 1 to 500";
    let max = max.ok().filter(|max| (1..=500).contains(max));
    max.ok_or_else(|| syn::Error::new(span, message))
}

#[cfg(test)]
mod tests {
    use super::parse_native;
    use crate::options::Buckets;
    use syn::parse::Parser as _;

    fn native(text: &str) -> Option<(f64, u32)> {
        match parse_native.parse_str(text) {
            Ok(Buckets::Native(native)) => Some((native.factor, native.max)),
            _ => None,
        }
    }

    #[test]
    fn what_is_left_out_is_the_default() {
        for (text, expected) in [
            ("native", (1.1, 160)),
            ("native()", (1.1, 160)),
            ("native(factor = 2)", (2.0, 160)),
            ("native(max = 20,)", (1.1, 20)),
            ("native(max = 20, factor = 1.5)", (1.5, 20)),
        ] {
            assert_eq!(native(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn impossible_buckets_are_refused() {
        for text in [
            "native(factor = 1)",
            "native(factor = -2)",
            "native(factor = 1e999)",
            "native(factor = \"2\")",
            "native(factor)",
            "native(2.0)",
            "native(max = 0)",
            "native(max = 1.5)",
            "native(max = 1, max = 2)",
            "native(factor = 2 max = 2)",
            "native(most = 2)",
            "native = 2",
        ] {
            assert_eq!(native(text), None, "{text}");
        }
    }
}
