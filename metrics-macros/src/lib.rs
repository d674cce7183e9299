//! Attribute macros of `metrics-runtime`, which re-exports and documents them.
//!
//! Four one-way stages: options → model → check → codegen. An attribute is a
//! row of data in `attribute/`; what is generated depends on the shape of the
//! function, never on the attribute's name.

mod attribute;
mod check;
mod codegen;
mod entry;
mod errors;
mod input;
mod krate;
mod model;
mod options;
#[cfg(test)]
mod snapshot;

use proc_macro::TokenStream;

/// See `metrics_runtime::timed`.
#[proc_macro_attribute]
pub fn timed(arguments: TokenStream, item: TokenStream) -> TokenStream {
    entry::attribute(&attribute::TIMED, arguments.into(), &item.into()).into()
}

/// See `metrics_runtime::counted`.
#[proc_macro_attribute]
pub fn counted(arguments: TokenStream, item: TokenStream) -> TokenStream {
    entry::attribute(&attribute::COUNTED, arguments.into(), &item.into()).into()
}

/// See `metrics_runtime::track_model`.
#[proc_macro_attribute]
pub fn track_model(arguments: TokenStream, item: TokenStream) -> TokenStream {
    entry::attribute(&attribute::TRACK_MODEL, arguments.into(), &item.into()).into()
}

/// See `metrics_runtime::metrics`.
#[proc_macro_attribute]
pub fn metrics(arguments: TokenStream, item: TokenStream) -> TokenStream {
    entry::metrics(arguments.into(), &item.into()).into()
}

/// See `metrics_runtime::LabelValue`.
#[proc_macro_derive(LabelValue, attributes(label))]
pub fn label_value(item: TokenStream) -> TokenStream {
    entry::label_value(item.into()).into()
}
