//! The catalogue: every call site of the program, before its first call.
//!
//! Each site puts itself there from a constructor, which runs before `main`,
//! and again at its first call, so that a platform without constructors knows
//! a site from then on. The sites and their list are in `metrics-site`, which knows
//! nothing of what they record.

mod installed;
mod instrument;
mod own;
mod place;
mod resolved;

pub(crate) use installed::install;
pub use instrument::{Instrument, Record, Source};
pub(crate) use metrics_site::{NOWHERE, OFF, UNRESOLVED, since, switch};
pub use metrics_site::{Plain, Site};
pub use own::{Own, declared};
pub use place::Place;
pub(crate) use resolved::Declared;

/// Whether the program has a site that counts queries.
#[cfg(feature = "http")]
pub(crate) fn has_queries() -> bool {
    let (_, mut sites) = since(0);
    sites.any(|site| {
        let mut instruments = site.instruments().iter();
        instruments.any(|instrument| instrument.record == Record::Queries)
    })
}

/// Declares a call site and puts it into the catalogue before `main`.
#[doc(hidden)]
#[macro_export]
macro_rules! __site {
    ($site:ident $function:literal $fallible:literal $plain:ident) => {
        $crate::__constructor!($site: $crate::__private::Site = $crate::__private::Site::plain(
            $function,
            ::core::concat!(::core::module_path!(), "\n", ::core::file!()),
            $fallible,
            $crate::__private::Plain::$plain,
        ));
    };
    (
        $site:ident $function:literal $fallible:literal $registry:expr,
        $($record:ident $desc:expr, [$($source:ident $($value:expr)?),*] $(, $detail:literal)?);+
    ) => {
        $crate::__constructor!($site: $crate::__private::Site = $crate::__private::declared(
            $function,
            ::core::concat!(::core::module_path!(), "\n", ::core::file!()),
            $fallible,
            const { &$crate::__private::Own::new(
                $registry,
                const { &[$($crate::__private::Instrument::new(
                    $desc,
                    $crate::__private::Record::$record $(($detail))?,
                    &[$($crate::__private::Source::$source $(($value))?),*],
                )),+] },
            ) },
        ));
    };
}
