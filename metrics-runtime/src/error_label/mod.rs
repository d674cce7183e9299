//! Errors as label values: by their type, or found behind a `dyn Error`.
//!
//! Each type that derives its label puts itself on a list from a constructor,
//! which runs before `main`, and again when it is asked, so that a platform
//! without constructors knows it from then on.

mod probe;

pub use probe::{
    ErrorByAny, ErrorByResult, ErrorOfAny, ErrorOfLabelled, ErrorOfReport, ErrorOfResult,
};

use once_cell::race::OnceRef;
use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The label of an error that nobody labelled.
const OTHER: &str = "other";

/// An error that has one of few names, to be a label's value.
///
/// Derive it with [`ErrorLabel`](macro@crate::ErrorLabel). References, `Box`,
/// `Arc` and `Rc` have the label of what they hold. [`std::io::Error`] is its
/// kind, such as `not_found` or `timed_out`; one of the kind
/// [`Other`](io::ErrorKind::Other) is what it holds.
///
/// A `dyn Error` is asked what it is: the error, then its
/// [`source`](Error::source) and so on, until one of them is a type that derives
/// its label, or an `Arc` or a `Box` of one, or an [`std::io::Error`]. If none is,
/// the label is `other`.
///
/// ```
/// use metrics_runtime::ErrorLabel;
/// use std::{error::Error, io};
///
/// struct Refused {
///     status: u16,
/// }
///
/// impl ErrorLabel for Refused {
///     fn error_label(&self) -> &'static str {
///         if self.status < 500 { "client" } else { "server" }
///     }
/// }
///
/// assert_eq!(Box::new(Refused { status: 404 }).error_label(), "client");
///
/// let error: Box<dyn Error> = Box::new(io::Error::from(io::ErrorKind::NotFound));
/// assert_eq!(error.error_label(), "not_found");
/// let error: Box<dyn Error> = "no type of its own".into();
/// assert_eq!(error.error_label(), "other");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no error label",
    label = "no error label",
    note = "derive `metrics_runtime::ErrorLabel` on it; for a type of another crate write `error = |e| …` on the function, or `#[label(\"…\")]` on the variant that holds it"
)]
pub trait ErrorLabel {
    /// The label: one of few, whatever the error holds.
    fn error_label(&self) -> &'static str;
}

impl ErrorLabel for Infallible {
    fn error_label(&self) -> &'static str {
        match *self {}
    }
}

macro_rules! kinds {
    ($error:ident: $($kind:ident $label:literal,)*) => {
        match $error.kind() {
            $(io::ErrorKind::$kind => $label,)*
            _ => $error.get_ref().map_or(OTHER, |held| find(held)),
        }
    };
}

impl ErrorLabel for io::Error {
    fn error_label(&self) -> &'static str {
        kinds!(self:
            AddrInUse "addr_in_use",
            AddrNotAvailable "addr_not_available",
            AlreadyExists "already_exists",
            ArgumentListTooLong "argument_list_too_long",
            BrokenPipe "broken_pipe",
            ConnectionAborted "connection_aborted",
            ConnectionRefused "connection_refused",
            ConnectionReset "connection_reset",
            CrossesDevices "crosses_devices",
            Deadlock "deadlock",
            DirectoryNotEmpty "directory_not_empty",
            ExecutableFileBusy "executable_file_busy",
            FileTooLarge "file_too_large",
            HostUnreachable "host_unreachable",
            Interrupted "interrupted",
            InvalidData "invalid_data",
            InvalidFilename "invalid_filename",
            InvalidInput "invalid_input",
            IsADirectory "is_a_directory",
            NetworkDown "network_down",
            NetworkUnreachable "network_unreachable",
            NotADirectory "not_a_directory",
            NotConnected "not_connected",
            NotFound "not_found",
            NotSeekable "not_seekable",
            OutOfMemory "out_of_memory",
            PermissionDenied "permission_denied",
            QuotaExceeded "quota_exceeded",
            ReadOnlyFilesystem "read_only_filesystem",
            ResourceBusy "resource_busy",
            StaleNetworkFileHandle "stale_network_file_handle",
            StorageFull "storage_full",
            TimedOut "timed_out",
            TooManyLinks "too_many_links",
            UnexpectedEof "unexpected_eof",
            Unsupported "unsupported",
            WouldBlock "would_block",
            WriteZero "write_zero",
        )
    }
}

macro_rules! held {
    ($($holder:ty),*) => {$(
        impl<T: ErrorLabel + ?Sized> ErrorLabel for $holder {
            fn error_label(&self) -> &'static str {
                (**self).error_label()
            }
        }
    )*};
}

held!(&T, Box<T>, Arc<T>, Rc<T>);

macro_rules! found {
    ($($error:ty),*) => {$(
        impl ErrorLabel for $error {
            fn error_label(&self) -> &'static str {
                find(self)
            }
        }
    )*};
}

found!(
    dyn Error + 'static,
    dyn Error + Send + 'static,
    dyn Error + Send + Sync + 'static
);

/// The label of the first link that has one, from the error to its root.
fn find(error: &(dyn Error + 'static)) -> &'static str {
    /// An error that is its own source would have no end.
    const MOST_LINKS: usize = 100;
    std::iter::successors(Some(error), |&link| link.source())
        .take(MOST_LINKS)
        .find_map(|link| {
            let mut types = std::iter::successors(TYPES.get(), |known| known.next.get());
            let label = types.find_map(|known| known.ask.and_then(|ask| ask(link)));
            label.or_else(|| ask::<io::Error>(link))
        })
        .unwrap_or(OTHER)
}

/// Asks an error for its label, if it is of one type.
pub type Ask = fn(&(dyn Error + 'static)) -> Option<&'static str>;

fn ask<T: Error + ErrorLabel + 'static>(error: &(dyn Error + 'static)) -> Option<&'static str> {
    let held = || error.downcast_ref::<Arc<T>>().map(|held| &**held);
    let boxed = || error.downcast_ref::<Box<T>>().map(|held| &**held);
    let error = error.downcast_ref::<T>().or_else(held).or_else(boxed);
    error.map(ErrorLabel::error_label)
}

/// A type that is looked for behind a `dyn Error`, if it can be.
#[derive(Debug)]
pub struct ErrorType {
    ask: Option<Ask>,
    next: OnceRef<'static, Self>,
    /// It is on the list, or can't be behind a `dyn Error`.
    registered: AtomicBool,
}

/// The first that was registered.
static TYPES: OnceRef<'static, ErrorType> = OnceRef::new();

impl ErrorType {
    /// A type that isn't looked for yet.
    pub const fn new(ask: Option<Ask>) -> Self {
        Self {
            ask,
            next: OnceRef::new(),
            registered: AtomicBool::new(ask.is_none()),
        }
    }

    /// Has the type looked for; again has no effect. A function of C, so that
    /// the constructor which calls it need not care about unwinding.
    #[inline]
    pub extern "C" fn register(&'static self) {
        // Relaxed: who appends is decided below, where a second time has no
        // effect.
        if !self.registered.load(Ordering::Relaxed) {
            self.append();
        }
    }

    #[cold]
    fn append(&'static self) {
        // Relaxed: the one who appends needs to see nothing of the others.
        if self.registered.swap(true, Ordering::Relaxed) {
            return;
        }
        let mut last = &TYPES;
        while last.set(self).is_err() {
            let Some(taken) = last.get() else { return };
            last = &taken.next;
        }
    }
}

/// Tells whether a type can be behind a `dyn Error`: the constant of the type
/// itself, which exists if it can, goes before that of [`NotAsked`].
#[derive(Debug)]
pub struct Asked<T>(PhantomData<T>);

impl<T: Error + ErrorLabel + 'static> Asked<T> {
    /// Asks for the type.
    pub const ASK: Option<Ask> = Some(ask::<T>);
}

/// Types that are no errors of their own.
pub trait NotAsked {
    /// Nothing to ask.
    const ASK: Option<Ask> = None;
}

impl<T> NotAsked for Asked<T> {}

/// Has a type looked for behind a `dyn Error`, before `main` and from here on.
#[doc(hidden)]
#[macro_export]
macro_rules! __error_type {
    ($type:ty) => {
        $crate::__constructor!(__TYPE: $crate::__private::ErrorType = {
            use $crate::__private::NotAsked as _;
            $crate::__private::ErrorType::new(<$crate::__private::Asked<$type>>::ASK)
        });
        __TYPE.register();
    };
}
