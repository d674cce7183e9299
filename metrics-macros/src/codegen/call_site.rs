//! The static of a call site, and how a call enters it.

use super::import::import_marks;
use crate::attribute::Kind;
use crate::model::{Argument, CallSite, Family, Metric, Source};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned as _;

/// ```text
/// ::metrics_runtime::__site!(
///     __SITE "checkout" true ::metrics_runtime::global(),
///     Duration & …::FUNCTION_DURATION_SECONDS, [Constant "checkout", Constant module_path!()]
/// );
/// ```
pub(super) fn site(site: &CallSite) -> TokenStream {
    let span = Span::mixed_site();
    let CallSite {
        krate,
        function,
        fallible,
        ..
    } = site;
    let registry = site.registry.as_ref().map_or_else(
        || quote_spanned!(span=> #krate::global()),
        |path| quote_spanned!(path.span()=> &#path),
    );
    let metrics = site.metrics.iter().map(|metric| instrument(site, metric));
    let model = site
        .arguments
        .iter()
        .any(|a| matches!(a, Argument::ModelOfSelf));
    let model = model.then(|| {
        quote_spanned! {span=>
            static __MODEL: #krate::__private::ModelCell = #krate::__private::ModelCell::empty();
        }
    });
    let imports = import_marks(&site.imports);
    quote_spanned! {span=>
        #imports
        #krate::__site!(__SITE #function #fallible #registry, #(#metrics);*);
        #model
    }
}

fn instrument(site: &CallSite, metric: &Metric) -> TokenStream {
    let span = Span::mixed_site();
    let record = Ident::new(&format!("{:?}", metric.record), span);
    let family = family(site, &metric.family);
    let sources = metric.labels.iter().map(|source| match source {
        Source::Constant(text) => quote_spanned!(span=> Constant #text),
        Source::Module => quote_spanned!(span=> Constant ::core::module_path!()),
        Source::Argument(index) => quote_spanned!(span=> Argument #index),
    });
    quote_spanned!(span=> #record #family, [#(#sources),*])
}

/// A reference to the family's description; `const { … }` makes it one to a
/// constant of its own.
fn family(site: &CallSite, family: &Family) -> TokenStream {
    let span = Span::mixed_site();
    let krate = &site.krate;
    let builtin = |path: &[&'static str; 2]| {
        let [module, name] = path.map(|word| Ident::new(word, span));
        quote_spanned!(span=> #krate::__private::builtin::#module::#name)
    };
    let buckets = |buckets: &Option<Vec<f64>>| {
        buckets
            .as_ref()
            .map(|bounds| quote_spanned!(span=> .buckets(&[#(#bounds),*])))
    };
    match family {
        Family::BuiltIn(path) => {
            let path = builtin(path);
            quote_spanned!(span=> &#path)
        }
        Family::Prefixed {
            builtin: path,
            prefix,
            labels,
            buckets: bounds,
        } => {
            let path = builtin(path);
            let buckets = buckets(bounds);
            quote_spanned!(span=> const { &#path.prefix(#prefix).labels(&[#(#labels),*])#buckets })
        }
        Family::Own {
            kind,
            name,
            help,
            labels,
            by_outcome,
            buckets: bounds,
        } => {
            let kind = match kind {
                Kind::Counter => "counter",
                Kind::Duration => "duration",
            };
            let kind = Ident::new(kind, span);
            let outcome = by_outcome.then(|| quote_spanned!(span=> .by_outcome()));
            let buckets = buckets(bounds);
            quote_spanned! {span=>
                const { &#krate::__private::Desc::#kind(#name, #help, &[#(#labels),*])#outcome #buckets }
            }
        }
    }
}

/// The entered call: `enter(&__SITE)`, with the values of labels if there are
/// any that have to be evaluated.
pub(super) fn enter(site: &CallSite) -> TokenStream {
    let span = Span::mixed_site();
    let krate = &site.krate;
    if site.arguments.is_empty() {
        return quote_spanned!(span=> #krate::__private::enter(&__SITE));
    }
    let instruments = site.metrics.len();
    let values = site.arguments.iter().map(|argument| match argument {
        Argument::ModelOfSelf => {
            quote_spanned!(span=> &__MODEL.model(::core::any::type_name::<Self>()))
        }
        // The reference has the expression's span, so that a type which isn't
        // a label value is reported there.
        Argument::Expression(expression) => {
            let span = expression.span().resolved_at(span);
            quote_spanned!(span=> &#expression)
        }
    });
    quote_spanned!(span=> #krate::__private::enter_with::<#instruments, _>(&__SITE, [#(#values),*]))
}

/// The reading of a finished call's value, which `value` refers to.
pub(super) fn reading(site: &CallSite, value: &TokenStream) -> TokenStream {
    let krate = &site.krate;
    let rows = site
        .rows
        .as_ref()
        .map(|rows| quote_spanned!(Span::mixed_site()=> , rows = #rows));
    quote_spanned!(Span::mixed_site()=> #krate::__reading!(#value #rows))
}
