//! The built-in families: for each its description, which call sites name, and
//! a function that returns a series, for code that records by hand.

pub mod cache;
pub mod client;
pub mod custom;
pub mod database;
pub mod django;
pub mod function;
pub mod health;
pub mod http;
pub mod model;
pub mod query;
pub mod redis;
pub mod task;
pub(crate) mod toolkit;

use crate::desc::Desc;
use crate::record::FamilyCore;
use once_cell::sync::OnceCell;
use std::sync::Arc;

/// Declares a built-in family: a static description and a typed handle.
macro_rules! family {
    (
        $(#[doc = $doc:literal])+
        $desc:ident: $kind:ident $(($($buckets:literal),*))? $(, cap $cap:literal)?
        $function:ident($($label:ident),*; outcome) -> $metric:ident
    ) => {
        $crate::builtin::family!(
            @ [$(#[doc = $doc])+] $desc $kind [$($($buckets),*)?] [$($cap)?] $function ($($label),*) $metric
            [, outcome: $crate::Outcome] [by_outcome] outcome
        );
    };
    (
        $(#[doc = $doc:literal])+
        $desc:ident: $kind:ident $(($($buckets:literal),*))? $(, cap $cap:literal)?
        $function:ident($($label:ident),*) -> $metric:ident
    ) => {
        $crate::builtin::family!(
            @ [$(#[doc = $doc])+] $desc $kind [$($($buckets),*)?] [$($cap)?] $function ($($label),*) $metric
            [] [] $crate::Outcome::Ok
        );
    };
    (
        @ [$(#[doc = $doc:literal])+] $desc:ident $kind:ident [$($($buckets:literal),+)?] [$($cap:literal)?]
        $function:ident ($($label:ident),*)
        $metric:ident [$($argument:tt)*] [$($by_outcome:ident)?] $outcome:expr
    ) => {
        #[doc(hidden)]
        pub static $desc: $crate::desc::Desc = $crate::desc::Desc::$kind(
            ::core::stringify!($function),
            $crate::builtin::help(&[$($doc),+]),
            &[$($crate::builtin::label(::core::stringify!($label))),*],
        )$(.$by_outcome())? $(.buckets(&[$($buckets),+]))? $(.cap($cap))?;

        $(#[doc = $doc])+
        ///
        /// Returns the series of the [global registry](crate::global) with
        /// these label values, for code that records by hand.
        pub fn $function($($label: &str),* $($argument)*) -> $crate::$metric {
            static FAMILY: $crate::builtin::Lazy = $crate::builtin::Lazy::new();
            $crate::record::at(FAMILY.get(&$desc), &[$($label),*], $outcome)
        }
    };
}
pub(crate) use family;

/// A built-in family of the global registry, found at its first use.
#[derive(Debug)]
pub(crate) struct Lazy(OnceCell<Arc<FamilyCore>>);

impl Lazy {
    pub(crate) const fn new() -> Self {
        Self(OnceCell::new())
    }

    pub(crate) fn get(&self, desc: &Desc) -> &FamilyCore {
        self.0.get().unwrap_or_else(|| {
            // Found before the cell is entered: a conflict is reported to the
            // user's hook, which may record into this very family.
            let family = crate::global().builtin(desc);
            self.0.get_or_init(|| family)
        })
    }
}

/// The name of a label, which may be a keyword of the language.
const fn label(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', ..] => name.split_at(2).1,
        _ => name,
    }
}

/// The help text of a family: the first line of its documentation.
const fn help(lines: &'static [&'static str]) -> &'static str {
    match lines[0].as_bytes() {
        [b' ', ..] => lines[0].split_at(1).1,
        _ => lines[0],
    }
}
