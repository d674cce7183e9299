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

/// For each row of an attribute, the attribute and the function-like macro that does
/// the same to a block.
macro_rules! attributes {
    ($($attribute:ident $block:ident $row:ident,)*) => {$(
        #[doc = concat!("See `metrics_runtime::", stringify!($attribute), "`.")]
        #[proc_macro_attribute]
        pub fn $attribute(arguments: TokenStream, item: TokenStream) -> TokenStream {
            entry::attribute(&attribute::$row, arguments.into(), &item.into()).into()
        }

        #[doc = concat!("See `metrics_runtime::block::", stringify!($attribute), "`.")]
        #[proc_macro]
        pub fn $block(arguments: TokenStream) -> TokenStream {
            entry::block(&attribute::$row, arguments.into()).into()
        }
    )*};
}

attributes! {
    counted counted_block COUNTED,
    in_progress in_progress_block IN_PROGRESS,
    timed timed_block TIMED,
    track_cache track_cache_block TRACK_CACHE,
    track_model track_model_block TRACK_MODEL,
    track_query track_query_block TRACK_QUERY,
    track_task track_task_block TRACK_TASK,
}

/// See `metrics_runtime::metrics`.
#[proc_macro_attribute]
pub fn metrics(arguments: TokenStream, item: TokenStream) -> TokenStream {
    entry::metrics(arguments.into(), &item.into()).into()
}

/// See `metrics_runtime::health_check`.
#[proc_macro_attribute]
pub fn health_check(arguments: TokenStream, item: TokenStream) -> TokenStream {
    entry::health_check(arguments.into(), &item.into()).into()
}

/// See `metrics_runtime::LabelValue`.
#[proc_macro_derive(LabelValue, attributes(label))]
pub fn label_value(item: TokenStream) -> TokenStream {
    entry::label_value(item.into()).into()
}

/// See `metrics_runtime::ErrorLabel`.
#[proc_macro_derive(ErrorLabel, attributes(label))]
pub fn error_label(item: TokenStream) -> TokenStream {
    entry::error_label(item.into()).into()
}
