//! `#[metrics]` modules.

use super::call_site::{constructor, expand_buckets};
use crate::attribute::Kind;
use crate::input::{Declaration, Module};
use crate::krate::Krate;
use crate::model::FamilyModel;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned as _;

/// The module around its expanded items. Types of labels come from where the
/// module stands, unless the user has said `use super::…`.
pub(crate) fn metrics_mod(module: &Module, items: &[TokenStream], import: bool) -> TokenStream {
    let Module {
        attributes,
        visibility,
        name,
        inner_attributes,
        ..
    } = module;
    let import = import.then(|| quote_spanned!(Span::mixed_site()=> use super::*;));
    let mut tokens = quote!(#(#attributes)* #visibility mod #name);
    let content = quote!(#(#inner_attributes)* #import #(#items)*);
    let mut group = Group::new(Delimiter::Brace, content);
    group.set_span(module.braces);
    group.to_tokens(&mut tokens);
    tokens
}

/// ```text
/// pub fn orders_total(status: Status) -> ::metrics_runtime::Counter {
///     __site!(__SITE "orders_total" false …, Handle const { &Desc::counter(…) }, [Argument 0]);
///     closed::<_, 1>(&__SITE, [(status.index(), Status::VALUES.len())])
/// }
/// ```
pub(crate) fn handle_fn(
    declaration: &Declaration,
    family: &FamilyModel,
    krate: &Krate,
    registry: Option<&Path>,
) -> TokenStream {
    let span = Span::mixed_site();
    let Declaration {
        attributes,
        visibility,
        signature,
    } = declaration;
    let ident = &signature.ident;
    let inputs = &signature.inputs;
    let constructor = constructor(family.kind);
    let metric = match family.kind {
        Kind::Counter => "Counter",
        Kind::Gauge => "Gauge",
        Kind::Duration | Kind::Histogram => "Histogram",
        Kind::InProgress => "InProgress",
    };
    let metric = Ident::new(metric, span);
    let registry = registry.map_or_else(
        || quote_spanned!(span=> #krate::global()),
        |path| quote_spanned!(path.span()=> &#path),
    );
    let FamilyModel {
        name, help, labels, ..
    } = family;
    let names = labels.iter().map(|label| &label.name);
    let buckets = family.buckets.as_ref().map(expand_buckets);
    let cap = family
        .cap
        .as_ref()
        .map(|cap| quote_spanned!(span=> .cap(#cap)));
    let unit = family.unit;
    let unit = unit.map(|unit| quote_spanned!(span=> .base_unit(#unit)));
    // What another program sends must be of the closed sets, as what the types let
    // through is.
    let remote = family.remote.then(|| {
        let values = labels.iter().map(|label| {
            let ty = &label.ty;
            if label.open {
                quote_spanned!(span=> ::core::option::Option::None)
            } else {
                let span = ty.span().resolved_at(span);
                quote_spanned! {span=>
                    ::core::option::Option::Some(<#ty as #krate::ClosedLabel>::VALUES)
                }
            }
        });
        quote_spanned!(span=> .remote(&[#(#values),*]))
    });
    // With a cap, the table holds what is used; without, every combination of
    // closed sets has its cells.
    let dense = family.is_closed() && family.cap.is_none();
    let sets = labels.iter().map(|label| {
        let ty = &label.ty;
        quote_spanned!(ty.span().resolved_at(span)=> <#ty as #krate::ClosedLabel>::VALUES)
    });
    let sets: Vec<TokenStream> = sets.collect();
    // Spanned like the sets, so that a type which isn't closed is one error.
    let indices = labels.iter().map(|label| {
        let (ty, argument) = (&label.ty, &label.argument);
        let span = ty.span().resolved_at(span);
        quote_spanned!(span=> <#ty as #krate::ClosedLabel>::index(&#argument))
    });
    let indices: Vec<TokenStream> = indices.collect();
    let closed = dense.then(|| quote_spanned!(span=> .closed(&[#(#sets),*])));
    let budget = dense.then(|| {
        let span = ident.span().resolved_at(span);
        quote_spanned! {span=>
            const _: () = ::core::assert!(
                1 #(* #sets.len())* <= 10_000,
                "the labels of this family multiply to more than 10,000 series; \
                 give it `#[cap(n)]`, or fewer labels"
            );
        }
    });
    let sources = (0..labels.len()).map(|index| quote_spanned!(span=> Argument #index));
    let arguments = labels.iter().map(|label| &label.argument);
    let (arguments, count) = (arguments.collect::<Vec<_>>(), labels.len());
    let series = if dense {
        quote_spanned! {span=>
            #krate::__private::closed::<_, #count>(
                &__SITE,
                [#((#indices, #sets.len())),*],
            )
        }
    } else {
        quote_spanned!(span=> #krate::__private::open::<_, #count>(&__SITE, [#(&#arguments),*]))
    };
    quote_spanned! {span=>
        #(#attributes)*
        #visibility fn #ident(#inputs) -> #krate::#metric {
            #krate::__site!(
                __SITE #name false #registry,
                Handle const {
                    &#krate::__private::Desc::#constructor(#name, #help, &[#(#names),*])
                        #buckets #cap #unit #closed #remote
                }, [#(#sources),*]
            );
            #budget
            #series
        }
    }
}
