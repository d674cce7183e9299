//! A gauge of what runs.

use super::thread::{SLABS, add, add_after};

/// A gauge of what is under way: calls, connections, jobs.
///
/// Starts and ends are counted apart, each in cells of the thread that sees
/// them, so that they cost what a counter costs and may happen on different
/// threads. A scrape reads the ends before the starts: the gauge is never
/// negative.
///
/// The handle is an index; copy it freely.
///
/// ```
/// let registry = metrics_runtime::Registry::new();
/// let open = registry.in_progress("connections_in_progress", "Open connections.")?;
/// let connection = open.start();
/// assert_eq!(open.get(), 1);
/// drop(connection);
/// assert!(registry.to_text().contains("\nconnections_in_progress 0\n"));
/// # Ok::<(), metrics_runtime::RegisterError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct InProgress {
    /// What has started; the next cell is what has ended.
    pub(crate) cell: u32,
}

/// Something that is under way until this is dropped, on any thread.
#[derive(Debug)]
#[must_use = "what this stands for ends when it is dropped"]
pub struct Running {
    ended: u32,
}

impl InProgress {
    /// Starts something.
    #[inline]
    pub fn start(&self) -> Running {
        add(self.cell, 1);
        Running {
            ended: self.cell + 1,
        }
    }

    /// How much is under way.
    pub fn get(&self) -> u64 {
        SLABS.unfinished(self.cell, self.cell + 1)
    }
}

impl Drop for Running {
    #[inline]
    fn drop(&mut self) {
        add_after(self.ended);
    }
}
