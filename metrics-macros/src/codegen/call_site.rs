//! The static of a call site, and how a call enters it.

use super::import::import_marks;
use crate::attribute::{Kind, Record};
use crate::input::located_at;
use crate::model::{Argument, BucketModel, CallSite, Family, Found, Metric, Returned, Source};
use crate::options::Native;
use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Expr, ReturnType, parse_quote_spanned};

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
        Source::Returned(index) => {
            let index = Literal::usize_unsuffixed(*index);
            quote_spanned!(span=> Returned #index)
        }
    });
    let slow = (metric.record == Record::Slow).then(|| {
        let nanos = Literal::u64_unsuffixed(metric.slow);
        quote_spanned!(span=> , #nanos)
    });
    quote_spanned!(span=> #record #family, [#(#sources),*] #slow)
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
            let buckets = bounds.as_ref().map(expand_buckets);
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
            let buckets = bounds.as_ref().map(expand_buckets);
            quote_spanned! {span=>
                const { &#krate::__private::Desc::#kind(#name, #help, &[#(#labels),*])#outcome #buckets }
            }
        }
    }
}

/// `.buckets(&[0.1, 1.0])` or `.native(1.1, 160)`, behind a description.
pub(super) fn expand_buckets(buckets: &BucketModel) -> TokenStream {
    let span = Span::mixed_site();
    match buckets {
        BucketModel::Listed(bounds) => quote_spanned!(span=> .buckets(&[#(#bounds),*])),
        BucketModel::Native(Native { factor, max }) => {
            quote_spanned!(span=> .native(#factor, #max))
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
        Kind::InProgress => "in_progress",
    };
    Ident::new(name, Span::mixed_site())
}

/// The entered call: `enter(&__SITE)`, with the values of labels if there are
/// any that have to be evaluated, and through the functions that further options
/// need. Nothing is evaluated where `when` is false.
pub(super) fn enter(site: &CallSite) -> TokenStream {
    let span = Span::mixed_site();
    let krate = &site.krate;
    let mut call = entered(site);
    if let Some(share) = site.sample {
        let threshold = Literal::u64_unsuffixed(share.threshold());
        call = quote_spanned!(span=> #call.sampled(#threshold));
    }
    for wrapper in &site.wrappers {
        let wrapper = Ident::new(wrapper, span);
        call = quote_spanned!(span=> #krate::__private::#wrapper(#call));
    }
    match &site.when {
        Some(when) => {
            // In parentheses: the value of a struct may be compared with.
            let mut condition = Group::new(Delimiter::Parenthesis, when.to_token_stream());
            condition.set_span(located_at(when.span()));
            quote_spanned!(span=> if #condition { #call } else { #krate::__private::nothing() })
        }
        None => call,
    }
}

/// What guards a call, which is entered here: `guard_timed(&__SITE)`.
pub(super) fn guard(site: &CallSite) -> TokenStream {
    let span = Span::mixed_site();
    let krate = &site.krate;
    if is_timed_only(site) {
        return quote_spanned!(span=> #krate::__private::guard_timed(&__SITE));
    }
    let call = enter(site);
    quote_spanned!(span=> #krate::__private::Guard::new(#call))
}

/// What the future of an async call carries, whose value says the outcome and nothing
/// else: `await_timed(&__SITE)`.
pub(super) fn meter(site: &CallSite) -> TokenStream {
    let span = Span::mixed_site();
    let krate = &site.krate;
    if is_timed_only(site) {
        return quote_spanned!(span=> #krate::__private::await_timed(&__SITE));
    }
    let call = enter(site);
    quote_spanned!(span=> #krate::__private::await_call(#call))
}

/// Whether the site takes the time of every call, and does nothing else.
fn is_timed_only(site: &CallSite) -> bool {
    let is_timed = matches!(&site.metrics[..], [metric] if metric.record == Record::Duration);
    is_timed
        && site.arguments.is_empty()
        && site.returned.is_empty()
        && site.wrappers.is_empty()
        && site.sample.is_none()
        && site.when.is_none()
}

/// A site that does one thing is entered by a function that knows it.
fn entered(site: &CallSite) -> TokenStream {
    let span = Span::mixed_site();
    let krate = &site.krate;
    if site.arguments.is_empty() && site.returned.is_empty() {
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
        return quote_spanned!(span=> #krate::__private::#enter(&__SITE));
    }
    let instruments = Literal::usize_unsuffixed(site.metrics.len());
    let values = site.arguments.iter().map(|argument| match argument {
        Argument::ModelOfSelf => {
            quote_spanned!(span=> &__MODEL.model(::core::any::type_name::<Self>()))
        }
        Argument::Expression(expression) => reference(expression.to_token_stream()),
    });
    let enter = if site.returned.is_empty() {
        "enter_with"
    } else {
        "enter_late"
    };
    let enter = Ident::new(enter, span);
    quote_spanned!(span=> #krate::__private::#enter::<#instruments, _>(&__SITE, [#(#values),*]))
}

/// A reference to a label's value, which is reported at its expression where its
/// type isn't a label value.
fn reference(expression: TokenStream) -> TokenStream {
    reference_at(&expression.clone(), expression)
}

/// A reference that reaches from the first to the last token of what the user has
/// written.
fn reference_at(written: &TokenStream, value: TokenStream) -> TokenStream {
    let span = |token: Option<TokenTree>| {
        let span = token.map_or_else(Span::mixed_site, |token| token.span());
        located_at(span)
    };
    let first = span(written.clone().into_iter().next());
    let last = span(written.clone().into_iter().last());
    let mut parenthesised = Group::new(Delimiter::Parenthesis, value);
    parenthesised.set_span(last);
    quote_spanned!(first=> &#parenthesised)
}

/// What ends a guard or a future with a look at the value, which `value` refers to:
/// `finish(__outcome!(&__out))`, with the value's reading where that tells more.
///
/// What asks a user's closure has the span of the closure's body, where it is
/// reported that it gives something else.
pub(super) fn finish(site: &CallSite, value: &TokenStream) -> TokenStream {
    let krate = &site.krate;
    let span = Span::mixed_site();
    let outcome = site.outcome.as_ref().map_or_else(
        || quote_spanned!(span=> #krate::__outcome!(#value)),
        |outcome| {
            let of = quote_spanned!(span=> #krate::Outcome);
            of_returned(site, value, outcome, &of)
        },
    );
    let mut reading = TokenStream::new();
    if let Some(rows) = &site.rows {
        let method = Ident::new("__rows", body_span(rows));
        let rows = quiet(rows);
        reading.extend(quote_spanned!(span=> .rows(#krate::__rows!(#value, #method = #rows))));
    }
    if let Some(found) = &site.found {
        let found = match found {
            Found::ByType(operation) => {
                let method = Ident::new("__found", located_at(*operation));
                quote_spanned!(span=> #krate::__found!(#value, #method))
            }
            Found::By(closure) => {
                let yes = quote_spanned!(span=> ::core::primitive::bool);
                of_returned(site, value, closure, &yes)
            }
        };
        reading.extend(quote_spanned!(span=> .found(#found)));
    }
    if !site.returned.is_empty() {
        let labels = site.returned.iter().map(|returned| match returned {
            Returned::Closure(closure) => {
                let any = quote_spanned!(span=> _);
                let text = of_returned(site, value, closure, &any);
                reference_at(&body(closure).to_token_stream(), text)
            }
            Returned::Error(key) => {
                let method = Ident::new("__error", located_at(*key));
                quote_spanned!(span=> &#krate::__error!(#value, #method))
            }
            Returned::ErrorBy(closure) => {
                let method = Ident::new("__error_by", body_span(closure));
                let by = quiet(closure);
                let text = quote_spanned!(span=> #krate::__error!(#value, #method = #by));
                reference_at(&body(closure).to_token_stream(), text)
            }
        });
        reading.extend(quote_spanned!(span=> .labels(&[#(#labels),*])));
    }
    if reading.is_empty() {
        return quote_spanned!(span=> finish(#outcome));
    }
    quote_spanned!(span=> finish_with(#outcome, &#krate::__private::Reading::new()#reading))
}

/// What a user's closure reads from the returned value: something of type `of`.
fn of_returned(
    site: &CallSite,
    value: &TokenStream,
    closure: &Expr,
    of: &TokenStream,
) -> TokenStream {
    let krate = &site.krate;
    let span = body_span(closure);
    let closure = quiet(closure);
    quote_spanned!(span=> #krate::__private::of_returned::<_, #of>(#value, #closure))
}

/// The closure with its return type left open, `|ret| -> _ { … }`: lints that
/// would have a path instead of a closure leave it alone. A label takes none.
fn quiet(closure: &Expr) -> Expr {
    let span = body_span(closure);
    let mut quiet = closure.clone();
    if let Expr::Closure(closure) = &mut quiet
        && matches!(closure.output, ReturnType::Default)
    {
        closure.output = parse_quote_spanned!(span=> -> _);
        let body = &closure.body;
        closure.body = parse_quote_spanned!(span=> { #body });
    }
    quiet
}

/// A closure's body, or what is given instead of a closure.
fn body(closure: &Expr) -> &Expr {
    match closure {
        Expr::Closure(closure) => &closure.body,
        other => other,
    }
}

fn body_span(closure: &Expr) -> Span {
    located_at(body(closure).span())
}
