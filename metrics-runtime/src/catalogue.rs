//! The catalogue: every call site of the program, before its first call.
//!
//! Each site puts itself here from a constructor, which runs before `main`,
//! and again at its first call, so that a platform without constructors knows
//! a site from then on.

use crate::config;
use crate::desc::Desc;
use crate::measure::Resolved;
use crate::registry::Registry;
use once_cell::race::{OnceBox, OnceRef};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
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
    /// It is the function's name.
    Function,
    /// It is the path of the module.
    Module,
    /// It is the nth value that the site evaluates at entry.
    Argument(usize),
}

impl Source {
    /// The value, if it stands in the source, which is at `place`.
    pub(crate) fn constant(&self, place: &Place) -> Option<&'static str> {
        match *self {
            Self::Constant(value) => Some(value),
            Self::Function => Some(place.function),
            Self::Module => Some(place.module),
            Self::Argument(_) => None,
        }
    }
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

    /// The label values, if all stand in the source, which is at `place`.
    pub(crate) fn constants(&self, place: &Place) -> Option<Vec<&'static str>> {
        let constant = |source: &Source| source.constant(place);
        self.labels.iter().map(constant).collect()
    }
}

/// The cell of a site that has to be resolved first. With the index of a dense
/// series added, it is still beyond every cell that is handed out.
pub(crate) const UNRESOLVED: u32 = 0xffff_0000;

/// The cell of every site when recording is turned off.
pub(crate) const OFF: u32 = 0xfffe_0000;

/// A call site: what one annotated function records.
#[derive(Debug)]
pub struct Site {
    pub(crate) place: Place,
    pub(crate) registry: &'static Registry,
    pub(crate) instruments: &'static [Instrument],
    /// The written return type may hold an error, so `outcome="error"` is
    /// served at zero.
    pub(crate) fallible: bool,
    /// The first cell of the first instrument; [`UNRESOLVED`] until it is known,
    /// [`OFF`] when nothing is recorded.
    cell: AtomicU32,
    pub(crate) resolved: OnceBox<Resolved>,
    registered: AtomicBool,
    next: OnceRef<'static, Site>,
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
            cell: AtomicU32::new(UNRESOLVED),
            resolved: OnceBox::new(),
            registered: AtomicBool::new(false),
            next: OnceRef::new(),
        }
    }

    /// Puts the site into the catalogue; again has no effect.
    pub fn register(&'static self) {
        // There is no clock to start before `main` on WebAssembly.
        if cfg!(not(target_family = "wasm")) {
            crate::clock::start();
        }
        let mut head = HEAD.lock().unwrap_or_else(PoisonError::into_inner);
        // Relaxed: the lock is held.
        if !self.registered.swap(true, Ordering::Relaxed) {
            if let Some(next) = head.site {
                let _ = self.next.set(next);
            }
            head.site = Some(self);
            head.len += 1;
        }
    }
}

impl Site {
    /// The first cell of the first instrument, [`UNRESOLVED`] or [`OFF`].
    #[inline]
    pub(crate) fn cell(&self) -> u32 {
        // Relaxed: an index is a number, no other memory is read through it.
        self.cell.load(Ordering::Relaxed)
    }

    /// Makes the first cell known to calls that come; those of a site that
    /// records nothing need not look.
    pub(crate) fn publish(&self, cell: u32) {
        let head = HEAD.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = if config::recording_decided() {
            cell
        } else {
            OFF
        };
        // Relaxed, as in `cell`; under the lock, so that `switch` comes before
        // or after.
        self.cell.store(cell, Ordering::Relaxed);
        drop(head);
    }
}

/// Makes all sites look again whether calls are recorded.
pub(crate) fn switch() {
    let head = HEAD.lock().unwrap_or_else(PoisonError::into_inner);
    for site in std::iter::successors(head.site, |site| site.next.get()) {
        // Relaxed, as in `publish`.
        site.cell.store(UNRESOLVED, Ordering::Relaxed);
    }
}

/// How many sites there are, and those that came after the first `known`; an
/// attribute beside ours may have copied a function, so one place may come
/// twice.
pub(crate) fn since(known: usize) -> (usize, impl Iterator<Item = &'static Site>) {
    let head = HEAD.lock().unwrap_or_else(PoisonError::into_inner);
    let (site, len) = (head.site, head.len);
    drop(head);
    let sites = std::iter::successors(site, |site| site.next.get());
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
        $($record:ident $desc:expr, [$($source:ident $($value:expr)?),*]);+
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
                &[$($crate::__private::Source::$source $(($value))?),*],
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
