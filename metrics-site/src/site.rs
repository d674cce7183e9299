//! Call sites: a static each, beside the annotated function.

use crate::Timer;
use crate::catalogue::Entry;
use once_cell::race::OnceBox;
use std::any::Any;
use std::cell::UnsafeCell;
use std::fmt;
use std::mem::ManuallyDrop;
use std::panic::Location;
use std::sync::atomic::{AtomicU32, Ordering};

/// The cell of a site that has to be resolved first. With the index of a dense
/// series added, it is still before every cell that is handed out.
pub const UNRESOLVED: u32 = 0;

/// The cell of a site that is resolved, and whose first instrument has no cell of
/// its own: its labels are evaluated, or another declaration is in force.
pub const NOWHERE: u32 = 1;

/// The cell of every site when recording is turned off, or when there is no runtime
/// to record.
pub const OFF: u32 = u32::MAX;

/// An instrument wants the duration of calls, so the clock is read.
pub const TIMED: u8 = 1;

/// An instrument counts calls while they run.
pub const RUNNING: u8 = 2;

/// What is called is a database query.
pub const QUERY: u8 = 4;

/// What most sites record: one built-in family of functions, in the global
/// registry. It stands in the site as a number, which is smaller than a
/// reference and needs no look by the compiler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plain {
    /// `function_calls_total`.
    Calls,
    /// `function_duration_seconds`.
    Duration,
    /// `function_calls_in_progress`.
    InProgress,
}

/// A call site: what one annotated function records.
///
/// What is inside is never written to as a whole, and a static is never dropped. The
/// two wrappers are for the compiler, which proves of the static of each annotated
/// function anew whether it is `Sync`, whether a part of it may change and whether
/// one has to be dropped, down to the last type; here it sees it at
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
    /// What `plain` doesn't say, of a type of the runtime's.
    own: Option<&'static (dyn Any + Send + Sync)>,
    resolved: OnceBox<Timer>,
    entry: Entry,
    /// The first cell of the first instrument; [`UNRESOLVED`] until it is known,
    /// [`OFF`] when nothing is recorded.
    cell: AtomicU32,
    plain: Plain,
    /// [`TIMED`], [`RUNNING`] and [`QUERY`], in one byte: a further one would take eight.
    wants: u8,
    /// The written return type may hold an error, so `outcome="error"` is
    /// served at zero.
    fallible: bool,
}

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
        wants: u8,
        own: Option<&'static (dyn Any + Send + Sync)>,
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
            entry: const { Entry::new() },
            cell: const { AtomicU32::new(UNRESOLVED) },
            plain,
            wants,
            fallible,
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
    /// the module's path and the file, with a line feed between. What it records is
    /// known to the runtime: `own`, which wants these of [`TIMED`], [`RUNNING`] and
    /// [`QUERY`].
    #[track_caller]
    pub const fn new(
        function: &'static str,
        origin: &'static str,
        fallible: bool,
        wants: u8,
        own: &'static (dyn Any + Send + Sync),
    ) -> Self {
        let place = (function, origin);
        Self::at(place, fallible, Plain::Calls, wants, Some(own))
    }

    /// As [`new`](Self::new), for what most sites record.
    #[track_caller]
    pub const fn plain(
        function: &'static str,
        origin: &'static str,
        fallible: bool,
        plain: Plain,
    ) -> Self {
        let wants = match plain {
            Plain::Duration => TIMED,
            Plain::InProgress => RUNNING,
            Plain::Calls => 0,
        };
        Self::at((function, origin), fallible, plain, wants, None)
    }

    /// The function, with its type where a whole `impl` block is annotated.
    pub const fn function(&self) -> &'static str {
        self.fields().function
    }

    /// The module's path and the file, with a line feed between.
    pub const fn origin(&self) -> &'static str {
        self.fields().origin
    }

    /// The line of the attribute.
    pub const fn line(&self) -> u32 {
        self.fields().line
    }

    /// The column of the attribute.
    pub const fn column(&self) -> u32 {
        self.fields().column
    }

    /// What it records, unless that is what most sites do.
    pub const fn own(&self) -> Option<&'static (dyn Any + Send + Sync)> {
        self.fields().own
    }

    /// What it records where it has nothing of its own.
    pub const fn what(&self) -> Plain {
        self.fields().plain
    }

    /// Whether the written return type may hold an error.
    pub const fn is_fallible(&self) -> bool {
        self.fields().fallible
    }

    /// Whether the clock is read.
    #[inline]
    pub const fn is_timed(&self) -> bool {
        self.fields().wants & TIMED != 0
    }

    /// Whether calls are counted while they run.
    #[inline]
    pub const fn is_running_counted(&self) -> bool {
        self.fields().wants & RUNNING != 0
    }

    /// Whether what is called is a database query.
    #[inline]
    pub const fn is_query(&self) -> bool {
        self.fields().wants & QUERY != 0
    }

    /// Whether nothing is recorded.
    #[inline]
    pub fn is_off(&self) -> bool {
        self.cell() == OFF
    }

    /// What the site is resolved to, once it is.
    #[inline]
    pub fn timer(&self) -> Option<&Timer> {
        self.fields().resolved.get()
    }

    /// Resolves the site to this, unless it is resolved.
    pub fn resolve_to(&self, timer: Timer) {
        let _ = self.fields().resolved.set(Box::new(timer));
    }

    /// The first cell of the first instrument, [`NOWHERE`], [`UNRESOLVED`] or
    /// [`OFF`].
    // Loading an atomic is generic; the crate's documentation has the reason.
    #[cfg_attr(not(debug_assertions), inline)]
    pub fn cell(&self) -> u32 {
        // Acquire: who sees a cell sees what the site resolved to, and the
        // clock's scale. On the usual processors it is free.
        self.fields().cell.load(Ordering::Acquire)
    }

    /// Sets the cell, under the catalogue's lock.
    pub(crate) fn set_cell(&self, cell: u32) {
        // Release: pairs with `cell`.
        self.fields().cell.store(cell, Ordering::Release);
    }

    pub(crate) const fn entry(&self) -> &Entry {
        &self.fields().entry
    }
}
