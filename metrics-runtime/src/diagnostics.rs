//! What the toolkit has to say while the program runs.
//!
//! Collecting and recording never fail as a whole; what goes wrong is told
//! here, once, and counted in a metric. Without a hook it goes to standard
//! error: the toolkit depends on no logger.

use crate::catalogue::Place;
use crate::panic::caught;
use crate::registry::Conflict;
use once_cell::sync::OnceCell;
use std::fmt;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::time::Duration;

/// Something that an operator or developer should know.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Diagnostic {
    /// Two call sites disagree on a family; counted in
    /// `metrics_conflicts_total`.
    Conflict(Conflict),
    /// A label set got no series of its own: it goes to its family's overflow
    /// series and is counted in `metrics_series_overflow_total`. Told once for a
    /// family and reason.
    Overflow {
        /// The family's name, without the namespace.
        family: String,
        /// Why.
        reason: Overflow,
        /// The call site that declared the family; `None` for one that was made
        /// at run time.
        place: Option<Place>,
    },
    /// A `METRICS_*` variable couldn't be read and `build()` isn't there to
    /// return the error; the default is in force.
    Environment(crate::config::EnvironmentError),
    /// A family of a collector or a foreign registry has the name of one that is
    /// on the page already, ours or of another kind, or samples that are named like
    /// its, and is left out. Told once.
    Shadowed {
        /// Its name.
        family: String,
    },
    /// A collector hangs, panicked or failed, and is left out. Told when it
    /// begins and when it goes wrong in another way.
    Collector {
        /// Its name, as in `metrics_collector_success`.
        name: String,
        /// What it did instead of collecting.
        reason: String,
    },
    /// The [HTTP layer](crate::Metrics::http_layer) is where it can't do what it
    /// should; counted in `metrics_http_layer_misplaced_total`. Told once for a layer
    /// and reason.
    HttpLayer {
        /// What is wrong with its place.
        reason: Misplaced,
    },
    /// A database query was slow. Told at most once in a second for each database and
    /// table.
    SlowQuery {
        /// The database, as in the label.
        database: String,
        /// How long it took.
        duration: Duration,
        /// The same for all statements that differ in their literals only.
        fingerprint: String,
        /// The statement without its literals, shortened.
        statement: String,
        /// Others that were slow since one was told.
        untold: u64,
    },
    /// The certificate files of the listener have changed and can't be used; those
    /// before stay in force. Told once for each change.
    Certificate {
        /// What is wrong with which file.
        reason: String,
    },
    /// The listener can't accept connections, mostly for want of open files, and goes on
    /// trying; counted in `metrics_listener_accept_errors_total`. Told once for a
    /// listener.
    Listener {
        /// What the system says.
        reason: String,
    },
    /// What the toolkit serves can be reached from other machines, and neither a token,
    /// nor an allow-list, nor an authoriser, nor a client certificate is asked for. Told
    /// once for each set-up.
    Unrestricted {
        /// Where the listener is; `None` for a router, of which a request of another
        /// machine has shown it, or one under [`Access::everyone`](crate::Access::everyone)
        /// while the server doesn't say who asks and the connections of the process don't
        /// prove that nobody remote can.
        address: Option<SocketAddr>,
    },
    /// The server doesn't say who asks, and for that somebody was refused, or what a
    /// trusted proxy says wasn't heard. Told once for each set-up.
    UnknownPeer,
    /// The eviction listener that the program gave to a cache of moka has panicked and
    /// isn't called any more; evictions are counted as before. Told once for each cache.
    EvictionListener {
        /// The cache, as in the label.
        cache: String,
        /// The message of the panic, which may be empty.
        reason: String,
    },
}

/// What is wrong with the place of an HTTP layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misplaced {
    /// It sees no route of axum's.
    NoRoute,
    /// Another layer of the same registry is around it.
    Twice,
}

impl Misplaced {
    /// As a label value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoRoute => "no_route",
            Self::Twice => "twice",
        }
    }
}

impl fmt::Display for Misplaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoRoute => {
                "the HTTP layer has seen requests that were answered and none that had met a \
                 route, so that all are `<unmatched>`; add it by `Router::layer` after the routes, \
                 not around the router, or name endpoints by `endpoint_by`"
            }
            Self::Twice => {
                "a request went through two HTTP layers of one registry, of which the outer one \
                 records it; add the layer once"
            }
        })
    }
}

/// Why a label set got no series of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Overflow {
    /// The family has as many series as it may have.
    Cap(usize),
    /// A label value is over 1 KiB.
    LongValue,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict(conflict) => conflict.fmt(f),
            Self::Overflow {
                family,
                reason,
                place,
            } => {
                write!(f, "`{family}`")?;
                if let Some(place) = place {
                    write!(f, ", declared by {place},")?;
                }
                match reason {
                    Overflow::Cap(cap) => write!(f, " has reached its limit of {cap} series; ")?,
                    Overflow::LongValue => write!(f, " was given a label value over 1 KiB; ")?,
                }
                write!(
                    f,
                    "what gets no series of its own is recorded in `__overflow__`"
                )
            }
            Self::Environment(error) => error.fmt(f),
            Self::Shadowed { family } => write!(
                f,
                "a collector has a family `{family}` whose samples are named like others on the page \
                 already and can't be joined with them; it is left out"
            ),
            Self::Collector { name, reason } => {
                write!(
                    f,
                    "the collector `{name}` is left out of the page: {reason}"
                )
            }
            Self::HttpLayer { reason } => reason.fmt(f),
            Self::SlowQuery {
                database,
                duration,
                fingerprint,
                statement,
                untold,
            } => {
                write!(
                    f,
                    "a query on `{database}` took {duration:.1?}: {statement} ({fingerprint})"
                )?;
                match untold {
                    0 => Ok(()),
                    untold => write!(f, "; {untold} more were slow since the last one"),
                }
            }
            Self::Certificate { reason } => write!(
                f,
                "the listener keeps the certificate that it has, for the files have changed and \
                 can't be used: {reason}"
            ),
            Self::Listener { reason } => write!(
                f,
                "the listener can't accept connections, and goes on trying: {reason}; raise the \
                 limit of open files (`ulimit -n`), or find what keeps them open"
            ),
            Self::Unrestricted { address } => {
                f.write_str("the metrics are served ")?;
                match address {
                    Some(address) => write!(f, "on {address}")?,
                    None => f.write_str("to other machines, as far as this one can tell,")?,
                }
                f.write_str(
                    " without access control: whoever is on the network, or asks through a proxy, \
                     may read them; set METRICS_AUTH_TOKEN or METRICS_ALLOWED_IPS, or listen on \
                     127.0.0.1",
                )
            }
            Self::UnknownPeer => f.write_str(
                "the server doesn't say who asks, which allow-lists, trusted proxies and the \
                 default rule of access need, so that they let nobody in; serve the application \
                 by `app.into_make_service_with_connect_info::<SocketAddr>()`, or set a token",
            ),
            Self::EvictionListener { cache, reason } => write!(
                f,
                "the eviction listener of the cache `{cache}` has panicked, and isn't called any \
                 more; evictions are counted as before; give it a listener that doesn't panic: \
                 {reason:?}"
            ),
        }
    }
}

type Hook = Box<dyn Fn(&Diagnostic) + Send + Sync>;

static HOOK: OnceCell<Hook> = OnceCell::new();

/// The hook is set already.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the diagnostics hook is set already; set it once, at the start of `main`")]
pub struct HookError;

/// Sends diagnostics to `hook` instead of standard error.
///
/// # Errors
///
/// [`HookError`] when a hook is set already.
pub fn set_diagnostics_hook(
    hook: impl Fn(&Diagnostic) + Send + Sync + 'static,
) -> Result<(), HookError> {
    HOOK.set(Box::new(hook)).map_err(|_| HookError)
}

pub(crate) fn report(diagnostic: &Diagnostic) {
    match HOOK.get() {
        // A recording call reports too and must not panic, so neither may the
        // user's hook.
        Some(hook) => {
            let _ = caught(|| hook(diagnostic));
        }
        // Nor may a standard error that nobody reads any more.
        None => drop(writeln!(io::stderr(), "metrics: {diagnostic}")),
    }
}
