//! Options of an attribute, parsed and checked for what one option alone can
//! get wrong: unknown, duplicate, missing or malformed.

mod bucket;
mod label;

pub(crate) use bucket::Buckets;
pub(crate) use label::{LabelOption, LabelValue};

use crate::attribute::Attribute;
use crate::errors::Errors;
use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, Ident, LitStr, Path, Token, token};

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
}

/// Options that every attribute takes.
const COMMON: [Key; 3] = [Key::Crate, Key::Labels, Key::Registry];

impl Key {
    const ALL: [Self; 9] = [
        Self::Buckets,
        Self::Crate,
        Self::Help,
        Self::Labels,
        Self::Model,
        Self::Name,
        Self::Prefix,
        Self::Registry,
        Self::Rows,
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
    /// The word `insert`, `update`, ….
    pub(crate) operation: Slot<&'static str>,
    /// `skip`: the `impl` block's attribute doesn't apply here.
    pub(crate) skip: Slot<()>,
}

impl Options {
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
        while !input.is_empty() {
            let parsed = parse_option(attribute, &mut options, input, errors);
            if errors.keep(parsed).is_none() {
                skip_to_comma(input)?;
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    };
    let parsed = parser.parse2(tokens);
    errors.keep(parsed);
    options
}

/// Leaves what follows a mistake, so that the next option is still read.
fn skip_to_comma(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
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
    let key = input.call(Ident::parse_any)?;
    let word = key.to_string();
    let span = key.span();
    if let Some(&operation) = attribute.operations.iter().find(|known| **known == word) {
        return fill(&mut options.operation, span, "operation", || Ok(operation));
    }
    if word == "skip" {
        return fill(&mut options.skip, span, "skip", || Ok(()));
    }
    let taken = |key: &&Key| COMMON.contains(key) || attribute.options.contains(key);
    let known = Key::ALL.iter().filter(taken).find(|key| key.name() == word);
    let Some(&key) = known else {
        return Err(syn::Error::new(span, unknown(attribute, &word)));
    };
    let name = key.name();
    match key {
        Key::Buckets => fill(&mut options.buckets, span, name, || {
            equals(
                input,
                name,
                "a list of numbers: `buckets = [0.01, 0.1, 1.0]`",
            )?;
            bucket::parse_buckets(input)
        }),
        Key::Crate => fill(&mut options.krate, span, name, || {
            equals(input, name, "a path: `crate = my::metrics_runtime`")?;
            Path::parse_mod_style(input)
        }),
        Key::Help => fill(&mut options.help, span, name, || text(input, name)),
        Key::Labels => fill(&mut options.labels, span, name, || {
            label::parse_labels(input, errors)
        }),
        Key::Model => fill(&mut options.model, span, name, || text(input, name)),
        Key::Name => fill(&mut options.name, span, name, || text(input, name)),
        Key::Prefix => fill(&mut options.prefix, span, name, || text(input, name)),
        Key::Registry => fill(&mut options.registry, span, name, || {
            equals(
                input,
                name,
                "the path of a static: `registry = crate::METRICS`",
            )?;
            Path::parse_mod_style(input)
        }),
        Key::Rows => fill(&mut options.rows, span, name, || {
            equals(input, name, "a closure: `rows = |list| list.len()`")?;
            input.parse()
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

/// Reads the equals sign, or says what the option takes.
fn equals(input: ParseStream<'_>, name: &str, takes: &str) -> syn::Result<()> {
    if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        Ok(())
    } else {
        Err(input.error(format!("the option `{name}` takes {takes}")))
    }
}

fn text(input: ParseStream<'_>, name: &str) -> syn::Result<LitStr> {
    let takes = format!("a string literal: `{name} = \"…\"`");
    equals(input, name, &takes)?;
    if input.peek(LitStr) {
        input.parse()
    } else {
        Err(input.error(format!("the option `{name}` takes {takes}")))
    }
}

/// The message for a word that isn't an option of this attribute.
fn unknown(attribute: &Attribute, word: &str) -> String {
    let keys = Key::ALL.iter().map(|key| (*key, key.name()));
    let taken = keys.filter(|(key, _)| COMMON.contains(key) || attribute.options.contains(key));
    let expected: Vec<String> = attribute
        .operations
        .iter()
        .copied()
        .chain(taken.map(|(_, name)| name))
        .map(|name| format!("`{name}`"))
        .collect();
    format!(
        "unknown option `{word}`; expected one of {}",
        expected.join(", ")
    )
}

/// Reads `(…)` after an option's key.
fn parenthesised<'a>(
    input: ParseStream<'a>,
    takes: &str,
) -> syn::Result<syn::parse::ParseBuffer<'a>> {
    if input.peek(token::Paren) {
        let content;
        syn::parenthesized!(content in input);
        Ok(content)
    } else {
        Err(input.error(takes))
    }
}
