//! What every program can tell about itself: its version and build, its process,
//! its runtimes, its allocator and its machine.
//!
//! These families are the process', not the application's: they have neither a
//! namespace nor constant labels, so that a dashboard for them fits every program.

mod allocator;
mod app;
mod build;
#[cfg(feature = "process")]
pub(crate) mod process;
#[cfg(not(feature = "process"))]
#[path = "process/off.rs"]
pub(crate) mod process;
#[cfg(feature = "system")]
mod system;
#[cfg(feature = "tokio")]
mod tokio;

pub use allocator::{AllocatorReading, AllocatorStatistics};
pub use app::AppInfo;
pub use build::BuildInfo;
#[cfg(feature = "system")]
pub use system::SystemReport;
#[cfg(feature = "tokio")]
pub use tokio::TaskMonitor;

/// The name of the process' own source.
pub(crate) const PROCESS: &str = "process";
