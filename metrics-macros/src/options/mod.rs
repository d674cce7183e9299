//! Options of an attribute, parsed and checked for what one option alone can
//! get wrong: unknown, duplicate, missing or malformed.

mod bucket;
mod label;
mod sample;

pub(crate) use bucket::{Buckets, parse_bounds};
pub(crate) use label::{LabelOption, LabelValue};
pub(crate) use sample::Share;

use crate::attribute::Attribute;
use crate::errors::Errors;
use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, Ident, Lit, LitStr, Path, Token, token};

/// The keys of options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Buckets,
    Crate,
    Help,
    Labels,
    Model,
    Name,
    Prefix,
    Registry,
    Rows,
    Sample,
}

/// Options that every attribute takes.
const COMMON: [Key; 2] = [Key::Crate, Key::Registry];

impl Key {
    const ALL: [Self; 10] = [
        Self::Buckets,
        Self::Crate,
        Self::Help,
        Self::Labels,
        Self::Model,
        Self::Name,
        Self::Prefix,
        Self::Registry,
        Self::Rows,
        Self::Sample,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Buckets => "buckets",
            Self::Crate => "crate",
            Self::Help => "help",
            Self::Labels => "labels",
            Self::Model => "model",
            Self::Name => "name",
            Self::Prefix => "prefix",
            Self::Registry => "registry",
            Self::Rows => "rows",
            Self::Sample => "sample",
        }
    }
}

/// An option's value, with the span of its key.
#[derive(Clone)]
pub(crate) struct Given<T> {
    pub(crate) key: Span,
    pub(crate) value: T,
}

/// An option that may be given once.
pub(crate) type Slot<T> = Option<Given<T>>;

/// The options of one attribute.
#[derive(Clone, Default)]
pub(crate) struct Options {
    pub(crate) buckets: Slot<Buckets>,
    pub(crate) krate: Slot<Path>,
    pub(crate) help: Slot<LitStr>,
    pub(crate) labels: Slot<Vec<LabelOption>>,
    pub(crate) model: Slot<LitStr>,
    pub(crate) name: Slot<LitStr>,
    pub(crate) prefix: Slot<LitStr>,
    pub(crate) registry: Slot<Path>,
    pub(crate) rows: Slot<Expr>,
    pub(crate) sample: Slot<Share>,
    /// The word `insert`, `update`, ….
    pub(crate) operation: Slot<&'static str>,
    /// `skip`: the `impl` block's attribute doesn't apply here.
    pub(crate) skip: Slot<()>,
}

impl Options {
    /// Nothing is given but `skip`.
    pub(crate) const fn is_skip_alone(&self) -> bool {
        let Self {
            buckets,
            krate,
            help,
            labels,
            model,
            name,
            prefix,
            registry,
            rows,
            sample,
            operation,
            skip,
        } = self;
        skip.is_some()
            && buckets.is_none()
            && krate.is_none()
            && help.is_none()
            && labels.is_none()
            && model.is_none()
            && name.is_none()
            && prefix.is_none()
            && registry.is_none()
            && rows.is_none()
            && sample.is_none()
            && operation.is_none()
    }

    /// Fills what isn't given from an `impl` block's options.
    pub(crate) fn or(self, block: &Self) -> Self {
        let Self {
            buckets,
            krate,
            help,
            labels,
            model,
            name,
            prefix,
            registry,
            rows,
            sample,
            operation,
            skip,
        } = block.clone();
        Self {
            buckets: self.buckets.or(buckets),
            krate: self.krate.or(krate),
            help: self.help.or(help),
            labels: self.labels.or(labels),
            model: self.model.or(model),
            name: self.name.or(name),
            prefix: self.prefix.or(prefix),
            registry: self.registry.or(registry),
            rows: self.rows.or(rows),
            sample: self.sample.or(sample),
            operation: self.operation.or(operation),
            skip: self.skip.or(skip),
        }
    }
}

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
            parse_option(attribute, &mut options, input, errors)
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
    let accepted = |key: &&Key| COMMON.contains(key) || attribute.options.contains(key);
    let known = Key::ALL
        .iter()
        .filter(accepted)
        .find(|key| key.name() == word);
    let Some(&known) = known else {
        let expected = expected(attribute);
        let message = format!("unknown option `{word}`; expected one of {expected}");
        return Err(syn::Error::new(span, message));
    };
    match known {
        Key::Buckets => fill(&mut options.buckets, span, &word, || {
            let takes = "a list of numbers: `buckets = [0.01, 0.1, 1.0]`";
            let starts = |input: ParseStream<'_>| input.peek(token::Bracket);
            value(input, &key, takes, starts, || {
                bucket::parse_buckets(input, errors)
            })
        }),
        Key::Crate => fill(&mut options.krate, span, &word, || {
            path(input, &key, "a path: `crate = my::metrics_runtime`")
        }),
        Key::Help => fill(&mut options.help, span, &word, || text(input, &key)),
        Key::Labels => fill(&mut options.labels, span, &word, || {
            label::parse_labels(input, &key, errors)
        }),
        Key::Model => fill(&mut options.model, span, &word, || text(input, &key)),
        Key::Name => fill(&mut options.name, span, &word, || text(input, &key)),
        Key::Prefix => fill(&mut options.prefix, span, &word, || text(input, &key)),
        Key::Registry => fill(&mut options.registry, span, &word, || {
            path(
                input,
                &key,
                "the path of a static: `registry = crate::METRICS`",
            )
        }),
        Key::Rows => fill(&mut options.rows, span, &word, || {
            let takes = "a closure: `rows = |list| list.len()`";
            value(input, &key, takes, |_| true, || input.parse())
        }),
        Key::Sample => fill(&mut options.sample, span, &word, || {
            let takes = "the share of calls that are timed: `sample = 0.01`";
            let starts = |input: ParseStream<'_>| input.peek(Lit) || input.peek(Token![-]);
            value(input, &key, takes, starts, || sample::parse_share(input))
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
        let message = format!("duplicate option `{name}`; give it once");
        return Err(syn::Error::new(key, message));
    }
    *slot = Some(Given { key, value });
    Ok(())
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

fn text(input: ParseStream<'_>, key: &Ident) -> syn::Result<LitStr> {
    let takes = format!("a string literal: `{key} = \"…\"`");
    let starts = |input: ParseStream<'_>| input.peek(LitStr);
    value(input, key, &takes, starts, || input.parse())
}

fn path(input: ParseStream<'_>, key: &Ident, takes: &str) -> syn::Result<Path> {
    let starts = |input: ParseStream<'_>| input.peek(Ident::peek_any) || input.peek(Token![::]);
    value(input, key, takes, starts, || Path::parse_mod_style(input))
}

/// A word stands for itself.
fn no_value(input: ParseStream<'_>, word: &str) -> syn::Result<()> {
    if input.peek(Token![=]) || input.peek(token::Paren) {
        let message = format!("`{word}` takes no value; remove what follows it");
        return Err(input.error(message));
    }
    Ok(())
}

/// The words that stand for options of this attribute.
fn expected(attribute: &Attribute) -> String {
    let keys = Key::ALL.iter().map(|key| (*key, key.name()));
    let taken = keys.filter(|(key, _)| COMMON.contains(key) || attribute.options.contains(key));
    let expected: Vec<String> = attribute
        .operations
        .iter()
        .copied()
        .chain(taken.map(|(_, name)| name))
        .map(|name| format!("`{name}`"))
        .collect();
    expected.join(", ")
}
