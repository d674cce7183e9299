//! The static of a call site, and how a call enters it.

use super::import::import_marks;
use crate::attribute::{Kind, Record};
use crate::input::located_at;
use crate::model::{Argument, CallSite, Family, Metric, Source};
use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned as _;

/// ```text
/// ::metrics_runtime::__site!(__SITE "checkout" true Duration);
/// ::metrics_runtime::__site!(
///     __SITE "checkout" true ::metrics_runtime::global(),
///     Duration const { &…::Desc::duration(…) }, [Function, Module]
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
    let imports = import_marks(&site.imports);
    if let Some(plain) = site.plain() {
        let plain = Ident::new(&format!("{plain:?}"), span);
        return quote_spanned! {span=>
            #imports
            #krate::__site!(__SITE #function #fallible #plain);
        };
    }
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
        Source::Function => quote_spanned!(span=> Function),
        Source::Module => quote_spanned!(span=> Module),
        Source::Argument(index) => {
            let index = Literal::usize_unsuffixed(*index);
            quote_spanned!(span=> Argument #index)
        }
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
            let kind = constructor(*kind);
            let outcome = by_outcome.then(|| quote_spanned!(span=> .by_outcome()));
            let buckets = buckets(bounds);
            quote_spanned! {span=>
                const { &#krate::__private::Desc::#kind(#name, #help, &[#(#labels),*])#outcome #buckets }
            }
        }
    }
}

/// The runtime's constructor of a description of this kind.
pub(super) fn constructor(kind: Kind) -> Ident {
    let name = match kind {
        Kind::Counter => "counter",
        Kind::Duration => "duration",
        Kind::Gauge => "gauge",
        Kind::Histogram => "histogram",
    };
    Ident::new(name, Span::mixed_site())
}

/// The entered call: `enter(&__SITE)`, with the values of labels if there are
/// any that have to be evaluated. A site that does one thing is entered by a
/// function that knows it.
pub(super) fn enter(site: &CallSite) -> TokenStream {
    let span = Span::mixed_site();
    let krate = &site.krate;
    let sampled = site.sample.map(|share| {
        let threshold = Literal::u64_unsuffixed(share.threshold());
        quote_spanned!(span=> .sampled(#threshold))
    });
    if site.arguments.is_empty() {
        let enter = match &site.metrics[..] {
            [
                Metric {
                    record: Record::Calls,
                    ..
                },
            ] => "enter_counted",
            [
                Metric {
                    record: Record::Duration,
                    ..
                },
            ] => "enter_timed",
            _ => "enter",
        };
        let enter = Ident::new(enter, span);
        return quote_spanned!(span=> #krate::__private::#enter(&__SITE)#sampled);
    }
    let instruments = Literal::usize_unsuffixed(site.metrics.len());
    let values = site.arguments.iter().map(|argument| match argument {
        Argument::ModelOfSelf => {
            quote_spanned!(span=> &__MODEL.model(::core::any::type_name::<Self>()))
        }
        Argument::Expression(expression) => reference(expression.to_token_stream()),
    });
    quote_spanned!(span=> #krate::__private::enter_with::<#instruments, _>(&__SITE, [#(#values),*])#sampled)
}

/// A reference to a label's value, which reaches from the first to the last
/// token of the expression, so that a type which isn't a label value is
/// reported there.
fn reference(expression: TokenStream) -> TokenStream {
    let span = |token: Option<TokenTree>| {
        let span = token.map_or_else(Span::mixed_site, |token| token.span());
        located_at(span)
    };
    let first = span(expression.clone().into_iter().next());
    let last = span(expression.clone().into_iter().last());
    let mut parenthesised = Group::new(Delimiter::Parenthesis, expression);
    parenthesised.set_span(last);
    quote_spanned!(first=> &#parenthesised)
}

/// The reading of a finished call's value, which `value` refers to. The method
/// that asks for rows has the span of the closure's body, where it is reported
/// that it gives something else.
pub(super) fn reading(site: &CallSite, value: &TokenStream) -> TokenStream {
    let krate = &site.krate;
    let rows = site.rows.as_ref().map(|rows| {
        let given = match rows {
            Expr::Closure(closure) => &*closure.body,
            other => other,
        };
        let span = located_at(given.span());
        let method = Ident::new("__rows", span);
        quote_spanned!(Span::mixed_site()=> , #method = #rows)
    });
    quote_spanned!(Span::mixed_site()=> #krate::__reading!(#value #rows))
}
