//! The catalogue: every call site of the program, before its first call.
//!
//! Each site puts itself here from a constructor, which runs before `main`,
//! and again at its first call, so that a platform without constructors knows
//! a site from then on.

use crate::desc::Desc;
use crate::registry::Registry;
use once_cell::sync::OnceCell;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// Where a call site stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Place {
    /// The file, as the compiler was given it.
    pub file: &'static str,
    /// The line of the attribute.
    pub line: u32,
    /// The column of the attribute.
    pub column: u32,
    /// The module's path.
    pub module: &'static str,
    /// The function, with its type where a whole `impl` block is annotated.
    pub function: &'static str,
}

impl Place {
    /// The place with these coordinates.
    pub const fn new(
        function: &'static str,
        module: &'static str,
        (file, line, column): (&'static str, u32, u32),
    ) -> Self {
        Self {
            file,
            line,
            column,
            module,
            function,
        }
    }

    /// The name of the crate: the head of the module's path.
    pub fn krate(&self) -> &'static str {
        self.module.split("::").next().unwrap_or(self.module)
    }

    /// The order in which sites that disagree are decided: the smallest is in
    /// force.
    pub(crate) fn rank(&self) -> impl Ord + use<> {
        (
            self.krate(),
            self.file,
            self.line,
            self.column,
            self.function,
        )
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{} in {}::{}",
            self.file, self.line, self.module, self.function
        )
    }
}

/// What an instrument adds to its series when a call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Record {
    /// One for each call.
    Calls,
    /// The call's duration.
    Duration,
    /// The rows of a successful call.
    Rows,
    /// Nothing by itself: the site hands its series out.
    Handle,
}

/// Where a label's value comes from.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Source {
    /// It stands in the source.
    Constant(&'static str),
    /// It is the nth value that the site evaluates at entry.
    Argument(usize),
}

/// One family that a site records into.
#[derive(Clone, Copy, Debug)]
pub struct Instrument {
    pub(crate) desc: &'static Desc,
    pub(crate) record: Record,
    /// In the order of the family's labels, `outcome` aside.
    pub(crate) labels: &'static [Source],
}

impl Instrument {
    /// An instrument of a site.
    pub const fn new(desc: &'static Desc, record: Record, labels: &'static [Source]) -> Self {
        Self {
            desc,
            record,
            labels,
        }
    }

    /// The label values, if all stand in the source.
    pub(crate) fn constants(&self) -> Option<Vec<&'static str>> {
        let constant = |source: &Source| match source {
            Source::Constant(value) => Some(*value),
            Source::Argument(_) => None,
        };
        self.labels.iter().map(constant).collect()
    }
}

/// A call site: what one annotated function records.
#[derive(Debug)]
pub struct Site {
    pub(crate) place: Place,
    pub(crate) registry: &'static Registry,
    pub(crate) instruments: &'static [Instrument],
    /// The written return type may hold an error, so `outcome="error"` is
    /// served at zero.
    pub(crate) fallible: bool,
    pub(crate) resolved: OnceCell<crate::measure::Resolved>,
    next: OnceCell<Option<&'static Site>>,
}

#[derive(Debug)]
struct Head {
    site: Option<&'static Site>,
    len: usize,
}

static HEAD: Mutex<Head> = Mutex::new(Head { site: None, len: 0 });

impl Site {
    /// A site that isn't in the catalogue yet.
    pub const fn new(
        place: Place,
        registry: &'static Registry,
        fallible: bool,
        instruments: &'static [Instrument],
    ) -> Self {
        Self {
            place,
            registry,
            instruments,
            fallible,
            resolved: OnceCell::new(),
            next: OnceCell::new(),
        }
    }

    /// Puts the site into the catalogue; again has no effect.
    pub fn register(&'static self) {
        // There is no clock to start before `main` on WebAssembly.
        if cfg!(not(target_family = "wasm")) {
            crate::clock::start();
        }
        let mut head = HEAD.lock().unwrap_or_else(PoisonError::into_inner);
        if self.next.set(head.site).is_ok() {
            head.site = Some(self);
            head.len += 1;
        }
    }
}

/// How many sites there are, and those that came after the first `known`; an
/// attribute beside ours may have copied a function, so one place may come
/// twice.
pub(crate) fn since(known: usize) -> (usize, impl Iterator<Item = &'static Site>) {
    let head = HEAD.lock().unwrap_or_else(PoisonError::into_inner);
    let (site, len) = (head.site, head.len);
    drop(head);
    let sites = std::iter::successors(site, |site| site.next.get().copied().flatten());
    (len, sites.take(len.saturating_sub(known)))
}

/// Declares a call site and puts it into the catalogue before `main`.
///
/// A `macro_rules` macro so that `$crate` resolves in crates of any edition;
/// the link section is one of the crate's uses of `unsafe`.
#[doc(hidden)]
#[macro_export]
macro_rules! __site {
    (
        $site:ident $function:literal $fallible:literal $registry:expr,
        $($record:ident $desc:expr, [$($source:ident $value:expr),*]);+
    ) => {
        static $site: $crate::__private::Site = $crate::__private::Site::new(
            $crate::__private::Place::new(
                $function,
                ::core::module_path!(),
                (::core::file!(), ::core::line!(), ::core::column!()),
            ),
            $registry,
            $fallible,
            &[$($crate::__private::Instrument::new(
                $desc,
                $crate::__private::Record::$record,
                &[$($crate::__private::Source::$source($value)),*],
            )),+],
        );
        const _: () = {
            extern "C" fn register() {
                $site.register();
            }
            // SAFETY: the section holds pointers to `extern "C"` functions
            // without arguments, which is what this static is; the function
            // takes a lock and sets a cell, and needs nothing that is set up
            // by `main`.
            #[used]
            #[cfg_attr(
                any(
                    target_os = "linux",
                    target_os = "android",
                    target_os = "freebsd",
                    target_os = "netbsd",
                    target_os = "openbsd",
                    target_os = "dragonfly",
                    target_os = "illumos",
                    target_os = "haiku",
                    target_family = "wasm"
                ),
                unsafe(link_section = ".init_array")
            )]
            #[cfg_attr(
                target_vendor = "apple",
                unsafe(link_section = "__DATA,__mod_init_func,mod_init_funcs")
            )]
            #[cfg_attr(windows, unsafe(link_section = ".CRT$XCU"))]
            static REGISTER: extern "C" fn() = register;
        };
    };
}
