//! `labels(key = expr, function, module)`

use super::{at_end, parse_list};
use crate::attribute::Label;
use crate::errors::Errors;
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::{Expr, ExprLit, Ident, Lit, Token, parenthesized, token};

/// One label as written.
#[derive(Clone)]
pub(crate) struct LabelOption {
    pub(crate) key: Ident,
    pub(crate) value: LabelValue,
}

/// Where a label's value comes from.
#[derive(Clone)]
pub(crate) enum LabelValue {
    /// A string literal.
    Constant(String),
    /// Evaluated at entry.
    Expression(Box<Expr>),
    /// A closure that reads it from what the call returns.
    Returned(Box<Expr>),
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
    option: &Ident,
    errors: &mut Errors,
) -> syn::Result<Vec<LabelOption>> {
    if !input.peek(token::Paren) {
        let span = if at_end(input) {
            option.span()
        } else {
            input.span()
        };
        return Err(syn::Error::new(span, TAKES));
    }
    let content;
    parenthesized!(content in input);
    let mut labels = Vec::new();
    if content.is_empty() {
        return Err(syn::Error::new(option.span(), TAKES));
    }
    parse_list(&content, errors, |_| {
        labels.push(parse_label(&content)?);
        Ok(())
    })?;
    Ok(labels)
}

fn parse_label(input: ParseStream<'_>) -> syn::Result<LabelOption> {
    if !input.peek(Ident::peek_any) {
        return Err(input.error(TAKES));
    }
    let key = input.call(Ident::parse_any)?;
    let equals = input.parse::<Option<Token![=]>>()?;
    let value = if equals.is_some() && !at_end(input) {
        match input.parse()? {
            closure @ Expr::Closure(_) => LabelValue::Returned(Box::new(closure)),
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => LabelValue::Constant(text.value()),
            expression => LabelValue::Expression(Box::new(expression)),
        }
    } else {
        let built_in = [Label::Function, Label::Module];
        let label = built_in
            .into_iter()
            .find(|label| equals.is_none() && key == label.name());
        LabelValue::BuiltIn(label.ok_or_else(|| {
            let message = format!("the label `{key}` has no value; write `{key} = expression`");
            syn::Error::new(key.span(), message)
        })?)
    };
    Ok(LabelOption { key, value })
}
