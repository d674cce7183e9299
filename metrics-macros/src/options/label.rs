//! `labels(key = expr, function, module)`

use super::parenthesised;
use crate::attribute::Label;
use crate::errors::Errors;
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::{Expr, Ident, Token};

/// One label as written.
#[derive(Clone)]
pub(crate) struct LabelOption {
    pub(crate) key: Ident,
    pub(crate) value: LabelValue,
}

/// Where a label's value comes from.
#[derive(Clone)]
pub(crate) enum LabelValue {
    /// Evaluated at entry.
    Expression(Box<Expr>),
    /// `function` or `module` without a value: what the macro fills in.
    BuiltIn(Label),
}

impl LabelOption {
    /// The name of the label; `r#type` is `type`.
    pub(crate) fn name(&self) -> String {
        self.key.unraw().to_string()
    }
}

const TAKES: &str =
    "the option `labels` takes names and expressions: `labels(method = method.as_str())`";

pub(super) fn parse_labels(
    input: ParseStream<'_>,
    errors: &mut Errors,
) -> syn::Result<Vec<LabelOption>> {
    let content = parenthesised(input, TAKES)?;
    let mut labels = Vec::new();
    if content.is_empty() {
        return Err(content.error(TAKES));
    }
    while !content.is_empty() {
        let parsed = parse_label(&content);
        match errors.keep(parsed) {
            Some(label) => labels.push(label),
            None => super::skip_to_comma(&content)?,
        }
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    Ok(labels)
}

fn parse_label(input: ParseStream<'_>) -> syn::Result<LabelOption> {
    let key = input.call(Ident::parse_any)?;
    let value = if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        LabelValue::Expression(input.parse()?)
    } else {
        let built_in = [Label::Function, Label::Module];
        let label = built_in.into_iter().find(|label| key == label.name());
        LabelValue::BuiltIn(label.ok_or_else(|| {
            let message = format!("the label `{key}` has no value; write `{key} = expression`");
            syn::Error::new(key.span(), message)
        })?)
    };
    Ok(LabelOption { key, value })
}
