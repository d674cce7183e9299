//! `buckets = exponential(0.001, 2.0, 10)` and `buckets = linear(1.0, 0.5, 8)`,
//! whose bounds are reckoned here.

use super::bucket::{Buckets, parse_bound};
use super::did_you_mean;
use proc_macro2::{Group, Span};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Ident, LitInt, Token, token};

/// How the bounds follow from the first one.
#[derive(Clone, Copy)]
enum Series {
    Exponential,
    Linear,
}

/// The most bounds of a histogram.
const MOST: u32 = 500;

impl Series {
    const ALL: [(&'static str, Self); 2] =
        [("exponential", Self::Exponential), ("linear", Self::Linear)];

    /// Each bound is reckoned from the first one, so that no error adds up.
    fn bound(self, start: f64, step: f64, index: u32) -> f64 {
        shortened(match self {
            // `powi` may be less precise.
            Self::Exponential => start * step.powf(f64::from(index)),
            Self::Linear => step.mul_add(f64::from(index), start),
        })
    }

    /// The first bound and the step are such that bounds rise.
    fn check(self, start: (f64, Span), step: (f64, Span)) -> syn::Result<()> {
        let (message, span) = match self {
            Self::Exponential if start.0 <= 0.0 => {
                ("`exponential` starts above 0; give a greater one", start.1)
            }
            Self::Exponential if step.0 <= 1.0 => {
                let message = "the factor of `exponential` is above 1; give a greater one";
                (message, step.1)
            }
            Self::Linear if step.0 <= 0.0 => {
                let message = "the width of `linear` is above 0; give a greater one";
                (message, step.1)
            }
            _ => return Ok(()),
        };
        Err(syn::Error::new(span, message))
    }
}

/// The number with 15 digits, which are those that are certain, so that
/// 0.1 + 0.2 is 0.3. Whole numbers are exact as they are.
fn shortened(bound: f64) -> f64 {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if bound.fract() == 0.0 && bound.abs() < EXACT {
        return bound;
    }
    let text = format!("{bound:.14e}");
    text.parse().expect("a number was written")
}

pub(super) fn starts_series(input: ParseStream<'_>) -> bool {
    input.peek(Ident::peek_any) && input.peek2(token::Paren)
}

/// Reads `exponential(start, factor, count)` or `linear(start, width, count)`.
pub(super) fn parse_series(input: ParseStream<'_>) -> syn::Result<Buckets> {
    let name = input.call(Ident::parse_any)?;
    let group: Group = input.parse()?;
    let known = Series::ALL.iter().find(|(known, _)| name == known);
    let Some(&(_, series)) = known else {
        let hint = did_you_mean(&name.to_string(), Series::ALL.map(|(known, _)| known));
        let message =
            format!("unknown series `{name}`; {hint}expected one of `exponential`, `linear`");
        return Err(syn::Error::new(name.span(), message));
    };
    let parser = |input: ParseStream<'_>| parse_arguments(input, group.span(), series);
    let (start, step, count) = parser.parse2(group.stream())?;
    series.check(start, step)?;
    let bounds = (0..count).map(|index| series.bound(start.0, step.0, index));
    let bounds: Vec<f64> = bounds.collect();
    if bounds.iter().any(|bound| !bound.is_finite()) {
        let message = "the last bound of this series is infinite; give a smaller step, or fewer";
        return Err(syn::Error::new(step.1, message));
    }
    if bounds.windows(2).any(|pair| pair[0] >= pair[1]) {
        let message = "the bounds of this series are too close to differ; give a greater step";
        return Err(syn::Error::new(step.1, message));
    }
    let span = name.span();
    let bounds = bounds.into_iter().map(|bound| (bound, span)).collect();
    Ok(Buckets::Listed { span, bounds })
}

/// The first bound, the step between them, and how many there are.
type Arguments = ((f64, Span), (f64, Span), u32);

/// Reads the arguments, which stand in parentheses of this span.
fn parse_arguments(input: ParseStream<'_>, span: Span, series: Series) -> syn::Result<Arguments> {
    let takes = match series {
        Series::Exponential => "three numbers: `exponential(start, factor, count)`",
        Series::Linear => "three numbers: `linear(start, width, count)`",
    };
    let refuse = |input: ParseStream<'_>| {
        let span = if input.is_empty() { span } else { input.span() };
        syn::Error::new(span, format!("the series takes {takes}"))
    };
    let number = || {
        if input.is_empty() {
            return Err(refuse(input));
        }
        let number = parse_bound(input)?;
        input.parse::<Token![,]>().map_err(|_| refuse(input))?;
        Ok(number)
    };
    let (start, step) = (number()?, number()?);
    if input.is_empty() {
        return Err(refuse(input));
    }
    let count = parse_count(input)?;
    input.parse::<Option<Token![,]>>()?;
    if !input.is_empty() {
        return Err(refuse(input));
    }
    Ok((start, step, count))
}

fn parse_count(input: ParseStream<'_>) -> syn::Result<u32> {
    let span = input.span();
    let count = input.parse().and_then(|count: LitInt| count.base10_parse());
    let count = count.ok().filter(|count| (1..=MOST).contains(count));
    let message = "how many bounds there are is a whole number from 1 to 500";
    count.ok_or_else(|| syn::Error::new(span, message))
}

#[cfg(test)]
mod tests {
    use super::{Buckets, parse_series};
    use syn::parse::Parser as _;

    fn bounds(series: &str) -> Result<Vec<f64>, String> {
        let buckets = parse_series.parse_str(series);
        let buckets = buckets.map_err(|error| error.to_string())?;
        let Buckets::Listed { bounds, .. } = buckets else {
            return Err("it isn't a list".to_owned());
        };
        Ok(bounds.into_iter().map(|(bound, _)| bound).collect())
    }

    #[test]
    fn bounds_are_those_that_one_would_write() {
        let cases: [(&str, &[f64]); 8] = [
            ("linear(0.1, 0.1, 7)", &[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]),
            ("linear(-1, 0.5, 3,)", &[-1.0, -0.5, 0.0]),
            ("linear(5, 1, 1)", &[5.0]),
            ("exponential(0.001, 10, 5)", &[0.001, 0.01, 0.1, 1.0, 10.0]),
            ("exponential(0.1, 3.0, 4)", &[0.1, 0.3, 0.9, 2.7]),
            ("exponential(1, 1.1, 4)", &[1.0, 1.1, 1.21, 1.331]),
            ("exponential(1024, 2, 3)", &[1024.0, 2048.0, 4096.0]),
            ("exponential(1e-9, 10, 3)", &[1e-9, 1e-8, 1e-7]),
        ];
        for (series, expected) in cases {
            assert_eq!(bounds(series).as_deref(), Ok(expected), "{series}");
        }
    }

    #[test]
    fn the_last_bound_is_as_precise_as_the_first() {
        let decades = bounds("exponential(1e-150, 10, 300)").expect("it is sound");
        for (bound, power) in decades.iter().zip(-150..) {
            let expected: f64 = format!("1e{power}").parse().expect("a number was written");
            assert_eq!(bound.to_bits(), expected.to_bits(), "{bound}");
        }
        let tenths = bounds("linear(0.1, 0.1, 500)").expect("it is sound");
        for (bound, tenth) in tenths.iter().zip(1_u16..) {
            let expected = f64::from(tenth) / 10.0;
            assert_eq!(bound.to_bits(), expected.to_bits(), "{bound}");
        }
        let powers = bounds("exponential(1, 2, 53)").expect("it is sound");
        assert_eq!(powers.last(), Some(&4_503_599_627_370_496.0));
    }

    #[test]
    fn series_that_do_not_rise_are_refused() {
        let cases = [
            "exponential(0, 2, 3)",
            "exponential(1, 1, 3)",
            "exponential(1, -2, 3)",
            "exponential(1, 1e300, 3)",
            "exponential(1, 1.0000000000000002, 3)",
            "linear(1, 0, 3)",
            "linear(1e20, 1, 3)",
            "linear(1, 1, 0)",
            "linear(1, 1, 501)",
            "linear(1, 1, 2.0)",
            "linear(1, 1, -2)",
            "linear(1, 1)",
            "linear(1, 1,)",
            "linear(1, 1, 2, 3)",
            "linear(1 1 2)",
            "linear()",
            "geometric(1, 2, 3)",
        ];
        for series in cases {
            assert!(bounds(series).is_err(), "{series}");
        }
    }
}
