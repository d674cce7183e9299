//! `#[derive(ErrorLabel)]`.

use crate::input::located_at;
use crate::model::{Arm, ErrorName, ErrorType};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned as _;

/// ```text
/// impl ErrorLabel for CheckoutError {
///     fn error_label(&self) -> &'static str {
///         __error_type!(CheckoutError);
///         match self {
///             Self::OutOfStock { .. } => "out_of_stock",
///             Self::Io { 0: error } => __error!(&Err(error), __error),
///         }
///     }
/// }
/// ```
pub(crate) fn error_label(error: &ErrorType) -> TokenStream {
    let span = Span::mixed_site();
    let ErrorType { krate, ident, .. } = error;
    let mut generics = error.generics.clone();
    for arm in &error.arms {
        if let ErrorName::Field {
            of,
            is_generic: true,
            ..
        } = &arm.name
        {
            let predicates = &mut generics.make_where_clause().predicates;
            predicates.push(syn::parse_quote_spanned!(span=> #of: #krate::ErrorLabel));
        }
    }
    let (of_impl, of_type, conditions) = generics.split_for_impl();
    // A generic type is as many as it has arguments, and can't be looked for.
    let registered = generics
        .params
        .is_empty()
        .then(|| quote_spanned!(span=> #krate::__error_type!(#ident);));
    let arms = error.arms.iter().map(|arm| expand_arm(error, arm));
    // A reference to an enum without variants has none of them to match.
    let matched = error.arms.is_empty().then(|| quote_spanned!(span=> *));
    quote_spanned! {span=>
        #[automatically_derived]
        impl #of_impl #krate::ErrorLabel for #ident #of_type #conditions {
            fn error_label(&self) -> &'static ::core::primitive::str {
                #registered
                match #matched self {
                    #(#arms,)*
                }
            }
        }
    }
}

/// The method that asks for the label has the span of the field's type, where
/// it is reported that it has none.
fn expand_arm(error: &ErrorType, arm: &Arm) -> TokenStream {
    let span = Span::mixed_site();
    let krate = &error.krate;
    let variant = arm.variant.as_ref().map(|variant| {
        let mut variant = variant.clone();
        variant.set_span(located_at(variant.span()));
        quote_spanned!(span=> ::#variant)
    });
    match &arm.name {
        ErrorName::Constant(label) => quote_spanned!(span=> Self #variant { .. } => #label),
        ErrorName::Field { member, of, .. } => {
            let method = Ident::new("__error", located_at(of.span()));
            quote_spanned! {span=>
                Self #variant { #member: error } =>
                    #krate::__error!(&::core::result::Result::<(), _>::Err(error), #method)
            }
        }
    }
}
