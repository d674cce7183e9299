//! The catalogue: every call site of the program, before its first call.
//!
//! Each site puts itself here from a constructor, which runs before `main`,
//! and again at its first call, so that a platform without constructors knows
//! a site from then on.

use crate::builtin::function::{FUNCTION_CALLS_TOTAL, FUNCTION_DURATION_SECONDS};
use crate::clock::Ticks;
use crate::config;
use crate::desc::Desc;
use crate::measure::Resolved;
use crate::registry::Registry;
use once_cell::race::{OnceBox, OnceRef};
use std::fmt;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

/// Where a call site stands.
#[derive(Clone, Copy)]
pub struct Place(&'static Site);

impl Place {
    /// The file, as the compiler was given it.
    pub fn file(&self) -> &'static str {
        self.origin().1
    }

    /// The line of the attribute.
    pub const fn line(&self) -> u32 {
        self.0.0.line
    }

    /// The column of the attribute.
    pub const fn column(&self) -> u32 {
        self.0.0.column
    }

    /// The module's path.
    pub fn module(&self) -> &'static str {
        self.origin().0
    }

    /// The function, with its type where a whole `impl` block is annotated.
    pub const fn function(&self) -> &'static str {
        self.0.0.function
    }

    /// The name of the crate: the head of the module's path.
    pub fn krate(&self) -> &'static str {
        let module = self.module();
        module.split("::").next().unwrap_or(module)
    }

    fn origin(self) -> (&'static str, &'static str) {
        let origin = self.0.0.origin;
        origin.split_once('\n').unwrap_or((origin, ""))
    }

    /// The order in which sites that disagree are decided: the smallest is in
    /// force.
    pub(crate) fn rank(self) -> impl Ord + use<> {
        (
            self.krate(),
            self.file(),
            self.line(),
            self.column(),
            self.function(),
        )
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank() && self.module() == other.module()
    }
}

impl Eq for Place {}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({self})")
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{} in {}::{}",
            self.file(),
            self.line(),
            self.module(),
            self.function()
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
    pub(crate) fn constant(&self, place: Place) -> Option<&'static str> {
        match *self {
            Self::Constant(value) => Some(value),
            Self::Function => Some(place.function()),
            Self::Module => Some(place.module()),
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
    pub(crate) fn constants(&self, place: Place) -> Option<Vec<&'static str>> {
        let constant = |source: &Source| source.constant(place);
        self.labels.iter().map(constant).collect()
    }
}

/// The cell of a site that has to be resolved first. With the index of a dense
/// series added, it is still before every cell that is handed out.
pub(crate) const UNRESOLVED: u32 = 0;

/// The cell of a site that is resolved, and whose first instrument has no cell of
/// its own: its labels are evaluated, or another declaration is in force.
pub(crate) const NOWHERE: u32 = 1;

/// The cell of every site when recording is turned off.
pub(crate) const OFF: u32 = u32::MAX;

/// What most sites record: one built-in family of functions, in the global
/// registry. It stands in the site as a number, which is smaller than a
/// reference and needs no look by the compiler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Plain {
    /// `function_calls_total`.
    Calls,
    /// `function_duration_seconds`.
    Duration,
}

impl Plain {
    fn instruments(self) -> &'static [Instrument] {
        const LABELS: &[Source] = &[Source::Function, Source::Module];
        match self {
            Self::Calls => {
                const {
                    &[Instrument::new(
                        &FUNCTION_CALLS_TOTAL,
                        Record::Calls,
                        LABELS,
                    )]
                }
            }
            Self::Duration => {
                const {
                    &[Instrument::new(
                        &FUNCTION_DURATION_SECONDS,
                        Record::Duration,
                        LABELS,
                    )]
                }
            }
        }
    }
}

/// What other sites record, and where.
#[derive(Debug)]
pub struct Own {
    registry: &'static Registry,
    instruments: &'static [Instrument],
    /// An instrument wants the duration of calls.
    timed: bool,
}

impl Own {
    /// These instruments, in this registry.
    pub const fn new(registry: &'static Registry, instruments: &'static [Instrument]) -> Self {
        let mut timed = false;
        let mut index = 0;
        while index < instruments.len() {
            timed |= matches!(instruments[index].record, Record::Duration);
            index += 1;
        }
        Self {
            registry,
            instruments,
            timed,
        }
    }
}

/// A call site: what one annotated function records.
#[derive(Debug)]
#[repr(transparent)]
pub struct Site(Fields);

// SAFETY: all that a site holds are its fields, which are `Sync`: the function
// below compiles.
//
// Without this, the compiler would prove it for the static of each annotated
// function anew, down to the last type in a registry: an eighth of what `cargo
// check` takes for an annotated function.
#[expect(unsafe_code, reason = "the benchmark of compile times shows its worth")]
unsafe impl Sync for Site {}

const _: () = {
    const fn is_sync<T: Sync>() {}
    is_sync::<Fields>();
};

#[derive(Debug)]
struct Fields {
    function: &'static str,
    /// The module's path and the file, with a line feed between: one string for
    /// all sites of a module.
    origin: &'static str,
    line: u32,
    column: u32,
    /// What `plain` doesn't say.
    own: Option<&'static Own>,
    resolved: OnceBox<Resolved>,
    next: OnceRef<'static, Site>,
    /// The first cell of the first instrument; [`UNRESOLVED`] until it is known,
    /// [`OFF`] when nothing is recorded.
    cell: AtomicU32,
    plain: Plain,
    /// An instrument wants the duration of calls, so the clock is read.
    timed: bool,
    /// The written return type may hold an error, so `outcome="error"` is
    /// served at zero.
    fallible: bool,
    registered: AtomicBool,
}

#[derive(Debug)]
struct Head {
    site: Option<&'static Site>,
    len: usize,
}

static HEAD: Mutex<Head> = Mutex::new(Head { site: None, len: 0 });

impl Site {
    #[track_caller]
    const fn at(
        (function, origin): (&'static str, &'static str),
        fallible: bool,
        plain: Plain,
        own: Option<&'static Own>,
    ) -> Self {
        let location = Location::caller();
        Self(Fields {
            function,
            origin,
            line: location.line(),
            column: location.column(),
            own,
            resolved: OnceBox::new(),
            next: OnceRef::new(),
            cell: AtomicU32::new(UNRESOLVED),
            plain,
            timed: match own {
                Some(own) => own.timed,
                None => matches!(plain, Plain::Duration),
            },
            fallible,
            registered: AtomicBool::new(false),
        })
    }

    /// A site that isn't in the catalogue yet, where this is called; `origin` is
    /// the module's path and the file, with a line feed between.
    #[track_caller]
    pub const fn new(
        function: &'static str,
        origin: &'static str,
        fallible: bool,
        own: &'static Own,
    ) -> Self {
        Self::at((function, origin), fallible, Plain::Calls, Some(own))
    }

    /// As [`new`](Self::new), for what most sites record.
    #[track_caller]
    pub const fn plain(
        function: &'static str,
        origin: &'static str,
        fallible: bool,
        plain: Plain,
    ) -> Self {
        Self::at((function, origin), fallible, plain, None)
    }

    pub(crate) const fn place(&'static self) -> Place {
        Place(self)
    }

    pub(crate) fn registry(&self) -> &'static Registry {
        self.0.own.map_or(crate::global(), |own| own.registry)
    }

    pub(crate) fn instruments(&self) -> &'static [Instrument] {
        let own = self.0.own.map(|own| own.instruments);
        own.unwrap_or_else(|| self.0.plain.instruments())
    }

    pub(crate) const fn is_fallible(&self) -> bool {
        self.0.fallible
    }

    /// Whether the clock is read.
    #[inline]
    pub(crate) const fn is_timed(&self) -> bool {
        self.0.timed
    }

    /// Whether recording is turned off.
    #[inline]
    pub(crate) fn is_off(&self) -> bool {
        self.cell() == OFF
    }

    #[inline]
    pub(crate) const fn resolved(&self) -> &OnceBox<Resolved> {
        &self.0.resolved
    }

    /// Puts the site into the catalogue; again has no effect. A function of C,
    /// so that the constructor which calls it need not care about unwinding.
    pub extern "C" fn register(&'static self) {
        // Relaxed: calls come here too, and need not take the lock for a site
        // that is known; one that looks new is looked at again below.
        if self.0.registered.load(Ordering::Relaxed) {
            return;
        }
        // There is no clock to start before `main` on WebAssembly.
        if cfg!(not(target_family = "wasm")) {
            crate::clock::start();
        }
        let mut head = HEAD.lock().unwrap_or_else(PoisonError::into_inner);
        // Relaxed: the lock is held.
        if !self.0.registered.swap(true, Ordering::Relaxed) {
            if let Some(next) = head.site {
                let _ = self.0.next.set(next);
            }
            head.site = Some(self);
            head.len += 1;
        }
    }

    /// The first cell of the first instrument, [`NOWHERE`], [`UNRESOLVED`] or
    /// [`OFF`].
    #[inline]
    pub(crate) fn cell(&self) -> u32 {
        // Acquire: who sees a cell sees what the site resolved to, and the
        // clock's scale. On the usual processors it is free.
        self.0.cell.load(Ordering::Acquire)
    }

    /// Makes the first cell known to calls that come; those of a site that
    /// records nothing need not look.
    pub(crate) fn publish(&self, cell: u32) {
        let wanted = || {
            if !config::recording_decided() {
                OFF
            } else if self.is_timed() && !Ticks::are_settled() {
                // Calls that are timed read the counter without a look at the
                // clock's state, so that has to be settled.
                UNRESOLVED
            } else {
                cell
            }
        };
        // Calls come here as long as the clock isn't settled, for good where it
        // is `Instant`: they must not wait for each other.
        if self.cell() == wanted() {
            return;
        }
        // Asked again under the lock, so that `switch` comes before or after.
        let head = HEAD.lock().unwrap_or_else(PoisonError::into_inner);
        // Release: pairs with `cell`.
        self.0.cell.store(wanted(), Ordering::Release);
        drop(head);
    }
}

/// Makes all sites look again whether calls are recorded.
pub(crate) fn switch() {
    let head = HEAD.lock().unwrap_or_else(PoisonError::into_inner);
    for site in std::iter::successors(head.site, |site| site.0.next.get()) {
        // Relaxed: that a site isn't resolved says nothing of anything else.
        site.0.cell.store(UNRESOLVED, Ordering::Relaxed);
    }
}

/// How many sites there are, and those that came after the first `known`; an
/// attribute beside ours may have copied a function, so one place may come
/// twice.
pub(crate) fn since(known: usize) -> (usize, impl Iterator<Item = &'static Site>) {
    let head = HEAD.lock().unwrap_or_else(PoisonError::into_inner);
    let (site, len) = (head.site, head.len);
    drop(head);
    let sites = std::iter::successors(site, |site| site.0.next.get());
    (len, sites.take(len.saturating_sub(known)))
}

/// Declares a call site and puts it into the catalogue before `main`.
///
/// A `macro_rules` macro so that `$crate` resolves in crates of any edition;
/// the link section is one of the crate's uses of `unsafe`.
#[doc(hidden)]
#[macro_export]
macro_rules! __site {
    ($site:ident $function:literal $fallible:literal $plain:ident) => {
        $crate::__site!(@ $site, $crate::__private::Site::plain(
            $function,
            ::core::concat!(::core::module_path!(), "\n", ::core::file!()),
            $fallible,
            $crate::__private::Plain::$plain,
        ));
    };
    (
        $site:ident $function:literal $fallible:literal $registry:expr,
        $($record:ident $desc:expr, [$($source:ident $($value:expr)?),*]);+
    ) => {
        $crate::__site!(@ $site, $crate::__private::Site::new(
            $function,
            ::core::concat!(::core::module_path!(), "\n", ::core::file!()),
            $fallible,
            const { &$crate::__private::Own::new(
                $registry,
                const { &[$($crate::__private::Instrument::new(
                    $desc,
                    $crate::__private::Record::$record,
                    &[$($crate::__private::Source::$source $(($value))?),*],
                )),+] },
            ) },
        ));
    };
    (@ $site:ident, $made:expr) => {
        static $site: $crate::__private::Site = $made;
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
