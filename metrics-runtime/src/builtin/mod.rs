//! The built-in families: for each its description, which call sites name, and
//! a function that returns a series, for code that records by hand.

pub mod function;
pub mod model;
pub(crate) mod toolkit;

/// Declares a built-in family: a static description and a typed handle.
macro_rules! family {
    (
        $(#[doc = $doc:literal])+
        $desc:ident: $kind:ident $function:ident($($label:ident),*; outcome) -> $metric:ident
    ) => {
        $crate::builtin::family!(
            @ [$(#[doc = $doc])+] $desc $kind $function ($($label),*) $metric
            [, outcome: $crate::Outcome] [by_outcome] outcome
        );
    };
    (
        $(#[doc = $doc:literal])+
        $desc:ident: $kind:ident $function:ident($($label:ident),*) -> $metric:ident
    ) => {
        $crate::builtin::family!(
            @ [$(#[doc = $doc])+] $desc $kind $function ($($label),*) $metric
            [] [] $crate::Outcome::Ok
        );
    };
    (
        @ [$(#[doc = $doc:literal])+] $desc:ident $kind:ident $function:ident ($($label:ident),*)
        $metric:ident [$($argument:tt)*] [$($by_outcome:ident)?] $outcome:expr
    ) => {
        #[doc(hidden)]
        pub static $desc: $crate::desc::Desc = $crate::desc::Desc::$kind(
            ::core::stringify!($function),
            $crate::builtin::help(&[$($doc),+]),
            &[$(::core::stringify!($label)),*],
        )$(.$by_outcome())?;

        $(#[doc = $doc])+
        ///
        /// Returns the series of the [global registry](crate::global) with
        /// these label values, for code that records by hand.
        pub fn $function($($label: &str),* $($argument)*) -> $crate::$metric {
            static FAMILY: ::once_cell::sync::OnceCell<
                ::std::sync::Arc<$crate::record::FamilyCore>,
            > = ::once_cell::sync::OnceCell::new();
            let family = FAMILY.get_or_init(|| $crate::global().builtin(&$desc));
            $crate::record::at(family, &[$($label),*], $outcome)
        }
    };
}
pub(crate) use family;

/// The help text of a family: the first line of its documentation.
const fn help(lines: &'static [&'static str]) -> &'static str {
    match lines[0].as_bytes() {
        [b' ', ..] => lines[0].split_at(1).1,
        _ => lines[0],
    }
}
