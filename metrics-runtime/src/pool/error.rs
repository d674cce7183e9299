//! Why a pool can't be instrumented.

use crate::registry::RegisterError;

/// Why a pool can't be instrumented.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PoolError {
    /// A pool of this name is instrumented, and is still there.
    #[error("a pool named `{name}` is instrumented already; give each pool a name of its own")]
    Taken {
        /// The name.
        name: String,
    },
    /// The families of pools can't be registered.
    #[error(transparent)]
    Register(#[from] RegisterError),
}
