//! Options of an attribute, parsed and checked for what one option alone can
//! get wrong: unknown, duplicate, missing or malformed.

mod bucket;
mod case;
mod derive;
mod duration;
mod given;
mod label;
mod native;
mod nearest;
mod sample;
mod series;

pub(crate) use bucket::{Buckets, parse_bounds};
pub(crate) use case::Case;
pub(crate) use derive::{LabelKey, Labelling, parse_label_options};
pub(crate) use given::{Given, Key, Options, Slot, key_of};
pub(crate) use label::{LabelOption, LabelValue};
pub(crate) use native::Native;
pub(crate) use nearest::did_you_mean;
pub(crate) use sample::Share;

use crate::attribute::{self, Attribute};
use crate::errors::Errors;
use given::COMMON;
use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, Ident, Lit, LitBool, LitStr, Path, Token, token};

/// Parses the options of an attribute; what is wrong goes to `errors`, and the
/// rest is still read.
pub(crate) fn parse_options(
    attribute: &'static Attribute,
    tokens: TokenStream,
    errors: &mut Errors,
) -> Options {
    let mut options = Options::default();
    let parser = |input: ParseStream<'_>| {
        parse_list(input, errors, |errors| {
            parse_option(attribute, &mut options, input, errors)?;
            options.written += 1;
            Ok(())
        })
    };
    let parsed = parser.parse2(tokens);
    errors.keep(parsed);
    options
}

/// Reads what stands between commas; what is wrong goes to `errors`, and the
/// rest is still read.
fn parse_list(
    input: ParseStream<'_>,
    errors: &mut Errors,
    mut parse_part: impl FnMut(&mut Errors) -> syn::Result<()>,
) -> syn::Result<()> {
    while !input.is_empty() {
        let mut parsed = parse_part(errors);
        if parsed.is_ok() && !at_end(input) {
            let message = "expected `,`; options, labels and bounds are separated by commas";
            parsed = Err(input.error(message));
        }
        if errors.keep(parsed).is_none() {
            skip_to_comma(input)?;
        }
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(())
}

/// Whether nothing more belongs to this option, label or bound.
fn at_end(input: ParseStream<'_>) -> bool {
    input.is_empty() || input.peek(Token![,])
}

/// Leaves what follows a mistake, so that the next option is still read.
fn skip_to_comma(input: ParseStream<'_>) -> syn::Result<()> {
    while !at_end(input) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}

fn parse_option(
    attribute: &'static Attribute,
    options: &mut Options,
    input: ParseStream<'_>,
    errors: &mut Errors,
) -> syn::Result<()> {
    if !input.peek(Ident::peek_any) {
        let expected = expected(attribute);
        return Err(input.error(format!("an option is a word; expected one of {expected}")));
    }
    let key = input.call(Ident::parse_any)?;
    let word = key.to_string();
    let span = key.span();
    if let Some(&operation) = attribute.operations.iter().find(|known| **known == word) {
        if let Some(first) = &options.operation {
            let first = first.value;
            let message = format!("the operation is `{first}` already; give one operation only");
            return Err(syn::Error::new(span, message));
        }
        return fill(&mut options.operation, span, &word, || {
            no_value(input, &word).map(|()| operation)
        });
    }
    if word == "skip" {
        return fill(&mut options.skip, span, &word, || no_value(input, &word));
    }
    if let Some(known) = attribute.texts.iter().find(|text| text.name == word) {
        let given = value_of_text(input, &key)?;
        if options.text(known.name).is_some() {
            return Err(duplicate(span, &word));
        }
        let given = Given {
            key: span,
            value: given,
        };
        options.texts.push((known.name, given));
        return Ok(());
    }
    let accepted = |key: &&Key| COMMON.contains(key) || attribute.options.contains(key);
    let known = Key::ALL
        .iter()
        .filter(accepted)
        .find(|key| key.name() == word);
    let Some(&known) = known else {
        return Err(syn::Error::new(span, not_taken(attribute, &word)));
    };
    parse_known(known, &key, options, input, errors)
}

/// Reads the value of a known option.
fn parse_known(
    known: Key,
    key: &Ident,
    options: &mut Options,
    input: ParseStream<'_>,
    errors: &mut Errors,
) -> syn::Result<()> {
    let (word, span) = (known.name(), key.span());
    match known {
        Key::Age => fill(&mut options.age, span, word, || no_value(input, word)),
        Key::Blocking => fill(&mut options.blocking, span, word, || no_value(input, word)),
        Key::Buckets => fill(&mut options.buckets, span, word, || {
            value(input, key, bucket::TAKES, bucket::starts, || {
                bucket::parse_buckets(input, errors)
            })
        }),
        Key::Busy => fill(&mut options.busy, span, word, || no_value(input, word)),
        Key::Crate => fill(&mut options.krate, span, word, || krate(input, key)),
        Key::Created => fill(&mut options.created, span, word, || {
            expression(
                input,
                key,
                "a closure: `created = |ret| matches!(ret, Ok(true))`",
            )
        }),
        Key::Critical => fill(&mut options.critical, span, word, || {
            let starts = |input: ParseStream<'_>| input.peek(LitBool);
            let value: LitBool = value(input, key, "`true` or `false`", starts, || input.parse())?;
            Ok(value.value)
        }),
        Key::Error => fill(&mut options.error, span, word, || {
            if at_end(input) {
                return Ok(None);
            }
            let takes = "a closure, or no value for the label of the error itself: \
                         `error = |error| error.code()`";
            expression(input, key, takes).map(Some)
        }),
        Key::Group => fill(&mut options.group, span, word, || value_of_text(input, key)),
        Key::Help => fill(&mut options.help, span, word, || value_of_text(input, key)),
        Key::Hit => fill(&mut options.hit, span, word, || {
            expression(input, key, "a closure: `hit = |value| !value.is_empty()`")
        }),
        Key::Interval => fill(&mut options.interval, span, word, || time(input, key)),
        Key::Labels => fill(&mut options.labels, span, word, || {
            label::parse_labels(input, key, errors)
        }),
        Key::Name => fill(&mut options.name, span, word, || value_of_text(input, key)),
        Key::Outcome => fill(&mut options.outcome, span, word, || {
            let takes = "a closure: `outcome = |ret| if ret.is_good() \
                         { Outcome::Ok } else { Outcome::Error }`";
            expression(input, key, takes)
        }),
        Key::Prefix => fill(&mut options.prefix, span, word, || {
            value_of_text(input, key)
        }),
        Key::Registry => fill(&mut options.registry, span, word, || {
            path(
                input,
                key,
                "the path of a static: `registry = crate::METRICS`",
            )
        }),
        Key::Rows => fill(&mut options.rows, span, word, || {
            expression(input, key, "a closure: `rows = |list| list.len()`")
        }),
        Key::Sample => fill(&mut options.sample, span, word, || {
            let takes = "the share of calls that are timed: `sample = 0.01`";
            let starts = |input: ParseStream<'_>| input.peek(Lit) || input.peek(Token![-]);
            value(input, key, takes, starts, || sample::parse_share(input))
        }),
        Key::Slow => fill(&mut options.slow, span, word, || time(input, key)),
        Key::Stream => fill(&mut options.stream, span, word, || no_value(input, word)),
        Key::Timeout => fill(&mut options.timeout, span, word, || time(input, key)),
        Key::When => fill(&mut options.when, span, word, || {
            expression(input, key, "a condition: `when = !user.is_robot`")
        }),
    }
}

/// Sets an option that is given for the first time.
fn fill<T>(
    slot: &mut Slot<T>,
    key: Span,
    name: &str,
    value: impl FnOnce() -> syn::Result<T>,
) -> syn::Result<()> {
    let value = value()?;
    if slot.is_some() {
        return Err(duplicate(key, name));
    }
    *slot = Some(Given { key, value });
    Ok(())
}

fn duplicate(key: Span, name: &str) -> syn::Error {
    syn::Error::new(key, format!("duplicate option `{name}`; give it once"))
}

/// Reads `= value`, or says what the option takes: at what stands there
/// instead, or at the key where nothing does.
fn value<T>(
    input: ParseStream<'_>,
    key: &Ident,
    takes: &str,
    starts: impl FnOnce(ParseStream<'_>) -> bool,
    parse: impl FnOnce() -> syn::Result<T>,
) -> syn::Result<T> {
    let refuse = |input: ParseStream<'_>| {
        let span = if at_end(input) {
            key.span()
        } else {
            input.span()
        };
        syn::Error::new(span, format!("the option `{key}` takes {takes}"))
    };
    let equals = input.parse::<Option<Token![=]>>()?;
    if equals.is_none() || at_end(input) || !starts(input) {
        return Err(refuse(input));
    }
    let value = parse()?;
    // A word would be the next option, whose comma is missing.
    if at_end(input) || input.peek(Ident::peek_any) {
        Ok(value)
    } else {
        Err(refuse(input))
    }
}

fn expression(input: ParseStream<'_>, key: &Ident, takes: &str) -> syn::Result<Expr> {
    value(input, key, takes, |_| true, || input.parse())
}

fn value_of_text(input: ParseStream<'_>, key: &Ident) -> syn::Result<LitStr> {
    let takes = format!("a string literal: `{key} = \"…\"`");
    let starts = |input: ParseStream<'_>| input.peek(LitStr);
    value(input, key, &takes, starts, || input.parse())
}

/// In nanoseconds.
fn time(input: ParseStream<'_>, key: &Ident) -> syn::Result<u64> {
    let starts = |input: ParseStream<'_>| input.peek(LitStr);
    let takes = format!("a duration: `{key} = \"100ms\"`");
    let text = value(input, key, &takes, starts, || input.parse())?;
    duration::parse_duration(&text)
}

fn path(input: ParseStream<'_>, key: &Ident, takes: &str) -> syn::Result<Path> {
    let starts = |input: ParseStream<'_>| input.peek(Ident::peek_any) || input.peek(Token![::]);
    value(input, key, takes, starts, || Path::parse_mod_style(input))
}

fn krate(input: ParseStream<'_>, key: &Ident) -> syn::Result<Path> {
    path(input, key, "a path: `crate = my::metrics_runtime`")
}

/// A word stands for itself.
fn no_value(input: ParseStream<'_>, word: &str) -> syn::Result<()> {
    if input.peek(Token![=]) || input.peek(token::Paren) {
        let message = format!("`{word}` takes no value; remove what follows it");
        return Err(input.error(message));
    }
    Ok(())
}

/// What is wrong with a word that is no option of this attribute.
fn not_taken(attribute: &Attribute, word: &str) -> String {
    let (name, expected) = (attribute.name, expected(attribute));
    let known = Key::ALL.into_iter().find(|key| key.name() == word);
    let takes = |other: &&&Attribute| {
        known.is_some_and(|key| other.options.contains(&key))
            || other.texts.iter().any(|text| text.name == word)
    };
    let others = attribute::ALL.iter().filter(takes);
    let others: Vec<String> = others.map(|other| format!("`#[{}]`", other.name)).collect();
    if others.is_empty() {
        let hint = did_you_mean(word, words(attribute).chain(["skip"]));
        return format!("unknown option `{word}`; {hint}expected one of {expected}");
    }
    let others = others.join(", ");
    format!("`{word}` is an option of {others}, not of `#[{name}]`; expected one of {expected}")
}

/// The words that stand for options of this attribute.
fn words(attribute: &Attribute) -> impl Iterator<Item = &'static str> {
    let keys = Key::ALL.into_iter();
    let taken = keys.filter(|key| COMMON.contains(key) || attribute.options.contains(key));
    let operations = attribute.operations.iter().copied();
    let texts = attribute.texts.iter().map(|text| text.name);
    operations.chain(texts).chain(taken.map(Key::name))
}

fn expected(attribute: &Attribute) -> String {
    let words: Vec<String> = words(attribute).map(|word| format!("`{word}`")).collect();
    words.join(", ")
}
