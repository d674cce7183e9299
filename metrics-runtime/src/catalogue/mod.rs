//! The catalogue: every call site of the program, before its first call.
//!
//! Each site puts itself here from a constructor, which runs before `main`,
//! and again at its first call, so that a platform without constructors knows
//! a site from then on.

mod instrument;
mod place;

pub use instrument::{Instrument, Plain, Record, Source};
pub use place::Place;

use crate::clock::Ticks;
use crate::config;
use crate::measure::Resolved;
use crate::registry::Registry;
use once_cell::race::{OnceBox, OnceRef};
use std::cell::UnsafeCell;
use std::fmt;
use std::mem::ManuallyDrop;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

/// The cell of a site that has to be resolved first. With the index of a dense
/// series added, it is still before every cell that is handed out.
pub(crate) const UNRESOLVED: u32 = 0;

/// The cell of a site that is resolved, and whose first instrument has no cell of
/// its own: its labels are evaluated, or another declaration is in force.
pub(crate) const NOWHERE: u32 = 1;

/// The cell of every site when recording is turned off.
pub(crate) const OFF: u32 = u32::MAX;

/// An instrument wants the duration of calls, so the clock is read.
const TIMED: u8 = 1;

/// An instrument counts calls while they run.
const RUNNING: u8 = 2;

/// What is called is a database query.
const QUERY: u8 = 4;

/// What other sites record, and where.
#[derive(Debug)]
pub struct Own {
    registry: &'static Registry,
    instruments: &'static [Instrument],
    /// What the instruments want, [`TIMED`], [`RUNNING`] and [`QUERY`].
    wants: u8,
}

impl Own {
    /// These instruments, in this registry.
    pub const fn new(registry: &'static Registry, instruments: &'static [Instrument]) -> Self {
        let mut wants = 0;
        let mut index = 0;
        while index < instruments.len() {
            let record = instruments[index].record;
            if record.is_of_time() {
                wants |= TIMED;
            }
            if matches!(record, Record::InProgress) {
                wants |= RUNNING;
            }
            if matches!(record, Record::Queries) {
                wants |= QUERY;
            }
            index += 1;
        }
        Self {
            registry,
            instruments,
            wants,
        }
    }
}

/// A call site: what one annotated function records.
///
/// What is inside is never written to as a whole, and a static is never dropped. The
/// two wrappers are for the compiler, which proves of the static of each annotated
/// function anew whether it is `Sync`, whether a part of it may change and whether
/// one has to be dropped, down to the last type in a registry; here it sees it at
/// once. For statics alone that is two fifths of the compiler's work, and an eighth of
/// what `cargo check` takes for an annotated function.
#[repr(transparent)]
pub struct Site(UnsafeCell<ManuallyDrop<Fields>>);

// SAFETY: all that a site holds are its fields, which are `Sync`: the function
// below compiles. Nothing makes a `&mut` to them.
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
    /// [`TIMED`], [`RUNNING`] and [`QUERY`], in one byte: a further one would take eight.
    wants: u8,
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

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Site").field(self.fields()).finish()
    }
}

impl Site {
    #[track_caller]
    const fn at(
        (function, origin): (&'static str, &'static str),
        fallible: bool,
        plain: Plain,
        own: Option<&'static Own>,
    ) -> Self {
        let location = Location::caller();
        // What is the same for all sites in blocks of its own, which are evaluated
        // once for each crate.
        Self(UnsafeCell::new(ManuallyDrop::new(Fields {
            function,
            origin,
            line: location.line(),
            column: location.column(),
            own,
            resolved: const { OnceBox::new() },
            next: const { OnceRef::new() },
            cell: const { AtomicU32::new(UNRESOLVED) },
            plain,
            wants: match (own, plain) {
                (Some(own), _) => own.wants,
                (None, Plain::Duration) => TIMED,
                (None, Plain::InProgress) => RUNNING,
                (None, Plain::Calls) => 0,
            },
            fallible,
            registered: const { AtomicBool::new(false) },
        })))
    }

    #[inline]
    const fn fields(&self) -> &Fields {
        // SAFETY: there is no `&mut` to the fields, of which those that change are
        // atomics.
        #[expect(unsafe_code, reason = "the benchmark of compile times shows its worth")]
        unsafe {
            &*self.0.get().cast::<Fields>()
        }
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
        self.fields()
            .own
            .map_or(crate::global(), |own| own.registry)
    }

    pub(crate) fn instruments(&self) -> &'static [Instrument] {
        let own = self.fields().own.map(|own| own.instruments);
        own.unwrap_or_else(|| self.fields().plain.instruments())
    }

    pub(crate) const fn is_fallible(&self) -> bool {
        self.fields().fallible
    }

    /// Whether the clock is read.
    #[inline]
    pub(crate) const fn is_timed(&self) -> bool {
        self.fields().wants & TIMED != 0
    }

    /// Whether calls are counted while they run.
    #[inline]
    pub(crate) const fn is_running_counted(&self) -> bool {
        self.fields().wants & RUNNING != 0
    }

    /// Whether what is called is a database query.
    #[inline]
    pub(crate) const fn is_query(&self) -> bool {
        self.fields().wants & QUERY != 0
    }

    /// Whether recording is turned off.
    #[inline]
    pub(crate) fn is_off(&self) -> bool {
        self.cell() == OFF
    }

    #[inline]
    pub(crate) const fn resolved(&self) -> &OnceBox<Resolved> {
        &self.fields().resolved
    }

    /// Puts the site into the catalogue; again has no effect. A function of C,
    /// so that the constructor which calls it need not care about unwinding.
    pub extern "C" fn register(&'static self) {
        // Relaxed: calls come here too, and need not take the lock for a site
        // that is known; one that looks new is looked at again below.
        if self.fields().registered.load(Ordering::Relaxed) {
            return;
        }
        // There is no clock to start before `main` on WebAssembly.
        if cfg!(not(target_family = "wasm")) {
            crate::clock::start();
        }
        let mut head = HEAD.lock().unwrap_or_else(PoisonError::into_inner);
        // Relaxed: the lock is held.
        if !self.fields().registered.swap(true, Ordering::Relaxed) {
            if let Some(next) = head.site {
                let _ = self.fields().next.set(next);
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
        self.fields().cell.load(Ordering::Acquire)
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
        self.fields().cell.store(wanted(), Ordering::Release);
        drop(head);
    }
}

/// Makes all sites look again whether calls are recorded.
pub(crate) fn switch() {
    let head = HEAD.lock().unwrap_or_else(PoisonError::into_inner);
    for site in std::iter::successors(head.site, |site| site.fields().next.get()) {
        // Relaxed: that a site isn't resolved says nothing of anything else.
        site.fields().cell.store(UNRESOLVED, Ordering::Relaxed);
    }
}

/// How many sites there are, and those that came after the first `known`; an
/// attribute beside ours may have copied a function, so one place may come
/// twice.
pub(crate) fn since(known: usize) -> (usize, impl Iterator<Item = &'static Site>) {
    let head = HEAD.lock().unwrap_or_else(PoisonError::into_inner);
    let (site, len) = (head.site, head.len);
    drop(head);
    let sites = std::iter::successors(site, |site| site.fields().next.get());
    (len, sites.take(len.saturating_sub(known)))
}

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
        $crate::__constructor!($site: $crate::__private::Site = $crate::__private::Site::new(
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
