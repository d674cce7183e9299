//! `#[derive(LabelValue)]`.

use crate::model::LabelEnum;
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

/// ```text
/// impl ClosedLabel for Status {
///     const VALUES: &'static [&'static str] = &["success", "failed"];
///     fn index(&self) -> usize { match self { Self::Success => 0, Self::Failed => 1 } }
/// }
/// impl LabelValue for Status { fn label(&self, …) -> &str { Self::VALUES[self.index()] } }
/// ```
pub(crate) fn label_value(label: &LabelEnum) -> TokenStream {
    let span = Span::mixed_site();
    let LabelEnum { krate, ident, .. } = label;
    let variants = label.variants.iter().map(|(variant, _)| variant);
    let values = label.variants.iter().map(|(_, value)| value);
    let indices = 0..label.variants.len();
    quote_spanned! {span=>
        #[automatically_derived]
        impl #krate::ClosedLabel for #ident {
            const VALUES: &'static [&'static ::core::primitive::str] = &[#(#values),*];

            fn index(&self) -> ::core::primitive::usize {
                match self {
                    #(Self::#variants => #indices,)*
                }
            }
        }

        #[automatically_derived]
        impl #krate::LabelValue for #ident {
            fn label<'a>(
                &'a self,
                _: &'a mut #krate::__private::Scratch,
            ) -> &'a ::core::primitive::str {
                <Self as #krate::ClosedLabel>::VALUES[#krate::ClosedLabel::index(self)]
            }
        }
    }
}
