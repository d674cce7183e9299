//! What brings families of its own to a page.

use super::families::Families;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// Gives families each time that a page is made.
///
/// It runs on a thread of its own, so that one that hangs, panics or fails is
/// left out of the page and takes nothing else with it; how it goes is in
/// `metrics_collector_success`. Its families are served as they are given,
/// without a namespace or constant labels.
///
/// ```
/// use metrics_runtime::{Collector, Families, Registry};
/// use std::error::Error;
///
/// struct Pool;
///
/// impl Collector for Pool {
///     fn name(&self) -> &str {
///         "pool"
///     }
///
///     fn collect(&self, families: &mut Families) -> Result<(), Box<dyn Error + Send + Sync>> {
///         families.gauge("pool_connections", "Connections.", &[("state", "idle")], 3.0);
///         Ok(())
///     }
/// }
///
/// let registry = Registry::new();
/// registry.add_collector(Pool)?;
/// let page = registry.to_text();
/// assert!(page.contains("pool_connections{state=\"idle\"} 3\n"));
/// assert!(page.contains("metrics_collector_success{collector=\"pool\"} 1\n"));
/// # Ok::<(), metrics_runtime::CollectorError>(())
/// ```
pub trait Collector: Send + Sync + 'static {
    /// Its name in `metrics_collector_success` and diagnostics, which no other
    /// collector of the registry has. Asked for once, when it is registered.
    fn name(&self) -> &str;

    /// Adds its families.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from collecting; nothing of it is served then.
    fn collect(&self, families: &mut Families) -> Result<(), Box<dyn Error + Send + Sync>>;
}

/// Why a collector can't be registered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CollectorError {
    /// Its name is empty, over 100 bytes or has control characters.
    #[error(
        "{name:?} can't be the name of a collector; give up to 100 bytes without control characters"
    )]
    Name {
        /// The name as given.
        name: String,
    },
    /// Another collector of the registry has this name.
    #[error("there is a collector `{name}` already; give each a name of its own")]
    Taken {
        /// The name in question.
        name: String,
    },
}

/// A collector that can be cloned with what holds it.
#[derive(Clone)]
pub(crate) struct Shared(pub(super) Arc<dyn Collector>);

impl Shared {
    pub(crate) fn new(collector: impl Collector) -> Self {
        Self(Arc::new(collector))
    }

    pub(crate) fn name(&self) -> &str {
        self.0.name()
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Nothing of the collector's own: it is user code.
        f.write_str("Collector")
    }
}

/// Checks the name of a collector, which a thread has too.
pub(crate) fn check_name(name: &str) -> Result<(), CollectorError> {
    let valid = (1..=100).contains(&name.len()) && !name.contains(char::is_control);
    let error = || CollectorError::Name {
        name: name.to_owned(),
    };
    valid.then_some(()).ok_or_else(error)
}
